/** What one kind of request (a tensor's, in a layer) did. */
export interface TaggedActivity {
  readonly reads: number;
  readonly writes: number;
  readonly activates: number;
}

/** What a DRAM did in some stretch of time, all channels together. Exact integers. */
export interface DramActivity {
  /** The stretch itself, in DRAM clocks. */
  readonly clocks: number;
  /** Commands. Every activated row is precharged once, by its own command, by an automatic one or with all others. */
  readonly activates: number;
  readonly precharges: number;
  readonly reads: number;
  readonly writes: number;
  readonly refreshes: number;
  readonly bankRefreshes: number;
  /** Reads and writes whose row was open; that found their bank closed; that had another row closed first. Together all of them. */
  readonly rowHits: number;
  readonly rowMisses: number;
  readonly rowConflicts: number;
  /** Reads that were answered from a write that still waited: without a command. */
  readonly forwarded: number;
  /** Requests that joined one of their kind that waited for the same burst: without a command, too. */
  readonly merged: number;
  /** Of all reads with a command, from entering the controller's queue to the last data: the sum, and the longest. */
  readonly readLatencyClocks: number;
  readonly longestReadLatencyClocks: number;
  /** Clocks of all ranks together, by state; their sum is `clocks` x ranks x channels. */
  readonly activeStandbyClocks: number;
  readonly prechargeStandbyClocks: number;
  readonly activePowerDownClocks: number;
  readonly prechargePowerDownClocks: number;
  /** Clocks of all channels in which at least one bank works on a command or its data, and of all banks together. */
  readonly busyClocks: number;
  readonly bankBusyClocks: number;
  /** Clocks of all channels in which data stand on the bus. */
  readonly dataClocks: number;
  /** By the tag of the request that needed the command. */
  readonly tagged: readonly TaggedActivity[];
}

/** What happened from one moment to a later one; the longest latency is the one that the later knows. */
export function activityBetween(before: DramActivity, after: DramActivity): DramActivity {
  return {
    ...combine(after, before, -1),
    longestReadLatencyClocks: after.longestReadLatencyClocks,
  };
}

/** What happened in several stretches together. */
export function addActivity(all: readonly DramActivity[]): DramActivity {
  return all.reduce((sum, each) => ({
    ...combine(sum, each, 1),
    longestReadLatencyClocks: Math.max(sum.longestReadLatencyClocks, each.longestReadLatencyClocks),
  }));
}

function combine(
  a: DramActivity,
  b: DramActivity,
  sign: 1 | -1,
): Omit<DramActivity, 'longestReadLatencyClocks'> {
  return {
    clocks: a.clocks + sign * b.clocks,
    activates: a.activates + sign * b.activates,
    precharges: a.precharges + sign * b.precharges,
    reads: a.reads + sign * b.reads,
    writes: a.writes + sign * b.writes,
    refreshes: a.refreshes + sign * b.refreshes,
    bankRefreshes: a.bankRefreshes + sign * b.bankRefreshes,
    rowHits: a.rowHits + sign * b.rowHits,
    rowMisses: a.rowMisses + sign * b.rowMisses,
    rowConflicts: a.rowConflicts + sign * b.rowConflicts,
    forwarded: a.forwarded + sign * b.forwarded,
    merged: a.merged + sign * b.merged,
    readLatencyClocks: a.readLatencyClocks + sign * b.readLatencyClocks,
    activeStandbyClocks: a.activeStandbyClocks + sign * b.activeStandbyClocks,
    prechargeStandbyClocks: a.prechargeStandbyClocks + sign * b.prechargeStandbyClocks,
    activePowerDownClocks: a.activePowerDownClocks + sign * b.activePowerDownClocks,
    prechargePowerDownClocks: a.prechargePowerDownClocks + sign * b.prechargePowerDownClocks,
    busyClocks: a.busyClocks + sign * b.busyClocks,
    bankBusyClocks: a.bankBusyClocks + sign * b.bankBusyClocks,
    dataClocks: a.dataClocks + sign * b.dataClocks,
    tagged: a.tagged.map((tag, index) => ({
      reads: tag.reads + sign * b.tagged[index].reads,
      writes: tag.writes + sign * b.tagged[index].writes,
      activates: tag.activates + sign * b.tagged[index].activates,
    })),
  };
}
