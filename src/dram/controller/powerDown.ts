import { PDE, PDX } from '../command.js';
import type { Constraints } from './constraints.js';
import type { Standby } from './standby.js';

/**
 * Which ranks sleep. A rank that has nothing to do for so many clocks enters power-down, unless a refresh is due before, and leaves it
 * for the next request or refresh. It is worked out when that comes, for nothing else can happen in between.
 */
export interface PowerDown {
  readonly isUsed: boolean;
  /** Requests that wait, by rank. */
  readonly waiting: Int32Array;
  /** First clock at which a rank that was woken takes commands. */
  readonly readyClock: Float64Array;
  /** A rank is at work until this clock at least. */
  busyUntil(rank: number, clock: number): void;
  /** When a rank goes to sleep unless something comes; Infinity if it will not. */
  entryClock(rank: number): number;
  /** Wakes a rank, if it sleeps, for something that comes at `clock`. */
  wake(rank: number, clock: number): void;
  /** What `readyClock` would be then. */
  readyIfWoken(rank: number, clock: number): number;
}

/** @param afterClocks idle clocks before a rank enters power-down; never, if absent */
export function createPowerDown(
  afterClocks: number | undefined,
  { powerDownExit, leastPowerDown }: Constraints,
  refreshDue: Float64Array,
  standby: Standby,
  tell: (command: number, clock: number, rank: number) => void,
): PowerDown {
  const ranks = refreshDue.length;
  const waiting = new Int32Array(ranks);
  const readyClock = new Float64Array(ranks);
  const busy = new Float64Array(ranks);
  const entryClock = (rank: number): number => {
    if (afterClocks === undefined || waiting[rank] > 0) return Infinity;
    const entry = busy[rank] + afterClocks;
    return refreshDue[rank] <= entry ? Infinity : entry;
  };
  const exitClock = (rank: number, entry: number, clock: number): number =>
    Math.max(Math.min(clock, refreshDue[rank]), entry + leastPowerDown);
  return {
    isUsed: afterClocks !== undefined,
    waiting,
    readyClock,
    entryClock,
    busyUntil(rank, clock) {
      if (clock > busy[rank]) busy[rank] = clock;
    },
    wake(rank, clock) {
      if (afterClocks === undefined) return;
      const entry = entryClock(rank);
      if (clock <= entry) return;
      const exit = exitClock(rank, entry, clock);
      standby.poweredDown(rank, entry, exit);
      readyClock[rank] = exit + powerDownExit;
      busy[rank] = readyClock[rank];
      tell(PDE, entry, rank);
      tell(PDX, exit, rank);
    },
    readyIfWoken(rank, clock) {
      const entry = entryClock(rank);
      return clock <= entry ? readyClock[rank] : exitClock(rank, entry, clock) + powerDownExit;
    },
  };
}
