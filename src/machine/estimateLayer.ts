import type { Accelerator } from '../accelerator/accelerator.js';
import type { Mapping } from '../mapping/mapping.js';
import type { LayerProblem } from '../mapping/problem.js';
import { createSchedule } from '../schedule/schedule.js';
import type { PassCache, Schedule } from '../schedule/schedule.js';
import { sharedTimeline } from './sharedTimelines.js';
import type { TimelineCache } from './sharedTimelines.js';
import { runTimeline } from './timeline.js';
import type { IsTooLate, Timeline } from './timeline.js';

/** A layer's schedule and when it happens: all that its costs follow from, known without its data. */
export interface LayerEstimate {
  readonly schedule: Schedule;
  readonly timeline: Timeline;
}

/** The execution `estimate`: the schedule alone, run against the clock. */
export function estimateLayer(
  problem: LayerProblem,
  mapping: Mapping,
  accelerator: Accelerator,
  passes?: PassCache,
): LayerEstimate {
  const schedule = createSchedule(problem, mapping, accelerator, passes);
  return { schedule, timeline: runTimeline(schedule, accelerator) };
}

/** What estimates of one problem on one accelerator have in common, kept from one mapping to the next. */
export interface EstimateCache {
  readonly passes: PassCache;
  readonly timelines: TimelineCache;
}

/** As `estimateLayer`; undefined where the layer is known to end too late. */
export function estimateUnless(
  isTooLate: IsTooLate,
  problem: LayerProblem,
  mapping: Mapping,
  accelerator: Accelerator,
  { passes, timelines }: EstimateCache,
): LayerEstimate | undefined {
  const schedule = createSchedule(problem, mapping, accelerator, passes);
  const timeline = sharedTimeline(isTooLate, schedule, accelerator, timelines);
  return timeline && { schedule, timeline };
}
