/** How long a channel's ranks were in which state, for their background energy. */
export interface Standby {
  /** A bank of a rank opens, or closes for good at `clock`, which may lie ahead where a row closes by itself. */
  opened(rank: number, clock: number): void;
  closes(rank: number, clock: number): void;
  /** The rank spent this stretch in power-down. */
  poweredDown(rank: number, from: number, to: number): void;
  isActive(rank: number): boolean;
  /** Clocks until `clock`. Nothing may happen before it any more. */
  activeClocks(rank: number, clock: number): number;
  readonly activePowerDownClocks: Float64Array;
  readonly prechargePowerDownClocks: Float64Array;
}

export function createStandby(ranks: number): Standby {
  const openBanks = new Int32Array(ranks);
  const activeFrom = new Float64Array(ranks);
  const activeUntil = new Float64Array(ranks);
  const activeBefore = new Float64Array(ranks);
  const activePowerDownClocks = new Float64Array(ranks);
  const prechargePowerDownClocks = new Float64Array(ranks);
  return {
    activePowerDownClocks,
    prechargePowerDownClocks,
    opened(rank, clock) {
      if (openBanks[rank]++ > 0) return;
      // A row that is still about to close keeps the rank active.
      if (clock <= activeUntil[rank]) return;
      activeBefore[rank] += activeUntil[rank] - activeFrom[rank];
      activeFrom[rank] = clock;
      activeUntil[rank] = clock;
    },
    closes(rank, clock) {
      openBanks[rank]--;
      if (clock > activeUntil[rank]) activeUntil[rank] = clock;
    },
    poweredDown(rank, from, to) {
      const clocks = openBanks[rank] > 0 ? activePowerDownClocks : prechargePowerDownClocks;
      clocks[rank] += to - from;
    },
    isActive: (rank) => openBanks[rank] > 0,
    activeClocks(rank, clock) {
      const until = openBanks[rank] > 0 ? clock : Math.min(clock, activeUntil[rank]);
      return activeBefore[rank] + Math.max(0, until - activeFrom[rank]);
    },
  };
}
