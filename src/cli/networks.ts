import Table from 'cli-table3';
import { countNetwork } from '../network/count.js';
import { isConv } from '../network/layer.js';
import type { Layer, Shape } from '../network/layer.js';
import { listNetworks, loadNetwork } from '../network/loadNetwork.js';
import { formatCount } from '../report/format.js';

/** Names and descriptions of all networks in the library. */
export async function printNetworks(): Promise<void> {
  const table = new Table({
    head: ['network', 'description', 'MACs', 'parameters'],
    colAligns: ['left', 'left', 'right', 'right'],
    style: { head: [], border: [], compact: true },
  });
  for (const { name, file } of await listNetworks()) {
    const network = await loadNetwork(file);
    const { totals } = countNetwork(network);
    table.push([name, network.description, formatCount(totals.macs), formatCount(totals.parameters)]);
  }
  console.log(table.toString());
}

/** Every layer of a network, dense, with its shape, MACs and parameters. */
export async function printNetwork(reference: string): Promise<void> {
  const network = await loadNetwork(reference);
  const counts = countNetwork(network);
  const table = new Table({
    head: ['layer', 'kind', 'ifmap', 'ofmap', 'kernel', 'stride', 'MACs', 'parameters'],
    colAligns: ['left', 'left', 'right', 'right', 'right', 'right', 'right', 'right'],
    style: { head: [], border: [], compact: true },
  });
  network.layers.forEach((layer, index) => {
    const { macs, parameters } = counts.layers[index];
    table.push([
      layer.name,
      kindOf(layer),
      'geometry' in layer ? shapeText(layer.geometry.input) : shapeText(layer.outputShape),
      shapeText(layer.outputShape),
      'geometry' in layer ? `${layer.geometry.kernelHeight}x${layer.geometry.kernelWidth}` : '',
      'geometry' in layer ? layer.geometry.stride.join('x') : '',
      formatCount(macs),
      formatCount(parameters),
    ]);
  });
  const { macs, parameters } = counts.totals;
  table.push(['total', '', '', '', '', '', formatCount(macs), formatCount(parameters)]);
  console.log(`${network.name}: ${network.description}\nsource: ${network.source}`);
  console.log(table.toString());
  console.log(
    'MACs count taps on padding; parameters include bias and batch norm. Shapes are channels x height x width.',
  );
}

function kindOf(layer: Layer): string {
  const fused = [
    ...(isConv(layer) && layer.batchNorm !== undefined ? ['batch norm'] : []),
    ...(isConv(layer) && layer.residual !== undefined ? ['add'] : []),
    ...(layer.relu ? ['ReLU'] : []),
  ];
  return [layer.kind, ...fused].join(' + ');
}

function shapeText({ channels, height, width }: Shape): string {
  return `${channels}x${height}x${width}`;
}
