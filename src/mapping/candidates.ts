import type { Accelerator } from '../accelerator/accelerator.js';
import { footprint, shortage, tripCounts } from './footprint.js';
import type { Footprint, Shortage } from './footprint.js';
import type { Mapping } from './mapping.js';
import { loopNames, wholeTile } from './problem.js';
import type { LayerProblem, LoopName, TileShape } from './problem.js';

/**
 * Loop orders that are tried. Channels are innermost in all, so that partial sums stay where they are until complete;
 * they differ in what stays in its buffer: weights, ifmap, or neither for the sake of smaller tiles.
 */
const ordersOfOneImage: ReadonlyArray<readonly LoopName[]> = [
  ['images', 'filters', 'rows', 'columns', 'channels'],
  ['images', 'rows', 'columns', 'filters', 'channels'],
  ['images', 'rows', 'filters', 'columns', 'channels'],
];
/** Of a batch also those in which weights stay for all of its images. */
const ordersOfBatch: ReadonlyArray<readonly LoopName[]> = [
  ...ordersOfOneImage,
  ['filters', 'images', 'rows', 'columns', 'channels'],
  ['rows', 'filters', 'images', 'columns', 'channels'],
];

/** A tiling that fits, and what it takes. */
export interface Candidate {
  readonly mapping: Mapping;
  readonly room: Footprint;
  readonly steps: number;
}

/** Sizes from the whole down to 1, each half of the one before, rounded up. */
export function halvings(whole: number): number[] {
  const sizes = [whole];
  for (let size = whole; size > 1;) {
    size = Math.ceil(size / 2);
    sizes.push(size);
  }
  return sizes;
}

/**
 * All tilings of halved sizes that fit the buffers; rows are cut into columns only when a single row is too much.
 * The smallest tile there is, a single output of a single channel, is among the sizes: if it does not fit, none does.
 */
export function candidates(
  problem: LayerProblem,
  accelerator: Accelerator,
  phasesPerGroup: number,
): Candidate[] {
  const fitting: Candidate[] = [];
  const orders = problem.images === 1 ? ordersOfOneImage : ordersOfBatch;
  for (const tile of tileShapes(problem)) {
    const trips = tripCounts(problem, tile);
    const groups = problem.kind === 'conv' ? problem.groups : 1;
    const steps = groups * trips.images * trips.filters * trips.channels * trips.rows * trips.columns;
    const seen = new Set<string>();
    for (const order of orders) {
      const effective = order.filter((loop) => trips[loop] > 1).join(' ');
      if (seen.has(effective)) continue;
      seen.add(effective);
      const mapping: Mapping = { tile, order, phasesPerGroup };
      const room = footprint(problem, mapping, accelerator);
      if (shortage(room) === undefined) fitting.push({ mapping, room, steps });
    }
  }
  return fitting;
}

function* tileShapes(problem: LayerProblem): Generator<TileShape> {
  const whole = wholeTile(problem);
  for (const images of halvings(whole.images)) {
    for (const filters of halvings(whole.filters)) {
      for (const channels of halvings(whole.channels)) {
        for (const rows of halvings(whole.rows)) {
          for (const columns of rows === 1 ? halvings(whole.columns) : [whole.columns]) {
            yield { images, filters, channels, rows, columns };
          }
        }
      }
    }
  }
}

/** What the smallest tile lacks; undefined when it fits. */
export function smallestShortage(problem: LayerProblem, accelerator: Accelerator): Shortage | undefined {
  const tile = { images: 1, filters: 1, channels: 1, rows: 1, columns: 1 };
  return shortage(footprint(problem, { tile, order: loopNames, phasesPerGroup: 1 }, accelerator));
}
