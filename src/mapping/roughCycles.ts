import { arrayContext } from '../accelerator/arrayContext.js';
import type { Accelerator } from '../accelerator/accelerator.js';
import { dataflowOf } from '../dataflow/dataflows.js';
import type { Candidate } from './candidates.js';
import { wholeTile } from './problem.js';
import type { LayerProblem } from './problem.js';
import { nonZeroTaps } from '../sparsity/supports.js';
import type { Supports } from '../sparsity/supports.js';

/** A prediction that is good for ranking mappings, and for nothing else. */
export interface RoughEstimate {
  readonly cycles: number;
  /** Numbers of phases per group, the most promising first. */
  readonly groupings: readonly number[];
}

/** Ranks mappings of one problem: the array's folds or DRAM, whichever takes longer, and what no other step hides. */
export function roughEstimator(
  problem: LayerProblem,
  accelerator: Accelerator,
  groupings: readonly number[],
): (candidate: Candidate, bursts: number) => RoughEstimate {
  const unions = new Map(groupings.map((size) => [size, unionSizes(problem, size)]));
  const { dram, clockHz, postProcessor } = accelerator;
  const dataflow = dataflowOf(accelerator.array.dataflow);
  const context = arrayContext(accelerator);
  const tapsPerKernel = problem.kind === 'conv' ? meanTaps(problem.storage.streamed) : 0;
  const bytesPerCycle = dram.bandwidthBytesPerSecond / clockHz;

  return ({ mapping: { tile }, room, steps }, bursts) => {
    const exposedBytes = room.ifmap.slotBytes + (room.weight?.slotBytes ?? 0) + room.ofmap.slotBytes;
    const total = (cycles: number): number =>
      Math.max(cycles, (bursts * dram.burstBytes) / bytesPerCycle) + exposedBytes / bytesPerCycle;
    if (problem.kind === 'vector') {
      const { images, filters, rows, columns } = wholeTile(problem);
      const window = problem.window.kernelHeight * problem.window.kernelWidth;
      return {
        cycles: total((images * filters * rows * columns * window) / postProcessor.lanes + steps),
        groupings,
      };
    }
    const pass = (size: number): number => {
      const sizes = unions.get(size) ?? [];
      const filters = Math.ceil(tile.filters / sizes.length);
      return dataflow.roughCycles(
        {
          positions: tile.images * tile.rows * tile.columns,
          channels: tile.channels,
          groups: sizes.map((unionTaps) => ({ filters, unionTaps })),
          tapsPerKernel,
        },
        context,
      );
    };
    const ranked = groupings
      .map((size) => ({ size, cycles: pass(size) }))
      .sort((a, b) => a.cycles - b.cycles);
    return { cycles: total(steps * ranked[0].cycles), groupings: ranked.map(({ size }) => size) };
  };
}

/** For each group of phases, the taps that it streams per channel on average: the union of its phases' supports. */
function unionSizes(problem: LayerProblem, phasesPerGroup: number): number[] {
  if (problem.kind === 'vector') return [];
  const { streamed } = problem.storage;
  if (streamed.assignment.kind !== 'periodic') return [streamed.taps];
  const { period } = streamed.assignment;
  return Array.from({ length: period / phasesPerGroup }, (_, group) => {
    let taps = 0;
    for (let channel = 0; channel < period; channel++) {
      taps += unionOf(streamed, group * phasesPerGroup + channel, phasesPerGroup);
    }
    return taps / period;
  });
}

function unionOf({ patterns, taps }: Supports, first: number, count: number): number {
  let union = 0;
  for (let tap = 0; tap < taps; tap++) {
    for (let phase = first; phase < first + count; phase++) {
      if (patterns[phase % patterns.length][tap] === 0) continue;
      union++;
      break;
    }
  }
  return union;
}

function meanTaps(supports: Supports): number {
  return nonZeroTaps(supports) / (supports.filters * supports.channels);
}
