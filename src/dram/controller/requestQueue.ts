/**
 * The requests of one direction that a channel's controller chooses among: slots in flat arrays, chained in the order in which they came,
 * once all together and once by bank.
 */
export interface RequestQueue {
  readonly size: number;
  length: number;
  /** By slot. */
  readonly bank: Int32Array;
  readonly row: Int32Array;
  readonly tag: Uint8Array;
  readonly batch: Int32Array;
  /** Number of the burst in the address space. */
  readonly burst: Float64Array;
  /** Requests of both directions are numbered in the order in which they enter. */
  readonly order: Float64Array;
  /** Clock of entering; commands for it go out after that. */
  readonly entered: Float64Array;
  /** What it took so far to open its row: nothing, an activate, a precharge as well. */
  readonly effort: Uint8Array;
  /** The oldest slot of all, or -1, and neighbours in age. */
  oldest: number;
  youngest: number;
  readonly younger: Int32Array;
  readonly older: Int32Array;
  /** By bank: its oldest and youngest slot, or -1; by slot: the next one of its bank. */
  readonly oldestOf: Int32Array;
  readonly youngestOf: Int32Array;
  readonly next: Int32Array;
  /** By bank: the slot of its oldest request to the open row, or -1. */
  readonly hitOf: Int32Array;
  /** The banks that have requests, in no order. */
  readonly usedBanks: Int32Array;
  banksInUse: number;
  readonly placeOfBank: Int32Array;
  /** How many of these banks have something else to do before their oldest request can be read or written. */
  blockedBanks: number;
  readonly free: Int32Array;
  /** So many requests wait for bursts whose numbers end alike. */
  readonly alike: Uint16Array;
}

const alikeMask = 1023;

export function createRequestQueue(size: number, banks: number): RequestQueue {
  return {
    size,
    length: 0,
    bank: new Int32Array(size),
    row: new Int32Array(size),
    tag: new Uint8Array(size),
    batch: new Int32Array(size),
    burst: new Float64Array(size),
    order: new Float64Array(size),
    entered: new Float64Array(size),
    effort: new Uint8Array(size),
    oldest: -1,
    youngest: -1,
    younger: new Int32Array(size).fill(-1),
    older: new Int32Array(size).fill(-1),
    oldestOf: new Int32Array(banks).fill(-1),
    youngestOf: new Int32Array(banks).fill(-1),
    next: new Int32Array(size).fill(-1),
    hitOf: new Int32Array(banks).fill(-1),
    usedBanks: new Int32Array(banks),
    banksInUse: 0,
    placeOfBank: new Int32Array(banks),
    blockedBanks: 0,
    free: Int32Array.from({ length: size }, (_, slot) => size - 1 - slot),
    alike: new Uint16Array(alikeMask + 1),
  };
}

/** Takes a slot, which there must be, and chains it; `openRow` is that of the bank, or -1. */
export function insertRequest(
  queue: RequestQueue,
  bank: number,
  row: number,
  burst: number,
  openRow: number,
): number {
  const slot = queue.free[queue.size - ++queue.length];
  queue.bank[slot] = bank;
  queue.row[slot] = row;
  queue.burst[slot] = burst;
  queue.effort[slot] = 0;
  queue.alike[burst & alikeMask]++;

  queue.younger[slot] = -1;
  queue.older[slot] = queue.youngest;
  if (queue.youngest < 0) queue.oldest = slot;
  else queue.younger[queue.youngest] = slot;
  queue.youngest = slot;

  queue.next[slot] = -1;
  const before = queue.youngestOf[bank];
  queue.youngestOf[bank] = slot;
  const isHit = row === openRow;
  if (before < 0) {
    queue.oldestOf[bank] = slot;
    queue.placeOfBank[bank] = queue.banksInUse;
    queue.usedBanks[queue.banksInUse++] = bank;
    if (!isHit) queue.blockedBanks++;
  } else {
    queue.next[before] = slot;
  }
  if (isHit && queue.hitOf[bank] < 0) queue.hitOf[bank] = slot;
  return slot;
}

export function removeRequest(queue: RequestQueue, slot: number, openRow: number): void {
  const bank = queue.bank[slot];
  queue.alike[queue.burst[slot] & alikeMask]--;
  const { older, younger, next } = queue;
  if (older[slot] < 0) queue.oldest = younger[slot];
  else younger[older[slot]] = younger[slot];
  if (younger[slot] < 0) queue.youngest = older[slot];
  else older[younger[slot]] = older[slot];

  const wasBlocked = queue.hitOf[bank] !== queue.oldestOf[bank];
  const after = next[slot];
  if (queue.oldestOf[bank] === slot) {
    queue.oldestOf[bank] = after;
    if (after < 0) queue.youngestOf[bank] = -1;
  } else {
    let before = queue.oldestOf[bank];
    while (next[before] !== slot) before = next[before];
    next[before] = after;
    if (after < 0) queue.youngestOf[bank] = before;
  }
  if (queue.hitOf[bank] === slot) queue.hitOf[bank] = firstForRow(queue, after, openRow);
  if (queue.oldestOf[bank] < 0) {
    const moved = queue.usedBanks[--queue.banksInUse];
    const place = queue.placeOfBank[bank];
    queue.usedBanks[place] = moved;
    queue.placeOfBank[moved] = place;
    if (wasBlocked) queue.blockedBanks--;
  } else {
    noteBlocked(queue, bank, wasBlocked);
  }
  queue.free[queue.size - queue.length--] = slot;
}

/** A bank has opened a row. */
export function noteRowOpened(queue: RequestQueue, bank: number, row: number): void {
  if (queue.oldestOf[bank] < 0) return;
  queue.hitOf[bank] = firstForRow(queue, queue.oldestOf[bank], row);
  if (queue.hitOf[bank] === queue.oldestOf[bank]) queue.blockedBanks--;
}

/** A bank has closed its row. */
export function noteRowClosed(queue: RequestQueue, bank: number): void {
  if (queue.oldestOf[bank] < 0) return;
  const wasBlocked = queue.hitOf[bank] !== queue.oldestOf[bank];
  queue.hitOf[bank] = -1;
  noteBlocked(queue, bank, wasBlocked);
}

/** The slot of a request for this burst, or -1. */
export function findBurst(queue: RequestQueue, burst: number): number {
  if (queue.alike[burst & alikeMask] === 0) return -1;
  let slot = queue.oldest;
  while (slot >= 0 && queue.burst[slot] !== burst) slot = queue.younger[slot];
  return slot;
}

function firstForRow(queue: RequestQueue, from: number, row: number): number {
  let slot = from;
  while (slot >= 0 && queue.row[slot] !== row) slot = queue.next[slot];
  return slot;
}

function noteBlocked(queue: RequestQueue, bank: number, wasBlocked: boolean): void {
  const isBlocked = queue.hitOf[bank] !== queue.oldestOf[bank];
  if (isBlocked !== wasBlocked) queue.blockedBanks += isBlocked ? 1 : -1;
}
