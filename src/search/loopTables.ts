import type { LayerProblem, Window } from '../mapping/problem.js';
import { wholeTile } from '../mapping/problem.js';

/** How one loop is cut, and what the cuts look at, all in elements along the loop's own axis. */
export interface LoopCut {
  readonly size: number;
  readonly trips: number;
  /** Of the last tile; `size` where the loop is cut evenly. */
  readonly last: number;
}

/** A cut of output rows or columns: the input rows or columns under it. */
export interface MapCut extends LoopCut {
  /** With padding, of the largest tile: what a slot holds. */
  readonly padded: number;
  /** Of all tiles together, each for itself, without padding and with it. */
  readonly input: number;
  readonly inputPadded: number;
  /** Without what two neighbouring tiles both look at. */
  readonly distinctInput: number;
  /** Of the first tile, without padding. */
  readonly firstInput: number;
}

export function loopCut(whole: number, size: number): LoopCut {
  const trips = Math.ceil(whole / size);
  return { size, trips, last: whole - (trips - 1) * size };
}

/** @param axis 0 for rows, 1 for columns */
export function mapCut(problem: LayerProblem, axis: 0 | 1, size: number): MapCut {
  const whole = axis === 0 ? wholeTile(problem).rows : wholeTile(problem).columns;
  const cut = loopCut(whole, size);
  let input = 0;
  let inputPadded = 0;
  let distinctInput = 0;
  let firstInput = 0;
  let reached = 0;
  for (let start = 0; start < whole; start += size) {
    const { from, to, padded } = spanUnder(problem.window, axis, start, Math.min(size, whole - start));
    input += to - from;
    inputPadded += padded;
    distinctInput += Math.max(0, to - Math.max(from, reached));
    reached = Math.max(reached, to);
    if (start === 0) firstInput = to - from;
  }
  return {
    ...cut,
    padded: paddedUnder(problem.window, axis, size),
    input,
    inputPadded,
    distinctInput,
    firstInput,
  };
}

function spanUnder(
  window: Window,
  axis: 0 | 1,
  start: number,
  count: number,
): { readonly from: number; readonly to: number; readonly padded: number } {
  const extent = axis === 0 ? window.input.height : window.input.width;
  const first = start * window.stride[axis] - window.padding[axis === 0 ? 0 : 2];
  const padded = paddedUnder(window, axis, count);
  const from = Math.min(Math.max(first, 0), extent);
  return { from, to: Math.max(from, Math.min(first + padded, extent)), padded };
}

function paddedUnder(window: Window, axis: 0 | 1, count: number): number {
  const kernel = axis === 0 ? window.kernelHeight : window.kernelWidth;
  return (count - 1) * window.stride[axis] + (kernel - 1) * window.dilation[axis] + 1;
}
