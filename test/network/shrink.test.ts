import { expect } from 'chai';
import fc from 'fast-check';
import { floatNetwork } from '../../src/model/floatForward.js';
import type { FloatOperands } from '../../src/model/floatForward.js';
import { channelClasses } from '../../src/network/channelClasses.js';
import { convGeometry, fullyConnectedGeometry } from '../../src/network/geometry.js';
import { elementsOf, isConv } from '../../src/network/layer.js';
import type { Layer, Shape } from '../../src/network/layer.js';
import { loadNetwork } from '../../src/network/loadNetwork.js';
import type { Network } from '../../src/network/network.js';
import { keptOfLayer, shrinkNetwork, sliceFilters, sliceWeights } from '../../src/network/shrink.js';
import type { KeptChannels } from '../../src/network/shrink.js';
import { createRandom } from '../../src/tensor/random.js';
import type { Random } from '../../src/tensor/random.js';
import { networkOf } from './fixtures.js';
import { graphOf, randomNodes } from './randomGraphs.js';

/** A residual block, a depthwise convolution, pools, and two fully connected layers, the first over 6 x 2 x 2. */
const mixed = (): Network =>
  networkOf(`name: stem, type: conv2d, filters: 6, kernel: 3, padding: 1, bias: true
name: r, type: relu
name: a, type: conv2d, filters: 5, kernel: 3, padding: 1
name: b, type: conv2d, filters: 6, kernel: 1
name: sum, type: add, inputs: [b, r]
name: deep, type: conv2d, filters: 6, kernel: 3, padding: 1, groups: 6
name: max, type: max-pool, kernel: 2
name: mean, type: average-pool, kernel: 2
name: hidden, type: fully-connected, filters: 7
name: fc, type: fully-connected, filters: 3`);

/** Some channels of each class that may lose any. */
function drawKept(network: Network, random: Random): KeptChannels {
  const kept = new Map<string, Uint32Array>();
  for (const { maps, channels, fixed } of channelClasses(network)) {
    if (fixed !== undefined) continue;
    const drawn = Array.from({ length: channels }, (_, i) => i).filter(() => random.next() < 0.6);
    if (drawn.length === channels) continue;
    for (const map of maps) kept.set(map, Uint32Array.from(drawn.length === 0 ? [channels - 1] : drawn));
  }
  return kept;
}

/** Operands of both networks: those of the original are zero where channels are removed. */
function operandsOfBoth(
  network: Network,
  kept: KeptChannels,
  random: Random,
): Array<Map<string, FloatOperands>> {
  const original = new Map<string, FloatOperands>();
  const narrow = new Map<string, FloatOperands>();
  for (const layer of network.layers.filter(isConv)) {
    const { filters, channelsPerGroup, kernelHeight, kernelWidth } = layer.geometry;
    const perFilter = channelsPerGroup * kernelHeight * kernelWidth;
    const remain = kept.get(layer.output);
    const isKept = (filter: number): boolean => remain === undefined || remain.includes(filter);
    const weights = Float32Array.from({ length: filters * perFilter }, (_, i) =>
      isKept(Math.floor(i / perFilter)) ? random.normal() : 0,
    );
    const bias = Float32Array.from({ length: filters }, (_, i) => (isKept(i) ? random.normal() : 0));
    original.set(layer.name, { weights, bias });
    const selection = keptOfLayer(layer, kept, network);
    narrow.set(layer.name, {
      weights: sliceWeights(weights, layer, selection),
      bias: sliceFilters(bias, selection),
    });
  }
  return [original, narrow];
}

/** Each layer's shapes follow from those that it reads, as they would if the network had been written so. */
function expectConsistent(network: Network): void {
  const shapes = new Map<string, Shape>([['input', network.input]]);
  const read = (map: string): Shape => shapes.get(map)!;
  for (const layer of network.layers) {
    shapes.set(layer.output, layer.outputShape);
    if (isConv(layer)) {
      const { name, bias, geometry } = layer;
      const { filters, kernelHeight, kernelWidth, stride, padding, dilation, groups } = geometry;
      const kernel = [kernelHeight, kernelWidth] as const;
      const expected =
        layer.kind === 'conv2d'
          ? convGeometry(
              {
                name,
                type: 'conv2d',
                filters,
                kernel,
                stride: [...stride],
                padding,
                dilation: [...dilation],
                groups,
                bias,
              },
              read(layer.input),
            )
          : fullyConnectedGeometry({ name, type: 'fully-connected', filters, bias }, read(layer.input));
      expect(layer.geometry, layer.name).to.deep.equal(expected);
      expect(layer.outputShape).to.deep.equal(expected.output);
      expect(
        Number.isInteger(expected.channelsPerGroup) && expected.filters % expected.groups === 0,
      ).to.equal(true);
      if (layer.residual !== undefined) expect(read(layer.residual)).to.deep.equal(layer.outputShape);
    } else if (layer.kind === 'add') {
      for (const input of layer.inputs) expect(read(input)).to.deep.equal(layer.outputShape);
    } else if (layer.kind === 'relu') {
      expect(read(layer.input)).to.deep.equal(layer.outputShape);
    } else {
      expect(layer.geometry.input).to.deep.equal(read(layer.input));
      expect(layer.geometry.output).to.deep.equal(layer.outputShape);
      expect(layer.outputShape.channels).to.equal(read(layer.input).channels);
    }
  }
}

function expectSameResult(network: Network, seed: number): void {
  const random = createRandom(seed);
  const kept = drawKept(network, random);
  const narrow = shrinkNetwork(network, kept);
  expectConsistent(narrow);
  for (const { name, output, outputShape } of network.layers) {
    const other = narrow.layers.find((layer): layer is Layer => layer.name === name)!;
    expect(other.output).to.equal(output);
    expect(other.outputShape.channels).to.equal(kept.get(output)?.length ?? outputShape.channels);
  }
  const [original, sliced] = operandsOfBoth(network, kept, random);
  const image = Float32Array.from({ length: elementsOf(network.input) }, () => random.normal());
  const expected = floatNetwork(network, original, image).get(network.output)!;
  const found = floatNetwork(narrow, sliced, image).get(network.output)!;
  expect([...found]).to.deep.equal([...expected]);
  expect(expected.some((value) => value !== 0) || network.layers.at(-1)?.relu).to.equal(true);
}

describe('a network that loses channels', () => {
  it('computes what it would with zeros in their place, its shapes consistent', () => {
    for (let seed = 1; seed <= 30; seed++) expectSameResult(mixed(), seed);
  });

  it('does so whatever its graph', () => {
    fc.assert(
      fc.property(randomNodes, fc.nat(), (nodes, seed) => expectSameResult(graphOf(nodes).network, seed)),
      { numRuns: 100 },
    );
  });

  it('keeps the same channels in maps that are tied', () => {
    const classes = channelClasses(mixed());
    expect(classes.map(({ maps, fixed }) => [maps.join(' '), fixed])).to.deep.equal([
      ['input', "is the network's input"],
      ['r sum deep max mean', undefined],
      ['a', undefined],
      ['hidden', undefined],
      ['fc', "is the network's output"],
    ]);
    expect(classes[1].producers.map(({ name }) => name)).to.deep.equal(['stem', 'b', 'deep']);
  });

  it('keeps the same channels along the residuals of each stage of ResNet18', async () => {
    const network = await loadNetwork('resnet18-cifar10');
    const prunable = channelClasses(network).filter(({ fixed }) => fixed === undefined);
    expect(
      prunable.map(({ channels, producers }) => `${channels}: ${producers.map(({ name }) => name)}`),
    ).to.have.members([
      '64: conv1,layer1.0.conv2,layer1.1.conv2',
      '64: layer1.0.conv1',
      '64: layer1.1.conv1',
      '128: layer2.0.shortcut,layer2.0.conv2,layer2.1.conv2',
      '128: layer2.0.conv1',
      '128: layer2.1.conv1',
      '256: layer3.0.shortcut,layer3.0.conv2,layer3.1.conv2',
      '256: layer3.0.conv1',
      '256: layer3.1.conv1',
      '512: layer4.0.shortcut,layer4.0.conv2,layer4.1.conv2',
      '512: layer4.0.conv1',
      '512: layer4.1.conv1',
    ]);
  });

  it('leaves alone what a grouped convolution reads and writes, unless it is depthwise', () => {
    const network = networkOf(`name: a, type: conv2d, filters: 8, kernel: 1
name: b, type: conv2d, filters: 12, kernel: 3, groups: 4
name: c, type: conv2d, filters: 24, kernel: 1, groups: 12
name: d, type: conv2d, filters: 4, kernel: 1`);
    expect(channelClasses(network).map(({ fixed }) => fixed)).to.deep.equal([
      "is the network's input",
      'is read by the grouped convolution b',
      'is written by the grouped convolution b',
      'is written by the grouped convolution c',
      "is the network's output",
    ]);
    const kept = (map: string) => new Map([[map, Uint32Array.of(0, 1)]]);
    expect(() => shrinkNetwork(network, kept('a'))).to.throw('b is grouped: its channels may not be removed');
    expect(() => shrinkNetwork(network, kept('c'))).to.throw('c is grouped: its channels may not be removed');
  });

  it('selects weights by filter and channel, of a flattened map by all inputs of a channel', () => {
    const network = mixed();
    const layer = (name: string) => network.layers.filter(isConv).find((each) => each.name === name)!;
    const two = Uint32Array.of(1, 4);
    const kept = new Map(['r', 'sum', 'deep', 'max', 'mean'].map((map) => [map, two]));
    kept.set('a', Uint32Array.of(0, 2, 3));
    const selection = (name: string) => keptOfLayer(layer(name), kept, network);
    expect(selection('stem')).to.deep.equal({ filters: two, channels: undefined });
    expect(selection('b')).to.deep.equal({ filters: two, channels: Uint32Array.of(0, 2, 3) });
    expect(selection('deep')).to.deep.equal({ filters: two, channels: undefined });
    expect(selection('hidden')).to.deep.equal({
      filters: undefined,
      channels: Uint32Array.of(4, 5, 6, 7, 16, 17, 18, 19),
    });
    expect(selection('fc')).to.deep.equal({ filters: undefined, channels: undefined });
    const numbered = Float32Array.from({ length: 30 }, (_, i) => i);
    expect([...sliceWeights(numbered, layer('b'), selection('b'))]).to.deep.equal([5, 7, 8, 20, 22, 23]);
    expect([...sliceFilters(Float32Array.of(0, 1, 2, 3, 4, 5), selection('b'))]).to.deep.equal([1, 4]);
    const { geometry } = shrinkNetwork(network, kept)
      .layers.filter(isConv)
      .find(({ name }) => name === 'deep')!;
    expect(geometry).to.deep.include({ filters: 2, groups: 2, channelsPerGroup: 1 });
  });

  it('is refused when channels that correspond are torn apart, or indices are out of place', () => {
    const network = mixed();
    const shrink = (entries: ReadonlyArray<readonly [string, number[]]>) => () =>
      shrinkNetwork(network, new Map(entries.map(([map, indices]) => [map, Uint32Array.from(indices)])));
    expect(shrink([['sum', [0, 1]]])).to.throw('sum and r keep different channels, but b ties them together');
    expect(shrink([['input', [0]]])).to.throw('input may not lose channels');
    expect(shrink([['fc', [0]]])).to.throw('fc may not lose channels');
    for (const indices of [[], [5], [1, 0], [2, 2]]) {
      expect(shrink([['a', indices]])).to.throw('a: expected ascending indices below 5, got');
    }
    expect(shrink([['nowhere', [0]]])).to.throw('no layer writes the map nowhere');
  });
});
