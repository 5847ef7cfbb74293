import type { ElementArray } from '../tensor/precision.js';
import { existingTaps } from './existingTaps.js';
import { noDecoding } from './format.js';
import type { WeightTile } from './format.js';
import { encodePatterns, tapsOfPatterns } from './patternTable.js';
import { periodCopies, stridedCopy } from './periodCopies.js';
import type { PeriodCopies } from './periodCopies.js';
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
 * Moves a tile's values out of the dense weights or back into them. Kernels P channels apart have the same taps, so a row
 * of kernels is a few strided copies and no kernel's pattern is looked up.
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
  const bySlot: PeriodCopies[] = [];
  let packedAt = 0;
  for (let filter = 0; filter < tile.filterCount; filter++) {
    const firstSlot = (tile.filterStart + filter + tile.channelStart) % period;
    const row = ((dense.firstFilter + filter) * dense.channels + dense.firstChannel) * taps * size;
    if (wholePeriods > 0) {
      bySlot[firstSlot] ??= periodCopies(slots, firstSlot, taps, size);
      const { copies, denseBytes, packedBytes } = bySlot[firstSlot];
      for (let i = 0; i < copies.length; i += 3) {
        const width = copies[i];
        const there = row + copies[i + 1];
        const here = packedAt + copies[i + 2];
        if (direction === 'gather')
          stridedCopy(width, denseView, there, denseBytes, packedView, here, packedBytes, wholePeriods);
        else stridedCopy(width, packedView, here, packedBytes, denseView, there, denseBytes, wholePeriods);
      }
      packedAt += wholePeriods * packedBytes;
    }
    for (let channel = wholePeriods * period; channel < tile.channelCount; channel++) {
      const existing = slots[(firstSlot + channel) % period];
      const kernel = row / size + channel * taps;
      for (let i = 0; i < existing.length; i++) {
        if (direction === 'gather') packed[packedAt / size] = dense.elements[kernel + existing[i]];
        else dense.elements[kernel + existing[i]] = packed[packedAt / size];
        packedAt += size;
      }
    }
  }
}

function viewOf({ buffer, byteOffset, byteLength }: ElementArray): DataView {
  return new DataView(buffer, byteOffset, byteLength);
}
