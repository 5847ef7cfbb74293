import { countLayer } from '../../src/counts/countLayer.js';
import { estimateLayer } from '../../src/machine/estimateLayer.js';
import type { KernelName } from '../../src/scenario/execution.js';
import { createMemory } from '../../src/machine/memory.js';
import { runNetwork } from '../../src/machine/runNetwork.js';
import { createSchedule } from '../../src/schedule/schedule.js';
import type { Parts } from '../timing/inTurns.js';
import { flatDramOf } from './flatDram.js';
import type { Subject } from './prepare.js';

/** What times transfers: one bandwidth and one latency, or a part with its commands. */
export type TimedDram = 'flat' | 'commands';

/** Schedules and, with a flat DRAM, their times; real bytes and, with DRAM commands, when they move; all counts. */
export interface TileParts extends Parts {
  readonly schedules: number;
  readonly bytes: number;
  readonly counts: number;
}

/**
 * The tile execution of mapped layers whose weights lie in DRAM, from schedules to counts: everything that is simulated again when
 * nothing but the data change, each thing once. DRAM commands are simulated along with the bytes, in one DRAM for all layers; the times
 * of a flat DRAM come with the schedules.
 */
export function tileExecution(
  { plan, layers, input }: Subject,
  dram: TimedDram,
  kernel: KernelName = 'simd',
): () => TileParts {
  const own = plan.accelerator;
  const accelerator = dram === 'flat' ? { ...own, dram: flatDramOf(own) } : own;
  const memory = createMemory(accelerator.buffers, { kernel });
  return () => {
    const start = performance.now();
    const runnable = layers.map((layer) => {
      const { schedule, timeline } = layer.estimate;
      const { problem, mapping } = schedule;
      const estimate =
        dram === 'flat'
          ? estimateLayer(problem, mapping, accelerator)
          : { schedule: createSchedule(problem, mapping, accelerator), timeline };
      return { ...layer, estimate };
    });
    const scheduled = performance.now();
    const finished = [...runNetwork(runnable, memory, new Map([['input', input]]), accelerator)];
    const moved = performance.now();
    for (const { layer, estimate } of finished)
      countLayer(layer, estimate.schedule, estimate.timeline, accelerator);
    return {
      schedules: scheduled - start,
      bytes: moved - scheduled,
      counts: performance.now() - moved,
    };
  };
}
