/**
 * The requests of one direction that a channel's controller chooses among: slots in flat arrays, chained by bank in the order in
 * which they came.
 */
export interface RequestQueue {
  readonly size: number;
  readonly bank: Int32Array;
  readonly row: Int32Array;
  readonly column: Int32Array;
  readonly tag: Uint8Array;
  readonly batch: Int32Array;
  /** Number of the burst in the address space. */
  readonly burst: Float64Array;
  /** Requests are numbered in the order in which they enter. */
  readonly order: Float64Array;
  /** Clock of entering; commands for it go out after that. */
  readonly entered: Float64Array;
  /** What it took so far to open its row: nothing, an activate, a precharge as well. */
  readonly effort: Uint8Array;
  /** Per bank, the slot of the oldest request, or -1; and the slot after each. */
  readonly oldest: Int32Array;
  readonly next: Int32Array;
  /** Per bank, the slot of the oldest request to the open row, or -1. */
  readonly hit: Int32Array;
  /** The banks that have requests, in no order: the first `banksInUse()` entries. */
  readonly usedBanks: Int32Array;
  banksInUse(): number;
  length(): number;
  /** @returns the slot; `openRow` is that of the bank, or -1 */
  insert(
    bank: number,
    row: number,
    column: number,
    burst: number,
    tag: number,
    batch: number,
    order: number,
    clock: number,
    openRow: number,
  ): number;
  remove(slot: number, openRow: number): void;
  /** Looks up the oldest request for a row that has just been opened. */
  rowOpened(bank: number, row: number): void;
  rowClosed(bank: number): void;
  /** Whether a request for this burst waits. */
  holds(burst: number): boolean;
}

/** So many counters of waiting bursts, chosen by the lowest bits of their numbers, make most look-ups one read. */
const filterSize = 1024;

export function createRequestQueue(size: number, banks: number): RequestQueue {
  const bankOf = new Int32Array(size);
  const rowOf = new Int32Array(size);
  const columnOf = new Int32Array(size);
  const tagOf = new Uint8Array(size);
  const batchOf = new Int32Array(size);
  const burstOf = new Float64Array(size);
  const orderOf = new Float64Array(size);
  const enteredAt = new Float64Array(size);
  const effort = new Uint8Array(size);
  const next = new Int32Array(size).fill(-1);
  const oldest = new Int32Array(banks).fill(-1);
  const youngest = new Int32Array(banks).fill(-1);
  const hit = new Int32Array(banks).fill(-1);
  const usedBanks = new Int32Array(banks);
  const placeOfBank = new Int32Array(banks).fill(-1);
  const free = Int32Array.from({ length: size }, (_, slot) => size - 1 - slot);
  const isTaken = new Uint8Array(size);
  const waiting = new Uint16Array(filterSize);
  let freeSlots = size;
  let banksInUse = 0;

  const firstForRow = (from: number, row: number): number => {
    let slot = from;
    while (slot >= 0 && rowOf[slot] !== row) slot = next[slot];
    return slot;
  };
  const unlink = (slot: number, bank: number): void => {
    const after = next[slot];
    if (oldest[bank] === slot) {
      oldest[bank] = after;
      if (after < 0) {
        youngest[bank] = -1;
        const place = placeOfBank[bank];
        const moved = usedBanks[--banksInUse];
        usedBanks[place] = moved;
        placeOfBank[moved] = place;
        placeOfBank[bank] = -1;
      }
      return;
    }
    let before = oldest[bank];
    while (next[before] !== slot) before = next[before];
    next[before] = after;
    if (after < 0) youngest[bank] = before;
  };

  return {
    size,
    bank: bankOf,
    row: rowOf,
    column: columnOf,
    tag: tagOf,
    batch: batchOf,
    burst: burstOf,
    order: orderOf,
    entered: enteredAt,
    effort,
    oldest,
    next,
    hit,
    usedBanks,
    banksInUse: () => banksInUse,
    length: () => size - freeSlots,
    insert(bank, row, column, burst, tag, batch, order, clock, openRow) {
      const slot = free[--freeSlots];
      bankOf[slot] = bank;
      rowOf[slot] = row;
      columnOf[slot] = column;
      burstOf[slot] = burst;
      tagOf[slot] = tag;
      batchOf[slot] = batch;
      orderOf[slot] = order;
      enteredAt[slot] = clock;
      effort[slot] = 0;
      isTaken[slot] = 1;
      next[slot] = -1;
      waiting[burst % filterSize]++;
      if (oldest[bank] < 0) {
        oldest[bank] = slot;
        placeOfBank[bank] = banksInUse;
        usedBanks[banksInUse++] = bank;
      } else {
        next[youngest[bank]] = slot;
      }
      youngest[bank] = slot;
      if (hit[bank] < 0 && row === openRow) hit[bank] = slot;
      return slot;
    },
    remove(slot, openRow) {
      const bank = bankOf[slot];
      if (hit[bank] === slot) hit[bank] = firstForRow(next[slot], openRow);
      unlink(slot, bank);
      waiting[burstOf[slot] % filterSize]--;
      isTaken[slot] = 0;
      free[freeSlots++] = slot;
    },
    rowOpened(bank, row) {
      hit[bank] = firstForRow(oldest[bank], row);
    },
    rowClosed(bank) {
      hit[bank] = -1;
    },
    holds(burst) {
      if (waiting[burst % filterSize] === 0) return false;
      for (let slot = 0; slot < size; slot++) if (isTaken[slot] === 1 && burstOf[slot] === burst) return true;
      return false;
    },
  };
}
