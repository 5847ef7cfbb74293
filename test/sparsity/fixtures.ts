import { parseYaml } from '../../src/document/yamlDocument.js';
import { toNetwork } from '../../src/network/loadNetwork.js';
import type { Network } from '../../src/network/network.js';
import type { Supports } from '../../src/sparsity/supports.js';
import { patternIndex } from '../../src/sparsity/supports.js';

/** Two 3x3 convolutions, a shortcut of 1x1, a depthwise one and a head. */
export function mixedNetwork(): Network {
  return toNetwork(
    parseYaml(
      '/mixed.yaml',
      `kind: network
name: mixed
source: test
input: { channels: 3, height: 8, width: 8 }
nodes:
  - { name: conv1, type: conv2d, filters: 16, kernel: 3, padding: 1 }
  - { name: conv2, type: conv2d, filters: 20, kernel: 3, padding: 1 }
  - { name: short, type: conv2d, filters: 20, kernel: 1 }
  - { name: depthwise, type: conv2d, filters: 20, kernel: 3, padding: 1, groups: 20 }
  - { name: wide, type: conv2d, filters: 12, kernel: [1, 5] }
  - { name: conv3, type: conv2d, filters: 24, kernel: 3, groups: 2 }
  - { name: fc, type: fully-connected, filters: 5 }
`,
    ),
  );
}

/** The taps of a kernel, as they are numbered. */
export function tapsOf(supports: Supports | undefined, filter: number, channel: number): number[] {
  if (supports === undefined) throw new Error('no supports');
  const pattern = supports.patterns[patternIndex(supports, filter, channel)];
  return [...pattern.keys()].filter((tap) => pattern[tap] === 1);
}
