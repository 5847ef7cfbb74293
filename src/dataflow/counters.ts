import { tensors } from '../tensor/dataSpace.js';
import type { Tensor } from '../tensor/dataSpace.js';

/** Register files of a PE. */
export const registerTensors = ['ifmap', 'weight', 'psum'] as const;
export type RegisterTensor = (typeof registerTensors)[number];

/** Why a cycle went by without the array streaming operands. */
export const stallCauses = ['weight-load', 'decode', 'ifmap', 'psum', 'drain', 'dram'] as const;
export type StallCause = (typeof stallCauses)[number];

/** What was done to find out where stored values belong. */
export interface DecodeCounts {
  /** Positions read as numbers: column indices, runs, places in a block, pattern ids. */
  entries: number;
  /** Bits of masks looked through. */
  maskBits: number;
  /** Huffman symbols. */
  symbols: number;
}

/** Accesses of one tensor at one SRAM buffer; an element of an index is a byte. A transaction is one port word; energy is charged on it. */
export interface BufferAccess {
  readElements: number;
  writeElements: number;
  readTransactions: number;
  writeTransactions: number;
  readBytes: number;
  writeBytes: number;
}

/** Accesses of one tensor at DRAM. */
export interface DramAccess {
  readBytes: number;
  writeBytes: number;
  readBursts: number;
  writeBursts: number;
}

export interface RegisterAccess {
  reads: number;
  writes: number;
}

/**
 * Buffer accesses as one flat array, so that a pass's accesses are added in one loop:
 * [buffer][tensor][read elements, transactions, bytes, write elements, transactions, bytes].
 */
export type AccessTable = Float64Array;

const fields = 6;
const readOffset = 0;
const writeOffset = 3;

export function createAccessTable(buffers: number): AccessTable {
  return new Float64Array(buffers * tensors.length * fields);
}

export function countRead(
  table: AccessTable,
  buffer: number,
  tensor: Tensor,
  elements: number,
  transactions: number,
  bytes: number,
): void {
  count(table, buffer, tensor, readOffset, elements, transactions, bytes);
}

export function countWrite(
  table: AccessTable,
  buffer: number,
  tensor: Tensor,
  elements: number,
  transactions: number,
  bytes: number,
): void {
  count(table, buffer, tensor, writeOffset, elements, transactions, bytes);
}

function count(
  table: AccessTable,
  buffer: number,
  tensor: Tensor,
  offset: number,
  elements: number,
  transactions: number,
  bytes: number,
): void {
  const at = (buffer * tensors.length + tensors.indexOf(tensor)) * fields + offset;
  table[at] += elements;
  table[at + 1] += transactions;
  table[at + 2] += bytes;
}

/** Adds `times` times every entry of `part` to `total`. */
export function addAccesses(total: AccessTable, part: AccessTable, times: number): void {
  for (let i = 0; i < total.length; i++) total[i] += part[i] * times;
}

/** Words of all tensors read from a buffer. */
export function readTransactions(table: AccessTable, buffer: number): number {
  return transactionsOf(table, buffer, readOffset);
}

/** Words of all tensors written to a buffer. */
export function writeTransactions(table: AccessTable, buffer: number): number {
  return transactionsOf(table, buffer, writeOffset);
}

function transactionsOf(table: AccessTable, buffer: number, offset: number): number {
  let words = 0;
  for (let tensor = 0; tensor < tensors.length; tensor++) {
    words += table[(buffer * tensors.length + tensor) * fields + offset + 1];
  }
  return words;
}

export function bufferAccess(table: AccessTable, buffer: number, tensor: Tensor): BufferAccess {
  const at = (buffer * tensors.length + tensors.indexOf(tensor)) * fields;
  return {
    readElements: table[at],
    readTransactions: table[at + 1],
    readBytes: table[at + 2],
    writeElements: table[at + 3],
    writeTransactions: table[at + 4],
    writeBytes: table[at + 5],
  };
}
