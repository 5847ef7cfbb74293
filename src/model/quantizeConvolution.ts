import { UserError } from '../document/userError.js';
import { bitsOf, symmetricLimit } from '../tensor/precision.js';
import type { ElementArray } from '../tensor/precision.js';
import { largestMagnitude, quantizeFilters } from '../tensor/quantize.js';
import { roundHalfToEven } from '../tensor/rounding.js';
import type { FloatOperands } from './floatForward.js';
import type { PrecisionSet } from './model.js';

/** A precision set of which all three are integers. */
export interface IntegerPrecisions {
  readonly ifmap: 'int8' | 'int16';
  readonly weight: 'int8' | 'int16';
  readonly accumulator: 'int16' | 'int32' | 'int48';
}

/**
 * The set as integers, or undefined when all three are float32.
 *
 * @throws UserError when integers and float32 are mixed
 */
export function integerPrecisions({
  ifmap,
  weight,
  accumulator,
}: PrecisionSet): IntegerPrecisions | undefined {
  if (ifmap === 'float32' && weight === 'float32' && accumulator === 'float32') return undefined;
  if (ifmap === 'float32' || weight === 'float32' || accumulator === 'float32') {
    throw new UserError(
      'precision: expected ifmap, weight and accumulator to be all integers or all float32, found ' +
        `${ifmap}, ${weight} and ${accumulator}`,
    );
  }
  return { ifmap, weight, accumulator };
}

export interface QuantizedConvolution {
  readonly weights: ElementArray;
  /** One per filter, in accumulator steps. */
  readonly bias: Float64Array;
  /** Real value of one accumulator step of each filter: s_in * s_w[f]. */
  readonly accumulatorScales: Float64Array;
}

/** A filter whose weights are far below the layer's largest shares a step with filters this much below it. */
const smallestShare = 2 ** -10;

/**
 * Weights symmetric with a step for each filter, max|w[f]| / limit, and biases rounded to accumulator steps.
 *
 * Two things widen a filter's step. Filters that training has all but switched off would get steps so fine that no
 * multiplier of 16 bits reaches the ofmap's: a step is at least 2^-10 of the layer's largest. And a bias must leave room
 * in the accumulator: it takes a quarter of the range at most. Neither shows in the ofmap, whose steps are far coarser.
 * A step that the operands bring with them is not widened.
 *
 * @param inputScale real value of one step of the ifmap
 * @param where names the layer in errors
 * @throws UserError when a bias needs more than a quarter of the accumulator's range under a step that is given
 */
export function quantizeConvolution(
  { weights, bias, weightScale }: FloatOperands,
  inputScale: number,
  { weight, accumulator }: IntegerPrecisions,
  where = 'quantization',
): QuantizedConvolution {
  const filters = bias.length;
  const perFilter = weights.length / filters;
  const limit = symmetricLimit(weight);
  const largestBias = 2 ** (bitsOf(accumulator) - 3);
  const largest = Float64Array.from(bias, (_, filter) =>
    largestMagnitude(weights, filter * perFilter, (filter + 1) * perFilter),
  );
  const smallestStep = (largest.reduce((most, each) => Math.max(most, each), 0) / limit) * smallestShare;
  const weightScales = Float64Array.from(bias, (filterBias, filter) => {
    const stepForBias = Math.abs(filterBias) / (inputScale * largestBias);
    if (weightScale !== undefined) {
      if (stepForBias <= weightScale) return weightScale;
      throw new UserError(
        `${where}: expected biases of at most ${largestBias} steps of the ${accumulator} accumulator, found ` +
          `${Math.abs(filterBias) / (inputScale * weightScale)} for filter ${filter}; a step is ${inputScale}, the input's, since the ` +
          'weights are integers as they are',
      );
    }
    const scale = Math.max(largest[filter] / limit, smallestStep, stepForBias);
    return scale === 0 ? 1 : scale;
  });
  const accumulatorScales = weightScales.map((scale) => inputScale * scale);
  return {
    weights: quantizeFilters(weights, weightScales, weight),
    bias: accumulatorScales.map((scale, filter) => roundHalfToEven(bias[filter] / scale)),
    accumulatorScales,
  };
}
