import type { Accelerator } from '../accelerator/accelerator.js';
import type { Mapping } from '../mapping/mapping.js';
import type { LayerProblem } from '../mapping/problem.js';
import { createSchedule } from '../schedule/schedule.js';
import type { PassCache, Schedule } from '../schedule/schedule.js';
import { runTimeline } from './timeline.js';
import type { Timeline } from './timeline.js';

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
