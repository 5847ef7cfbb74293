import type { ConvGeometry } from '../network/layer.js';
import { kernelsByPattern } from '../sparsity/supports.js';
import type { Supports } from '../sparsity/supports.js';

/**
 * Multiplications with a stored weight, over all output positions of one image; taps on padding are left out.
 * A tap at kernel row i, column j meets the input at as many rows and columns as it lands inside the map.
 */
export function effectualMacsWithoutPadding(geometry: ConvGeometry, supports: Supports): number {
  const { kernelHeight, kernelWidth, stride, padding, dilation, input, output } = geometry;
  const rows = positionsInside(kernelHeight, stride[0], padding[0], dilation[0], input.height, output.height);
  const columns = positionsInside(kernelWidth, stride[1], padding[2], dilation[1], input.width, output.width);
  return kernelsByPattern(supports).reduce((total, kernels, index) => {
    let inside = 0;
    supports.patterns[index].forEach((exists, tap) => {
      inside += exists * rows[Math.floor(tap / kernelWidth)] * columns[tap % kernelWidth];
    });
    return total + kernels * inside;
  }, 0);
}

/** For each kernel row (or column), how many outputs find it inside the map. */
function positionsInside(
  kernel: number,
  stride: number,
  padding: number,
  dilation: number,
  extent: number,
  outputs: number,
): number[] {
  return Array.from({ length: kernel }, (_, tap) => {
    let inside = 0;
    for (let output = 0; output < outputs; output++) {
      const at = output * stride - padding + tap * dilation;
      if (at >= 0 && at < extent) inside++;
    }
    return inside;
  });
}
