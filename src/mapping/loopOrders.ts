import { loopNames } from './problem.js';
import type { LoopName } from './problem.js';

/** Numbers of the loops in `loopNames`. */
export const loopNumber: Readonly<Record<LoopName, number>> = {
  images: 0,
  filters: 1,
  channels: 2,
  rows: 3,
  columns: 4,
};

/**
 * All orders in which loops of several tiles can be nested, by the mask of these loops (bit i for loop i); loops of one tile stand
 * outermost. First those with the channels innermost, which leave partial sums in place.
 */
export function ordersByMask(): ReadonlyArray<ReadonlyArray<readonly LoopName[]>> {
  return Array.from({ length: 1 << loopNames.length }, (_, mask) => {
    const idle = loopNames.filter((name) => (mask & (1 << loopNumber[name])) === 0);
    const busy = loopNames.filter((name) => (mask & (1 << loopNumber[name])) !== 0);
    const orders = permutations(busy).map((order) => [...idle, ...order]);
    const isInPlace = (order: readonly LoopName[]): boolean =>
      !busy.includes('channels') || order[order.length - 1] === 'channels';
    return [...orders.filter(isInPlace), ...orders.filter((order) => !isInPlace(order))];
  });
}

function permutations<T extends string>(all: readonly T[]): T[][] {
  if (all.length === 0) return [[]];
  return all.flatMap((first) =>
    permutations(all.filter((each) => each !== first)).map((rest) => [first, ...rest]),
  );
}
