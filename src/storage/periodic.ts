import type { Supports } from '../sparsity/supports.js';
import type { ElementArray } from '../tensor/precision.js';
import { existingTaps } from './existingTaps.js';
import { noDecoding } from './format.js';
import type { WeightTile } from './format.js';
import { encodePatterns, tapsOfPatterns } from './patternTable.js';
import { noSections, sectioned } from './sections.js';

/**
 * Only the taps that exist, and one table of the period's patterns per layer: periodic supports need no other index,
 * since kernel (o, c) has pattern (o + c) mod P (Kundu et al., IEEE TC 2020).
 *
 * Table: P rows of k*k bits (`patternTable`). Values in order filter, channel, tap.
 */
export const periodic = sectioned({
  name: 'periodic',
  description:
    'Only the taps that exist, packed; one table of P patterns (P*k*k bits) per layer.\nThe array reads the table and streams no absent tap.',
  addsZeros: false,
  refusal: ({ supports }) =>
    supports.assignment.kind === 'per-kernel'
      ? 'each kernel has a support of its own; periodic storage holds supports that repeat over the channels'
      : undefined,
  bind: ({ supports }) => {
    const { ofPattern, count } = existingTaps(supports);
    return {
      ...noSections,
      repeats: supports.patterns.length,
      streamed: supports,
      readsPatternTable: supports.assignment.kind === 'periodic',
      table: encodePatterns(supports.patterns, supports.taps),
      valueCount: count,
      gather: (weights, tile, values) => {
        gather(supports, ofPattern, weights, tile, values);
      },
      decodeWork: () => noDecoding,
    };
  },
  scatter: ({ values, table }, { period, taps }, tile, out) => {
    scatter(tapsOfPatterns(table, period, taps), taps, values, tile, out);
  },
});

/** Where the values of each channel of a period begin among the period's, for a row of kernels; the last entry is its length. */
function placesOf(slots: readonly Uint16Array[], firstSlot: number, into: Uint32Array): void {
  const period = slots.length;
  into[0] = 0;
  for (let i = 0; i < period; i++) into[i + 1] = into[i] + slots[(firstSlot + i) % period].length;
}

/**
 * Kernels P channels apart have the same taps, so each slot of the period is one strided copy per tap: no kernel's
 * pattern is looked up, and the loop holds its taps in registers.
 */
function scatter(
  slots: readonly Uint16Array[],
  taps: number,
  values: ElementArray,
  tile: WeightTile,
  out: ElementArray,
): void {
  const period = slots.length;
  const places = new Uint32Array(period + 1);
  const outStep = period * taps;
  let rowValues = 0;
  for (let filter = 0; filter < tile.filterCount; filter++) {
    const firstSlot = (tile.filterStart + filter + tile.channelStart) % period;
    placesOf(slots, firstSlot, places);
    const valueStep = places[period];
    const row = filter * tile.channelCount * taps;
    const rowEnd = row + tile.channelCount * taps;
    const lastPeriod = tile.channelCount % period;
    for (let i = 0; i < period; i++) {
      const existing = slots[(firstSlot + i) % period];
      const first = row + i * taps;
      let tap = 0;
      for (; tap + 4 <= existing.length; tap += 4) {
        const a = existing[tap];
        const b = existing[tap + 1];
        const c = existing[tap + 2];
        const d = existing[tap + 3];
        let from = rowValues + places[i] + tap;
        for (let kernel = first; kernel < rowEnd; kernel += outStep) {
          out[kernel + a] = values[from];
          out[kernel + b] = values[from + 1];
          out[kernel + c] = values[from + 2];
          out[kernel + d] = values[from + 3];
          from += valueStep;
        }
      }
      for (; tap < existing.length; tap++) {
        const a = existing[tap];
        let from = rowValues + places[i] + tap;
        for (let kernel = first; kernel < rowEnd; kernel += outStep) {
          out[kernel + a] = values[from];
          from += valueStep;
        }
      }
    }
    rowValues += Math.floor(tile.channelCount / period) * valueStep + places[lastPeriod];
  }
}

/** The inverse of `scatter`. */
function gather(
  { channels, taps }: Supports,
  slots: readonly Uint16Array[],
  weights: ElementArray,
  tile: WeightTile,
  values: ElementArray,
): void {
  const period = slots.length;
  let next = 0;
  for (let filter = tile.filterStart; filter < tile.filterStart + tile.filterCount; filter++) {
    let kernel = (filter * channels + tile.channelStart) * taps;
    let slot = (filter + tile.channelStart) % period;
    for (let channel = 0; channel < tile.channelCount; channel++) {
      const existing = slots[slot];
      for (let i = 0; i < existing.length; i++) values[next++] = weights[kernel + existing[i]];
      kernel += taps;
      if (++slot === period) slot = 0;
    }
  }
}
