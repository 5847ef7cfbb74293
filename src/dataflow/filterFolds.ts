import { kernelTaps } from './operands.js';
import type { PassShape } from './pass.js';

/**
 * The pass's filters (from 0 within the pass) in the folds in which they share an array's columns.
 *
 * Periodic supports: filters of the same phase (o mod P) have the same support in every channel, so filters are taken
 * phase by phase and only `phasesPerGroup` neighbouring phases may share a fold. Otherwise filters are taken in order.
 *
 * @param columns Infinity for as many filters as may share a fold
 */
export function filterFolds(
  { streamed, filterStart, filterCount, phasesPerGroup }: PassShape,
  columns: number,
): number[][] {
  const { assignment } = streamed;
  const filters = Array.from({ length: filterCount }, (_, filter) => filter);
  if (assignment.kind !== 'periodic') return cut(filters, columns);
  const { period } = assignment;
  const folds: number[][] = [];
  for (let first = 0; first < period; first += phasesPerGroup) {
    const group: number[] = [];
    for (let phase = first; phase < Math.min(first + phasesPerGroup, period); phase++) {
      group.push(...filters.filter((filter) => (filterStart + filter) % period === phase));
    }
    folds.push(...cut(group, columns));
  }
  return folds;
}

function cut(filters: readonly number[], columns: number): number[][] {
  const folds: number[][] = [];
  for (let start = 0; start < filters.length; start += columns)
    folds.push(filters.slice(start, start + columns));
  return folds;
}

/** A tap of a channel that is streamed, and which of the fold's filters have a weight for it. */
export interface StreamedTap {
  readonly channel: number;
  readonly tap: number;
  readonly held: readonly boolean[];
}

/** The union of the filters' supports over the pass's channels, in order channel, tap. */
export function unionStream(shape: PassShape, filters: readonly number[]): StreamedTap[] {
  const stream: StreamedTap[] = [];
  for (let channel = 0; channel < shape.channelCount; channel++) {
    const kernels = filters.map((filter) => kernelTaps(shape, filter, channel));
    for (let tap = 0; tap < shape.streamed.taps; tap++) {
      const held = kernels.map((taps) => taps[tap] > 0);
      if (held.includes(true)) stream.push({ channel, tap, held });
    }
  }
  return stream;
}

/** Rows of the pattern table that the filters of a fold need. */
export function phasesOf({ streamed, filterStart }: PassShape, filters: readonly number[]): number {
  const { assignment } = streamed;
  if (assignment.kind === 'dense') return 0;
  if (assignment.kind === 'per-kernel') return filters.length;
  return new Set(filters.map((filter) => (filterStart + filter) % assignment.period)).size;
}
