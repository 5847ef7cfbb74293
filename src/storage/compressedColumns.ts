import { patternIndex } from '../sparsity/supports.js';
import type { Supports } from '../sparsity/supports.js';
import { bitReader, bitsFor, bitWriter, bytesForBits } from './bits.js';
import { existingSections, existingTaps } from './existingTaps.js';
import { noDecoding } from './format.js';
import type { WeightTile } from './format.js';
import { sectioned } from './sections.js';

/**
 * Compressed sparse columns of the tile's filter matrix, whose rows are filters and whose columns are channel * k*k + tap:
 * a row of ceil(log2 filters) bits per weight, and channels * k*k + 1 pointers of ceil(log2(weights + 1)) bits that say how
 * many weights come before each column. Order channel, tap, filter.
 */
export const csc = sectioned({
  name: 'csc',
  description:
    'Only the taps that exist, each with its row in the matrix filters x (channels * taps), and column pointers.\nEntries are looked up one after another; the array streams no absent tap.',
  addsZeros: false,
  refusal: () => undefined,
  bind: ({ supports }) => {
    const { taps } = supports;
    const { count } = existingTaps(supports);
    return {
      ...existingSections(supports),
      positionBytes: (tile) => bytesForBits(count(tile) * bitsFor(tile.filterCount)),
      pointerBytes: (tile) => bytesForBits((tile.channelCount * taps + 1) * bitsFor(count(tile) + 1)),
      gather: (weights, tile, values) => {
        let next = 0;
        forEachWeightByColumn(supports, tile, (filter, column) => {
          const row = (filter * supports.channels + tile.channelStart) * taps;
          values[next++] = weights[row + column];
        });
      },
      writePositions: (tile, out) => {
        const width = bitsFor(tile.filterCount);
        const writer = bitWriter(out);
        forEachWeightByColumn(supports, tile, (filter) => {
          writer.write(filter - tile.filterStart, width);
        });
      },
      writePointers: (tile, out) => {
        const before = new Uint32Array(tile.channelCount * taps + 1);
        forEachWeightByColumn(supports, tile, (_filter, column) => {
          before[column + 1]++;
        });
        const width = bitsFor(count(tile) + 1);
        const writer = bitWriter(out);
        for (let column = 0; column < before.length; column++) {
          if (column > 0) before[column] += before[column - 1];
          writer.write(before[column], width);
        }
      },
      decodeWork: (tile) => ({ ...noDecoding, entries: count(tile), serialSteps: count(tile) }),
    };
  },
  scatter: ({ values, count, positions, pointers }, { taps }, tile, out) => {
    const columns = tile.channelCount * taps;
    const width = bitsFor(tile.filterCount);
    const pointerWidth = bitsFor(count + 1);
    const rows = bitReader(positions);
    const ends = bitReader(pointers, pointerWidth);
    let next = 0;
    for (let column = 0; column < columns; column++) {
      const end = Math.min(ends.read(pointerWidth), count);
      for (; next < end; next++) out[rows.read(width) * columns + column] = values[next];
    }
  },
});

/** @param visit gets the filter and the column within the tile */
function forEachWeightByColumn(
  supports: Supports,
  { filterStart, filterCount, channelStart, channelCount }: WeightTile,
  visit: (filter: number, column: number) => void,
): void {
  const { taps, patterns } = supports;
  for (let channel = 0; channel < channelCount; channel++) {
    const ofFilters = Array.from(
      { length: filterCount },
      (_, filter) => patterns[patternIndex(supports, filterStart + filter, channelStart + channel)],
    );
    for (let tap = 0; tap < taps; tap++) {
      for (let filter = 0; filter < filterCount; filter++) {
        if (ofFilters[filter][tap] !== 0) visit(filterStart + filter, channel * taps + tap);
      }
    }
  }
}
