import type { Accelerator } from '../accelerator/accelerator.js';
import { loopNames, wholeTile } from './problem.js';
import type { LayerProblem, LoopName, TileShape } from './problem.js';

/**
 * Which tile sizes are looked at.
 *
 * - `halved`: the whole, and half of each size before it, rounded up; where the whole is a multiple of three, a third of it, too, and
 *   half of each size before that
 * - `aligned`: those that cut a loop into equal parts, but for the last, and whole multiples of the array's sides and of the period
 * - `all`: every size
 */
export const tileSizeKinds = ['halved', 'aligned', 'all'] as const;
export type TileSizeKind = (typeof tileSizeKinds)[number];

/** Sizes of each loop's tiles, the largest first. */
export function tileSizes(
  problem: LayerProblem,
  accelerator: Accelerator,
  kind: TileSizeKind,
): Readonly<Record<LoopName, readonly number[]>> {
  const whole = wholeTile(problem);
  const units = unitsOf(problem, accelerator);
  const sizes = (loop: LoopName): number[] => {
    if (kind === 'halved') return halvedSizes(whole[loop]);
    return kind === 'aligned' ? alignedSizes(whole[loop], units[loop]) : downFrom(whole[loop]);
  };
  return Object.fromEntries(loopNames.map((loop) => [loop, sizes(loop)])) as Record<LoopName, number[]>;
}

/** Sizes from the whole down to 1, each half of the one before, rounded up. */
export function halvings(whole: number): number[] {
  const sizes = [whole];
  for (let size = whole; size > 1;) {
    size = Math.ceil(size / 2);
    sizes.push(size);
  }
  return sizes;
}

function halvedSizes(whole: number): number[] {
  if (whole % 3 !== 0) return halvings(whole);
  return [...new Set([...halvings(whole), ...halvings(whole / 3)])].sort((a, b) => b - a);
}

function alignedSizes(whole: number, units: readonly number[]): number[] {
  const sizes = new Set<number>();
  for (let parts = 1; parts <= whole; parts++) sizes.add(Math.ceil(whole / parts));
  for (const unit of units) for (let size = unit; size < whole; size += unit) sizes.add(size);
  return [...sizes].sort((a, b) => b - a);
}

function downFrom(whole: number): number[] {
  return Array.from({ length: whole }, (_, index) => whole - index);
}

/** What a tile may gain from being a multiple of: sides of the array and period. */
function unitsOf(
  problem: LayerProblem,
  { array: { rows, columns } }: Accelerator,
): Record<keyof TileShape, readonly number[]> {
  if (problem.kind === 'vector')
    return { images: [], filters: [columns], channels: [], rows: [], columns: [] };
  const { assignment } = problem.storage.streamed;
  const period = assignment.kind === 'periodic' ? [assignment.period] : [];
  return {
    images: [],
    filters: [columns, ...period],
    channels: [rows, ...period],
    rows: [],
    columns: [rows],
  };
}
