import { expect } from 'chai';
import { countNetwork } from '../../src/network/count.js';
import { loadNetwork } from '../../src/network/loadNetwork.js';
import { assignSupports } from '../../src/sparsity/assign.js';
import { loadVariant } from '../../src/sparsity/loadVariant.js';
import { nonZeroTaps } from '../../src/sparsity/supports.js';
import { builtInVariants, publishedVariants } from '../../src/sparsity/variants.js';
import { mixedNetwork, tapsOf } from './fixtures.js';

/**
 * Parameters and MACs in millions: ResNet18 and VGG16 for CIFAR-10, then the MACs of both for Tiny ImageNet. Derived from
 * the papers' definitions; all points that Kundu et al., IEEE TC 69(7), 2020, plot agree within 1.4 %.
 */
const published = `
  pSC9     11173962 555.42 14728266 313.20 2222.08 1253.20
  PS4_P4    5070922 251.34  6556746 140.19 1005.73  561.14
  pSC4      5070922 251.34  6556746 140.19 1005.73  561.14
  PS2_P6    2629706 129.70  3288138  70.98  519.19  284.31
  pSC2      2629706 129.70  3288138  70.98  519.19  284.31
  PSD1_P8   2629706 129.70  3288138  70.98  519.19  284.31
  PS1_P9    1409098  68.88  1653834  36.38  275.92  145.90
  pSC1      1409098  68.88  1653834  36.38  275.92  145.90
  PSD4_P8   5833802 289.35  7578186 161.81 1157.78  647.64
  PSD4_P16  5452362 270.34  7067466 151.00 1081.75  604.39
  PSD2_P8   3697738 182.92  4718154 101.26  732.05  405.42
  PSD2_P16  3163722 156.31  4003146  86.12  625.62  344.87
  PSD1_P16  2019402  99.29  2470986  53.68  397.56  215.11`;

/**
 * Those figures count a head of 2048 inputs behind a 4x4 pool in ResNet18 for Tiny ImageNet; the shipped network pools
 * globally, as the papers say, and has 512.
 */
const largerHeadMacs = (2048 - 512) * 200;

describe('the built-in variants', () => {
  it('are the 13 of the papers, and as-given', () => {
    const rows = published.trim().split('\n');
    const names = rows.map((row) => row.trim().split(/\s+/)[0]);
    expect(publishedVariants.map(({ name }) => name)).to.have.members(names);
    expect(builtInVariants.map(({ name }) => name)).to.have.members([...names, 'as-given']);
    for (const { name, description } of builtInVariants) {
      expect(description.split('\n').length, name).to.be.within(1, 2);
    }
  });

  for (const row of published.trim().split('\n')) {
    const [name, ...figures] = row.trim().split(/\s+/);
    it(`leave the parameters and MACs that follow from the definition: ${name}`, async () => {
      const variant = await loadVariant(name);
      const sizeOf = async (network: string): Promise<{ macs: number; parameters: number }> => {
        const loaded = await loadNetwork(network);
        const supports = assignSupports(loaded, variant, 1);
        return countNetwork(loaded, (layer) => nonZeroTaps(supports.get(layer.name)!)).totals;
      };
      const millions = (macs: number): string => (macs / 1e6).toFixed(2);
      const resnet = await sizeOf('resnet18-cifar10');
      const vgg = await sizeOf('vgg16-cifar10');
      const resnetTiny = await sizeOf('resnet18-tinyimagenet');
      const vggTiny = await sizeOf('vgg16-tinyimagenet');
      expect([
        String(resnet.parameters),
        millions(resnet.macs),
        String(vgg.parameters),
        millions(vgg.macs),
        millions(resnetTiny.macs + largerHeadMacs),
        millions(vggTiny.macs),
      ]).to.deep.equal(figures);
    });
  }

  it('keep 142,554 parameters of ResNet-20 under PSD4_P8, as the shipped weights do', async () => {
    const network = await loadNetwork('resnet20-cifar10');
    const supports = assignSupports(network, await loadVariant('PSD4_P8'), 1);
    expect(
      countNetwork(network, (layer) => nonZeroTaps(supports.get(layer.name)!)).totals.parameters,
    ).to.equal(142_554);
  });

  it('give kernel (o, c) the support of slot (o + c) mod P, the last one full when boosted', async () => {
    const network = mixedNetwork();
    const kernels = async (name: string): Promise<(filter: number, channel: number) => number[]> => {
      const supports = assignSupports(network, await loadVariant(name), 1).get('conv2');
      return (filter, channel) => tapsOf(supports, filter, channel);
    };
    const squares = [
      [0, 1, 3, 4],
      [1, 2, 4, 5],
      [3, 4, 6, 7],
      [4, 5, 7, 8],
    ];
    const dominoes = [
      [0, 1],
      [1, 2],
      [3, 4],
      [4, 5],
      [6, 7],
      [7, 8],
    ];
    const full = [0, 1, 2, 3, 4, 5, 6, 7, 8];
    const psd4 = await kernels('PSD4_P8');
    const psd2 = await kernels('PSD2_P16');
    const psd1 = await kernels('PSD1_P8');
    const ps4 = await kernels('PS4_P4');
    const ps2 = await kernels('PS2_P6');
    const ps1 = await kernels('PS1_P9');
    for (let o = 0; o < 20; o++) {
      for (let c = 0; c < 16; c++) {
        const slot = (period: number): number => (o + c) % period;
        expect(psd4(o, c)).to.deep.equal(slot(8) === 7 ? full : squares[slot(8) % 4]);
        expect(psd2(o, c)).to.deep.equal(slot(16) === 15 ? full : dominoes[slot(16) % 6]);
        expect(psd1(o, c)).to.deep.equal(slot(8) === 7 ? full : [slot(8)]);
        expect(ps4(o, c)).to.deep.equal(squares[slot(4)]);
        expect(ps2(o, c)).to.deep.equal(dominoes[slot(6)]);
        expect(ps1(o, c)).to.deep.equal([slot(9)]);
      }
    }
  });

  it('say their KSS, period and boosting', async () => {
    const traits = async (name: string): Promise<unknown[]> => {
      const { kernelSupportSize, period, boosted } = await loadVariant(name);
      return [kernelSupportSize, period, boosted];
    };
    expect(await traits('PSD2_P16')).to.deep.equal([2, 16, true]);
    expect(await traits('PS1_P9')).to.deep.equal([1, 9, false]);
    expect(await traits('pSC4')).to.deep.equal([4, undefined, false]);
    expect(await traits('pSC9')).to.deep.equal([undefined, undefined, false]);
  });

  it('keep dense: the first convolution, kernels of other sizes, fully connected layers', async () => {
    for (const { name } of publishedVariants.filter(({ rule }) => rule.kind !== 'dense')) {
      const supports = assignSupports(mixedNetwork(), await loadVariant(name), 1);
      const dense = [...supports].filter(([, { assignment }]) => assignment.kind === 'dense');
      expect(
        dense.map(([layer]) => layer),
        name,
      ).to.deep.equal(['conv1', 'short', 'wide', 'fc']);
      expect(supports.get('fc')).to.deep.include({ filters: 5, channels: 24 * 6 * 2, taps: 1 });
      expect(supports.get('depthwise')).to.deep.include({ filters: 20, channels: 1, taps: 9 });
      expect(supports.get('conv3')).to.deep.include({ filters: 24, channels: 6, taps: 9 });
    }
    const dense = assignSupports(mixedNetwork(), await loadVariant('dense'), 1);
    expect([...dense.values()].every(({ assignment }) => assignment.kind === 'dense')).to.equal(true);
  });
});
