import { expect } from 'chai';
import fc from 'fast-check';
import { keepLargest } from '../../src/sparsity/keepLargest.js';
import { nonZeroTaps } from '../../src/sparsity/supports.js';
import { supportsOfMask } from '../../src/sparsity/supportsOfMask.js';
import { createRandom } from '../../src/tensor/random.js';
import { maskOf } from './fixtures.js';

describe('the largest of some scores', () => {
  it('are those that sorting finds, of equal ones the earlier', () => {
    const scores = fc.array(fc.oneof(fc.integer({ min: 0, max: 4 }), fc.double({ min: 0, noNaN: true })));
    fc.assert(
      fc.property(scores, fc.nat(20), (values, count) => {
        const order = [...values.keys()].sort((a, b) => values[b] - values[a] || a - b);
        const expected = new Uint8Array(values.length);
        for (const index of order.slice(0, count)) expected[index] = 1;
        expect(keepLargest(Float64Array.from(values), count)).to.deep.equal(expected);
      }),
      { numRuns: 1000 },
    );
  });

  it('leave the scores as they were', () => {
    const scores = Float64Array.of(3, 1, 2);
    keepLargest(scores, 1);
    expect(scores).to.deep.equal(Float64Array.of(3, 1, 2));
  });
});

describe('the supports of a mask', () => {
  it('are the mask, with each pattern once', () => {
    const size = fc.integer({ min: 1, max: 6 });
    // Up to 25 taps are one integer, up to 60 several.
    fc.assert(
      fc.property(
        size,
        size,
        fc.constantFrom(1, 2, 9, 25, 26, 49, 60),
        fc.nat(),
        (filters, channels, taps, seed) => {
          const random = createRandom(seed);
          const mask = Uint8Array.from({ length: filters * channels * taps }, () => random.integer(2));
          // Kernels that differ in their first and last taps alone.
          for (let i = 0; i < mask.length; i++) if (i % taps > 1 && i % taps < taps - 1) mask[i] = 0;
          const supports = supportsOfMask(filters, channels, taps, mask);
          expect(maskOf(supports)).to.deep.equal(mask);
          const keys = supports.patterns.map((pattern) => pattern.join(''));
          expect(new Set(keys).size).to.equal(keys.length);
          expect(supports.assignment.kind === 'dense').to.equal(!mask.includes(0));
          expect(nonZeroTaps(supports)).to.equal(mask.reduce((sum, bit) => sum + bit, 0));
        },
      ),
    );
  });

  it('may be more than 65,536', () => {
    const [filters, channels, taps] = [300, 256, 25];
    const mask = new Uint8Array(filters * channels * taps);
    for (let kernel = 0; kernel < filters * channels; kernel++) {
      for (let bit = 0; bit < 17; bit++) mask[kernel * taps + 8 + bit] = (kernel >> bit) & 1;
    }
    const supports = supportsOfMask(filters, channels, taps, mask);
    expect(supports.patterns).to.have.length(filters * channels);
    expect(maskOf(supports)).to.deep.equal(mask);
  });

  it('are refused for weights of another size', () => {
    expect(() => supportsOfMask(2, 2, 9, new Uint8Array(35))).to.throw(
      'a mask of 35 for weights of 2 x 2 x 9',
    );
  });
});
