import type { DramActivity } from '../activity.js';

/** Told of every command; commands of one channel come in the order of their clocks, but for `PDE` and `PDX`, which come late. */
export type ObserveCommand = (
  clock: number,
  /** Index into `dramCommandNames`. */
  command: number,
  channel: number,
  rank: number,
  bankGroup: number,
  bank: number,
  row: number,
  column: number,
) => void;

/**
 * A memory controller and the DRAM behind it. Requests enter in the order in which they are handed over, each as soon as its time has
 * come and its channel has room for it. Times are DRAM clocks from the start.
 */
export interface DramController {
  /** Of all channels and ranks. */
  readonly capacityBytes: number;
  /**
   * Opens a batch: the requests pushed from here on belong to it. Batches are numbered from 0.
   *
   * @returns its number
   */
  beginBatch(): number;
  /**
   * Hands over a request for the burst that holds `address`; runs nothing yet.
   *
   * @param earliestClock enters not before
   * @param tag below 8: what its commands are counted under
   * @throws RangeError for an address beyond the device
   */
  push(address: number, isWrite: boolean, earliestClock: number, tag: number): void;
  /** Clock at which the last data of a batch's reads are there and its writes are in the controller's queue; runs as far as that takes. */
  completedClock(batch: number): number;
  /** Runs until everything handed over is done and written; the clock at which the last data were through. Numbers of batches end here. */
  finish(): number;
  /** Lets time go by until `clock`, with nothing to do but refresh. */
  idleUntil(clock: number): void;
  /** Begins anew with the longest read latency, which is of all reads since. */
  forgetLongestLatency(): void;
  /** What happened up to the clock that `idleUntil` was last called with. */
  activity(): DramActivity;
}
