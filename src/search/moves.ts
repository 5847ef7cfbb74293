import { loopNumber } from '../mapping/loopOrders.js';
import type { LoopName } from '../mapping/problem.js';

const bit = (...loops: readonly LoopName[]): number =>
  loops.reduce((mask, loop) => mask | (1 << loopNumber[loop]), 0);

/** Loops that lead from one tile of a tensor to another, as masks of `loopNumber`. */
export const loopsOf = {
  conv: {
    ifmap: bit('images', 'channels', 'rows', 'columns'),
    weight: bit('filters', 'channels'),
    output: bit('images', 'filters', 'rows', 'columns'),
  },
  vector: {
    ifmap: bit('images', 'filters', 'rows', 'columns'),
    weight: 0,
    output: bit('images', 'filters', 'rows', 'columns'),
  },
} as const;

const channels = loopNumber.channels;

/**
 * How often all tiles of a tensor are loaded, one after the other, with so many slots of which the least recently used one gives
 * way.
 *
 * @param order numbers of the loops, the outermost first
 * @param trips by number of the loop
 */
export function loadsOf(
  order: ArrayLike<number>,
  trips: ArrayLike<number>,
  relevant: number,
  slots: number,
): number {
  let seen = 1;
  let times = 1;
  for (let depth = order.length - 1; depth >= 0; depth--) {
    const loop = order[depth];
    if ((relevant & (1 << loop)) !== 0) seen *= trips[loop];
    else if (seen > slots) times *= trips[loop];
  }
  return times;
}

/** Tiles of partial sums that take turns within one step of the channel loop: with fewer slots they have to go to DRAM and back. */
export function psumsInTurn(order: ArrayLike<number>, trips: ArrayLike<number>): number {
  let seen = 1;
  for (let depth = order.length - 1; depth >= 0; depth--) {
    const loop = order[depth];
    if (loop === channels) return seen;
    seen *= trips[loop];
  }
  return seen;
}
