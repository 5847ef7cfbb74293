import type { Precision } from '../tensor/precision.js';

/** One digit of every integer: the integer is the sum of digit * factor over its digits. */
export interface Digits {
  readonly values: Int8Array | Int16Array;
  readonly factor: 1 | 256;
}

/** Largest magnitude of a digit: an int8 may be -128, and the high digit of 32767 is 128. */
export const digitLimit = 128;

/**
 * Integers as digits of magnitude 128 at most: an int8 is its own digit, an int16 has the two of base 256 with
 * the low one in [-128, 127], so that low digits cancel in sums as high ones do.
 */
export function digitsOf(values: ArrayLike<number>, precision: Precision): readonly Digits[] {
  if (precision === 'int8')
    return [{ values: values instanceof Int8Array ? values : Int16Array.from(values), factor: 1 }];
  const low = new Int16Array(values.length);
  const high = new Int16Array(values.length);
  for (let i = 0; i < values.length; i++) {
    const digit = ((values[i] + 128) & 255) - 128;
    low[i] = digit;
    high[i] = (values[i] - digit) / 256;
  }
  return [
    { values: low, factor: 1 },
    { values: high, factor: 256 },
  ];
}
