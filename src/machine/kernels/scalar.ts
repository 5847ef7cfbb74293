import type { ElementArray } from '../../tensor/precision.js';

/** A tile of a convolution as flat arrays: the padded input patch, decoded weights and where outputs lie. */
export interface ConvTile {
  /** (channels, patchHeight, patchWidth), padding included. */
  readonly ifmap: ElementArray;
  readonly patchHeight: number;
  readonly patchWidth: number;
  /** (filters, channels, kernelHeight, kernelWidth), zeros where no tap exists. */
  readonly weights: ElementArray;
  readonly filters: number;
  readonly channels: number;
  readonly kernelHeight: number;
  readonly kernelWidth: number;
  readonly stride: readonly [number, number];
  readonly dilation: readonly [number, number];
  readonly rows: number;
  readonly columns: number;
}

export type PsumArray = Int32Array | Float64Array | Float32Array;

/** Room for the taps of one filter, reused from tile to tile. */
export interface TapScratch {
  offsets: Int32Array;
  values: Float64Array;
  integers: Int32Array;
}

export function createTapScratch(): TapScratch {
  return { offsets: new Int32Array(0), values: new Float64Array(0), integers: new Int32Array(0) };
}

/**
 * Adds the tile's products to `psums` (filters, rows, columns), in the arithmetic of the array given: wrapping int32,
 * exact integers in doubles, or float32 rounded after every addition.
 *
 * The plain definition of what the array computes, and the oracle for any faster kernel: each filter's existing taps are listed
 * once, and every output position sums the list.
 */
export function convolveTile(tile: ConvTile, psums: PsumArray, scratch: TapScratch): void {
  const capacity = tile.channels * tile.kernelHeight * tile.kernelWidth;
  if (scratch.offsets.length < capacity) {
    scratch.offsets = new Int32Array(capacity);
    scratch.values = new Float64Array(capacity);
    scratch.integers = new Int32Array(capacity);
  }
  for (let filter = 0; filter < tile.filters; filter++) {
    const taps = listTaps(tile, filter, scratch);
    const at = filter * tile.rows * tile.columns;
    if (psums instanceof Int32Array) {
      sumInt32(tile.ifmap, tile, psums, at, scratch.offsets, scratch.integers, taps);
    } else if (psums instanceof Float32Array) {
      sumFloat32(tile.ifmap, tile, psums, at, scratch.offsets, scratch.values, taps);
    } else {
      sumExact(tile.ifmap, tile, psums, at, scratch.offsets, scratch.values, taps);
    }
  }
}

function listTaps(tile: ConvTile, filter: number, scratch: TapScratch): number {
  const { channels, kernelHeight, kernelWidth, patchHeight, patchWidth, weights } = tile;
  let at = filter * channels * kernelHeight * kernelWidth;
  let taps = 0;
  for (let channel = 0; channel < channels; channel++) {
    for (let row = 0; row < kernelHeight; row++) {
      const rowOffset = (channel * patchHeight + row * tile.dilation[0]) * patchWidth;
      for (let column = 0; column < kernelWidth; column++) {
        const weight = weights[at++];
        if (weight !== 0) {
          scratch.offsets[taps] = rowOffset + column * tile.dilation[1];
          scratch.values[taps] = weight;
          scratch.integers[taps] = weight;
          taps++;
        }
      }
    }
  }
  return taps;
}

/** Four neighbouring positions at a time, so that each tap is fetched once for the four. */
function sumInt32(
  ifmap: ElementArray,
  tile: ConvTile,
  psums: Int32Array,
  start: number,
  offsets: Int32Array,
  weights: Int32Array,
  taps: number,
): void {
  const { rows, columns, patchWidth } = tile;
  const [strideRows, strideColumns] = tile.stride;
  let at = start;
  for (let row = 0; row < rows; row++) {
    let base = row * strideRows * patchWidth;
    let column = 0;
    for (; column + 4 <= columns; column += 4) {
      const base1 = base + strideColumns;
      const base2 = base1 + strideColumns;
      const base3 = base2 + strideColumns;
      let sum0 = psums[at];
      let sum1 = psums[at + 1];
      let sum2 = psums[at + 2];
      let sum3 = psums[at + 3];
      for (let tap = 0; tap < taps; tap++) {
        const offset = offsets[tap];
        const weight = weights[tap];
        sum0 = (sum0 + Math.imul(weight, ifmap[base + offset])) | 0;
        sum1 = (sum1 + Math.imul(weight, ifmap[base1 + offset])) | 0;
        sum2 = (sum2 + Math.imul(weight, ifmap[base2 + offset])) | 0;
        sum3 = (sum3 + Math.imul(weight, ifmap[base3 + offset])) | 0;
      }
      psums[at] = sum0;
      psums[at + 1] = sum1;
      psums[at + 2] = sum2;
      psums[at + 3] = sum3;
      at += 4;
      base = base3 + strideColumns;
    }
    for (; column < columns; column++) {
      let sum = psums[at];
      for (let tap = 0; tap < taps; tap++) {
        sum = (sum + Math.imul(weights[tap], ifmap[base + offsets[tap]])) | 0;
      }
      psums[at++] = sum;
      base += strideColumns;
    }
  }
}

function sumExact(
  ifmap: ElementArray,
  tile: ConvTile,
  psums: Float64Array,
  start: number,
  offsets: Int32Array,
  weights: Float64Array,
  taps: number,
): void {
  const { rows, columns, patchWidth } = tile;
  let at = start;
  for (let row = 0; row < rows; row++) {
    let base = row * tile.stride[0] * patchWidth;
    for (let column = 0; column < columns; column++) {
      let sum = psums[at];
      for (let tap = 0; tap < taps; tap++) sum += weights[tap] * ifmap[base + offsets[tap]];
      psums[at++] = sum;
      base += tile.stride[1];
    }
  }
}

function sumFloat32(
  ifmap: ElementArray,
  tile: ConvTile,
  psums: Float32Array,
  start: number,
  offsets: Int32Array,
  weights: Float64Array,
  taps: number,
): void {
  const { rows, columns, patchWidth } = tile;
  let at = start;
  for (let row = 0; row < rows; row++) {
    let base = row * tile.stride[0] * patchWidth;
    for (let column = 0; column < columns; column++) {
      let sum = psums[at];
      for (let tap = 0; tap < taps; tap++) {
        sum = Math.fround(sum + Math.fround(weights[tap] * ifmap[base + offsets[tap]]));
      }
      psums[at++] = sum;
      base += tile.stride[1];
    }
  }
}
