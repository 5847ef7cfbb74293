import { expect } from 'chai';
import fc from 'fast-check';
import { requantizeExactly } from '../../src/reference/requantize.js';

/** round half to even of numerator / 2^shift, clamped to int16. */
function expectedOf(numerator: bigint, shift: number): number {
  const whole = 1n << BigInt(shift);
  let quotient = numerator / whole;
  let rest = numerator % whole;
  if (rest < 0n) {
    quotient -= 1n;
    rest += whole;
  }
  if (rest * 2n > whole || (rest * 2n === whole && quotient % 2n !== 0n)) quotient += 1n;
  return Number(quotient > 32767n ? 32767n : quotient < -32767n ? -32767n : quotient);
}

function requantized(
  sum: number,
  residual: number,
  multiplier: number,
  residualMultiplier: number,
  shift: number,
): number {
  const requantization = {
    multiplier: Int32Array.of(multiplier),
    shift: Uint8Array.of(shift),
    residualMultiplier: Float64Array.of(residualMultiplier),
    min: -32767,
    max: 32767,
  };
  const out = new Int16Array(1);
  requantizeExactly({ sums: [sum], residual: Int16Array.of(residual), requantization, positions: 1 }, out);
  return out[0];
}

const multipliers = fc.integer({ min: 2 ** 15, max: 2 ** 16 - 1 });

describe('requantization of the reference', () => {
  it('is BigInt arithmetic on any factors', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: -(2 ** 47), max: 2 ** 47 }),
        fc.integer({ min: -32768, max: 32767 }),
        multipliers,
        fc.integer({ min: 0, max: 62 }),
        fc.integer({ min: -(2 ** 51) + 1, max: 2 ** 51 - 1 }),
        (sum, residual, multiplier, shift, factor) => {
          const numerator = BigInt(sum) * BigInt(multiplier) + BigInt(residual) * BigInt(factor);
          const expected = expectedOf(numerator, shift);
          expect(requantized(sum, residual, multiplier, factor, shift)).to.equal(expected);
        },
      ),
      { numRuns: 2000 },
    );
  });

  it('rounds ties to even and tells them from their neighbours, below 2^53 and beyond', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: -32766, max: 32765 }),
        fc.constantFrom(-1, 0, 1),
        multipliers,
        fc.integer({ min: 1, max: 46 }),
        (quotient, offset, multiplier, shift) => {
          const half = 1n << BigInt(shift - 1);
          const numerator = 2n * half * BigInt(quotient) + half + BigInt(offset);
          const sum = numerator / BigInt(multiplier);
          const factor = Number(numerator - sum * BigInt(multiplier));
          const found = requantized(Number(sum), 1, multiplier, factor, shift);
          expect(found).to.equal(expectedOf(numerator, shift));
          if (offset === 0) expect(found % 2, 'even').to.be.oneOf([0, -0]);
        },
      ),
      { numRuns: 2000 },
    );
  });
});
