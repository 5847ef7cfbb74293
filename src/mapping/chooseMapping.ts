import type { Accelerator } from '../accelerator/accelerator.js';
import { UserError } from '../document/userError.js';
import type { MappingObjective } from '../scenario/scenario.js';
import { candidates, smallestShortage } from './candidates.js';
import type { Candidate } from './candidates.js';
import type { Mapping } from './mapping.js';
import { phaseGroupings } from './phaseGroupings.js';
import { loopNames } from './problem.js';
import type { LayerProblem, TileShape } from './problem.js';
import { describeRegisterShortage, registerShortage } from './registerFiles.js';
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
 * @throws UserError when no tile fits, naming the buffer or the register file, the need and the room
 */
export function chooseMapping(
  problem: LayerProblem,
  accelerator: Accelerator,
  objective: MappingObjective,
  cost: Cost,
): Mapping {
  const groupings = phaseGroupings(problem, accelerator);
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
  if (best !== undefined) return best;
  throw registersTooSmall(problem, accelerator);
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
  const fits = registerCheck(problem, accelerator);
  const leastTraffic = firstBy(ranked, fits, ({ bursts, rough }) => [bursts, rough.cycles]).filter(
    ({ bursts }, _, [first]) => bursts === first.bursts,
  );
  if (objective === 'dram-traffic') return leastTraffic;
  const fastest = firstBy(ranked, fits, ({ rough }) => [rough.cycles]);
  const balanced = firstBy(ranked, fits, ({ rough, bursts }) => [rough.cycles * bursts]);
  return [...new Set([...balanced, ...leastTraffic, ...fastest])];
}

/** Whether the registers of the PEs have room for a mapping; not asked of more mappings than need be. */
function registerCheck(problem: LayerProblem, accelerator: Accelerator): (each: Ranked) => boolean {
  const known = new Map<Ranked, boolean>();
  return (each) => {
    const fits =
      known.get(each) ?? registerShortage(problem, each.candidate.mapping, accelerator) === undefined;
    known.set(each, fits);
    return fits;
  };
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

/** Those of least rank that pass the check; what ranks equal is told apart by the next figure. */
function firstBy(
  all: readonly Ranked[],
  passes: (each: Ranked) => boolean,
  rank: (each: Ranked) => readonly number[],
): Ranked[] {
  const ranks = new Map(all.map((each) => [each, rank(each)]));
  const compare = (a: Ranked, b: Ranked): number => {
    const [left, right] = [ranks.get(a) ?? [], ranks.get(b) ?? []];
    const differing = left.findIndex((figure, index) => figure !== right[index]);
    return differing < 0 ? 0 : left[differing] - right[differing];
  };
  const first: Ranked[] = [];
  for (const each of [...all].sort(compare)) {
    if (first.length === finalistsOfRanking) break;
    if (passes(each)) first.push(each);
  }
  return first;
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

function registersTooSmall(problem: LayerProblem, accelerator: Accelerator): UserError {
  const tile = { images: 1, filters: 1, channels: 1, rows: 1, columns: 1 };
  const smallest: Mapping = { tile, order: loopNames, phasesPerGroup: 1 };
  const lack = registerShortage(problem, smallest, accelerator);
  if (lack === undefined) throw new Error(`layer ${problem.name}: no mapping has a finite cost`);
  return new UserError(
    `layer ${problem.name}: expected PEs of ${accelerator.name} with room for a mapping; ` +
      `${describeRegisterShortage(lack)}; enlarge array.registerFiles.${lack.file}`,
    { file: accelerator.file },
  );
}
