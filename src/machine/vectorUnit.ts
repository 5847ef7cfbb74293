import type { Window } from '../mapping/problem.js';
import type { ModelLayer } from '../model/model.js';
import type { Patch, Tile } from '../mapping/tiles.js';
import type { ElementArray } from '../tensor/precision.js';
import { requantize } from '../tensor/requantization.js';
import type { MachineMemory } from './memory.js';

/** A tile of pooling, addition or ReLU of one image, as `runVectorTile` takes it. */
type RunVectorTile = (
  modelLayer: ModelLayer,
  window: Window,
  tile: Tile,
  patch: Patch,
  ifmap: ElementArray,
  ofmap: ElementArray,
) => void;

/** By compiled kernels where the memory has them, for integers that they scale exactly. */
export function createVectorUnit({ kernels }: MachineMemory): RunVectorTile {
  if (kernels === undefined) return runVectorTile;
  return (modelLayer, window, tile, patch, ifmap, ofmap) => {
    const { layer } = modelLayer;
    const factors = factorsOf(modelLayer, ifmap, window);
    const inMemory = ifmap.buffer instanceof SharedArrayBuffer && ofmap.buffer instanceof SharedArrayBuffer;
    if (!inMemory || factors === undefined) {
      runVectorTile(modelLayer, window, tile, patch, ifmap, ofmap);
      return;
    }
    const { box } = patch;
    kernels.vectorTile(
      ifmap.BYTES_PER_ELEMENT,
      ifmap.byteOffset,
      tile.filterCount,
      patch.height,
      patch.width,
      patch.padTop,
      patch.padTop + box.rowCount,
      patch.padLeft,
      patch.padLeft + box.columnCount,
      window.kernelHeight,
      window.kernelWidth,
      window.stride[0],
      window.stride[1],
      tile.rowCount,
      tile.columnCount,
      layer.kind === 'max-pool',
      layer.kind === 'add',
      factors.multiplier,
      factors.otherMultiplier,
      factors.scale,
      factors.least,
      factors.most,
      ofmap.byteOffset,
    );
  };
}

/** What makes a window's value, and the other operand of an addition, an element of the ofmap. */
interface VectorFactors {
  readonly multiplier: number;
  readonly otherMultiplier: number;
  readonly scale: number;
  readonly least: number;
  readonly most: number;
}

/** Undefined for floats, and where products with the factors might not be exact in doubles. */
function factorsOf(
  { layer, requantization }: ModelLayer,
  ifmap: ElementArray,
  { kernelHeight, kernelWidth }: Window,
): VectorFactors | undefined {
  if (ifmap instanceof Float32Array) return undefined;
  const largest = 2 ** (8 * ifmap.BYTES_PER_ELEMENT - 1);
  if (requantization === undefined) {
    const least = layer.relu || layer.kind === 'relu' ? 0 : -largest;
    const isAsItIs = layer.kind === 'max-pool' || layer.kind === 'relu';
    return isAsItIs ? { multiplier: 1, otherMultiplier: 0, scale: 1, least, most: largest } : undefined;
  }
  const { multiplier, residualMultiplier, shift, min, max } = requantization;
  const ofWindow = kernelHeight * kernelWidth * largest * multiplier[0];
  const ofOther = Math.abs(residualMultiplier[0]) * largest;
  if (ofWindow + ofOther > Number.MAX_SAFE_INTEGER) return undefined;
  return {
    multiplier: multiplier[0],
    otherMultiplier: residualMultiplier[0],
    scale: 2 ** -shift[0],
    least: min,
    most: max,
  };
}

/**
 * A tile of pooling, addition or ReLU of one image: the definition. Padding never wins a maximum and counts as zeros in an average.
 *
 * @param ifmap (channels, patch height, patch width), padding included
 * @param ofmap holds the second operand of an addition, and is overwritten
 */
function runVectorTile(
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
