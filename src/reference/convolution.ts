import type { ConvGeometry } from '../network/layer.js';
import type { Precision } from '../tensor/precision.js';
import type { ReferenceBackend } from './backend.js';
import { digitLimit, digitsOf } from './balancedBytes.js';
import { mapTensor, padMap } from './featureMap.js';
import { convolvePart, createCall, partsOf, reductionOf, type ConvCall, type ConvPart } from './kernel.js';

/** Integers of magnitude up to this are exact in float32, and so is every partial sum of them in any order. */
const exactLimit = 2 ** 24;

/** A convolution with its weights in place, for as many feature maps as wanted. */
export interface ExactConvolution {
  /** Calls of TensorFlow.js that one digit of the ifmap takes. */
  readonly calls: number;
  /** Sums (filters, output height, output width), exact below 2^53. `ifmap` is CHW in the precision given at creation. */
  sums(ifmap: ArrayLike<number>): Float64Array;
  dispose(): void;
}

interface WeightedCall extends ConvCall {
  readonly factor: number;
}

/**
 * Integer convolution, bit for bit, on float32 arithmetic.
 *
 * int16 operands are split into two digits of magnitude up to 128 (four convolutions, added up in doubles). A filter's
 * reduction is cut into ranges of taps such that 128 * sum(|weight digit|) <= 2^24 in each: then no product and no partial
 * sum of a range, in whatever order the library adds, can leave the integers that float32 holds exactly.
 */
export function createExactConvolution(
  backend: ReferenceBackend,
  geometry: ConvGeometry,
  weights: ArrayLike<number>,
  precision: { readonly ifmap: Precision; readonly weight: Precision },
): ExactConvolution {
  const calls: WeightedCall[] = [];
  for (const part of partsOf(geometry)) {
    for (const { values, factor } of digitsOf(weights, precision.weight)) {
      for (const [from, to] of exactRanges(values, part, reductionOf(geometry))) {
        calls.push({ ...createCall(backend, geometry, part, values, from, to), factor });
      }
    }
  }
  return {
    calls: calls.length,
    sums: (ifmap) => exactSums(backend, geometry, calls, ifmap, precision.ifmap),
    dispose: () => {
      backend.release(calls.map((call) => call.kernel));
    },
  };
}

function exactSums(
  backend: ReferenceBackend,
  geometry: ConvGeometry,
  calls: readonly WeightedCall[],
  ifmap: ArrayLike<number>,
  precision: Precision,
): Float64Array {
  const { tf } = backend;
  const positions = geometry.output.height * geometry.output.width;
  const sums = new Float64Array(geometry.filters * positions);
  for (const digits of digitsOf(ifmap, precision)) {
    backend.run(() => {
      const padded = padMap(tf, mapTensor(tf, digits.values, geometry.input), geometry.padding);
      for (const call of calls) {
        const result = convolvePart(tf, padded, call, geometry);
        addScaled(sums, result.dataSync(), call, positions, digits.factor * call.factor);
        result.dispose();
      }
    });
  }
  return sums;
}

/** Adds `factor` times a call's (positions, filters) to the (filters, positions) of the whole layer. */
function addScaled(
  sums: Float64Array,
  part: ArrayLike<number>,
  { firstFilter, filters }: ConvPart,
  positions: number,
  factor: number,
): void {
  for (let filter = 0; filter < filters; filter++) {
    const first = (firstFilter + filter) * positions;
    for (let position = 0; position < positions; position++) {
      sums[first + position] += factor * part[position * filters + filter];
    }
  }
}

/** Ranges [from, to) of the reduction in which no filter of the part can exceed `exactLimit`. */
function exactRanges(
  digits: Int8Array | Int16Array,
  part: ConvPart,
  reduction: number,
): Array<[number, number]> {
  const ranges: Array<[number, number]> = [];
  for (let from = 0; from < reduction;) {
    let to = reduction;
    for (let filter = part.firstFilter; filter < part.firstFilter + part.filters; filter++) {
      to = exactEnd(digits, filter * reduction + from, filter * reduction + to) - filter * reduction;
    }
    ranges.push([from, to]);
    from = to;
  }
  return ranges;
}

/** How far a filter's digits, at least the first, go before their sum can exceed `exactLimit`. */
function exactEnd(digits: Int8Array | Int16Array, from: number, to: number): number {
  let load = digitLimit * Math.abs(digits[from]);
  for (let i = from + 1; i < to; i++) {
    load += digitLimit * Math.abs(digits[i]);
    if (load > exactLimit) return i;
  }
  return to;
}
