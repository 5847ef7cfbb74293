import type { ElementArray } from '../tensor/precision.js';
import { existingTaps } from './existingTaps.js';
import { noDecoding } from './format.js';
import type { WeightTile } from './format.js';
import { encodePatterns, tapsOfPatterns } from './patternTable.js';
import { copyGrid, joinGrid, periodCopies, splitGrid } from './periodCopies.js';
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
        const dense = { elements: weights, channels: supports.channels, firstFilter: tile.filterStart };
        move('gather', ofPattern, supports.taps, { ...dense, firstChannel: tile.channelStart }, values, tile);
      },
      decodeWork: () => noDecoding,
    };
  },
  tapRows: (table, { period, taps }) => tapsOfPatterns(table, period, taps),
  scatter: ({ values, table }, { period, taps }, tile, out) => {
    const dense = { elements: out, channels: tile.channelCount, firstFilter: 0, firstChannel: 0 };
    move('scatter', tapsOfPatterns(table, period, taps), taps, dense, values, tile);
  },
});

/** Dense weights and the place of a tile's first kernel among them. */
interface DenseWeights {
  readonly elements: ElementArray;
  readonly channels: number;
  readonly firstFilter: number;
  readonly firstChannel: number;
}

/**
 * Moves a tile's values out of the dense weights or back into them. Kernels P channels or P filters apart have the same
 * taps, so what is alike is moved as a grid, and no kernel's pattern is looked up.
 */
function move(
  direction: 'gather' | 'scatter',
  slots: readonly Uint16Array[],
  taps: number,
  dense: DenseWeights,
  packed: ElementArray,
  tile: WeightTile,
): void {
  const period = slots.length;
  const size = packed.BYTES_PER_ELEMENT;
  const denseView = viewOf(dense.elements);
  const packedView = viewOf(packed);
  const wholePeriods = Math.floor(tile.channelCount / period);
  const perPeriod = slots.reduce((sum, { length }) => sum + length, 0);
  const denseRow = dense.channels * taps;
  // P rows below each other have every channel in every slot once.
  const packedRows = tile.channelCount * perPeriod;
  let packedAt = 0;
  for (let filter = 0; filter < Math.min(period, tile.filterCount); filter++) {
    const firstSlot = (tile.filterStart + filter + tile.channelStart) % period;
    const rows = Math.ceil((tile.filterCount - filter) / period);
    const denseAt = (dense.firstFilter + filter) * denseRow + dense.firstChannel * taps;
    if (wholePeriods > 0) {
      const { copies, denseBytes, packedBytes } = periodCopies(slots, firstSlot, taps, size);
      for (let i = 0; i < copies.length; i += 4) {
        const there = {
          view: denseView,
          start: denseAt * size + copies[i + 1],
          rowStep: period * denseRow * size,
          columnStep: denseBytes,
        };
        const here = {
          view: packedView,
          start: packedAt * size + copies[i + 3],
          rowStep: packedRows * size,
          columnStep: packedBytes,
        };
        const distance = copies[i + 2] - copies[i + 1];
        const isSplit = copies[i + 2] >= 0;
        if (direction === 'gather') {
          if (isSplit) joinGrid(there, here, distance, rows, wholePeriods);
          else copyGrid(copies[i], there, here, rows, wholePeriods);
        } else if (isSplit) {
          splitGrid(here, there, distance, rows, wholePeriods);
        } else {
          copyGrid(copies[i], here, there, rows, wholePeriods);
        }
      }
      packedAt += wholePeriods * perPeriod;
    }
    for (let channel = wholePeriods * period; channel < tile.channelCount; channel++) {
      const existing = slots[(firstSlot + channel) % period];
      for (let row = 0; row < rows; row++) {
        const kernel = denseAt + row * period * denseRow + channel * taps;
        const values = packedAt + row * packedRows;
        for (let i = 0; i < existing.length; i++) {
          if (direction === 'gather') packed[values + i] = dense.elements[kernel + existing[i]];
          else dense.elements[kernel + existing[i]] = packed[values + i];
        }
      }
      packedAt += existing.length;
    }
  }
}

function viewOf({ buffer, byteOffset, byteLength }: ElementArray): DataView {
  return new DataView(buffer, byteOffset, byteLength);
}
