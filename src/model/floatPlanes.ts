import type { ConvGeometry } from '../network/layer.js';

/**
 * A padded map as stride x stride planes, one for each remainder of row and column, so that every tap reads a plane contiguously, whatever
 * the stride and dilation: output rows, laid out with the planes' pitch, are the sum of a few shifted planes.
 */
export interface FloatPlanes {
  /** Of a plane. */
  readonly rows: number;
  readonly pitch: number;
  /** Of all channels: (channels, stride rows, stride columns, rows, pitch). */
  readonly elements: number;
}

export function floatPlanes({ input, stride, padding }: ConvGeometry): FloatPlanes {
  const [strideY, strideX] = stride;
  const [top, bottom, left, right] = padding;
  const rows = Math.ceil((input.height + top + bottom) / strideY);
  const pitch = Math.ceil((input.width + left + right) / strideX);
  return { rows, pitch, elements: input.channels * strideY * strideX * rows * pitch };
}

/**
 * Writes a map into its planes.
 *
 * @param input (channels, height, width)
 * @param planes zeros, which stay where padding is
 */
export function splitIntoPlanes(
  { input: shape, stride, padding }: ConvGeometry,
  { rows, pitch }: FloatPlanes,
  input: Float32Array,
  planes: Float64Array,
): void {
  const [strideY, strideX] = stride;
  const [top, , left] = padding;
  let from = 0;
  for (let channel = 0; channel < shape.channels; channel++) {
    for (let row = top; row < top + shape.height; row++) {
      const rowBegin = (channel * strideY + (row % strideY)) * strideX * rows + Math.floor(row / strideY);
      for (let first = 0; first < Math.min(strideX, shape.width); first++) {
        const column = left + first;
        let to = (rowBegin + (column % strideX) * rows) * pitch + Math.floor(column / strideX);
        for (let each = first; each < shape.width; each += strideX) planes[to++] = input[from + each];
      }
      from += shape.width;
    }
  }
}

/** Where the plane that each tap of a filter of the first group reads begins, in elements. */
export function tapOffsets(
  { channelsPerGroup, kernelHeight, kernelWidth, dilation, stride }: ConvGeometry,
  { rows, pitch }: FloatPlanes,
): Uint32Array {
  const [strideY, strideX] = stride;
  const offsets = new Uint32Array(channelsPerGroup * kernelHeight * kernelWidth);
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
