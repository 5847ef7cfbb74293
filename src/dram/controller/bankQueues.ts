import type { RequestSlots } from './requestSlots.js';

/** The requests that commands are chosen for: a short queue for each bank, reads and writes in the order in which they were put there. */
export interface BankQueues {
  readonly depth: number;
  length: number;
  reads: number;
  /** The oldest slot of all, or -1, and neighbours in age. */
  oldest: number;
  youngest: number;
  readonly younger: Int32Array;
  readonly older: Int32Array;
  /** By bank: its oldest and youngest slot, or -1, how many it has, and how many of these are writes. */
  readonly first: Int32Array;
  readonly last: Int32Array;
  readonly lengthOf: Int32Array;
  readonly writesOf: Int32Array;
  /** By bank: the oldest read, and write, to the open row, or -1. */
  readonly readHit: Int32Array;
  readonly writeHit: Int32Array;
  /** The banks that have requests, in no order. */
  readonly usedBanks: Int32Array;
  banksInUse: number;
  readonly placeOfBank: Int32Array;
  /** How many of these have to open a row before their oldest request can be served. */
  blockedBanks: number;
}

/** @param slots how many requests there may be */
export function createBankQueues(slots: number, depth: number, banks: number): BankQueues {
  return {
    depth,
    length: 0,
    reads: 0,
    oldest: -1,
    youngest: -1,
    younger: new Int32Array(slots).fill(-1),
    older: new Int32Array(slots).fill(-1),
    first: new Int32Array(banks).fill(-1),
    last: new Int32Array(banks).fill(-1),
    lengthOf: new Int32Array(banks),
    writesOf: new Int32Array(banks),
    readHit: new Int32Array(banks).fill(-1),
    writeHit: new Int32Array(banks).fill(-1),
    usedBanks: new Int32Array(banks),
    banksInUse: 0,
    placeOfBank: new Int32Array(banks),
    blockedBanks: 0,
  };
}

/** Puts a request at the end of its bank's queue; `openRow` is the bank's, or -1. */
export function insertRequest(queues: BankQueues, slots: RequestSlots, slot: number, openRow: number): void {
  const bank = slots.bank[slot];
  queues.younger[slot] = -1;
  queues.older[slot] = queues.youngest;
  if (queues.youngest < 0) queues.oldest = slot;
  else queues.younger[queues.youngest] = slot;
  queues.youngest = slot;
  queues.length++;

  const isHit = slots.row[slot] === openRow;
  if (queues.lengthOf[bank]++ === 0) {
    queues.first[bank] = slot;
    queues.placeOfBank[bank] = queues.banksInUse;
    queues.usedBanks[queues.banksInUse++] = bank;
    if (!isHit) queues.blockedBanks++;
  } else {
    slots.next[queues.last[bank]] = slot;
  }
  queues.last[bank] = slot;
  if (slots.isWrite[slot] === 1) {
    queues.writesOf[bank]++;
    if (isHit && queues.writeHit[bank] < 0) queues.writeHit[bank] = slot;
  } else {
    queues.reads++;
    if (isHit && queues.readHit[bank] < 0) queues.readHit[bank] = slot;
  }
}

/** Takes a request to the open row out of its bank's queue. */
export function removeRequest(queues: BankQueues, slots: RequestSlots, slot: number, openRow: number): void {
  const { older, younger, first } = queues;
  const { next } = slots;
  const bank = slots.bank[slot];
  if (older[slot] < 0) queues.oldest = younger[slot];
  else younger[older[slot]] = younger[slot];
  if (younger[slot] < 0) queues.youngest = older[slot];
  else older[younger[slot]] = older[slot];
  queues.length--;

  const after = next[slot];
  if (first[bank] === slot) {
    first[bank] = after;
    // The oldest was ready, for it was this one; the next one may not be.
    if (after >= 0 && slots.row[after] !== openRow) queues.blockedBanks++;
  } else {
    let before = first[bank];
    while (next[before] !== slot) before = next[before];
    next[before] = after;
    if (after < 0) queues.last[bank] = before;
  }
  if (slots.isWrite[slot] === 1) {
    queues.writesOf[bank]--;
    if (queues.writeHit[bank] === slot)
      queues.writeHit[bank] = findHit(queues, slots, bank, after, openRow, 1);
  } else {
    queues.reads--;
    if (queues.readHit[bank] === slot) queues.readHit[bank] = findHit(queues, slots, bank, after, openRow, 0);
  }
  if (--queues.lengthOf[bank] > 0) return;
  const moved = queues.usedBanks[--queues.banksInUse];
  const place = queues.placeOfBank[bank];
  queues.usedBanks[place] = moved;
  queues.placeOfBank[moved] = place;
}

/** A bank has opened a row. */
export function noteRowOpened(queues: BankQueues, slots: RequestSlots, bank: number, row: number): void {
  const oldest = queues.first[bank];
  if (oldest < 0) return;
  queues.readHit[bank] = findHit(queues, slots, bank, oldest, row, 0);
  queues.writeHit[bank] = findHit(queues, slots, bank, oldest, row, 1);
  if (slots.row[oldest] === row) queues.blockedBanks--;
}

/** A bank has closed its row. */
export function noteRowClosed(queues: BankQueues, slots: RequestSlots, bank: number, row: number): void {
  const oldest = queues.first[bank];
  if (oldest < 0) return;
  queues.readHit[bank] = -1;
  queues.writeHit[bank] = -1;
  if (slots.row[oldest] === row) queues.blockedBanks++;
}

/** The first request of a direction for a row from a slot on. */
function findHit(
  queues: BankQueues,
  slots: RequestSlots,
  bank: number,
  from: number,
  row: number,
  isWrite: number,
): number {
  if (queues.writesOf[bank] === (isWrite === 1 ? 0 : queues.lengthOf[bank])) return -1;
  let slot = from;
  while (slot >= 0 && (slots.row[slot] !== row || slots.isWrite[slot] !== isWrite)) slot = slots.next[slot];
  return slot;
}
