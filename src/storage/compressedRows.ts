import { bitReader, bitsFor, bitWriter, bytesForBits } from './bits.js';
import { existingSections, existingTaps, forEachKernel } from './existingTaps.js';
import { noDecoding } from './format.js';
import { sectioned } from './sections.js';

/**
 * Compressed sparse rows of the tile's filter matrix, whose rows are filters and whose columns are channel * k*k + tap:
 * a column of ceil(log2(channels * k*k)) bits per weight, and filters + 1 pointers of ceil(log2(weights + 1)) bits that say
 * how many weights come before each row. Order filter, channel, tap.
 */
export const csr = sectioned({
  name: 'csr',
  description:
    'Only the taps that exist, each with its column in the matrix filters x (channels * taps), and row pointers.\nEntries are looked up one after another; the array streams no absent tap.',
  addsZeros: false,
  refusal: () => undefined,
  bind: ({ supports }) => {
    const { taps } = supports;
    const { count } = existingTaps(supports);
    return {
      ...existingSections(supports),
      positionBytes: (tile) => bytesForBits(count(tile) * bitsFor(tile.channelCount * taps)),
      pointerBytes: (tile) => bytesForBits((tile.filterCount + 1) * bitsFor(count(tile) + 1)),
      writePositions: (tile, out) => {
        const columns = tile.channelCount * taps;
        const width = bitsFor(columns);
        const writer = bitWriter(out);
        let firstColumn = 0;
        forEachKernel(supports, tile, (existing) => {
          for (const tap of existing) writer.write(firstColumn + tap, width);
          firstColumn += taps;
          if (firstColumn === columns) firstColumn = 0;
        });
      },
      writePointers: (tile, out) => {
        const width = bitsFor(count(tile) + 1);
        const writer = bitWriter(out);
        for (let rows = 0; rows <= tile.filterCount; rows++) {
          writer.write(count({ ...tile, filterCount: rows }), width);
        }
      },
      decodeWork: (tile) => ({ ...noDecoding, entries: count(tile), serialSteps: count(tile) }),
    };
  },
  scatter: ({ values, count, positions, pointers }, { taps }, tile, out) => {
    const columns = tile.channelCount * taps;
    const width = bitsFor(columns);
    const pointerWidth = bitsFor(count + 1);
    const places = bitReader(positions);
    const ends = bitReader(pointers, pointerWidth);
    let next = 0;
    for (let row = 0; row < tile.filterCount; row++) {
      const end = Math.min(ends.read(pointerWidth), count);
      for (; next < end; next++) out[row * columns + places.read(width)] = values[next];
    }
  },
});
