/** Different tags that requests may bear. */
export const tagCount = 8;

/** What one channel has done since the start. */
export interface Counters {
  precharges: number;
  refreshes: number;
  bankRefreshes: number;
  forwarded: number;
  merged: number;
  readLatencyClocks: number;
  longestReadLatencyClocks: number;
  busyClocks: number;
  bankBusyClocks: number;
  /** Reads and writes by what it took to open their row: nothing, an activate, a precharge as well. */
  readonly byEffort: Float64Array;
  /** By tag. */
  readonly activates: Float64Array;
  readonly reads: Float64Array;
  readonly writes: Float64Array;
  /** Until when a bank, and any bank, works. */
  readonly busyUntilOf: Float64Array;
  busyUntil: number;
}

export function createCounters(banks: number): Counters {
  return {
    precharges: 0,
    refreshes: 0,
    bankRefreshes: 0,
    forwarded: 0,
    merged: 0,
    readLatencyClocks: 0,
    longestReadLatencyClocks: 0,
    busyClocks: 0,
    bankBusyClocks: 0,
    byEffort: new Float64Array(3),
    activates: new Float64Array(tagCount),
    reads: new Float64Array(tagCount),
    writes: new Float64Array(tagCount),
    busyUntilOf: new Float64Array(banks),
    busyUntil: 0,
  };
}

export function countServed(counters: Counters, isWrite: boolean, tag: number, effort: number): void {
  if (isWrite) counters.writes[tag]++;
  else counters.reads[tag]++;
  counters.byEffort[effort]++;
}

/** A bank works from `from` to `until`. Calls come in the order of `from`. */
export function countBusy(counters: Counters, bank: number, from: number, until: number): void {
  const own = counters.busyUntilOf[bank];
  if (until > own) {
    counters.bankBusyClocks += until - (own > from ? own : from);
    counters.busyUntilOf[bank] = until;
  }
  const any = counters.busyUntil;
  if (until > any) {
    counters.busyClocks += until - (any > from ? any : from);
    counters.busyUntil = until;
  }
}
