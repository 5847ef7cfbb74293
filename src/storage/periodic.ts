import type { Supports } from '../sparsity/supports.js';
import type { ElementArray, Precision } from '../tensor/precision.js';
import { bytesOf, viewElements } from '../tensor/precision.js';
import type { LayerDescriptor, StorageFormat, TileSize, WeightTile } from './format.js';

/**
 * Only the taps that exist, and one table of the period's patterns per layer: periodic supports need no other index,
 * since kernel (o, c) has pattern (o + c) mod P (Kundu et al., IEEE TC 2020).
 *
 * Table: P rows of k*k bits, row after row, first tap in the lowest bit of the first byte; ceil(P * k*k / 8) bytes.
 */
export const periodic: StorageFormat = {
  name: 'periodic',
  description:
    'Only the taps that exist, packed; one table of P patterns (P*k*k bits) per layer.\nThe array reads the table and streams no absent tap.',
  exposesSupports: true,
  refusal: (supports) =>
    supports.assignment.kind === 'per-kernel'
      ? 'each kernel has a support of its own; periodic storage holds supports that repeat over the channels'
      : undefined,
  encodeTable,
  tableBytes: (supports) => Math.ceil((supports.patterns.length * supports.taps) / 8),
  tileSize,
  encodeTile,
  decodeTile,
};

function encodeTable(supports: Supports): Uint8Array {
  const { patterns, taps } = supports;
  const table = new Uint8Array(Math.ceil((patterns.length * taps) / 8));
  patterns.forEach((pattern, row) => {
    for (let tap = 0; tap < taps; tap++) {
      const bit = row * taps + tap;
      table[bit >> 3] |= pattern[tap] << (bit & 7);
    }
  });
  return table;
}

/** The taps of each slot, as `encodeTable` wrote them. */
function decodeTable(table: Uint8Array, period: number, taps: number): Uint8Array[] {
  return Array.from({ length: period }, (_, row) => {
    const existing: number[] = [];
    for (let tap = 0; tap < taps; tap++) {
      const bit = row * taps + tap;
      if ((table[bit >> 3] >> (bit & 7)) & 1) existing.push(tap);
    }
    return Uint8Array.from(existing);
  });
}

function tapsBySlot(supports: Supports): Uint8Array[] {
  return decodeTable(encodeTable(supports), supports.patterns.length, supports.taps);
}

/** Taps of each slot; supports are immutable, and a search asks for the sizes of many tiles. */
const knownSlotSizes = new WeakMap<Supports, readonly number[]>();

function slotSizes(supports: Supports): readonly number[] {
  const sizes =
    knownSlotSizes.get(supports) ??
    supports.patterns.map((pattern) => pattern.reduce((sum, tap) => sum + tap, 0));
  knownSlotSizes.set(supports, sizes);
  return sizes;
}

function tileSize(supports: Supports, tile: WeightTile, precision: Precision): TileSize {
  const period = supports.patterns.length;
  const sizes = slotSizes(supports);
  const fullPeriods = Math.floor(tile.channelCount / period);
  const perPeriod = sizes.reduce((sum, size) => sum + size, 0);
  let values = tile.filterCount * fullPeriods * perPeriod;
  for (let filter = 0; filter < tile.filterCount; filter++) {
    for (let channel = fullPeriods * period; channel < tile.channelCount; channel++) {
      values += sizes[(tile.filterStart + filter + tile.channelStart + channel) % period];
    }
  }
  return { valueBytes: values * bytesOf(precision), indexBytes: 0 };
}

function encodeTile(
  weights: ElementArray,
  supports: Supports,
  tile: WeightTile,
  precision: Precision,
  out: Uint8Array,
): void {
  const slots = tapsBySlot(supports);
  const period = slots.length;
  const packed = alignedScratch(precision, out);
  let next = 0;
  for (let filter = 0; filter < tile.filterCount; filter++) {
    const o = tile.filterStart + filter;
    for (let channel = 0; channel < tile.channelCount; channel++) {
      const c = tile.channelStart + channel;
      const existing = slots[(o + c) % period];
      const kernel = (o * supports.channels + c) * supports.taps;
      for (let i = 0; i < existing.length; i++) packed.elements[next++] = weights[kernel + existing[i]];
    }
  }
  packed.flush(next * bytesOf(precision));
}

function decodeTile(
  bytes: Uint8Array,
  table: Uint8Array,
  descriptor: LayerDescriptor,
  tile: WeightTile,
  out: ElementArray,
): void {
  const { period, taps, precision } = descriptor;
  const slots = decodeTable(table, period, taps);
  const { elements } = alignedScratch(precision, bytes);
  out.fill(0, 0, tile.filterCount * tile.channelCount * taps);
  let next = 0;
  let kernel = 0;
  for (let filter = 0; filter < tile.filterCount; filter++) {
    let slot = (tile.filterStart + filter + tile.channelStart) % period;
    for (let channel = 0; channel < tile.channelCount; channel++) {
      const existing = slots[slot];
      for (let i = 0; i < existing.length; i++) out[kernel + existing[i]] = elements[next++];
      kernel += taps;
      if (++slot === period) slot = 0;
    }
  }
}

/** Elements on `bytes` where its address allows it, otherwise on a copy that `flush` writes back. */
function alignedScratch(
  precision: Precision,
  bytes: Uint8Array,
): { elements: ElementArray; flush: (length: number) => void } {
  const size = bytesOf(precision);
  const length = Math.floor(bytes.byteLength / size);
  if (bytes.byteOffset % size === 0 && bytes.buffer instanceof ArrayBuffer) {
    return {
      elements: viewElements(precision, bytes.buffer, bytes.byteOffset, length),
      flush: () => undefined,
    };
  }
  const copy = bytes.slice(0, length * size);
  return {
    elements: viewElements(precision, copy.buffer, 0, length),
    flush: (used) => bytes.set(copy.subarray(0, used)),
  };
}
