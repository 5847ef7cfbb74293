import { allocateElements, symmetricLimit } from './precision.js';
import type { ElementArray } from './precision.js';
import { roundHalfToEven } from './rounding.js';

/**
 * Symmetric quantization: integer = clamp(roundHalfToEven(value / scale), -limit, limit), limit 127 or 32767.
 *
 * @param scale real value of one integer step, positive
 */
export function quantizeTensor(
  values: Float32Array,
  scale: number,
  precision: 'int8' | 'int16',
): ElementArray {
  const result = allocateElements(precision, values.length);
  quantizeRange(values, 0, values.length, scale, symmetricLimit(precision), result);
  return result;
}

/**
 * Symmetric quantization of (filters, ...) weights with a scale for each filter.
 *
 * @param scales one positive scale per filter
 */
export function quantizeFilters(
  weights: Float32Array,
  scales: Float64Array,
  precision: 'int8' | 'int16',
): ElementArray {
  const result = allocateElements(precision, weights.length);
  const perFilter = weights.length / scales.length;
  const limit = symmetricLimit(precision);
  for (let filter = 0; filter < scales.length; filter++) {
    const begin = filter * perFilter;
    quantizeRange(weights, begin, begin + perFilter, scales[filter], limit, result);
  }
  return result;
}

/** Largest magnitude among `values[begin .. end - 1]`; NaN if any is NaN. */
export function largestMagnitude(values: Float32Array, begin = 0, end = values.length): number {
  let largest = 0;
  for (let i = begin; i < end; i++) {
    const magnitude = Math.abs(values[i]);
    if (!(magnitude <= largest)) largest = magnitude;
    if (Number.isNaN(largest)) return largest;
  }
  return largest;
}

function quantizeRange(
  values: Float32Array,
  begin: number,
  end: number,
  scale: number,
  limit: number,
  result: ElementArray,
): void {
  for (let i = begin; i < end; i++) {
    const rounded = roundHalfToEven(values[i] / scale);
    result[i] = rounded > limit ? limit : rounded < -limit ? -limit : rounded;
  }
}
