import { expect } from 'chai';
import { sparsify } from '../../src/sparsity/sparsify.js';
import { refusal } from '../document/fixtures.js';
import { mixedNetwork, seededWeights, variantOf } from './fixtures.js';

const fault = (body: string, others: Readonly<Record<string, string>> = {}): Promise<string> =>
  refusal(() => variantOf(body, others));
const network = mixedNetwork();
const useFault = (body: string, others: Readonly<Record<string, string>> = {}): Promise<string> =>
  refusal(async () => {
    const variant = await variantOf(body, others);
    try {
      return sparsify(network, variant, 1, seededWeights(network));
    } catch (error) {
      if (error instanceof Error) error.message = error.message.replace(/^\S*\//, '');
      throw error;
    }
  });

describe('a scheme is refused', () => {
  it('beside another one, or with keys that are not its own', async () => {
    expect(await fault('prune: { density: 0.5 }\nnOfM: { n: 1, m: 2 }')).to.equal(
      'mine.yaml:4:7: nOfM: expected one of the keys patterns, random, variant, prune, nOfM, bestPatterns and ' +
        'channels, got both prune and nOfM',
    );
    expect(await fault('channels: { keep: 0.5 }\nvariant: dense')).to.match(
      /^mine.yaml:3:11: channels: expected one of .* got both variant and channels$/,
    );
    expect(await fault('prune: { density: 0.5 }\nperiod: 3')).to.equal(
      'mine.yaml:4:9: period: does not go with prune',
    );
    expect(await fault('nOfM: { n: 1, m: 2 }\nboost: last')).to.match(/boost: does not go with nOfM$/);
    expect(await fault('channels: { keep: 0.5 }\nkernel: 3')).to.match(/kernel: does not go with channels$/);
    expect(await fault('bestPatterns: { taps: 4, count: 8 }\nperiod: 3')).to.match(
      /^mine.yaml:4:9: period: does not go with bestPatterns$/,
    );
    expect(await fault('channels: { keep: 0.5 }\nboost: last')).to.match(/boost: does not go with channels$/);
  });

  it('for pruning to no share, an unknown unit or scope', async () => {
    for (const density of ['0', '-0.5', '1.01', '.nan', '[]', 'true']) {
      expect(await fault(`prune: { density: ${density} }`), density).to.match(
        /^mine.yaml:3:19: prune.density: expected density: a number above 0 and at most 1, or the name of a variant or path of a sparsity file, got/,
      );
    }
    expect(await fault('prune: {}')).to.match(
      /^mine.yaml:3:8: prune: missing key "density"; expected density: a number/,
    );
    expect(await fault('prune: { density: 1, unit: filter }')).to.match(
      /^mine.yaml:3:28: prune.unit: expected unit: "weight", "kernel", or a block such as \{ filters: 4, channels: 4 \}, got "filter"/,
    );
    expect(await fault('prune: { density: 1, unit: { filters: 0, channels: 4 } }')).to.match(
      /^mine.yaml:3:\d+: prune.unit/,
    );
    expect(await fault('prune: { density: 1, by: magnitud }')).to.match(
      /^mine.yaml:3:26: prune.by: expected one of "magnitude", "random", got "magnitud"; did you mean "magnitude"\?/,
    );
    expect(await fault('prune: { density: 1, scope: network }')).to.match(
      /^mine.yaml:3:29: prune.scope: expected one of "layer", "global", got "network"/,
    );
    expect(await fault('prune: { densty: 1 }')).to.match(/^mine.yaml:3:10: .*did you mean "density"\?/);
  });

  it('for a density of a variant that is not there, leads back or removes channels', async () => {
    expect(await fault('prune: { density: PSD4_P9 }')).to.match(
      /^mine.yaml:3:19: prune.density: expected a variant or .* got "PSD4_P9"; did you mean "PSD4_P8"\?/,
    );
    expect(await fault('prune: { density: mine }')).to.match(
      /^mine.yaml:3:19: prune.density: expected a variant that does not lead back here, got .*mine.yaml$/,
    );
    expect(
      await fault('prune: { density: a }', {
        a: 'variant: dense\noverrides:\n  - { layers: [x], variant: mine }',
      }),
    ).to.match(
      /^a.yaml:5:\d+: overrides\[0\].variant: expected a variant that does not lead back here, got .*mine.yaml$/,
    );
    expect(await fault('prune: { density: a }', { a: 'channels: { macs: mine }' })).to.match(
      /^a.yaml:3:19: channels.macs: expected a variant that does not lead back here/,
    );
    expect(await fault('prune: { density: thin }', { thin: 'channels: { keep: 0.5 }' })).to.equal(
      'mine.yaml:3:19: prune.density: expected a variant that keeps all channels, got "thin", which removes some; ' +
        'write the share as a number instead',
    );
  });

  it('for n of m that keeps all, or blocks beyond all bounds', async () => {
    expect(await fault('nOfM: { n: 4, m: 4 }')).to.equal(
      'mine.yaml:3:12: nOfM.n: expected fewer than the m = 4 weights of a block, got 4',
    );
    expect(await fault('nOfM: { n: 0, m: 4 }')).to.match(
      /^mine.yaml:3:12: nOfM.n: expected positive integer, got 0/,
    );
    expect(await fault('nOfM: { n: 1, m: 65 }')).to.match(/^mine.yaml:3:18: nOfM.m: .* at most 64, got 65/);
    expect(await fault('nOfM: { n: 1 }')).to.match(/^mine.yaml:3:7: nOfM: missing key "m"/);
  });

  it('for best patterns with as many taps as the kernel', async () => {
    expect(await fault('bestPatterns: { taps: 9, count: 8 }')).to.equal(
      'mine.yaml:3:23: bestPatterns.taps: expected fewer than the 9 taps of a 3x3 kernel, got 9; ' +
        'the key kernel says which kernels the patterns are for',
    );
    expect(await fault('kernel: 1\nbestPatterns: { taps: 1, count: 8 }')).to.match(
      /fewer than the 1 taps of a 1x1/,
    );
    expect(await fault('bestPatterns: { taps: 4, count: 257 }')).to.match(
      /^mine.yaml:3:33: bestPatterns.count: .* at most 256, got 257/,
    );
    expect(await fault('bestPatterns: { taps: 4, count: 8, keepCentre: yes please }')).to.match(
      /^mine.yaml:3:48: bestPatterns.keepCentre: expected true or false/,
    );
  });

  it('for channels without one target, in overrides, or with a sparse first convolution', async () => {
    expect(await fault('channels: {}')).to.equal(
      'mine.yaml:3:11: channels: expected one of the keys keep and macs, got none',
    );
    expect(await fault('channels: { keep: 0.5, macs: 0.5 }')).to.equal(
      'mine.yaml:3:30: channels.macs: expected one of the keys keep and macs, got both',
    );
    expect(await fault('channels: { keep: 0 }')).to.match(
      /^mine.yaml:3:19: channels.keep: expected keep: a number above 0 and at most 1, got 0$/,
    );
    expect(await fault('channels: { macs: 2 }')).to.match(
      /^mine.yaml:3:19: channels.macs: expected macs: a number above 0/,
    );
    expect(await fault('channels: { macs: nosuch }')).to.match(
      /^mine.yaml:3:19: channels.macs: expected a variant or .* got "nosuch"/,
    );
    expect(
      await fault('variant: dense\noverrides:\n  - { layers: [conv2], variant: thin }', {
        thin: 'channels: { keep: 0.5 }',
      }),
    ).to.equal(
      'mine.yaml:5:33: overrides[0].variant: expected a variant for single layers, got "thin", which removes ' +
        'channels of the whole network; write channels at the top of the file, and the layers that keep all theirs ' +
        'in layers.exclude',
    );
    expect(await fault('channels: { keep: 0.5 }\nlayers: { firstConvolution: sparse }')).to.match(
      /^mine.yaml:4:29: layers.firstConvolution: does not go with channels, .*; to keep them, name it in exclude$/,
    );
  });

  it('for layers that it can do nothing for', async () => {
    expect(await useFault('nOfM: { n: 1, m: 4 }\nlayers: { include: [depthwise] }')).to.equal(
      'mine.yaml:4:21: expected a layer that can be made sparse, got "depthwise": depthwise has 1 channel in a group, ' +
        'all of which 1 of 4 keeps',
    );
    expect(await useFault('prune: { density: PSD4_P8 }\nlayers: { include: [short] }')).to.match(
      /^mine.yaml:4:21: .* got "short": short is dense under PSD4_P8, which sets the density$/,
    );
    expect(await useFault('bestPatterns: { taps: 4, count: 8 }\nlayers: { include: [wide] }')).to.match(
      /got "wide": wide has kernels of 1x5, not 3x3$/,
    );
    expect(await useFault('channels: { keep: 0.5 }\nlayers: { exclude: [conv9] }')).to.match(
      /^mine.yaml:4:21: expected a convolution or fully connected layer of the network, got "conv9"/,
    );
    expect(await useFault('channels: { keep: 0.5 }\nlayers: { include: [wide] }')).to.match(
      /^mine.yaml:4:21: .* got "wide": wide makes a map that is read by the grouped convolution conv3$/,
    );
    expect(await useFault('channels: { keep: 0.5 }\nlayers: { include: [short] }')).to.match(
      /got "short": short makes a map that is tied to that of depthwise, which keeps all channels$/,
    );
  });
});
