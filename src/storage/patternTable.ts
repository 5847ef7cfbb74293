import { bytesForBits } from './bits.js';

/** Rows of k*k bits, row after row, first tap in the lowest bit of the first byte; ceil(rows * k*k / 8) bytes. */
export function encodePatterns(patterns: readonly Uint8Array[], taps: number): Uint8Array {
  const table = new Uint8Array(bytesForBits(patterns.length * taps));
  patterns.forEach((pattern, row) => {
    for (let tap = 0; tap < taps; tap++) {
      const bit = row * taps + tap;
      table[bit >> 3] |= pattern[tap] << (bit & 7);
    }
  });
  return table;
}

/** The taps of each row of a table, ascending. */
export function tapsOfPatterns(table: Uint8Array, rows: number, taps: number): Uint16Array[] {
  return Array.from({ length: rows }, (_, row) => {
    const existing: number[] = [];
    for (let tap = 0; tap < taps; tap++) {
      const bit = row * taps + tap;
      if ((table[bit >> 3] >> (bit & 7)) & 1) existing.push(tap);
    }
    return new Uint16Array(existing);
  });
}
