import { bitReader, bitsFor, bitWriter, bytesForBits } from './bits.js';
import { existingSections, existingTaps, forEachKernel } from './existingTaps.js';
import { noDecoding } from './format.js';
import type { WeightTile } from './format.js';
import { sectioned } from './sections.js';

/**
 * Coordinates of the tile's filter matrix, whose rows are filters and whose columns are channel * k*k + tap: a row of
 * ceil(log2 filters) bits and a column of ceil(log2(channels * k*k)) bits per weight, row first. Order filter, channel, tap.
 */
export const coo = sectioned({
  name: 'coo',
  description:
    'Only the taps that exist, each with its row and its column in the matrix filters x (channels * taps).\nEntries are looked up one after another; the array streams no absent tap.',
  addsZeros: false,
  refusal: () => undefined,
  bind: ({ supports }) => {
    const { taps } = supports;
    const { count } = existingTaps(supports);
    return {
      ...existingSections(supports),
      positionBytes: (tile) => {
        const [row, column] = widths(tile, taps);
        return bytesForBits(count(tile) * (row + column));
      },
      pointerBytes: () => 0,
      writePositions: (tile, out) => {
        const [rowWidth, columnWidth] = widths(tile, taps);
        const writer = bitWriter(out);
        let kernel = 0;
        forEachKernel(supports, tile, (existing) => {
          const row = Math.floor(kernel / tile.channelCount);
          const firstColumn = (kernel % tile.channelCount) * taps;
          for (const tap of existing) {
            writer.write(row, rowWidth);
            writer.write(firstColumn + tap, columnWidth);
          }
          kernel++;
        });
      },
      writePointers: () => undefined,
      decodeWork: (tile) => ({ ...noDecoding, entries: count(tile), serialSteps: count(tile) }),
    };
  },
  scatter: ({ values, count, positions }, { taps }, tile, out) => {
    const [rowWidth, columnWidth] = widths(tile, taps);
    const columns = tile.channelCount * taps;
    const reader = bitReader(positions);
    for (let next = 0; next < count; next++) {
      const row = reader.read(rowWidth);
      out[row * columns + reader.read(columnWidth)] = values[next];
    }
  },
});

/** Bits of a row and of a column. */
function widths({ filterCount, channelCount }: WeightTile, taps: number): [number, number] {
  return [bitsFor(filterCount), bitsFor(channelCount * taps)];
}
