import { createDram } from '../../src/machine/dram/createDram.js';
import { networkAddresses } from '../../src/machine/dram/addresses.js';
import type { DramObservers } from '../../src/machine/dram/commands.js';
import { runTimeline } from '../../src/machine/timeline.js';
import { createSchedule } from '../../src/schedule/schedule.js';
import type { CellPlan } from '../../src/explore/plan.js';
import { flatDramOf } from './flatDram.js';
import type { TimedDram } from './tileExecution.js';

/** The estimate of mapped layers: each is scheduled anew and run against the clock, with one DRAM for all. */
export function estimateLayers(
  { layers, accelerator: own }: CellPlan,
  dram: TimedDram,
  observers: DramObservers = {},
): void {
  const accelerator = dram === 'flat' ? { ...own, dram: flatDramOf(own) } : own;
  const shared = createDram(accelerator.dram, observers);
  const placed = layers.map(({ layer, estimate: { schedule } }) => ({
    layer,
    schedule: createSchedule(schedule.problem, schedule.mapping, accelerator),
  }));
  networkAddresses(placed, accelerator).forEach((addresses, index) => {
    runTimeline(placed[index].schedule, accelerator, { dram: shared, addresses });
  });
}
