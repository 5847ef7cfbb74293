import type { ConvGeometry } from '../network/layer.js';

/**
 * A convolution in plain float arithmetic: products are summed in doubles, in the order of the filter's weights, and
 * rounded to float32 once. Weights that are zero cost nothing.
 *
 * The padded input is kept as stride x stride planes, one for each remainder of row and column, so that every tap reads a
 * plane contiguously, whatever the stride and dilation: output rows, laid out with the planes' pitch, are the sum of a
 * few shifted planes.
 *
 * @param input (channels, height, width)
 * @param weights (filters, channelsPerGroup, kernelHeight, kernelWidth)
 * @param bias one per filter
 * @returns (filters, output height, output width)
 */
export function floatConvolution(
  geometry: ConvGeometry,
  input: Float32Array,
  weights: Float32Array,
  bias?: Float32Array,
): Float32Array {
  const { output, filters } = geometry;
  const planes = splitIntoPlanes(geometry, input);
  const offsets = tapOffsets(geometry, planes);
  const taps = { offsets: new Int32Array(offsets.length), values: new Float64Array(offsets.length) };
  const { pitch } = planes;
  const filtersPerGroup = filters / geometry.groups;
  const groupElements = (planes.values.length / geometry.input.channels) * geometry.channelsPerGroup;
  const length = (output.height - 1) * pitch + output.width;
  const sums = new Float64Array(length);
  const result = new Float32Array(filters * output.height * output.width);
  for (let filter = 0; filter < filters; filter++) {
    const groupOffset = Math.floor(filter / filtersPerGroup) * groupElements;
    const count = listTaps(weights, filter * offsets.length, offsets, groupOffset, taps);
    sums.fill(bias === undefined ? 0 : bias[filter]);
    let tap = 0;
    for (; tap + 8 <= count; tap += 8) addEightTaps(sums, planes.values, taps, tap, length);
    for (; tap < count; tap++) addOneTap(sums, planes.values, taps.offsets[tap], taps.values[tap], length);
    const begin = filter * output.height * output.width;
    for (let row = 0; row < output.height; row++) {
      for (let column = 0; column < output.width; column++) {
        result[begin + row * output.width + column] = sums[row * pitch + column];
      }
    }
  }
  return result;
}

interface Planes {
  /** (channels, stride rows, stride columns, rows, pitch) */
  readonly values: Float64Array;
  readonly rows: number;
  readonly pitch: number;
}

interface Taps {
  readonly offsets: Int32Array;
  readonly values: Float64Array;
}

function splitIntoPlanes({ input: shape, stride, padding }: ConvGeometry, input: Float32Array): Planes {
  const [strideY, strideX] = stride;
  const [top, bottom, left, right] = padding;
  const rows = Math.ceil((shape.height + top + bottom) / strideY);
  const pitch = Math.ceil((shape.width + left + right) / strideX);
  const values = new Float64Array(shape.channels * strideY * strideX * rows * pitch);
  let from = 0;
  for (let channel = 0; channel < shape.channels; channel++) {
    for (let row = top; row < top + shape.height; row++) {
      const rowBegin = (channel * strideY + (row % strideY)) * strideX * rows + Math.floor(row / strideY);
      for (let column = left; column < left + shape.width; column++) {
        const to = (rowBegin + (column % strideX) * rows) * pitch + Math.floor(column / strideX);
        values[to] = input[from++];
      }
    }
  }
  return { values, rows, pitch };
}

/** Where the plane that each tap of a filter of the first group reads begins. */
function tapOffsets(geometry: ConvGeometry, { rows, pitch }: Planes): Int32Array {
  const { channelsPerGroup, kernelHeight, kernelWidth, dilation, stride } = geometry;
  const [strideY, strideX] = stride;
  const offsets = new Int32Array(channelsPerGroup * kernelHeight * kernelWidth);
  let at = 0;
  for (let channel = 0; channel < channelsPerGroup; channel++) {
    for (let kernelRow = 0; kernelRow < kernelHeight; kernelRow++) {
      const y = kernelRow * dilation[0];
      const rowBegin = (channel * strideY + (y % strideY)) * strideX * rows + Math.floor(y / strideY);
      for (let kernelColumn = 0; kernelColumn < kernelWidth; kernelColumn++) {
        const x = kernelColumn * dilation[1];
        offsets[at++] = (rowBegin + (x % strideX) * rows) * pitch + Math.floor(x / strideX);
      }
    }
  }
  return offsets;
}

/** Lists the filter's non-zero weights and where their planes begin; returns how many there are. */
function listTaps(
  weights: Float32Array,
  begin: number,
  offsets: Int32Array,
  groupOffset: number,
  taps: Taps,
): number {
  let count = 0;
  for (let i = 0; i < offsets.length; i++) {
    const weight = weights[begin + i];
    if (weight === 0) continue;
    taps.offsets[count] = groupOffset + offsets[i];
    taps.values[count++] = weight;
  }
  return count;
}

function addEightTaps(
  sums: Float64Array,
  planes: Float64Array,
  taps: Taps,
  tap: number,
  length: number,
): void {
  const { offsets, values } = taps;
  const [o0, o1, o2, o3] = [offsets[tap], offsets[tap + 1], offsets[tap + 2], offsets[tap + 3]];
  const [o4, o5, o6, o7] = [offsets[tap + 4], offsets[tap + 5], offsets[tap + 6], offsets[tap + 7]];
  const [w0, w1, w2, w3] = [values[tap], values[tap + 1], values[tap + 2], values[tap + 3]];
  const [w4, w5, w6, w7] = [values[tap + 4], values[tap + 5], values[tap + 6], values[tap + 7]];
  for (let i = 0; i < length; i++) {
    sums[i] =
      sums[i] +
      w0 * planes[o0 + i] +
      w1 * planes[o1 + i] +
      w2 * planes[o2 + i] +
      w3 * planes[o3 + i] +
      w4 * planes[o4 + i] +
      w5 * planes[o5 + i] +
      w6 * planes[o6 + i] +
      w7 * planes[o7 + i];
  }
}

function addOneTap(
  sums: Float64Array,
  planes: Float64Array,
  offset: number,
  weight: number,
  length: number,
): void {
  for (let i = 0; i < length; i++) sums[i] += weight * planes[offset + i];
}
