import type { ModelLayer } from '../model/model.js';
import type { Tile } from '../mapping/tiles.js';
import type { ElementArray } from '../tensor/precision.js';
import { requantize } from '../tensor/requantization.js';
import type { PsumArray } from './kernels/scalar.js';

/**
 * Turns complete sums (filters, positions) of one image's part of a tile into ofmap elements: bias, residual, ReLU, requantization
 * (the formula of `tensor/requantization`). In float32 every step is rounded to float32.
 *
 * @param ofmap holds the residual where there is one, and is overwritten
 */
export function finishConvolution(
  { layer, operands, requantization }: ModelLayer,
  tile: Tile,
  hasResidual: boolean,
  sums: PsumArray,
  ofmap: ElementArray,
): void {
  if (operands === undefined) throw new Error(`layer ${layer.name} has no weights`);
  const positions = tile.rowCount * tile.columnCount;
  let at = 0;
  for (let filter = tile.filterStart; filter < tile.filterStart + tile.filterCount; filter++) {
    const bias = operands.bias[filter];
    for (let position = 0; position < positions; position++, at++) {
      const residual = hasResidual ? ofmap[at] : 0;
      if (requantization !== undefined) {
        ofmap[at] = requantize(sums[at] + bias, residual, filter, requantization);
        continue;
      }
      const value = Math.fround(Math.fround(sums[at] + bias) + residual);
      ofmap[at] = layer.relu && value < 0 ? 0 : value;
    }
  }
}
