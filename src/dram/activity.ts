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
