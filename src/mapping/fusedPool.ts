import type { FusedPool, LayerProblem, TileShape, Window } from './problem.js';

/** The loops that cut the map which a fused pooling looks at. */
export type MapAxis = 'rows' | 'columns';

const axes: readonly MapAxis[] = ['rows', 'columns'];

/**
 * Whether tiles of so many rows, or columns, cut no window of the pooling that is fused into a convolution: each window, its padding
 * aside, then lies within one tile, so that no output is computed twice or kept for the next tile. True where nothing is fused.
 */
export function keepsWindowsWhole(problem: LayerProblem, axis: MapAxis, size: number): boolean {
  if (problem.kind === 'vector' || problem.pool === undefined) return true;
  return isWholeSize(wholeSizes(problem.pool, axis), size);
}

/**
 * Why tiles of a size cannot be pooled on their way out: the loop, its size, and the nearest sizes that can; undefined where they can.
 */
export function poolingFault(problem: LayerProblem, tile: Pick<TileShape, MapAxis>): string | undefined {
  if (problem.kind === 'vector' || problem.pool === undefined) return undefined;
  const { name, pool } = problem;
  for (const axis of axes) {
    const sizes = wholeSizes(pool, axis);
    const size = tile[axis];
    if (isWholeSize(sizes, size)) continue;
    return (
      `expected ${axis} in a tile of ${name} that cut no window of ${pool.name}, which is fused into it, got ${size}; ` +
      `take ${nearestSizes(sizes, size).join(' or ')}, or leave ${pool.name} out of fuse`
    );
  }
  return undefined;
}

/** By size, 1 where tiles of that many rows or columns cut no window. */
type WholeSizes = Uint8Array;

const known = new WeakMap<Window, Partial<Record<MapAxis, WholeSizes>>>();

function wholeSizes({ window }: FusedPool, axis: MapAxis): WholeSizes {
  const ofWindow = known.get(window) ?? {};
  known.set(window, ofWindow);
  return (ofWindow[axis] ??= workOutSizes(window, axis));
}

function isWholeSize(sizes: WholeSizes, size: number): boolean {
  return size >= sizes.length || sizes[size] === 1;
}

/** A size is of use if none of its multiples lies inside a window. */
function workOutSizes(window: Window, axis: MapAxis): WholeSizes {
  const [extent, windows, kernel, stride, padding] =
    axis === 'rows'
      ? [window.input.height, window.output.height, window.kernelHeight, window.stride[0], window.padding[0]]
      : [window.input.width, window.output.width, window.kernelWidth, window.stride[1], window.padding[2]];
  const isInside = new Uint8Array(extent + 1);
  for (let at = 0; at < windows; at++) {
    const start = Math.max(0, at * stride - padding);
    const end = Math.min(extent, at * stride - padding + kernel);
    if (end > start + 1) isInside.fill(1, start + 1, end);
  }
  const sizes = new Uint8Array(extent + 1);
  for (let size = 1; size <= extent; size++) {
    let cut = size;
    while (cut < extent && isInside[cut] === 0) cut += size;
    sizes[size] = cut < extent ? 0 : 1;
  }
  return sizes;
}

/** The next smaller one, if there is one, and the next larger one, which may be the whole. */
function nearestSizes(sizes: WholeSizes, size: number): number[] {
  const smaller = sizes.lastIndexOf(1, size - 1);
  const larger = sizes.indexOf(1, size + 1);
  return [smaller, larger].filter((each) => each > 0);
}
