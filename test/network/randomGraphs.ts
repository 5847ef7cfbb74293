import fc from 'fast-check';
import { parseYaml } from '../../src/document/yamlDocument.js';
import { toNetwork } from '../../src/network/loadNetwork.js';
import type { Network } from '../../src/network/network.js';

interface RandomNode {
  readonly type: string;
  readonly a: number;
  readonly b: number;
  readonly filters: number;
  readonly groups: number;
}

/** What `graphOf` makes a graph of. */
export const randomNodes = fc.array(
  fc.record<RandomNode>({
    type: fc.constantFrom('conv2d', 'conv2d', 'batch-norm', 'relu', 'relu', 'add', 'add', 'max-pool'),
    a: fc.nat(100),
    b: fc.nat(100),
    filters: fc.constantFrom(4, 4, 8),
    groups: fc.constantFrom(1, 2, 4),
  }),
  { minLength: 1, maxLength: 14 },
);

/** A legal graph of nodes that keep the map's size, with the MACs of its convolutions. */
export function graphOf(nodes: readonly RandomNode[]): { network: Network; macs: number; nodes: number } {
  const channels = new Map([['input', 4]]);
  const list: Array<Record<string, unknown>> = [];
  const types = new Map<string, string>();
  const read = new Set<string>();
  let macs = 0;
  for (const [index, { type, a, b, filters, groups }] of nodes.entries()) {
    const maps = [...channels.keys()];
    // Names that do not sort as they stand in the list.
    const name = `n${(index * 7) % 15}`;
    const input = maps[a % maps.length];
    const width = channels.get(input) ?? 0;
    const alike = maps.filter((map) => channels.get(map) === width);
    channels.set(name, type === 'conv2d' ? filters : width);
    types.set(name, type);
    if (type === 'conv2d') {
      macs += filters * (width / groups) * 9 * 64;
      list.push({ name, type, input, filters, kernel: 3, padding: 1, groups });
    } else if (type === 'batch-norm' && (types.get(input) !== 'conv2d' || read.has(input))) {
      list.push({ name, type: 'relu', input });
    } else if (type === 'add') {
      const other = alike[b % alike.length];
      list.push({ name, type, inputs: [input, other] });
      read.add(other);
    } else {
      list.push({ name, type, input, ...(type === 'max-pool' ? { kernel: 3, stride: 1, padding: 1 } : {}) });
      // Nobody else may read what a batch norm reads.
      if (type === 'batch-norm') channels.delete(input);
    }
    read.add(input);
  }
  // Adds bring what nobody reads together, after a 1x1 convolution that makes channels equal.
  const loose = list.map(({ name }) => String(name)).filter((name) => !read.has(name));
  let sum: string | undefined;
  for (const name of loose) {
    list.push({ name: `${name}.out`, type: 'conv2d', input: name, filters: 4, kernel: 1 });
    macs += 4 * (channels.get(name) ?? 0) * 64;
    if (sum !== undefined) list.push({ name: `${name}.sum`, type: 'add', inputs: [sum, `${name}.out`] });
    sum = sum === undefined ? `${name}.out` : `${name}.sum`;
  }
  const document = {
    kind: 'network',
    name: 'n',
    source: 'test',
    input: { channels: 4, height: 8, width: 8 },
    nodes: list,
  };
  return { network: toNetwork(parseYaml('/n.yaml', JSON.stringify(document))), macs, nodes: list.length };
}
