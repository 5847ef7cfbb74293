import { UserError } from '../document/userError.js';
import type { ConvOperands, ModelLayer } from '../model/model.js';
import type { AccumulatorPrecision, Precision } from '../tensor/precision.js';
import { bitsOf } from '../tensor/precision.js';
import type { ConvTile, PsumArray } from './kernels/scalar.js';

const knownSums = { int8: new WeakMap<ConvOperands, number>(), int16: new WeakMap<ConvOperands, number>() };

/**
 * Whether no sum of a layer reaches a limit in magnitude, whatever the input: sum(|w|) * max|x| + |bias| of every filter is below it.
 * Never in float32.
 */
export function sumsStayBelow({ operands }: ModelLayer, ifmap: Precision, limit: number): boolean {
  if (operands === undefined || ifmap === 'float32') return false;
  const { weights, bias } = operands;
  const largestInput = 2 ** (bitsOf(ifmap) - 1);
  const largestBias = bias.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  const taps = weights.length / bias.length;
  // Most layers need no look at their weights.
  const ofAnyWeights = taps * largestInput * 2 ** (8 * weights.BYTES_PER_ELEMENT - 1) + largestBias;
  if (ofAnyWeights < limit) return true;
  const known = knownSums[ifmap].get(operands) ?? largestSum(operands, largestInput);
  knownSums[ifmap].set(operands, known);
  return known < limit;
}

function largestSum({ weights, bias }: ConvOperands, largestInput: number): number {
  const perFilter = weights.length / bias.length;
  let largest = 0;
  for (let filter = 0; filter < bias.length; filter++) {
    let magnitude = 0;
    for (let i = filter * perFilter; i < (filter + 1) * perFilter; i++) magnitude += Math.abs(weights[i]);
    largest = Math.max(largest, magnitude * largestInput + Math.abs(bias[filter]));
  }
  return largest;
}

/** Whether no sum of a layer can leave the accumulator, whatever the input. Then overflow needs no watching. */
export function isSafeFromOverflow(
  modelLayer: ModelLayer,
  ifmap: Precision,
  accumulator: AccumulatorPrecision,
): boolean {
  return accumulator !== 'float32' && sumsStayBelow(modelLayer, ifmap, 2 ** (bitsOf(accumulator) - 1));
}

/** Room for a tile's sums, in the arithmetic that is exact for the accumulator. */
export function createSums(accumulator: AccumulatorPrecision, isSafe: boolean, length: number): PsumArray {
  if (accumulator === 'float32') return new Float32Array(length);
  return accumulator !== 'int48' && isSafe ? new Int32Array(length) : new Float64Array(length);
}

/**
 * Adds a tile's products one by one, in the order of the stream, and watches every sum on its way.
 *
 * @throws UserError at the first sum that leaves the accumulator
 */
export function convolveWatched(
  tile: ConvTile,
  sums: PsumArray,
  accumulator: AccumulatorPrecision,
  place: { readonly layer: string; readonly filterStart: number },
): void {
  const limit = 2 ** (bitsOf(accumulator) - 1);
  const { channels, kernelHeight, kernelWidth, patchHeight, patchWidth, stride, dilation } = tile;
  const perFilter = channels * kernelHeight * kernelWidth;
  let at = 0;
  for (let filter = 0; filter < tile.filters; filter++) {
    for (let row = 0; row < tile.rows; row++) {
      for (let column = 0; column < tile.columns; column++, at++) {
        let sum = sums[at];
        for (let tap = 0; tap < perFilter; tap++) {
          const x = tap % kernelWidth;
          const y = ((tap - x) / kernelWidth) % kernelHeight;
          const channel = Math.floor(tap / (kernelWidth * kernelHeight));
          const line = channel * patchHeight + row * stride[0] + y * dilation[0];
          sum +=
            tile.weights[filter * perFilter + tap] *
            tile.ifmap[line * patchWidth + column * stride[1] + x * dilation[1]];
          if (sum >= limit || sum < -limit)
            throw overflow(place.layer, place.filterStart + filter, accumulator, sum);
        }
        sums[at] = sum;
      }
    }
  }
}

/** Refuses sums that leave the accumulator, as `convolveWatched` does; filters count from the place's own. */
export function watchSums(
  accumulator: AccumulatorPrecision,
  place: { readonly layer: string; readonly filterStart: number },
): (sum: number, filter: number) => void {
  const limit = 2 ** (bitsOf(accumulator) - 1);
  return (sum, filter) => {
    if (sum >= limit || sum < -limit)
      throw overflow(place.layer, place.filterStart + filter, accumulator, sum);
  };
}

/**
 * Checks complete sums with their bias.
 *
 * @throws UserError when one is out of the accumulator's range, or no number in float32
 */
export function checkSums(
  sums: PsumArray,
  positions: number,
  count: number,
  accumulator: AccumulatorPrecision,
  bias: Float64Array,
  place: { readonly layer: string; readonly filterStart: number },
): void {
  const limit = accumulator === 'float32' ? Infinity : 2 ** (bitsOf(accumulator) - 1);
  for (let i = 0; i < count; i++) {
    const filter = place.filterStart + Math.floor(i / positions);
    const sum = sums[i] + bias[filter];
    if (!(sum < limit && sum >= -limit) || !Number.isFinite(sum))
      throw overflow(place.layer, filter, accumulator, sum);
  }
}

function overflow(layer: string, filter: number, accumulator: AccumulatorPrecision, sum: number): UserError {
  const advice =
    accumulator === 'float32'
      ? 'its weights or inputs are far out of range'
      : accumulator === 'int16'
        ? 'use accumulator: int32 or int48'
        : accumulator === 'int32'
          ? 'use accumulator: int48, or int8 operands'
          : 'use narrower operands';
  return new UserError(
    `layer ${layer}: filter ${filter} overflows its ${accumulator} accumulator: expected a sum that it holds, got ${sum}; ${advice}`,
  );
}
