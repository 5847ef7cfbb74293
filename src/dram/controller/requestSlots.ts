/** The requests that a channel has taken: slots in flat arrays, and lists of slots by bank. */
export interface RequestSlots {
  readonly bank: Int32Array;
  readonly row: Int32Array;
  /** 1 for a write. */
  readonly isWrite: Uint8Array;
  readonly tag: Uint8Array;
  readonly batch: Int32Array;
  /** Number of the burst in the address space. */
  readonly burst: Uint32Array;
  /** Clock of entering the channel. */
  readonly entered: Float64Array;
  /** Clock of entering the bank's queue, after which commands go out for it, and its number in that order. */
  readonly queued: Float64Array;
  readonly order: Float64Array;
  /** What it took so far to open its row: nothing, an activate, a precharge as well. */
  readonly effort: Uint8Array;
  /** The first of the reads that have joined it, or -1; see `joins`. */
  readonly joined: Int32Array;
  /** The one after it in its list, or -1. */
  readonly next: Int32Array;
  readonly free: Int32Array;
  taken: number;
  /** So many requests are here for bursts whose numbers end alike. */
  readonly alike: Uint16Array;
}

/** Of a burst's number, what `alike` goes by. */
export const alikeMask = 4095;

export function createRequestSlots(size: number): RequestSlots {
  return {
    bank: new Int32Array(size),
    row: new Int32Array(size),
    isWrite: new Uint8Array(size),
    tag: new Uint8Array(size),
    batch: new Int32Array(size),
    burst: new Uint32Array(size),
    entered: new Float64Array(size),
    queued: new Float64Array(size),
    order: new Float64Array(size),
    effort: new Uint8Array(size),
    joined: new Int32Array(size).fill(-1),
    next: new Int32Array(size).fill(-1),
    free: Int32Array.from({ length: size }, (_, slot) => size - 1 - slot),
    taken: 0,
    alike: new Uint16Array(alikeMask + 1),
  };
}

/** Takes a slot, which there must be. */
export function takeSlot(
  slots: RequestSlots,
  isWrite: boolean,
  bank: number,
  row: number,
  burst: number,
  tag: number,
  batch: number,
  clock: number,
): number {
  const slot = slots.free[slots.free.length - ++slots.taken];
  slots.bank[slot] = bank;
  slots.row[slot] = row;
  slots.isWrite[slot] = isWrite ? 1 : 0;
  slots.tag[slot] = tag;
  slots.batch[slot] = batch;
  slots.burst[slot] = burst;
  slots.entered[slot] = clock;
  slots.effort[slot] = 0;
  slots.next[slot] = -1;
  slots.alike[burst & alikeMask]++;
  return slot;
}

export function freeSlot(slots: RequestSlots, slot: number): void {
  slots.alike[slots.burst[slot] & alikeMask]--;
  slots.free[slots.free.length - slots.taken--] = slot;
}

/** Whether there is a request for this burst, or one that looks alike. */
export function mayHold(slots: RequestSlots, burst: number): boolean {
  return slots.alike[burst & alikeMask] > 0;
}

/** Whether there is a second request for the burst of one that is here, or one that looks alike. */
export function mayHoldTwice(slots: RequestSlots, burst: number): boolean {
  return slots.alike[burst & alikeMask] > 1;
}

/** The request for a burst in a list, or -1. */
export function findInList(slots: RequestSlots, first: number, burst: number, isWrite: number): number {
  let slot = first;
  while (slot >= 0 && (slots.burst[slot] !== burst || slots.isWrite[slot] !== isWrite)) {
    slot = slots.next[slot];
  }
  return slot;
}

/** A list of slots for each bank. */
export interface BankLists {
  length: number;
  readonly first: Int32Array;
  readonly last: Int32Array;
}

export function createBankLists(banks: number): BankLists {
  return { length: 0, first: new Int32Array(banks).fill(-1), last: new Int32Array(banks).fill(-1) };
}

export function appendToList(slots: RequestSlots, lists: BankLists, slot: number): void {
  const bank = slots.bank[slot];
  if (lists.first[bank] < 0) lists.first[bank] = slot;
  else slots.next[lists.last[bank]] = slot;
  lists.last[bank] = slot;
  lists.length++;
}

/** Takes the first slot off a bank's list, which there must be. */
export function takeFromList(slots: RequestSlots, lists: BankLists, bank: number): number {
  const slot = lists.first[bank];
  lists.first[bank] = slots.next[slot];
  slots.next[slot] = -1;
  lists.length--;
  return slot;
}
