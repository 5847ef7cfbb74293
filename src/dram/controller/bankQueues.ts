import type { RequestSlots } from './requestSlots.js';

/** The requests that commands are chosen for: a short queue for each bank, reads and writes in the order in which they were put there. */
export interface BankQueues {
  readonly depth: number;
  length: number;
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
}

export function createBankQueues(depth: number, banks: number): BankQueues {
  return {
    depth,
    length: 0,
    first: new Int32Array(banks).fill(-1),
    last: new Int32Array(banks).fill(-1),
    lengthOf: new Int32Array(banks),
    writesOf: new Int32Array(banks),
    readHit: new Int32Array(banks).fill(-1),
    writeHit: new Int32Array(banks).fill(-1),
    usedBanks: new Int32Array(banks),
    banksInUse: 0,
    placeOfBank: new Int32Array(banks),
  };
}

/**
 * Puts a request at the end of its bank's queue; `openRow` is the bank's, or -1.
 *
 * @returns whether it is the bank's first, or the first of its direction to the open row
 */
export function insertRequest(
  queues: BankQueues,
  slots: RequestSlots,
  slot: number,
  openRow: number,
): boolean {
  const bank = slots.bank[slot];
  const isFirst = queues.lengthOf[bank]++ === 0;
  if (isFirst) {
    queues.first[bank] = slot;
    queues.placeOfBank[bank] = queues.banksInUse;
    queues.usedBanks[queues.banksInUse++] = bank;
  } else {
    slots.next[queues.last[bank]] = slot;
  }
  queues.last[bank] = slot;
  queues.length++;
  const isWrite = slots.isWrite[slot];
  queues.writesOf[bank] += isWrite;
  if (slots.row[slot] !== openRow) return isFirst;
  const hits = isWrite === 1 ? queues.writeHit : queues.readHit;
  if (hits[bank] >= 0) return false;
  hits[bank] = slot;
  return true;
}

/** Takes a request to the open row out of its bank's queue. */
export function removeRequest(queues: BankQueues, slots: RequestSlots, slot: number, openRow: number): void {
  const { first } = queues;
  const { next } = slots;
  const bank = slots.bank[slot];
  const after = next[slot];
  if (first[bank] === slot) {
    first[bank] = after;
  } else {
    let before = first[bank];
    while (next[before] !== slot) before = next[before];
    next[before] = after;
    if (after < 0) queues.last[bank] = before;
  }
  const isWrite = slots.isWrite[slot];
  queues.writesOf[bank] -= isWrite;
  const left = --queues.lengthOf[bank];
  queues.length--;
  const hits = isWrite === 1 ? queues.writeHit : queues.readHit;
  if (hits[bank] === slot) hits[bank] = findHit(queues, slots, bank, after, openRow, isWrite);
  if (left > 0) return;
  const moved = queues.usedBanks[--queues.banksInUse];
  const place = queues.placeOfBank[bank];
  queues.usedBanks[place] = moved;
  queues.placeOfBank[moved] = place;
}

/** A bank has opened a row. */
export function noteRowOpened(queues: BankQueues, slots: RequestSlots, bank: number, row: number): void {
  const oldest = queues.first[bank];
  queues.readHit[bank] = findHit(queues, slots, bank, oldest, row, 0);
  queues.writeHit[bank] = findHit(queues, slots, bank, oldest, row, 1);
}

/** A bank has closed its row. */
export function noteRowClosed(queues: BankQueues, bank: number): void {
  queues.readHit[bank] = -1;
  queues.writeHit[bank] = -1;
}

/** The oldest request of all, which there must be. */
export function oldestRequest(queues: BankQueues, { order }: RequestSlots): number {
  const { usedBanks, first } = queues;
  let oldest = first[usedBanks[0]];
  for (let i = 1; i < queues.banksInUse; i++) {
    const slot = first[usedBanks[i]];
    if (order[slot] < order[oldest]) oldest = slot;
  }
  return oldest;
}

/** The first request of a direction for a row from a slot on. */
export function findHit(
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
