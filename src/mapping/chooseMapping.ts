import type { Accelerator } from '../accelerator/accelerator.js';
import { UserError } from '../document/userError.js';
import type { MappingObjective } from '../scenario/scenario.js';
import { candidates, smallestShortage } from './candidates.js';
import type { Candidate } from './candidates.js';
import type { Mapping } from './mapping.js';
import type { LayerProblem, TileShape } from './problem.js';
import { roughEstimator } from './roughCycles.js';
import type { RoughEstimate } from './roughCycles.js';
import { trafficCounter } from './traffic.js';
import type { Traffic } from './traffic.js';

/** What a mapping costs in the objective, exactly: from the layer's schedule. */
export type Cost = (mapping: Mapping) => number;

/** How many tilings of each ranking are tried in earnest. */
const finalistsOfRanking = 6;
/** How many numbers of phases per group are tried of each. */
const groupingsTried = 2;

/** Tilings of more steps are left out while there are others: so many small tiles gain nothing. */
const manySteps = 20_000;
/** More steps than this are not worth simulating one by one. */
const mostSteps = 2_000_000;

/**
 * The mapping of a layer: of the tilings of `candidates`, each with its loop order of least DRAM traffic, the one that costs
 * least. Those tried in earnest are the best by DRAM traffic, by a rough latency, and by their product; for the objective
 * `dram-traffic` only tilings of the least traffic are, and `cost` decides between them. Equal arguments give equal answers.
 *
 * @throws UserError when no tile fits, naming the buffer, the need and the room
 */
export function chooseMapping(
  problem: LayerProblem,
  accelerator: Accelerator,
  objective: MappingObjective,
  cost: Cost,
): Mapping {
  const groupings = phaseGroupings(problem);
  const feasible = feasibleCandidates(problem, accelerator, groupings[0]);
  let best: Mapping | undefined;
  let leastCost = Infinity;
  for (const { candidate, rough } of finalists(problem, accelerator, objective, feasible, groupings)) {
    for (const phasesPerGroup of rough.groupings.slice(0, groupingsTried)) {
      const mapping = { ...candidate.mapping, phasesPerGroup };
      const found = cost(mapping);
      if (found < leastCost) {
        best = mapping;
        leastCost = found;
      }
    }
  }
  if (best === undefined) throw new Error(`layer ${problem.name}: no mapping has a finite cost`);
  return best;
}

function feasibleCandidates(
  problem: LayerProblem,
  accelerator: Accelerator,
  phasesPerGroup: number,
): Candidate[] {
  const all = candidates(problem, accelerator, phasesPerGroup);
  if (all.length === 0) throw tooSmall(problem, accelerator);
  const fewest = all.reduce((least, { steps }) => Math.min(least, steps), Infinity);
  if (fewest > mostSteps) {
    throw new UserError(
      `layer ${problem.name}: the buffers of ${accelerator.name} hold only tiles so small that the layer takes ` +
        `${fewest} steps; expected at most ${mostSteps}: enlarge the buffers`,
      { file: accelerator.file },
    );
  }
  return all.filter(({ steps }) => steps <= Math.max(manySteps, fewest));
}

interface Ranked {
  readonly candidate: Candidate;
  readonly bursts: number;
  readonly rough: RoughEstimate;
}

function finalists(
  problem: LayerProblem,
  accelerator: Accelerator,
  objective: MappingObjective,
  feasible: readonly Candidate[],
  groupings: readonly number[],
): Ranked[] {
  const traffic = trafficCounter(problem, accelerator.dram.burstBytes);
  const estimate = roughEstimator(problem, accelerator, groupings);
  const ranked = leastTrafficOrders(feasible, traffic).map(({ candidate, bursts }) => ({
    candidate,
    bursts,
    rough: estimate(candidate, bursts),
  }));
  const least = ranked.reduce((fewest, { bursts }) => Math.min(fewest, bursts), Infinity);
  const leastTraffic = firstBy(
    ranked.filter(({ bursts }) => bursts === least),
    ({ rough }) => rough.cycles,
  );
  if (objective === 'dram-traffic') return leastTraffic;
  const fastest = firstBy(ranked, ({ rough }) => rough.cycles);
  const balanced = firstBy(ranked, ({ rough, bursts }) => rough.cycles * bursts);
  return [...new Set([...balanced, ...leastTraffic, ...fastest])];
}

/** Of the loop orders of each tile, the one that moves least. */
function leastTrafficOrders(
  all: readonly Candidate[],
  traffic: Traffic,
): Array<{ candidate: Candidate; bursts: number }> {
  const byTile = new Map<TileShape, { candidate: Candidate; bursts: number }>();
  for (const candidate of all) {
    const bursts = traffic(candidate.mapping, candidate.room);
    const known = byTile.get(candidate.mapping.tile);
    if (known === undefined || bursts < known.bursts)
      byTile.set(candidate.mapping.tile, { candidate, bursts });
  }
  return [...byTile.values()];
}

function firstBy(all: readonly Ranked[], rank: (each: Ranked) => number): Ranked[] {
  return [...all].sort((a, b) => rank(a) - rank(b)).slice(0, finalistsOfRanking);
}

/** Divisors of the period, smallest first; 1 where the array sees no period. */
export function phaseGroupings(problem: LayerProblem): number[] {
  if (problem.kind === 'vector' || problem.storage.streamed.assignment.kind !== 'periodic') return [1];
  const { period } = problem.storage.streamed.assignment;
  return Array.from({ length: period }, (_, i) => i + 1).filter((size) => period % size === 0);
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
