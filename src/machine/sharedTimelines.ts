import type { Accelerator } from '../accelerator/accelerator.js';
import type { Slots } from '../mapping/footprint.js';
import type { Schedule } from '../schedule/schedule.js';
import { runTimelineUnless } from './timeline.js';
import type { IsTooLate, Timeline } from './timeline.js';

/** Timelines of a problem on an accelerator, by what its DMA moves: the last one of each, and the clocks of its passes. */
export type TimelineCache = Map<string, { readonly clocks: Float64Array; readonly timeline: Timeline }>;

/**
 * As `runTimelineUnless`. Mappings that say different things about the array may come to the same passes, such as of phases that fill
 * columns alike: where the DMA moves the same tiles through as many slots, and every pass takes the same cycles, the clock is not
 * run again.
 */
export function sharedTimeline(
  isTooLate: IsTooLate,
  schedule: Schedule,
  accelerator: Accelerator,
  cache: TimelineCache,
): Timeline | undefined {
  const key = movesKey(schedule);
  const clocks = clocksOf(schedule);
  const known = cache.get(key);
  if (known !== undefined && isSame(known.clocks, clocks)) return known.timeline;
  const timeline = runTimelineUnless(isTooLate, schedule, accelerator);
  if (timeline !== undefined) cache.set(key, { clocks, timeline });
  return timeline;
}

/** Equal keys mean the same transfers, through the same slots, that wait for the same passes. */
function movesKey({ mapping: { tile, order }, footprint }: Schedule): string {
  const { images, filters, channels, rows, columns } = tile;
  const { ifmap, weight, psum, ofmap, pooled, ofmapInPlace } = footprint;
  const slots = [ifmap, weight, psum, ofmap, pooled].map((each: Slots | undefined) => each?.count ?? 0);
  return [images, filters, channels, rows, columns, ...order, ...slots, ofmapInPlace].join(' ');
}

/** All that the clock is told of each step's pass. */
function clocksOf({ steps }: Schedule): Float64Array {
  const clocks = new Float64Array(4 * steps.length);
  steps.forEach(({ pass, pooling }, step) => {
    clocks[4 * step] = pass.cycles;
    clocks[4 * step + 1] = pass.firstFoldCycles;
    clocks[4 * step + 2] = pass.tailDrainCycles;
    clocks[4 * step + 3] = pooling?.cycles ?? 0;
  });
  return clocks;
}

function isSame(a: Float64Array, b: Float64Array): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}
