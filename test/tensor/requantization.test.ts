import { expect } from 'chai';
import fc from 'fast-check';
import { UserError } from '../../src/document/userError.js';
import { makeRequantization, requantize, smallestScale } from '../../src/tensor/requantization.js';
import type { Requantization } from '../../src/tensor/requantization.js';

function exactly(sum: number, residual: number, filter: number, q: Requantization): number {
  const numerator =
    BigInt(sum) * BigInt(q.multiplier[filter]) + BigInt(residual) * BigInt(q.residualMultiplier[filter]);
  const divisor = 1n << BigInt(q.shift[filter]);
  let floor = numerator / divisor;
  if (floor * divisor > numerator) floor -= 1n;
  const twice = 2n * (numerator - floor * divisor);
  const rounded = twice > divisor || (twice === divisor && floor % 2n !== 0n) ? floor + 1n : floor;
  const clamped = rounded < BigInt(q.min) ? q.min : rounded > BigInt(q.max) ? q.max : Number(rounded);
  return clamped;
}

const factors = fc.record({
  multiplier: fc.oneof(fc.integer({ min: 2 ** 15, max: 2 ** 16 - 1 }), fc.constant(2 ** 15)),
  shift: fc.integer({ min: 0, max: 62 }),
  residualMultiplier: fc.oneof(
    fc.constant(0),
    fc.maxSafeInteger().map((value) => Math.trunc(value / 4)),
    fc.integer({ min: 0, max: 50 }).map((power) => 2 ** power),
  ),
});
const sums = fc.oneof(
  fc.integer({ min: -(2 ** 20), max: 2 ** 20 }),
  fc.maxSafeInteger().map((value) => Math.trunc(value / 64)),
  fc
    .tuple(fc.integer({ min: 0, max: 47 }), fc.integer({ min: -1, max: 1 }), fc.boolean())
    .map(([power, by, negative]) => {
      const value = Math.min(2 ** 47, 2 ** power + by);
      return negative ? -value : value;
    }),
);
const int16 = fc.integer({ min: -32768, max: 32767 });

describe('requantization', () => {
  it('equals the formula in arbitrary precision, for every sum of 48 bits and residual of 16', () => {
    fc.assert(
      fc.property(sums, int16, factors, (sum, residual, { multiplier, shift, residualMultiplier }) => {
        const q: Requantization = {
          multiplier: Int32Array.of(multiplier),
          shift: Uint8Array.of(shift),
          residualMultiplier: Float64Array.of(residualMultiplier),
          min: -32767,
          max: 32767,
        };
        expect(requantize(sum, residual, 0, q)).to.equal(exactly(sum, residual, 0, q));
      }),
      { numRuns: 5000 },
    );
  });

  it('equals the formula where the wide numerator lies at or beside a half', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 25, max: 48 }),
        fc.integer({ min: -32000, max: 32000 }),
        fc.integer({ min: -2, max: 2 }),
        int16,
        (shift, quotient, beside, residual) => {
          // sum * 2^15 = (quotient + 1/2) 2^shift + beside * 2^15 - residual * residualMultiplier
          const residualMultiplier = 2 ** 15 * (2 ** 21 + 1);
          const sum = (quotient * 2 + 1) * 2 ** (shift - 16) + beside - residual * (2 ** 21 + 1);
          fc.pre(Math.abs(sum) <= 2 ** 47);
          const q: Requantization = {
            multiplier: Int32Array.of(2 ** 15),
            shift: Uint8Array.of(shift),
            residualMultiplier: Float64Array.of(residualMultiplier),
            min: -32767,
            max: 32767,
          };
          expect(requantize(sum, residual, 0, q)).to.equal(exactly(sum, residual, 0, q));
        },
      ),
      { numRuns: 2000 },
    );
  });

  it('rounds halves to the even integer', () => {
    const q = makeRequantization(Float64Array.of(0.5), 0, -127, 127);
    const halves = [-5, -3, -1, 1, 3, 5].map((sum) => requantize(sum, 0, 0, q));
    expect(halves).to.deep.equal([-2, -2, 0, 0, 2, 2]);
  });

  it('clamps at min and max', () => {
    const q = makeRequantization(Float64Array.of(1), 0, 0, 127);
    expect([-5, 0, 5, 200].map((sum) => requantize(sum, 0, 0, q))).to.deep.equal([0, 0, 5, 127]);
  });

  it('passes integers through unchanged at scale 1, and adds a residual at scale 1', () => {
    const q = makeRequantization(Float64Array.of(1), 1, -127, 127);
    for (let value = -60; value <= 60; value++) {
      expect(requantize(value, 0, 0, q)).to.equal(value);
      expect(requantize(value, 7, 0, q)).to.equal(value + 7);
    }
  });

  it('uses one set of factors for all filters when there is only one', () => {
    const q = makeRequantization(Float64Array.of(0.25), 0, -127, 127);
    expect(requantize(40, 0, 31, q)).to.equal(10);
  });

  it('approximates every scale in range within 2^-16 by a multiplier of [2^15, 2^16)', () => {
    fc.assert(
      fc.property(fc.double({ min: -46.9, max: 15.9, noNaN: true }), (exponent) => {
        const scale = 2 ** exponent;
        const { multiplier, shift } = makeRequantization(Float64Array.of(scale), 0, -127, 127);
        expect(multiplier[0]).to.be.within(2 ** 15, 2 ** 16 - 1);
        expect(Math.abs(multiplier[0] / 2 ** shift[0] / scale - 1)).to.be.at.most(2 ** -16);
      }),
    );
  });

  it('carries a rounding up to 2^16 into the shift', () => {
    const { multiplier, shift } = makeRequantization(Float64Array.of(1 - 2 ** -20), 0, -127, 127);
    expect([multiplier[0], shift[0]]).to.deep.equal([2 ** 15, 15]);
  });

  it('refuses scales that have no multiplier and shift, naming the layer', () => {
    for (const scale of [0, -1, NaN, Infinity, 2 ** 16, smallestScale / 2]) {
      expect(
        () => makeRequantization(Float64Array.of(scale), 0, -127, 127, 'layer conv1'),
        String(scale),
      ).to.throw(UserError, 'layer conv1: expected a requantization scale');
    }
  });

  it('refuses a residual that is too coarse beside the sum', () => {
    expect(() => makeRequantization(Float64Array.of(2 ** -40), 1, -127, 127, 'layer conv1')).to.throw(
      UserError,
      "layer conv1: the residual's scale",
    );
  });
});
