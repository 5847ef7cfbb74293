import type { Accelerator } from '../accelerator/accelerator.js';
import { UserError } from '../document/userError.js';
import type { MappingObjective } from '../scenario/objective.js';
import { bytesOf } from '../tensor/precision.js';
import { halvings } from './candidates.js';
import { phaseGroupings } from './chooseMapping.js';
import type { Cost } from './chooseMapping.js';
import { footprint, shortage, tripCounts } from './footprint.js';
import type { Footprint } from './footprint.js';
import { keepsWindowsWhole } from './fusedPool.js';
import type { MapAxis } from './fusedPool.js';
import type { Mapping } from './mapping.js';
import { wholeTile } from './problem.js';
import type { ConvProblem, LoopName, TileShape } from './problem.js';
import { registerShortage } from './registerFiles.js';
import { roughEstimator } from './roughCycles.js';
import { burstsOfRuns } from './runs.js';
import { runsOfBox } from './runsOfBox.js';
import { storedBox, storedMap } from './storedTile.js';
import { outputBox, tilesInOrder } from './tiles.js';
import { trafficCounter } from './traffic.js';

const orders: ReadonlyArray<readonly LoopName[]> = [
  ['images', 'filters', 'rows', 'columns', 'channels'],
  ['images', 'rows', 'columns', 'filters', 'channels'],
  ['filters', 'images', 'rows', 'columns', 'channels'],
];
const finalistsOfRanking = 6;
const groupingsTried = 2;
const manySteps = 20_000;

interface Tiling {
  readonly mapping: Mapping;
  readonly room: Footprint;
  readonly steps: number;
}

/**
 * As `chooseMapping`, for a convolution with a pooling that is fused into it: tiles cut none of its windows.
 *
 * @throws UserError when no such tile fits
 */
export function chooseFusedMapping(
  problem: ConvProblem,
  accelerator: Accelerator,
  objective: MappingObjective,
  cost: Cost,
): Mapping {
  const groupings = phaseGroupings(problem, accelerator);
  const all = tilings(problem, accelerator, groupings[0]);
  if (all.length === 0) throw tooSmall(problem, accelerator);
  const fewest = all.reduce((least, { steps }) => Math.min(least, steps), Infinity);
  const rough = roughEstimator(problem, accelerator, groupings);
  const traffic = trafficOf(problem, accelerator.dram.burstBytes);
  const ranked = all
    .filter(({ steps }) => steps <= Math.max(manySteps, fewest))
    .map((tiling) => {
      const bursts = traffic(tiling);
      const { cycles, groupings: promising } = rough(tiling, bursts);
      return { mapping: tiling.mapping, bursts, cycles, promising: promising.slice(0, groupingsTried) };
    });
  type Ranked = (typeof ranked)[number];
  const firstBy = (rank: (each: Ranked) => number): Ranked[] =>
    ranked
      .map((each) => ({ each, rank: rank(each) }))
      .sort((a, b) => a.rank - b.rank)
      .slice(0, finalistsOfRanking)
      .map(({ each }) => each);
  const leastBursts = ranked.reduce((least, { bursts }) => Math.min(least, bursts), Infinity);
  const finalists =
    objective === 'dram-traffic'
      ? firstBy(({ bursts, cycles }) => (bursts === leastBursts ? cycles : Infinity)).filter(
          ({ bursts }) => bursts === leastBursts,
        )
      : [
          ...firstBy(({ bursts, cycles }) => bursts * cycles),
          ...firstBy(({ bursts }) => bursts),
          ...firstBy(({ cycles }) => cycles),
        ];
  const judged = [...new Set(finalists)]
    .flatMap(({ mapping, promising }) => promising.map((phasesPerGroup) => ({ ...mapping, phasesPerGroup })))
    .map((mapping) => ({ mapping, found: cost(mapping) }));
  return judged.reduce((best, each) => (each.found < best.found ? each : best)).mapping;
}

function tilings(problem: ConvProblem, accelerator: Accelerator, phasesPerGroup: number): Tiling[] {
  const fitting: Tiling[] = [];
  for (const tile of tileShapes(problem)) {
    const trips = tripCounts(problem, tile);
    const steps = problem.groups * trips.images * trips.filters * trips.channels * trips.rows * trips.columns;
    const seen = new Set<string>();
    for (const order of orders) {
      const effective = order.filter((loop) => trips[loop] > 1).join(' ');
      if (seen.has(effective)) continue;
      seen.add(effective);
      const mapping: Mapping = { tile, order, phasesPerGroup };
      const room = footprint(problem, mapping, accelerator);
      if (shortage(room) !== undefined || registerShortage(problem, mapping, accelerator) !== undefined)
        continue;
      fitting.push({ mapping, room, steps });
    }
  }
  return fitting;
}

/** Rows are cut into columns only where they cannot be cut further. */
function* tileShapes(problem: ConvProblem): Generator<TileShape> {
  const whole = wholeTile(problem);
  const rowSizes = wholeSizes(problem, 'rows');
  const columnSizes = wholeSizes(problem, 'columns');
  for (const images of halvings(whole.images)) {
    for (const filters of halvings(whole.filters)) {
      for (const channels of halvings(whole.channels)) {
        for (const rows of rowSizes) {
          for (const columns of rows === rowSizes[rowSizes.length - 1] ? columnSizes : [whole.columns])
            yield { images, filters, channels, rows, columns };
        }
      }
    }
  }
}

/** From the whole down to the smallest that cuts no window, each the next at or below a halving. */
function wholeSizes(problem: ConvProblem, axis: MapAxis): number[] {
  const sizes = halvings(wholeTile(problem)[axis]).map((half) => {
    let size = half;
    while (size > 0 && !keepsWindowsWhole(problem, axis, size)) size--;
    return size;
  });
  let smallest = 1;
  while (!keepsWindowsWhole(problem, axis, smallest)) smallest++;
  return [...new Set([...sizes, smallest])].filter((size) => size > 0);
}

/** Bursts of a mapping: those of the convolution alone, with what is stored in place of its output. */
function trafficOf(problem: ConvProblem, burstBytes: number): (tiling: Tiling) => number {
  const { layout, precision, window } = problem;
  const ofConvolution = trafficCounter(problem, burstBytes);
  const known = new Map<string, number>();
  return ({ mapping, room }) => {
    const { images, filters, rows, columns } = mapping.tile;
    const key = [images, filters, rows, columns].join(' ');
    let saved = known.get(key);
    if (saved === undefined) {
      const tile = { ...mapping.tile, channels: problem.channelsPerGroup };
      saved = 0;
      for (const each of tilesInOrder(problem, { ...mapping, tile })) {
        const bytes = bytesOf(precision);
        saved += burstsOfRuns(runsOfBox(layout, outputBox(each), window.output, bytes), burstBytes);
        saved -= burstsOfRuns(
          runsOfBox(layout, storedBox(problem, each), storedMap(problem), bytes),
          burstBytes,
        );
      }
      known.set(key, saved);
    }
    return ofConvolution(mapping, room) - saved;
  };
}

function tooSmall(problem: ConvProblem, accelerator: Accelerator): UserError {
  const rows = wholeSizes(problem, 'rows').at(-1) ?? 1;
  const columns = wholeSizes(problem, 'columns').at(-1) ?? 1;
  const tile = { images: 1, filters: 1, channels: 1, rows, columns };
  const lack = shortage(footprint(problem, { tile, order: orders[0], phasesPerGroup: 1 }, accelerator));
  const pool = problem.pool?.name ?? '';
  return new UserError(
    `layer ${problem.name}: ` +
      (lack === undefined
        ? `expected PEs of ${accelerator.name} with room for a mapping`
        : `buffer ${lack.buffer.name} of ${accelerator.name} is too small for any tile that cuts no window of ${pool}, which is ` +
          `fused into it: the smallest, ${rows} x ${columns} outputs of one channel, needs ${lack.neededBytes} B, the buffer has ` +
          `${lack.buffer.capacityBytes} B; enlarge its capacity`) +
      `, or leave ${pool} out of fuse`,
    { file: accelerator.file },
  );
}
