import { expect } from 'chai';
import fc from 'fast-check';
import { assignSupports } from '../../src/sparsity/assign.js';
import { loadVariant } from '../../src/sparsity/loadVariant.js';
import { randomSupports } from '../../src/sparsity/randomSupports.js';
import { nonZeroTaps } from '../../src/sparsity/supports.js';
import { mixedNetwork, tapsOf } from './fixtures.js';

describe('random supports', () => {
  it('are the same for the same seed, and others for another seed or layer', async () => {
    const variant = await loadVariant('pSC4');
    const idsOf = (seed: number, layer: string): number[] => {
      const assignment = assignSupports(mixedNetwork(), variant, seed).get(layer)?.assignment;
      if (assignment?.kind !== 'per-kernel') throw new Error('not random');
      return [...assignment.ids];
    };
    expect(idsOf(7, 'conv2')).to.deep.equal(idsOf(7, 'conv2'));
    expect(idsOf(7, 'conv2')).to.not.deep.equal(idsOf(8, 'conv2'));
    expect(idsOf(7, 'conv2').slice(0, 144)).to.not.deep.equal(idsOf(7, 'conv3'));
  });

  it('have the taps asked for in every kernel, whatever the sizes', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 12 }),
        fc.integer({ min: 1, max: 12 }),
        fc.integer({ min: 1, max: 12 }),
        fc.nat(100),
        fc.nat(),
        (filters, channels, taps, some, seed) => {
          const kept = 1 + (some % taps);
          const supports = randomSupports(filters, channels, taps, kept, seed);
          expect(nonZeroTaps(supports)).to.equal(filters * channels * kept);
          for (let kernel = 0; kernel < filters * channels; kernel++) {
            expect(tapsOf(supports, Math.floor(kernel / channels), kernel % channels)).to.have.length(kept);
          }
          const keys = supports.patterns.map((pattern) => pattern.join(''));
          expect(new Set(keys).size).to.equal(keys.length);
        },
      ),
    );
  });

  it('are uniform: each of the 126 supports of 4 in 9 taps comes up about as often', () => {
    const supports = randomSupports(126, 200, 9, 4, 3);
    expect(supports.patterns).to.have.length(126);
    const seen = new Array<number>(126).fill(0);
    if (supports.assignment.kind !== 'per-kernel') throw new Error('not random');
    for (const id of supports.assignment.ids) seen[id]++;
    // 200 on average with a standard deviation of 14: five of them.
    expect(Math.min(...seen)).to.be.above(130);
    expect(Math.max(...seen)).to.be.below(270);
  });

  it('of large kernels come from 65,536 that are drawn first', () => {
    const supports = randomSupports(4, 4, 49, 20, 3);
    expect(supports.patterns).to.have.length(65_536);
    expect(nonZeroTaps(supports)).to.equal(16 * 20);
    const used = new Set(Array.from({ length: 16 }, (_, i) => tapsOf(supports, i >> 2, i & 3).join()));
    expect(used.size).to.equal(16);
  });
});
