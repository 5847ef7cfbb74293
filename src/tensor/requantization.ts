import { UserError } from '../document/userError.js';
import { roundHalfToEven } from './rounding.js';

/**
 * How a layer's exact result becomes the integers of its ofmap, one set of factors per filter f:
 *
 *   y = clamp( roundHalfToEven( (sum * multiplier[f] + residual * residualMultiplier[f]) / 2^shift[f] ), min, max )
 *
 * `sum` is the accumulator with its bias; multiplier lies in [2^15, 2^16); ReLU is `min = 0`.
 * Every product and the sum are exact integers: the rounding is the only loss.
 * An array of length 1 serves all filters alike (pooling, add).
 */
export interface Requantization {
  readonly multiplier: Int32Array;
  /** 0 .. 62 */
  readonly shift: Uint8Array;
  /** Exact integers below 2^51 in magnitude; all zero when no residual is added. */
  readonly residualMultiplier: Float64Array;
  readonly min: number;
  readonly max: number;
}

const largestShift = 62;
const multiplierBegin = 2 ** 15;
const multiplierEnd = 2 ** 16;

/** Real scales below this, or of `multiplierEnd` and more, have no multiplier and shift. */
export const smallestScale = multiplierBegin / 2 ** largestShift;

/**
 * Factors whose quotient is the nearest that a 16-bit multiplier gives to each real scale (within 2^-16 of it).
 *
 * @param realScales one per filter, or one for all: ofmap integer steps per accumulator step, s_in * s_w[f] / s_out;
 *   each in [2^-47, 2^16)
 * @param residualScale ofmap steps per residual step, s_residual / s_out; 0 when there is no residual
 * @param where names the layer in errors
 * @throws UserError when a scale has no multiplier and shift, or the residual's factor needs more than 53 bits
 */
export function makeRequantization(
  realScales: Float64Array,
  residualScale: number,
  min: number,
  max: number,
  where = 'requantization',
): Requantization {
  const multiplier = new Int32Array(realScales.length);
  const shift = new Uint8Array(realScales.length);
  const residualMultiplier = new Float64Array(realScales.length);
  realScales.forEach((scale, filter) => {
    const factors = factorsOf(scale);
    if (factors === undefined) {
      throw new UserError(
        `${where}: expected a requantization scale of at least 2^-47 and below 2^16, found ${scale} for filter ${filter}; ` +
          'weights or activations of this layer are far out of range: use other weights or precision float32',
      );
    }
    multiplier[filter] = factors.multiplier;
    shift[filter] = factors.shift;
    residualMultiplier[filter] = roundHalfToEven(residualScale * 2 ** factors.shift);
    if (!(Math.abs(residualScale * 2 ** factors.shift) < 2 ** 51)) {
      throw new UserError(
        `${where}: the residual's scale ${residualScale} is too large beside the scale ${scale} of filter ${filter} ` +
          `to be added exactly: expected a ratio below 2^36, found ${(residualScale / scale).toExponential(2)}; ` +
          'use other weights or precision float32',
      );
    }
  });
  return { multiplier, shift, residualMultiplier, min, max };
}

function factorsOf(scale: number): { readonly multiplier: number; readonly shift: number } | undefined {
  if (!(scale >= smallestScale && scale < multiplierEnd)) return undefined;
  let shift = Math.min(largestShift, 15 - Math.floor(Math.log2(scale)));
  // The logarithm may be off by one just below a power of two.
  if (scale * 2 ** shift >= multiplierEnd) shift--;
  if (scale * 2 ** shift < multiplierBegin) shift++;
  const multiplier = roundHalfToEven(scale * 2 ** shift);
  if (multiplier < multiplierEnd) return { multiplier, shift };
  return shift === 0 ? undefined : { multiplier: multiplierBegin, shift: shift - 1 };
}

const inversePowers = Float64Array.from({ length: largestShift + 1 }, (_, shift) => 2 ** -shift);

/**
 * The formula of `Requantization` for one output, exact for |sum| <= 2^47 and |residual| <= 2^15.
 *
 * @param sum accumulator with bias, an integer
 * @param residual integer of the map to be added, 0 if none
 * @param filter index into the factors; any when these have length 1
 */
export function requantize(sum: number, residual: number, filter: number, q: Requantization): number {
  const index = q.multiplier.length === 1 ? 0 : filter;
  const product = sum * q.multiplier[index];
  const residualProduct = residual * q.residualMultiplier[index];
  const rounded =
    Math.abs(product) + Math.abs(residualProduct) <= Number.MAX_SAFE_INTEGER
      ? roundHalfToEven((product + residualProduct) * inversePowers[q.shift[index]])
      : roundWide(sum, q.multiplier[index], residual, q.residualMultiplier[index], q.shift[index]);
  return rounded < q.min ? q.min : rounded > q.max ? q.max : rounded;
}

const wordSize = 2 ** 24;

/**
 * Where the numerator needs more than 53 bits: it is kept as high * 2^24 + low, both exact, 0 <= low < 2^24.
 * Quotients beyond 2^53 come out inexact, but on the right side of any clamp.
 */
function roundWide(
  sum: number,
  multiplier: number,
  residual: number,
  residualMultiplier: number,
  shift: number,
): number {
  const sumHigh = Math.floor(sum / wordSize);
  const factorHigh = Math.floor(residualMultiplier / wordSize);
  const lowProducts =
    (sum - sumHigh * wordSize) * multiplier + (residualMultiplier - factorHigh * wordSize) * residual;
  const carry = Math.floor(lowProducts / wordSize);
  const low = lowProducts - carry * wordSize;
  const high = sumHigh * multiplier + factorHigh * residual + carry;

  if (shift <= 24) {
    // low / 2^shift keeps every bit, but beside `high` it might not: round it alone, with the parity of the whole.
    const lowQuotient = low * inversePowers[shift];
    const highQuotient = high * 2 ** (24 - shift);
    if (shift < 24) return highQuotient + roundHalfToEven(lowQuotient);
    const floor = high;
    return lowQuotient > 0.5 || (lowQuotient === 0.5 && floor % 2 !== 0) ? floor + 1 : floor;
  }
  const quotient = high * inversePowers[shift - 24];
  const floor = Math.floor(quotient);
  const fraction = quotient - floor;
  const up = fraction > 0.5 || (fraction === 0.5 && (low > 0 || floor % 2 !== 0));
  return up ? floor + 1 : floor;
}
