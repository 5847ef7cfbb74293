import { parseYaml } from '../../src/document/yamlDocument.js';
import { toNetwork } from '../../src/network/loadNetwork.js';
import type { Layer } from '../../src/network/layer.js';
import type { Network } from '../../src/network/network.js';

/** The network of some nodes on a 4 x 8 x 8 image; the first node stands in line 6. */
export function networkOf(nodes: string, more = ''): Network {
  return toNetwork(parseYaml('/n.yaml', textOf(nodes, more)));
}

export function textOf(nodes: string, more = ''): string {
  const list = nodes
    .trim()
    .split('\n')
    .map((node) => `  - { ${node.trim()} }`);
  return (
    'kind: network\nname: n\nsource: test\ninput: { channels: 4, height: 8, width: 8 }\n' +
    `nodes:\n${list.join('\n')}\n${more}`
  );
}

/** What each layer is, reads, writes and has taken along: `conv2d c + bn + residual x + relu: input -> r`. */
export function summary(layer: Layer): string {
  const conv = layer.kind === 'conv2d' || layer.kind === 'fully-connected' ? layer : undefined;
  const parts = [
    `${layer.kind} ${layer.name}`,
    ...(conv?.batchNorm === undefined ? [] : [conv.batchNorm.name]),
    ...(conv?.residual === undefined ? [] : [`residual ${conv.residual}`]),
    ...(layer.relu ? ['relu'] : []),
  ];
  const reads = layer.kind === 'add' ? layer.inputs.join(' ') : layer.input;
  return `${parts.join(' + ')}: ${reads} -> ${layer.output}`;
}
