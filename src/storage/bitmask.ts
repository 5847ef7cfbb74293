import { bitReader, bitWriter, bytesForBits } from './bits.js';
import { existingSections, forEachKernel } from './existingTaps.js';
import { noDecoding } from './format.js';
import { sectioned } from './sections.js';

/** Taps of a mask that are read or written at once. */
const chunk = 24;

/** The taps that exist and k*k bits per kernel that say which they are, first tap lowest. */
export const bitmask = sectioned({
  name: 'bitmask',
  description:
    'Only the taps that exist, and k*k bits per kernel that say which they are.\nA decoder finds the set bits of a mask at once; the array streams no absent tap.',
  addsZeros: false,
  refusal: () => undefined,
  bind: ({ supports }) => {
    const { taps, patterns } = supports;
    const maskBits = ({ filterCount, channelCount }: { filterCount: number; channelCount: number }): number =>
      filterCount * channelCount * taps;
    return {
      ...existingSections(supports),
      positionBytes: (tile) => bytesForBits(maskBits(tile)),
      pointerBytes: () => 0,
      writePositions: (tile, out) => {
        const masks = patterns.map(chunksOf);
        const writer = bitWriter(out);
        forEachKernel(supports, tile, (_existing, pattern) => {
          masks[pattern].forEach((mask, i) => {
            writer.write(mask, Math.min(chunk, taps - i * chunk));
          });
        });
      },
      writePointers: () => undefined,
      decodeWork: (tile) => ({ ...noDecoding, maskBits: maskBits(tile) }),
    };
  },
  scatter: ({ values, positions }, { taps }, { filterCount, channelCount }, out) => {
    const masks = bitReader(positions);
    const places = filterCount * channelCount * taps;
    let next = 0;
    for (let kernel = 0; kernel < places; kernel += taps) {
      for (let first = 0; first < taps; first += chunk) {
        let mask = masks.read(Math.min(chunk, taps - first));
        while (mask !== 0) {
          out[kernel + first + (31 - Math.clz32(mask & -mask))] = values[next++];
          mask &= mask - 1;
        }
      }
    }
  },
});

function chunksOf(pattern: Uint8Array): number[] {
  const chunks = Array.from({ length: Math.ceil(pattern.length / chunk) }, () => 0);
  pattern.forEach((exists, tap) => {
    chunks[Math.floor(tap / chunk)] |= exists << (tap % chunk);
  });
  return chunks;
}
