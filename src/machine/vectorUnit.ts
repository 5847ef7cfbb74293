import type { Window } from '../mapping/problem.js';
import type { ModelLayer } from '../model/model.js';
import type { Patch, Tile } from '../mapping/tiles.js';
import type { ElementArray } from '../tensor/precision.js';
import { requantize } from '../tensor/requantization.js';

/**
 * A tile of pooling, addition or ReLU of one image. Padding never wins a maximum and counts as zeros in an average.
 *
 * @param ifmap (channels, patch height, patch width), padding included
 * @param ofmap holds the second operand of an addition, and is overwritten
 */
export function runVectorTile(
  modelLayer: ModelLayer,
  window: Window,
  tile: Tile,
  patch: Patch,
  ifmap: ElementArray,
  ofmap: ElementArray,
): void {
  const { layer, requantization } = modelLayer;
  const isFloat = ifmap instanceof Float32Array;
  const isAdd = layer.kind === 'add';
  const clampsAtZero = layer.relu || layer.kind === 'relu';
  const windowSize = window.kernelHeight * window.kernelWidth;
  let at = 0;
  for (let channel = 0; channel < tile.filterCount; channel++) {
    for (let row = 0; row < tile.rowCount; row++) {
      for (let column = 0; column < tile.columnCount; column++, at++) {
        const value =
          layer.kind === 'max-pool'
            ? largest(window, patch, ifmap, channel, row, column)
            : total(window, patch, ifmap, channel, row, column);
        const other = isAdd ? ofmap[at] : 0;
        if (requantization !== undefined) {
          ofmap[at] = requantize(value, other, 0, requantization);
          continue;
        }
        const averaged = isFloat && layer.kind === 'average-pool' ? value / windowSize : value + other;
        ofmap[at] = clampsAtZero && averaged < 0 ? 0 : averaged;
      }
    }
  }
}

function total(
  window: Window,
  patch: Patch,
  ifmap: ElementArray,
  channel: number,
  row: number,
  column: number,
): number {
  let sum = 0;
  for (let y = 0; y < window.kernelHeight; y++) {
    const line =
      (channel * patch.height + row * window.stride[0] + y) * patch.width + column * window.stride[1];
    for (let x = 0; x < window.kernelWidth; x++) sum += ifmap[line + x];
  }
  return sum;
}

function largest(
  window: Window,
  patch: Patch,
  ifmap: ElementArray,
  channel: number,
  row: number,
  column: number,
): number {
  const { box, padTop, padLeft } = patch;
  let most = -Infinity;
  for (let y = 0; y < window.kernelHeight; y++) {
    const line = row * window.stride[0] + y;
    if (line < padTop || line >= padTop + box.rowCount) continue;
    for (let x = 0; x < window.kernelWidth; x++) {
      const place = column * window.stride[1] + x;
      if (place < padLeft || place >= padLeft + box.columnCount) continue;
      const value = ifmap[(channel * patch.height + line) * patch.width + place];
      if (value > most) most = value;
    }
  }
  return most;
}
