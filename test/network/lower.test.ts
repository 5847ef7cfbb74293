import { expect } from 'chai';
import fc from 'fast-check';
import type { Layer } from '../../src/network/layer.js';
import { countNetwork } from '../../src/network/count.js';
import { networkOf, summary } from './fixtures.js';
import { graphOf, randomNodes } from './randomGraphs.js';

const layersOf = (nodes: string, more = ''): string[] => networkOf(nodes, more).layers.map(summary);
const conv = (name: string, input: string): string =>
  `name: ${name}, type: conv2d, input: ${input}, filters: 4, kernel: 3, padding: 1`;

describe('lowering', () => {
  it('lets a convolution take batch norm, add and ReLU along', () => {
    expect(
      layersOf(`${conv('c', 'input')}
        name: b, type: batch-norm, epsilon: 0.001
        name: a, type: add, inputs: [b, input]
        name: r, type: relu`),
    ).to.deep.equal(['conv2d c + b + residual input + relu: input -> r']);
    const [layer] = networkOf(
      'name: f, type: fully-connected, filters: 4\nname: b, type: batch-norm, epsilon: 0.001\nname: r, type: relu',
    ).layers;
    expect(layer).to.deep.include({
      kind: 'fully-connected',
      relu: true,
      output: 'r',
      batchNorm: { name: 'b', epsilon: 0.001 },
    });
  });

  it('gives an add to the later of two convolutions, whatever its place among the operands', () => {
    for (const inputs of ['[c, d]', '[d, c]']) {
      expect(
        layersOf(`${conv('c', 'input')}\n${conv('d', 'input')}\nname: a, type: add, inputs: ${inputs}`),
      ).to.deep.equal(['conv2d c: input -> c', 'conv2d d + residual c: input -> a']);
    }
  });

  it('keeps an add on its own when its later operand is none that could take it along', () => {
    expect(
      layersOf(`${conv('c', 'input')}
        name: p, type: max-pool, input: input, kernel: 3, stride: 1, padding: 1
        name: a, type: add, inputs: [c, p]
        name: r, type: relu`),
    ).to.deep.equal(['conv2d c: input -> c', 'max-pool p: input -> p', 'add a + relu: c p -> r']);
    expect(
      layersOf(
        `${conv('c', 'input')}\nname: r, type: relu\nname: a, type: add, inputs: [r, input]\n${conv('d', 'a')}`,
      ),
    ).to.deep.equal(['conv2d c + relu: input -> r', 'add a: r input -> a', 'conv2d d: a -> d']);
    expect(layersOf(`${conv('c', 'input')}\nname: a, type: add, inputs: [c, c]`)).to.deep.equal([
      'conv2d c: input -> c',
      'add a: c c -> a',
    ]);
    expect(
      layersOf(
        `${conv('c', 'input')}\nname: a, type: add, inputs: [c, input]\nname: b, type: add, inputs: [a, input]`,
      ),
    ).to.deep.equal(['conv2d c + residual input: input -> a', 'add b: a input -> b']);
  });

  it('stops at a map that someone else reads, too', () => {
    expect(
      layersOf(`${conv('c', 'input')}\nname: r, type: relu\nname: a, type: add, inputs: [r, c]`),
    ).to.deep.equal(['conv2d c: input -> c', 'relu r: c -> r', 'add a: r c -> a']);
  });

  it("stops at the network's output", () => {
    const network = networkOf(
      `${conv('c', 'input')}\nname: r, type: relu\n${conv('d', 'r')}\nname: a, type: add, inputs: [d, c]`,
      'output: a',
    );
    expect(network.output).to.equal('a');
    const early = `${conv('c', 'r')}\nname: r, type: relu, input: input`;
    expect(layersOf(early, 'output: c')).to.deep.equal(['relu r: input -> r', 'conv2d c: r -> c']);
  });

  it('lets pools and adds take a ReLU along, but a ReLU none', () => {
    expect(
      layersOf('name: p, type: max-pool, kernel: 2\nname: r, type: relu\nname: s, type: relu'),
    ).to.deep.equal(['max-pool p + relu: input -> r', 'relu s: r -> s']);
    expect(layersOf('name: r, type: relu\nname: s, type: relu')).to.deep.equal([
      'relu r: input -> r',
      'relu s: r -> s',
    ]);
    expect(layersOf('name: p, type: global-average-pool\nname: r, type: relu')).to.deep.equal([
      'average-pool p + relu: input -> r',
    ]);
  });

  it('puts nodes that stand before their inputs behind them', () => {
    expect(
      layersOf(
        `name: a, type: add, inputs: [c, d]\n${conv('d', 'c')}\n${conv('c', 'input')}\nname: r, type: relu, input: a`,
      ),
    ).to.deep.equal(['conv2d c: input -> c', 'conv2d d + residual c + relu: c -> r']);
  });
});

function readsOf(layer: Layer): string[] {
  if (layer.kind === 'add') return [...layer.inputs];
  const residual = 'residual' in layer && layer.residual !== undefined ? [layer.residual] : [];
  return [layer.input, ...residual];
}

function nodesIn(layer: Layer): number {
  if (layer.kind === 'add' || layer.kind === 'relu') return 1 + Number(layer.relu);
  const taken = 'residual' in layer && layer.residual !== undefined ? 1 : 0;
  const folded = 'batchNorm' in layer && layer.batchNorm !== undefined ? 1 : 0;
  return 1 + taken + folded + Number(layer.relu);
}

describe('lowering any graph', () => {
  it('computes each map before it is read, loses no node and keeps all MACs', () => {
    fc.assert(
      fc.property(randomNodes, (nodes) => {
        const graph = graphOf(nodes);
        const written = new Set(['input']);
        for (const layer of graph.network.layers) {
          for (const map of readsOf(layer))
            expect(written.has(map), `${layer.name} reads ${map}`).to.equal(true);
          expect(written.has(layer.output)).to.equal(false);
          written.add(layer.output);
        }
        expect(written.has(graph.network.output)).to.equal(true);
        expect(graph.network.layers.reduce((sum, layer) => sum + nodesIn(layer), 0)).to.equal(graph.nodes);
        expect(countNetwork(graph.network).totals.macs).to.equal(graph.macs);
      }),
      { numRuns: 300 },
    );
  });

  it('takes along whatever can be: no ReLU alone behind a layer that it alone reads', () => {
    fc.assert(
      fc.property(randomNodes, (nodes) => {
        const { network } = graphOf(nodes);
        const readers = network.layers.flatMap(readsOf);
        for (const layer of network.layers) {
          if (layer.kind !== 'relu') continue;
          const source = network.layers.find(({ output }) => output === layer.input);
          const alone = readers.filter((map) => map === layer.input).length === 1;
          const mayTake = source !== undefined && source.kind !== 'relu' && !source.relu;
          expect(alone && mayTake, summary(layer)).to.equal(false);
        }
      }),
      { numRuns: 100 },
    );
  });
});
