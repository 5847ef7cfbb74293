import type { Shape } from '../network/layer.js';
import type { FusedPool, LayerProblem, TileShape, Window } from './problem.js';
import type { MapBox } from './runs.js';
import { outputBox } from './tiles.js';
import type { Tile } from './tiles.js';

/** The map that a layer leaves in DRAM: its output, or what a fused pooling makes of it. */
export function storedMap(problem: LayerProblem): Shape {
  return poolOf(problem)?.window.output ?? problem.window.output;
}

/**
 * The part of that map which a finished tile holds. It may be empty where a pooling is fused: rows and columns behind the last
 * window, or between windows, are looked at by none.
 */
export function storedBox(problem: LayerProblem, tile: Tile): MapBox {
  const pool = poolOf(problem);
  return pool === undefined ? outputBox(tile) : pooledBox(pool, tile);
}

/** The outputs of a fused pooling whose windows lie in a tile; a tile never cuts any (see `keepsWindowsWhole`). */
export function pooledBox({ window }: FusedPool, tile: Tile): MapBox {
  const rows = windowsIn(window, 0, tile.rowStart, tile.rowCount);
  const columns = windowsIn(window, 1, tile.columnStart, tile.columnCount);
  return {
    ...outputBox(tile),
    rowStart: rows.start,
    rowCount: rows.count,
    columnStart: columns.start,
    columnCount: columns.count,
  };
}

export function isEmpty({ rowCount, columnCount }: MapBox): boolean {
  return rowCount === 0 || columnCount === 0;
}

/** Most outputs of a fused pooling, of one channel of one image, that a tile of a size holds. */
export function mostPooled({ window }: FusedPool, tile: Pick<TileShape, 'rows' | 'columns'>): number {
  return mostWindows(window, 0, tile.rows) * mostWindows(window, 1, tile.columns);
}

function poolOf(problem: LayerProblem): FusedPool | undefined {
  return problem.kind === 'conv' ? problem.pool : undefined;
}

/**
 * The windows that begin in a stretch of the map; those that begin in the padding before it begin with it, and none begins in the
 * padding behind it, which is less than a window.
 */
function windowsIn(
  { output, stride, padding }: Window,
  axis: 0 | 1,
  start: number,
  count: number,
): { readonly start: number; readonly count: number } {
  const windows = axis === 0 ? output.height : output.width;
  const before = padding[axis === 0 ? 0 : 2];
  const first = start === 0 ? 0 : Math.min(windows, Math.ceil((start + before) / stride[axis]));
  const end = Math.min(windows, Math.ceil((start + count + before) / stride[axis]));
  return { start: first, count: end - first };
}

/** By axis and size; a search asks for the same sizes again and again. */
const knownMost = new WeakMap<Window, readonly [Map<number, number>, Map<number, number>]>();

function mostWindows(window: Window, axis: 0 | 1, size: number): number {
  const known = knownMost.get(window) ?? [new Map<number, number>(), new Map<number, number>()];
  knownMost.set(window, known);
  const most = known[axis].get(size) ?? workOutMost(window, axis, size);
  known[axis].set(size, most);
  return most;
}

function workOutMost(window: Window, axis: 0 | 1, size: number): number {
  const extent = axis === 0 ? window.input.height : window.input.width;
  let most = 0;
  for (let start = 0; start < extent; start += size) {
    most = Math.max(most, windowsIn(window, axis, start, Math.min(size, extent - start)).count);
  }
  return most;
}
