/** Where a tile is found or put. */
export interface Placement {
  readonly slot: number;
  /** The tile was there already. */
  readonly resident: boolean;
  /** What was pushed out, if anything. */
  readonly evicted: number | undefined;
}

/** Which tiles a tensor's slots in a buffer hold, each known by a number of its own; the least recently used one gives way. */
export interface Residency {
  place(tile: number): Placement;
  /** Forgets a tile whose content is no longer needed. */
  release(tile: number): void;
}

export function createResidency(slots: number): Residency {
  const held: Array<number | undefined> = new Array<number | undefined>(slots).fill(undefined);
  const lastUse = new Float64Array(slots).fill(-1);
  let clock = 0;
  return {
    place(tile) {
      clock++;
      const found = held.indexOf(tile);
      if (found >= 0) {
        lastUse[found] = clock;
        return { slot: found, resident: true, evicted: undefined };
      }
      let slot = 0;
      for (let candidate = 1; candidate < slots; candidate++) {
        if (lastUse[candidate] < lastUse[slot]) slot = candidate;
      }
      const evicted = held[slot];
      held[slot] = tile;
      lastUse[slot] = clock;
      return { slot, resident: false, evicted };
    },
    release(tile) {
      const slot = held.indexOf(tile);
      if (slot < 0) return;
      held[slot] = undefined;
      lastUse[slot] = -1;
    },
  };
}
