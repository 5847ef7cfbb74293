import type { ElementArray } from '../tensor/precision.js';
import type { Requantization } from '../tensor/requantization.js';

/** What is brought to the ofmap's integers. */
export interface RequantizeOperands {
  /** Exact integers, (filters, positions), bias included. */
  readonly sums: ArrayLike<number>;
  /** Same shape as `sums`. */
  readonly residual?: ArrayLike<number>;
  readonly requantization: Requantization;
  /** Outputs that share a filter's factors. */
  readonly positions: number;
}

/**
 * The formula of `Requantization`, evaluated in exact integers and written into `out`.
 *
 * Where the numerator fits 53 bits, doubles are exact: division by a power of two loses nothing, and neither does
 * taking off the floor. Larger numerators go through BigInt.
 */
export function requantizeExactly(operands: RequantizeOperands, out: ElementArray): void {
  const { sums, residual, requantization, positions } = operands;
  const { multiplier, shift, residualMultiplier, min, max } = requantization;
  for (let first = 0; first < sums.length; first += positions) {
    const filter = first / positions;
    const m = multiplier[multiplier.length === 1 ? 0 : filter];
    const s = shift[shift.length === 1 ? 0 : filter];
    const rm = residual === undefined ? 0 : residualMultiplier[residualMultiplier.length === 1 ? 0 : filter];
    const divisor = 2 ** s;
    for (let i = first; i < first + positions; i++) {
      const r = residual === undefined ? 0 : residual[i];
      const scaled = sums[i] * m;
      const added = r * rm;
      const rounded =
        Math.abs(scaled) + Math.abs(added) < Number.MAX_SAFE_INTEGER
          ? roundQuotient(scaled + added, divisor)
          : roundBigQuotient(BigInt(sums[i]) * BigInt(m) + BigInt(r) * BigInt(rm), BigInt(s));
      out[i] = rounded < min ? min : rounded > max ? max : rounded;
    }
  }
}

/** @param divisor a power of two */
function roundQuotient(numerator: number, divisor: number): number {
  const quotient = numerator / divisor;
  const floor = Math.floor(quotient);
  const fraction = quotient - floor;
  const up = fraction > 0.5 || (fraction === 0.5 && floor % 2 !== 0);
  return up ? floor + 1 : floor;
}

/** The result may be inexact only where it is far outside any clamp. */
function roundBigQuotient(numerator: bigint, shift: bigint): number {
  const floor = numerator >> shift;
  const twiceFraction = (numerator - (floor << shift)) << 1n;
  const whole = 1n << shift;
  const up = twiceFraction > whole || (twiceFraction === whole && (floor & 1n) === 1n);
  return Number(up ? floor + 1n : floor);
}
