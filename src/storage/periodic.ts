import { bytesOf } from '../tensor/precision.js';
import { elementsOn } from './elementBytes.js';
import { describeLayer, noDecoding } from './format.js';
import type { LayerStorage, StorageFormat, StorageLayer } from './format.js';
import { encodePatterns, tapsOfPatterns } from './patternTable.js';

/**
 * Only the taps that exist, and one table of the period's patterns per layer: periodic supports need no other index,
 * since kernel (o, c) has pattern (o + c) mod P (Kundu et al., IEEE TC 2020).
 *
 * Table: P rows of k*k bits (`patternTable`). Values in order filter, channel, tap.
 */
export const periodic: StorageFormat = {
  name: 'periodic',
  description:
    'Only the taps that exist, packed; one table of P patterns (P*k*k bits) per layer.\nThe array reads the table and streams no absent tap.',
  needsWeights: false,
  refusal: ({ supports }) =>
    supports.assignment.kind === 'per-kernel'
      ? 'each kernel has a support of its own; periodic storage holds supports that repeat over the channels'
      : undefined,
  prepare,
  decodeTile: (bytes, table, { period, taps, precision }, tile, _size, out) => {
    const slots = tapsOfPatterns(table, period, taps);
    const { elements } = elementsOn(precision, bytes);
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
  },
};

function prepare(layer: StorageLayer): LayerStorage {
  const { supports, precision } = layer;
  if (periodic.refusal(layer) !== undefined)
    throw new Error('periodic storage of supports that do not repeat');
  const table = encodePatterns(supports.patterns, supports.taps);
  const period = supports.patterns.length;
  const slots = tapsOfPatterns(table, period, supports.taps);
  const perPeriod = slots.reduce((sum, { length }) => sum + length, 0);
  return {
    format: periodic,
    descriptor: describeLayer(layer),
    supports,
    repeats: period,
    streamed: supports,
    readsPatternTable: supports.assignment.kind === 'periodic',
    table,
    tileSize: ({ filterStart, filterCount, channelStart, channelCount }) => {
      const fullPeriods = Math.floor(channelCount / period);
      let values = filterCount * fullPeriods * perPeriod;
      for (let filter = filterStart; filter < filterStart + filterCount; filter++) {
        for (let channel = fullPeriods * period; channel < channelCount; channel++) {
          values += slots[(filter + channelStart + channel) % period].length;
        }
      }
      return { valueBytes: values * bytesOf(precision), positionBytes: 0, pointerBytes: 0 };
    },
    encodeTile: (weights, tile, out) => {
      const packed = elementsOn(precision, out);
      let next = 0;
      for (let filter = tile.filterStart; filter < tile.filterStart + tile.filterCount; filter++) {
        let kernel = (filter * supports.channels + tile.channelStart) * supports.taps;
        let slot = (filter + tile.channelStart) % period;
        for (let channel = 0; channel < tile.channelCount; channel++) {
          const existing = slots[slot];
          for (let i = 0; i < existing.length; i++) packed.elements[next++] = weights[kernel + existing[i]];
          kernel += supports.taps;
          if (++slot === period) slot = 0;
        }
      }
      packed.flush(next * bytesOf(precision));
    },
    decodeWork: () => noDecoding,
  };
}
