/** Different tags that requests may bear. */
export const tagCount = 8;

/** What one channel has done since the start. */
export interface Counters {
  precharges: number;
  refreshes: number;
  bankRefreshes: number;
  forwarded: number;
  readLatencyClocks: number;
  longestReadLatencyClocks: number;
  busyClocks: number;
  bankBusyClocks: number;
  rowHits: number;
  rowMisses: number;
  rowConflicts: number;
  /** By tag. */
  readonly activates: Float64Array;
  readonly reads: Float64Array;
  readonly writes: Float64Array;
  activated(tag: number): void;
  /** @param effort what it took to open the row: nothing, an activate, a precharge as well */
  served(isWrite: boolean, tag: number, effort: number): void;
  readTook(clocks: number): void;
  /** A bank works from `from` to `until`. Calls come in the order of `from`. */
  bankBusy(bank: number, from: number, until: number): void;
}

export function createCounters(banks: number): Counters {
  const busyUntilOf = new Float64Array(banks);
  let busyUntil = 0;
  const activates = new Float64Array(tagCount);
  const reads = new Float64Array(tagCount);
  const writes = new Float64Array(tagCount);
  const counters: Counters = {
    precharges: 0,
    refreshes: 0,
    bankRefreshes: 0,
    forwarded: 0,
    readLatencyClocks: 0,
    longestReadLatencyClocks: 0,
    busyClocks: 0,
    bankBusyClocks: 0,
    rowHits: 0,
    rowMisses: 0,
    rowConflicts: 0,
    activates,
    reads,
    writes,
    activated(tag) {
      activates[tag]++;
    },
    served(isWrite, tag, effort) {
      if (isWrite) writes[tag]++;
      else reads[tag]++;
      if (effort === 0) counters.rowHits++;
      else if (effort === 1) counters.rowMisses++;
      else counters.rowConflicts++;
    },
    readTook(clocks) {
      counters.readLatencyClocks += clocks;
      if (clocks > counters.longestReadLatencyClocks) counters.longestReadLatencyClocks = clocks;
    },
    bankBusy(bank, from, until) {
      const own = busyUntilOf[bank];
      if (until > own) {
        counters.bankBusyClocks += until - (own > from ? own : from);
        busyUntilOf[bank] = until;
      }
      if (until > busyUntil) {
        counters.busyClocks += until - (busyUntil > from ? busyUntil : from);
        busyUntil = until;
      }
    },
  };
  return counters;
}
