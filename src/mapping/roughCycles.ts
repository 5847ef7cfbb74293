import type { Accelerator, DataflowName } from '../accelerator/accelerator.js';
import type { Candidate } from './candidates.js';
import { wholeTile } from './problem.js';
import type { LayerProblem } from './problem.js';
import type { Supports } from '../sparsity/supports.js';

/** A prediction that is good for ranking mappings, and for nothing else. */
export interface RoughEstimate {
  readonly cycles: number;
  /** Numbers of phases per group, the most promising first. */
  readonly groupings: readonly number[];
}

/** Cycles of a fold of `taps` streamed for `positions` outputs on rows x columns PEs, ports and drains left out. */
const foldCycles: Readonly<
  Record<DataflowName, (taps: number, positions: number, rows: number, columns: number) => number>
> = {
  'output-stationary': (taps, positions, rows, columns) =>
    Math.ceil(positions / rows) * (taps + rows + columns - 2),
  'weight-stationary': (taps, positions, rows, columns) =>
    Math.ceil(taps / rows) * (positions + 2 * rows + columns - 2),
};

/** Ranks mappings of one problem: the array's folds or DRAM, whichever takes longer, and what no other step hides. */
export function roughEstimator(
  problem: LayerProblem,
  accelerator: Accelerator,
  groupings: readonly number[],
): (candidate: Candidate, bursts: number) => RoughEstimate {
  const unions = new Map(groupings.map((size) => [size, unionSizes(problem, size)]));
  const { array, dram, clockHz, postProcessor } = accelerator;
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
      const columnFolds = Math.ceil(filters / array.columns);
      const positions = tile.images * tile.rows * tile.columns;
      return sizes.reduce(
        (sum, taps) =>
          sum +
          columnFolds *
            foldCycles[array.dataflow](taps * tile.channels, positions, array.rows, array.columns),
        0,
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
