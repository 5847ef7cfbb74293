import { expect } from 'chai';
import { countNetwork } from '../../src/network/count.js';
import { isConv } from '../../src/network/layer.js';
import { loadNetwork } from '../../src/network/loadNetwork.js';
import { assignSupports } from '../../src/sparsity/assign.js';
import { loadVariant } from '../../src/sparsity/loadVariant.js';
import { needsWeights, sparsify } from '../../src/sparsity/sparsify.js';
import type { SparseNetwork } from '../../src/sparsity/sparsify.js';
import type { Supports } from '../../src/sparsity/supports.js';
import { nonZeroTaps } from '../../src/sparsity/supports.js';
import type { WeightsOf } from '../../src/sparsity/weightsOf.js';
import { maskOf, mixedNetwork, seededWeights, variantOf } from './fixtures.js';

const network = mixedNetwork();
const weightsOf = seededWeights(network);
const noWeights: WeightsOf = (layer) => {
  throw new Error(`asked for the weights of ${layer}`);
};

async function sparse(
  body: string,
  options: {
    readonly weights?: WeightsOf;
    readonly others?: Readonly<Record<string, string>>;
    readonly seed?: number;
  } = {},
): Promise<SparseNetwork> {
  const { weights = weightsOf, others, seed = 1 } = options;
  return sparsify(network, await variantOf(body, others), seed, weights);
}

/** Kept weights of the layers that are not dense. */
function keptWeights({ supports }: SparseNetwork): Record<string, number> {
  const entries = [...supports].filter(([, { assignment }]) => assignment.kind !== 'dense');
  return Object.fromEntries(entries.map(([name, each]) => [name, nonZeroTaps(each)]));
}

/** Magnitudes of some layers' weights, those that are kept and those that are not. */
function magnitudes(
  supports: ReadonlyMap<string, Supports>,
  layers: readonly string[],
): { readonly kept: number[]; readonly pruned: number[] } {
  const kept: number[] = [];
  const pruned: number[] = [];
  for (const name of layers) {
    const weights = weightsOf(name);
    maskOf(supports.get(name)).forEach((bit, i) => (bit === 1 ? kept : pruned).push(Math.abs(weights[i])));
  }
  return { kept, pruned };
}

function expectLargestKept(supports: ReadonlyMap<string, Supports>, layers: readonly string[]): void {
  const { kept, pruned } = magnitudes(supports, layers);
  expect(pruned.length).to.be.above(0);
  expect(Math.min(...kept)).to.be.at.least(Math.max(...pruned));
}

describe('pruning', () => {
  /** Of mixedNetwork, but for the first convolution and the head. */
  const weights = { conv2: 2880, short: 400, depthwise: 180, wide: 1200, conv3: 1296 };

  it('keeps the largest weights of each layer, exactly as many as asked for', async () => {
    const result = await sparse('prune: { density: 0.3 }');
    const expected = Object.entries(weights).map(([name, count]) => [name, Math.round(0.3 * count)]);
    expect(keptWeights(result)).to.deep.equal(Object.fromEntries(expected));
    for (const name of Object.keys(weights)) expectLargestKept(result.supports, [name]);
    expect(result.network).to.equal(network);
    expect(result.kept.size).to.equal(0);
    expect(result.notes).to.deep.equal([
      'pruning of weights by magnitude keeps 30.00 % of the weights of 5 layers, asked for 30.00 %',
    ]);
  });

  it('keeps the largest weights of all layers together', async () => {
    const { supports, notes, ...rest } = await sparse('prune: { density: 0.3, scope: global }');
    const total = Object.values(weights).reduce((sum, count) => sum + count, 0);
    const kept = Object.values(keptWeights({ supports, notes, ...rest })).reduce(
      (sum, count) => sum + count,
      0,
    );
    expect(kept).to.equal(Math.round(0.3 * total));
    expectLargestKept(supports, Object.keys(weights));
    expect(notes[0]).to.match(/keeps 30.00 % .* asked for 30.00 %; from \S+ % to \S+ % in one layer$/);
  });

  it('leaves each layer at least one unit, be the others ever so much larger', async () => {
    const small: WeightsOf = (layer) =>
      Float32Array.from(weightsOf(layer), (weight) => (layer === 'wide' ? weight / 1e6 : weight));
    const result = await sparse('prune: { density: 0.01, scope: global }', { weights: small });
    expect(keptWeights(result).wide).to.equal(1);
    expect(keptWeights(await sparse('prune: { density: 0.0001 }')).conv2).to.equal(1);
  });

  it('keeps whole kernels, those of the largest mean magnitude', async () => {
    const { supports } = await sparse('prune: { unit: kernel, density: 0.25 }');
    const conv2 = supports.get('conv2')!;
    expect(nonZeroTaps(conv2)).to.equal(9 * 80);
    const mask = maskOf(conv2);
    const sums = { kept: [] as number[], pruned: [] as number[] };
    for (let kernel = 0; kernel < 320; kernel++) {
      const bits = mask.subarray(9 * kernel, 9 * kernel + 9);
      expect(new Set(bits).size).to.equal(1);
      let sum = 0;
      for (let i = 0; i < 9; i++) sum += Math.abs(weightsOf('conv2')[9 * kernel + i]);
      (bits[0] === 1 ? sums.kept : sums.pruned).push(sum);
    }
    expect(Math.min(...sums.kept)).to.be.at.least(Math.max(...sums.pruned));
  });

  it('compares kernels of different sizes by their means', async () => {
    const flat: WeightsOf = (layer) => {
      const value = { short: 3, wide: 1 }[layer] ?? 2;
      return new Float32Array(weightsOf(layer).length).fill(value);
    };
    const body = 'prune: { unit: kernel, density: 0.5, scope: global }\nlayers: { include: [short, wide] }';
    // 400 kernels of 1x1 and 240 of 1x5: half of them are 320, all from the 1x1 ones but for one.
    expect(keptWeights(await sparse(body, { weights: flat }))).to.deep.equal({ short: 319, wide: 5 });
  });

  it('keeps blocks at multiples of their sides, ragged ones by their mean', async () => {
    // 20 x 16 kernels in blocks of 8 x 5: 3 rows of 4 blocks, the last row of 4 filters, the last column of 1 channel.
    const value = (filter: number, channel: number): number =>
      1 + Math.floor(filter / 8) * 4 + Math.floor(channel / 5);
    const stepped: WeightsOf = (layer) => {
      if (layer !== 'conv2') return weightsOf(layer);
      return Float32Array.from(
        { length: 2880 },
        (_, i) => -value(Math.floor(i / 144), Math.floor(i / 9) % 16),
      );
    };
    const { supports } = await sparse('prune: { unit: { filters: 8, channels: 5 }, density: 0.4 }', {
      weights: stepped,
    });
    const mask = maskOf(supports.get('conv2'));
    // round(0.4 * 12) = 5 blocks: the values 12 to 8.
    const expected = Array.from({ length: 2880 }, (_, i) =>
      value(Math.floor(i / 144), Math.floor(i / 9) % 16) >= 8 ? 1 : 0,
    );
    expect([...mask]).to.deep.equal(expected);
  });

  it('keeps the earlier of equal weights', async () => {
    const equal: WeightsOf = (layer) => new Float32Array(weightsOf(layer).length).fill(-1);
    const { supports } = await sparse('prune: { density: 0.5 }', { weights: equal });
    const mask = maskOf(supports.get('conv2'));
    expect(mask.lastIndexOf(1)).to.equal(1439);
    expect(mask.indexOf(0)).to.equal(1440);
  });

  it('draws without weights, from the seed and the name of the layer', async () => {
    for (const body of [
      'prune: { density: 0.3, by: random }',
      'prune: { density: 0.3, by: random, scope: global, unit: kernel }',
    ]) {
      const draw = async (seed: number): Promise<string[]> => {
        const { supports } = await sparse(body, { weights: noWeights, seed });
        return [...supports.values()].map((each) => maskOf(each).join(''));
      };
      expect(await draw(1)).to.deep.equal(await draw(1));
      expect(await draw(1)).to.not.deep.equal(await draw(2));
      const variant = await variantOf(body);
      expect(needsWeights(variant)).to.equal(false);
      expect(
        [...assignSupports(network, variant, 1).values()].map((each) => maskOf(each).join('')),
      ).to.deep.equal(await draw(1));
    }
    expect(
      keptWeights(await sparse('prune: { density: 0.3, by: random }', { weights: noWeights })).conv2,
    ).to.equal(864);
  });

  it('keeps exactly as many weights as another variant does, layer by layer or in all', async () => {
    const reference = assignSupports(network, await loadVariant('PSD4_P8'), 1);
    const counts = ['conv2', 'depthwise', 'conv3'].map(
      (name) => [name, nonZeroTaps(reference.get(name)!)] as const,
    );
    const result = await sparse('prune: { density: PSD4_P8 }\nlayers: { firstConvolution: sparse }');
    expect(keptWeights(result)).to.deep.equal(Object.fromEntries(counts));
    const { supports } = await sparse('prune: { density: PSD4_P8, scope: global }');
    const total = ['conv2', 'depthwise', 'conv3'].reduce(
      (sum, name) => sum + nonZeroTaps(supports.get(name)!),
      0,
    );
    expect(total).to.equal(counts.reduce((sum, [, count]) => sum + count, 0));
    expectLargestKept(supports, ['conv2', 'depthwise', 'conv3']);
    expect(supports.get('short')?.assignment.kind).to.equal('dense');
  });

  it("follows the reference's own choice of layers, and its weights", async () => {
    const others = { half: 'nOfM: { n: 1, m: 2 }\nlayers: { include: [short, conv2] }' };
    const variant = await variantOf('prune: { density: half, by: random }', others);
    expect(needsWeights(variant)).to.equal(true);
    expect(keptWeights(sparsify(network, variant, 1, weightsOf))).to.deep.equal({ conv2: 1440, short: 200 });
  });

  it('of ResNet18 under the shipped example has the density of PSD4_P8 in every layer', async () => {
    const resnet = await loadNetwork('resnet18-cifar10');
    const variant = await loadVariant('unstructured-psd4p8');
    const reference = assignSupports(resnet, await loadVariant('PSD4_P8'), 1);
    const started = performance.now();
    const { supports } = sparsify(resnet, variant, 1, seededWeights(resnet));
    expect(performance.now() - started).to.be.below(8000);
    for (const [name, each] of supports)
      expect(nonZeroTaps(each), name).to.equal(nonZeroTaps(reference.get(name)!));
  });
});

describe('n of m', () => {
  const blocksOf = (mask: Uint8Array, channels: number, taps: number, m: number): number[][] => {
    const blocks: number[][] = [];
    for (let filter = 0; filter * channels * taps < mask.length; filter++) {
      for (let tap = 0; tap < taps; tap++) {
        for (let begin = 0; begin < channels; begin += m) {
          const places = Array.from(
            { length: Math.min(m, channels - begin) },
            (_, i) => (filter * channels + begin + i) * taps + tap,
          );
          blocks.push(places);
        }
      }
    }
    return blocks;
  };

  it('keeps the n largest of every m channels at each tap, of a short last block min(n, L)', async () => {
    // conv2: 16 channels, blocks of 5, 5, 5, 1; conv3: 6 in a group, 5 and 1; wide: 20; short: 20.
    const { supports, notes } = await sparse('nOfM: { n: 2, m: 5 }');
    for (const [name, channels, taps] of [
      ['conv2', 16, 9],
      ['conv3', 6, 9],
      ['wide', 20, 5],
      ['short', 20, 1],
    ] as const) {
      const mask = maskOf(supports.get(name));
      for (const places of blocksOf(mask, channels, taps, 5)) {
        const sizes = places.map((at) => Math.abs(weightsOf(name)[at]));
        const least = sizes.toSorted((a, b) => b - a)[Math.min(2, places.length) - 1];
        expect(places.map((at) => mask[at])).to.deep.equal(sizes.map((size) => (size >= least ? 1 : 0)));
      }
    }
    expect(supports.get('depthwise')?.assignment.kind).to.equal('dense');
    expect(notes).to.have.length(1);
    expect(notes[0]).to.match(
      /^2 of 5 along the channels by magnitude keeps .* of 4 layers, asked for 40.00 %$/,
    );
  });

  it('keeps the earlier of equal weights', async () => {
    const equal: WeightsOf = (layer) => new Float32Array(weightsOf(layer).length).fill(0.5);
    const { supports } = await sparse('nOfM: { n: 3, m: 8 }', { weights: equal });
    const mask = maskOf(supports.get('short'));
    expect(mask.subarray(0, 20).join('')).to.equal('11100000111000001110');
  });

  it('counts a group of fewer than m channels as one short block', async () => {
    const result = await sparse('nOfM: { n: 2, m: 8 }\nlayers: { include: [conv3] }');
    expect(keptWeights(result)).to.deep.equal({ conv3: (1296 / 6) * 2 });
    expect(keptWeights(await sparse('nOfM: { n: 6, m: 8 }'))).to.not.have.property('conv3');
  });

  it('draws n of m without weights', async () => {
    const { supports } = await sparse('nOfM: { n: 2, m: 4, by: random }', { weights: noWeights });
    const mask = maskOf(supports.get('conv2'));
    for (const places of blocksOf(mask, 16, 9, 4)) {
      expect(places.reduce((sum, at) => sum + mask[at], 0)).to.equal(2);
    }
    const other = await sparse('nOfM: { n: 2, m: 4, by: random }', { weights: noWeights, seed: 2 });
    expect(maskOf(other.supports.get('conv2'))).to.not.deep.equal(mask);
  });
});

describe('the best patterns of a layer', () => {
  /** All patterns of n taps, as bit masks. */
  const natural = (kernel: readonly number[], taps: number, centre: boolean): string => {
    const order = [...kernel.keys()].sort((a, b) => kernel[b] ** 2 - kernel[a] ** 2 || a - b);
    const chosen = centre ? [4, ...order.filter((tap) => tap !== 4)] : order;
    const kept = new Set(chosen.slice(0, taps));
    return kernel.map((_, tap) => (kept.has(tap) ? '1' : '0')).join('');
  };

  for (const centre of [true, false]) {
    it(`are its most frequent natural ones, ${centre ? 'with' : 'without'} the centre kept`, async () => {
      const body = `bestPatterns: { taps: 2, count: 3${centre ? '' : ', keepCentre: false'} }`;
      const { supports } = await sparse(body);
      for (const name of ['conv2', 'depthwise', 'conv3']) {
        const weights = Array.from(weightsOf(name));
        const kernels = Array.from({ length: weights.length / 9 }, (_, i) => weights.slice(9 * i, 9 * i + 9));
        const counts = new Map<string, number>();
        for (const kernel of kernels) {
          const key = natural(kernel, 2, centre);
          counts.set(key, (counts.get(key) ?? 0) + 1);
        }
        const set = [...counts.entries()]
          .sort(([, a], [, b]) => b - a)
          .slice(0, 3)
          .map(([key]) => key);
        const power = (kernel: readonly number[], key: string): number =>
          kernel.reduce((sum, weight, tap) => sum + (key[tap] === '1' ? weight ** 2 : 0), 0);
        const expected = kernels.map(
          (kernel) => set.toSorted((a, b) => power(kernel, b) - power(kernel, a))[0],
        );
        expect(maskOf(supports.get(name)).join(''), name).to.equal(expected.join(''));
        expect(supports.get(name)!.patterns).to.have.length(3);
      }
      expect(supports.get('wide')?.assignment.kind).to.equal('dense');
    });
  }

  it('go to kernels that have no preference in the order of their frequency', async () => {
    // Of four kernels one has tap 0 alone, two have tap 8 alone, and one is zero.
    const some: WeightsOf = (layer) =>
      Float32Array.from(weightsOf(layer), (_, i) => {
        const kernel = Math.floor(i / 9) % 4;
        return (kernel === 0 && i % 9 === 0) || ((kernel === 1 || kernel === 2) && i % 9 === 8) ? 1 : 0;
      });
    const { supports } = await sparse('bestPatterns: { taps: 1, count: 2, keepCentre: false }', {
      weights: some,
    });
    const { patterns, assignment } = supports.get('conv2')!;
    expect(patterns.map((pattern) => pattern.join(''))).to.deep.equal(['100000000', '000000001']);
    if (assignment.kind !== 'per-kernel') throw new Error('not one for each kernel');
    // Half of all kernels have tap 8, half tap 0: zeros take the earlier tap as their natural pattern.
    expect([...assignment.ids.subarray(0, 8)]).to.deep.equal([0, 1, 1, 0, 0, 1, 1, 0]);
    const one = await sparse('bestPatterns: { taps: 1, count: 1, keepCentre: false }', { weights: some });
    expect(one.supports.get('conv2')!.patterns.map((pattern) => pattern.join(''))).to.deep.equal([
      '100000000',
    ]);
  });

  it('are for kernels of another size when the file says so, whose middle may be missing', async () => {
    const { supports, notes } = await sparse('kernel: [1, 5]\nbestPatterns: { taps: 1, count: 8 }');
    // The middle tap is the only one that a pattern of one tap may have.
    expect(supports.get('wide')!.patterns.map((pattern) => pattern.join(''))).to.deep.equal(['00100']);
    expect(supports.get('conv2')?.assignment.kind).to.equal('dense');
    expect(notes).to.deep.equal([
      'the choice of at most 8 patterns of 1 tap per layer keeps 20.00 % of the weights of wide',
    ]);
    const variant = await variantOf('bestPatterns: { taps: 4, count: 8 }');
    expect(variant).to.deep.include({ kernelSupportSize: 4, boosted: false });
    expect(variant).to.not.have.property('period');
  });
});

describe('channel pruning', () => {
  it('keeps the channels of the largest filters, the others go with all that reads them', async () => {
    const { network: narrow, kept, supports, notes } = await sparse('channels: { keep: 0.3 }');
    expect(Object.fromEntries([...kept].map(([map, channels]) => [map, channels.length]))).to.deep.equal({
      conv1: 5,
      conv2: 6,
      short: 6,
      depthwise: 6,
    });
    const perFilter = Array.from({ length: 16 }, (_, filter) =>
      Array.from(weightsOf('conv1'))
        .slice(27 * filter, 27 * filter + 27)
        .reduce((sum, weight) => sum + Math.abs(weight), 0),
    );
    const largest = [...perFilter.keys()].sort((a, b) => perFilter[b] - perFilter[a]).slice(0, 5);
    expect([...(kept.get('conv1') ?? [])]).to.deep.equal(largest.sort((a, b) => a - b));
    const geometry = (name: string) =>
      narrow.layers.filter(isConv).find((layer) => layer.name === name)?.geometry;
    expect(geometry('conv2')).to.deep.include({ filters: 6, channelsPerGroup: 5 });
    expect(geometry('short')).to.deep.include({ filters: 6, channelsPerGroup: 6 });
    expect(geometry('depthwise')).to.deep.include({ filters: 6, channelsPerGroup: 1, groups: 6 });
    // conv3 has two groups: its input and its output stay.
    expect(geometry('wide')).to.deep.include({ filters: 12, channelsPerGroup: 6 });
    expect([...supports.values()].every(({ assignment }) => assignment.kind === 'dense')).to.equal(true);
    expect(supports.get('conv2')).to.deep.include({ filters: 6, channels: 5 });
    expect(notes).to.deep.equal([
      `channel pruning keeps 30.0 % of the channels of each map: ${(countNetwork(narrow).totals.macs / 1e6).toFixed(2)} M MACs`,
      'wide keeps all channels: it is read by the grouped convolution conv3',
      'conv3 keeps all channels: it is written by the grouped convolution conv3',
    ]);
  });

  it('adds up the filters of all layers that make a channel, those of depthwise convolutions too', async () => {
    const one: WeightsOf = (layer) => {
      const weights = new Float32Array(weightsOf(layer).length).fill(0.01);
      // Channel 7 has a larger filter in short, channel 3 a still larger one in depthwise.
      if (layer === 'short') weights.fill(-1, 7 * 20, 8 * 20);
      if (layer === 'depthwise') weights.fill(-9, 3 * 9, 4 * 9);
      return weights;
    };
    const { kept } = await sparse('channels: { keep: 0.1 }', { weights: one });
    expect([...(kept.get('short') ?? [])]).to.deep.equal([3, 7]);
    expect([...(kept.get('depthwise') ?? [])]).to.deep.equal([3, 7]);
    // Equal filters: the first ones stay, and never none.
    expect([...(kept.get('conv2') ?? [])]).to.deep.equal([0, 1]);
    expect((await sparse('channels: { keep: 0.001 }')).kept.get('conv1')).to.have.length(1);
  });

  it('leaves ResNet18 the MACs of PSD4_P8 to within half a percent, and equal channels along residuals', async () => {
    const resnet = await loadNetwork('resnet18-cifar10');
    const {
      network: narrow,
      kept,
      notes,
    } = sparsify(resnet, await loadVariant('channels-psd4p8'), 1, seededWeights(resnet));
    const { macs } = countNetwork(narrow).totals;
    expect(Math.abs(macs - 289.35e6) / 289.35e6).to.be.below(0.005);
    expect(notes[0]).to.match(
      /^channel pruning keeps 7\d\.\d % of the channels of each map: 28\d\.\d\d M MACs, asked for 289\.35 M$/,
    );
    for (const { name, output, ...layer } of resnet.layers.filter(isConv)) {
      if (layer.residual !== undefined)
        expect(kept.get(output), name).to.deep.equal(kept.get(layer.residual));
    }
    expect(kept.get('layer4.1.relu2')).to.deep.equal(kept.get('layer4.0.relu2'));
    expect(kept.get('layer4.1.relu2')).to.deep.equal(kept.get('pool'));
    expect(new Set([...kept.values()].map(({ length }) => length)).size).to.equal(4);
  });

  it('takes the ratio whose MACs are nearest to those asked for', async () => {
    const macsOf = async (body: string): Promise<number> =>
      countNetwork((await sparse(body, { weights: noWeights })).network).totals.macs;
    const all = await Promise.all(
      Array.from({ length: 401 }, (_, i) =>
        macsOf(`channels: { keep: ${Math.max(1e-3, i / 400)}, by: random }`),
      ),
    );
    const dense = countNetwork(network).totals.macs;
    expect(all.at(-1)).to.equal(dense);
    for (const share of [0.01, 0.13, 0.37, 0.5, 0.61, 0.77, 0.98, 1]) {
      const found = await macsOf(`channels: { macs: ${share}, by: random }`);
      const nearest = Math.min(...all.map((macs) => Math.abs(macs - share * dense)));
      expect(Math.abs(found - share * dense), String(share)).to.equal(nearest);
    }
  });

  it('draws without weights, and keeps what it is told to keep', async () => {
    const draw = (seed: number, layers = '{}') =>
      sparse(`channels: { keep: 0.5, by: random }\nlayers: ${layers}`, { weights: noWeights, seed });
    expect((await draw(1)).kept).to.deep.equal((await draw(1)).kept);
    expect((await draw(1)).kept).to.not.deep.equal((await draw(2)).kept);
    const lost = async (layers: string): Promise<string[]> => [...(await draw(1, layers)).kept.keys()];
    expect(await lost('{ exclude: [conv1] }')).to.deep.equal(['conv2', 'short', 'depthwise']);
    expect(await lost('{ exclude: [depthwise] }')).to.deep.equal(['conv1', 'conv2']);
    expect(await lost('{ include: [short, depthwise] }')).to.deep.equal(['short', 'depthwise']);
    expect(await lost('{ include: [conv*], exclude: [conv2] }')).to.deep.equal(['conv1']);
  });

  it('lets overrides make the narrower network sparse, by the weights that are left', async () => {
    const others = { half: 'prune: { density: 0.5 }' };
    const body = 'channels: { keep: 0.5 }\noverrides:\n  - { layers: [conv2], variant: half }';
    const { network: narrow, supports, kept, notes } = await sparse(body, { others });
    const conv2 = supports.get('conv2')!;
    expect(conv2).to.deep.include({ filters: 10, channels: 8, taps: 9 });
    expect(nonZeroTaps(conv2)).to.equal(360);
    expect(narrow.layers.filter(isConv).find(({ name }) => name === 'conv2')?.geometry.filters).to.equal(10);
    const filters = kept.get('conv2')!;
    const channels = kept.get('conv1')!;
    const left = Array.from({ length: 720 }, (_, i) =>
      Math.abs(
        weightsOf('conv2')[
          (filters[Math.floor(i / 72)] * 16 + channels[Math.floor(i / 9) % 8]) * 9 + (i % 9)
        ],
      ),
    );
    const mask = maskOf(conv2);
    const sizes = (bit: number): number[] => left.filter((_, i) => mask[i] === bit);
    expect(Math.min(...sizes(1))).to.be.at.least(Math.max(...sizes(0)));
    expect(notes.at(-1)).to.match(/^pruning of weights by magnitude keeps 50.00 % of the weights of conv2/);
  });
});

describe('schemes in one network', () => {
  it('mix by overrides, each for its own layers', async () => {
    const body = `variant: PSD4_P8
overrides:
  - { layers: [conv3], variant: pruned }
  - { layers: [short], variant: blocks }
  - { layers: [depthwise], variant: best }
  - { layers: [fc], variant: pruned }`;
    const others = {
      pruned: 'prune: { density: 0.25, scope: global }',
      blocks: 'nOfM: { n: 1, m: 4 }',
      best: 'bestPatterns: { taps: 3, count: 4 }',
    };
    const variant = await variantOf(body, others);
    expect(needsWeights(variant)).to.equal(true);
    const { supports, notes } = sparsify(network, variant, 1, weightsOf);
    expect(supports.get('conv2')?.assignment).to.deep.equal({ kind: 'periodic', period: 8 });
    expect(keptWeights({ supports, notes, network, kept: new Map() })).to.deep.include({
      conv3: 324,
      short: 100,
      depthwise: 60,
      fc: Math.round(0.25 * weightsOf('fc').length),
    });
    expect(notes).to.have.length(4);
  });

  it('are known to need weights or not without any, as are those that need none', async () => {
    const needs = async (name: string): Promise<boolean> => needsWeights(await loadVariant(name));
    for (const name of [
      'unstructured-psd4p8',
      'n-of-m-4-8',
      'n-of-m-2-4',
      'best-patterns-4of9',
      'channels-psd4p8',
      'mixed-psd4p8-4-8',
    ]) {
      expect(await needs(name), name).to.equal(true);
    }
    for (const name of ['dense', 'PSD4_P8', 'pSC2', 'cross-p5'])
      expect(await needs(name), name).to.equal(false);
    const { notes, supports } = sparsify(network, await loadVariant('PSD4_P8'), 1, noWeights);
    expect(notes).to.deep.equal([]);
    expect(supports).to.deep.equal(assignSupports(network, await loadVariant('PSD4_P8'), 1));
  });

  it('that need weights are not assigned without', async () => {
    const without = async (name: string) => {
      const variant = await loadVariant(name);
      return () => assignSupports(network, variant, 1);
    };
    expect(await without('n-of-m-4-8')).to.throw('no weights of conv2 are there');
    expect(await without('channels-psd4p8')).to.throw(
      'channels-psd4p8 removes channels: sparsify() does that',
    );
    const variant = await loadVariant('best-patterns-4of9');
    expect(() => sparsify(network, variant, 1, () => [1, 2])).to.throw(
      'layer conv2: 2 weights for 20 x 16 x 3 x 3',
    );
  });
});
