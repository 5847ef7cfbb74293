import { bitReader, bitsFor, bitWriter, bytesForBits } from './bits.js';
import { existingSections, existingTaps, forEachKernel } from './existingTaps.js';
import { noDecoding } from './format.js';
import { sectioned } from './sections.js';

/**
 * The taps that exist, each with its place in its kernel: ceil(log2(k*k)) bits as position, 4 for 3x3. How many a kernel
 * has takes ceil(log2(k*k + 1)) bits as pointer; without it kernels of different sizes could not be told apart. The
 * 25 % of index that are commonly given for 16-bit weights count the positions only.
 */
export const tapPosition = sectioned({
  name: 'tap-position',
  description:
    'Only the taps that exist, each with its place in the kernel (ceil(log2(k*k)) bits), and a count per kernel.\nPlaces are known at once; the array streams no absent tap.',
  addsZeros: false,
  refusal: () => undefined,
  bind: ({ supports }) => {
    const { count } = existingTaps(supports);
    const width = bitsFor(supports.taps);
    const countWidth = bitsFor(supports.taps + 1);
    return {
      ...existingSections(supports),
      positionBytes: (tile) => bytesForBits(count(tile) * width),
      pointerBytes: ({ filterCount, channelCount }) => bytesForBits(filterCount * channelCount * countWidth),
      writePositions: (tile, out) => {
        const writer = bitWriter(out);
        forEachKernel(supports, tile, (existing) => {
          for (const tap of existing) writer.write(tap, width);
        });
      },
      writePointers: (tile, out) => {
        const writer = bitWriter(out);
        forEachKernel(supports, tile, (existing) => {
          writer.write(existing.length, countWidth);
        });
      },
      decodeWork: (tile) => ({ ...noDecoding, entries: count(tile) }),
    };
  },
  scatter: ({ values, count, positions, pointers }, { taps }, { filterCount, channelCount }, out) => {
    const width = bitsFor(taps);
    const countWidth = bitsFor(taps + 1);
    const places = bitReader(positions);
    const counts = bitReader(pointers);
    let next = 0;
    for (let kernel = 0; kernel < filterCount * channelCount; kernel++) {
      const end = Math.min(next + counts.read(countWidth), count);
      for (; next < end; next++) out[kernel * taps + places.read(width)] = values[next];
    }
  },
});
