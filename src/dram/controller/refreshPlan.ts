import type { ControllerSettings } from '../controllerSettings.js';
import type { Constraints } from './constraints.js';

/**
 * When refreshes are due. All-bank: each rank every tREFI, the ranks in turn. Per bank: each rank's banks in turn, all of them
 * within tREFI. A refresh that is due goes before everything else of what it concerns, and none is put off.
 */
export interface RefreshPlan {
  readonly isPerBank: boolean;
  /** By rank; Infinity without refresh. */
  readonly dueClock: Float64Array;
  /** Refreshes of single banks keep a distance within a rank. */
  readonly bankReadyClock: Float64Array;
  earliestDueClock: number;
  /** The bank that is next in its rank, where banks are refreshed one by one. */
  bank(rank: number): number;
  /** Whether the next refresh of the rank stops a bank. */
  concerns(rank: number, bank: number): boolean;
  done(rank: number, clock: number): void;
}

export function createRefreshPlan(
  policy: ControllerSettings['refresh'],
  ranks: number,
  banksOfRank: number,
  { refreshInterval, bankRefresh }: Constraints,
): RefreshPlan {
  const isPerBank = policy === 'per-bank';
  const perRank = isPerBank ? banksOfRank : 1;
  const dueClock = new Float64Array(ranks).fill(Infinity);
  const bankReadyClock = new Float64Array(ranks);
  const rounds = new Float64Array(ranks);
  const nextBank = new Int32Array(ranks);
  /** From exact fractions of the interval, so that no rounding adds up. */
  const schedule = (rank: number): void => {
    dueClock[rank] = Math.floor((refreshInterval * ((rank + 1) / ranks + rounds[rank])) / perRank);
  };
  const findEarliest = (): void => {
    plan.earliestDueClock = dueClock.reduce((earliest, due) => Math.min(earliest, due));
  };
  const plan: RefreshPlan = {
    isPerBank,
    dueClock,
    bankReadyClock,
    earliestDueClock: Infinity,
    bank: (rank) => rank * banksOfRank + nextBank[rank],
    concerns: (rank, bank) => !isPerBank || bank === rank * banksOfRank + nextBank[rank],
    done(rank, clock) {
      rounds[rank]++;
      nextBank[rank] = (nextBank[rank] + 1) % banksOfRank;
      bankReadyClock[rank] = clock + bankRefresh;
      schedule(rank);
      findEarliest();
    },
  };
  if (policy !== 'none') {
    for (let rank = 0; rank < ranks; rank++) schedule(rank);
    findEarliest();
  }
  return plan;
}
