import type { Accelerator } from '../accelerator/accelerator.js';
import { UserError } from '../document/userError.js';
import type { Candidate } from './candidates.js';
import { candidates, smallestShortage } from './candidates.js';
import type { Mapping } from './mapping.js';
import { wholeTile } from './problem.js';
import type { LayerProblem } from './problem.js';
import { trafficCounter } from './traffic.js';

/** Latency of the layer under a mapping, in picoseconds: the exact one, from the schedule. */
export type Evaluate = (mapping: Mapping) => number;

/** Of tilings that move equally many bursts, how many are timed. */
const timedCandidates = 8;

/** Tilings of more steps are left out while there are others: so many small tiles gain nothing. */
const manySteps = 20_000;
/** More steps than this are not worth simulating one by one. */
const mostSteps = 2_000_000;

/**
 * The mapping of a layer: least DRAM traffic among the tilings of `candidates`, and of those the fastest.
 * The outcome depends on nothing but its arguments.
 *
 * @throws UserError when no tile fits, naming the buffer, the need and the room
 */
export function chooseMapping(problem: LayerProblem, accelerator: Accelerator, evaluate: Evaluate): Mapping {
  const groupings = phaseGroupings(problem);
  const all = candidates(problem, accelerator, groupings[0]);
  if (all.length === 0) throw tooSmall(problem, accelerator);
  const fewest = all.reduce((least, { steps }) => Math.min(least, steps), Infinity);
  const feasible = all.filter(({ steps }) => steps <= Math.max(manySteps, fewest));
  if (fewest > mostSteps) {
    throw new UserError(
      `layer ${problem.name}: the buffers of ${accelerator.name} hold only tiles so small that the layer takes ` +
        `${fewest} steps; expected at most ${mostSteps}: enlarge the buffers`,
      { file: accelerator.file },
    );
  }

  const finalists = leastTraffic(problem, accelerator.dram.burstBytes, feasible)
    .map((candidate) => ({ candidate, rough: roughCycles(problem, accelerator, candidate) }))
    .sort((a, b) => a.rough - b.rough)
    .slice(0, timedCandidates);

  let best: Mapping | undefined;
  let bestLatency = Infinity;
  for (const { candidate } of finalists) {
    for (const phasesPerGroup of groupings) {
      const mapping = { ...candidate.mapping, phasesPerGroup };
      const latency = evaluate(mapping);
      if (latency < bestLatency) {
        best = mapping;
        bestLatency = latency;
      }
    }
  }
  if (best === undefined) throw new Error(`layer ${problem.name}: no mapping has a finite latency`);
  return best;
}

function leastTraffic(problem: LayerProblem, burstBytes: number, all: readonly Candidate[]): Candidate[] {
  const traffic = trafficCounter(problem, burstBytes);
  let least = Infinity;
  let found: Candidate[] = [];
  for (const candidate of all) {
    const bursts = traffic(candidate.mapping, candidate.room);
    if (bursts < least) {
      least = bursts;
      found = [];
    }
    if (bursts === least) found.push(candidate);
  }
  return found;
}

/** Divisors of the period, smallest first; 1 where the array sees no period. */
export function phaseGroupings(problem: LayerProblem): number[] {
  if (problem.kind === 'vector' || problem.streamed.assignment.kind !== 'periodic') return [1];
  const { period } = problem.streamed.assignment;
  return Array.from({ length: period }, (_, i) => i + 1).filter((size) => period % size === 0);
}

/**
 * A ranking of tilings, no prediction: fold lengths of a dense systolic array, and what no other step hides, the first
 * tile's way in and the last one's way out.
 */
function roughCycles(
  problem: LayerProblem,
  accelerator: Accelerator,
  { mapping, room, steps }: Candidate,
): number {
  const { rows, columns } = accelerator.array;
  const { tile } = mapping;
  const whole = wholeTile(problem);
  const bytesPerCycle = accelerator.dram.bandwidthBytesPerSecond / accelerator.clockHz;
  const exposed = room.ifmap.slotBytes + (room.weight?.slotBytes ?? 0) + room.ofmap.slotBytes;
  if (problem.kind === 'vector') {
    return (
      (whole.filters * whole.rows * whole.columns) / accelerator.postProcessor.lanes +
      exposed / bytesPerCycle +
      steps
    );
  }
  const folds = Math.ceil((tile.rows * tile.columns) / rows) * Math.ceil(tile.filters / columns);
  const taps = problem.window.kernelHeight * problem.window.kernelWidth * tile.channels;
  return steps * folds * (taps + rows + columns - 2) + exposed / bytesPerCycle;
}

function tooSmall(problem: LayerProblem, accelerator: Accelerator): UserError {
  const lack = smallestShortage(problem, accelerator);
  if (lack === undefined) throw new Error(`layer ${problem.name}: the smallest tile fits and was not found`);
  const { buffer, neededBytes } = lack;
  return new UserError(
    `layer ${problem.name}: buffer ${buffer.name} of ${accelerator.name} is too small for any tile: the smallest, ` +
      `one output of one channel, needs ${neededBytes} B${buffer.doubleBuffered ? ' (double buffered)' : ''}, ` +
      `the buffer has ${buffer.capacityBytes} B; enlarge its capacity`,
    { file: accelerator.file },
  );
}
