import { patternIndex } from '../sparsity/supports.js';
import type { Supports } from '../sparsity/supports.js';
import { supportsOfMask } from '../sparsity/supportsOfMask.js';
import { bitReader, bitsFor, bitWriter, bytesForBits } from './bits.js';
import { noDecoding, repeatsOf, wholeLayer } from './format.js';
import type { WeightTile } from './format.js';
import { leastCommonMultiple } from './leastCommonMultiple.js';
import { sectioned } from './sections.js';
import type { SectionedFormat } from './sections.js';

/**
 * N of M, as the sparse tensor cores of NVIDIA's Ampere hold weights (Mishra et al., arXiv 2104.08378, 2021, there 2:4): of
 * each M neighbouring channels, at one tap of one filter, at most N have a weight. Blocks begin at channels that M divides.
 * A block has N slots of a value and ceil(log2 M) bits that say which channel of the block it belongs to; slots without a
 * weight hold an explicit zero at the lowest channels that are free. Of a block that the tile's edge or the layer's end
 * cuts, the tile holds a piece of L channels and min(N, L) slots.
 *
 * Order filter, block, tap, slot; slots by channel. Positions in the same order.
 *
 * The array multiplies what whole blocks hold, their padding included (`streamed`). Padding that only a cut adds is moved
 * and decoded but not multiplied: it lies on taps that the whole block leaves out, so a tile's bytes may hold a few zeros
 * more than the array streams, and never a weight that it does not.
 *
 * @param n 1 to m - 1
 * @param m 2 to 64
 */
export function nOfM(n: number, m: number): SectionedFormat {
  const width = bitsFor(m);
  return sectioned({
    name: `${n}:${m}`,
    description:
      `At most ${n} weights among ${m} neighbouring channels at one tap; ${width} bits place each, and blocks with fewer are padded.\n` +
      'The array knows the places at once and multiplies the padding.',
    addsZeros: true,
    refusal: ({ supports }) => fullestFault(supports, n, m),
    bind: ({ supports }) => {
      const { taps } = supports;
      const streamed = paddedSupports(supports, n, m);
      const valueCount = (tile: WeightTile): number => tile.filterCount * taps * slotsPerTap(tile, n, m);
      return {
        repeats: repeatsUnder(supports, streamed, m),
        streamed,
        readsPatternTable: false,
        table: new Uint8Array(0),
        valueCount,
        positionBytes: (tile) => bytesForBits(valueCount(tile) * width),
        pointerBytes: () => 0,
        gather: (weights, tile, values) => {
          let next = 0;
          forEachSlot(supports, tile, n, m, (filter, channel, tap, exists) => {
            values[next++] = exists ? weights[(filter * supports.channels + channel) * taps + tap] : 0;
          });
        },
        writePositions: (tile, out) => {
          const writer = bitWriter(out);
          forEachSlot(supports, tile, n, m, (_filter, channel) => {
            writer.write(channel % m, width);
          });
        },
        writePointers: () => undefined,
        decodeWork: (tile) => ({ ...noDecoding, entries: valueCount(tile) }),
      };
    },
    scatter: ({ values, positions }, { taps }, tile, out) => {
      const places = bitReader(positions);
      const end = tile.channelStart + tile.channelCount;
      let next = 0;
      for (let filter = 0; filter < tile.filterCount; filter++) {
        for (let first = tile.channelStart; first < end;) {
          const block = first - (first % m);
          const last = Math.min(block + m, end);
          const slots = Math.min(n, last - first);
          const kernel = filter * tile.channelCount + block - tile.channelStart;
          for (let tap = 0; tap < taps; tap++) {
            for (let slot = 0; slot < slots; slot++) {
              out[(kernel + places.read(width)) * taps + tap] = values[next++];
            }
          }
          first = last;
        }
      }
    },
  });
}

/** Slots of one filter at one tap. */
function slotsPerTap({ channelStart, channelCount }: WeightTile, n: number, m: number): number {
  const end = channelStart + channelCount;
  const firstWhole = Math.min(Math.ceil(channelStart / m) * m, end);
  const lastWhole = Math.max(Math.floor(end / m) * m, firstWhole);
  return (
    Math.min(n, firstWhole - channelStart) + ((lastWhole - firstWhole) / m) * n + Math.min(n, end - lastWhole)
  );
}

function forEachSlot(
  supports: Supports,
  { filterStart, filterCount, channelStart, channelCount }: WeightTile,
  n: number,
  m: number,
  visit: (filter: number, channel: number, tap: number, exists: boolean) => void,
): void {
  const { taps, patterns } = supports;
  const end = channelStart + channelCount;
  for (let filter = filterStart; filter < filterStart + filterCount; filter++) {
    for (let first = channelStart; first < end;) {
      const last = Math.min(first - (first % m) + m, end);
      const slots = Math.min(n, last - first);
      const ofChannels: Uint8Array[] = [];
      for (let channel = first; channel < last; channel++) {
        ofChannels.push(patterns[patternIndex(supports, filter, channel)]);
      }
      for (let tap = 0; tap < taps; tap++) {
        let free = slots;
        for (const pattern of ofChannels) free -= pattern[tap];
        for (let channel = first; channel < last; channel++) {
          const exists = ofChannels[channel - first][tap] !== 0;
          if (!exists && free <= 0) continue;
          if (!exists) free--;
          visit(filter, channel, tap, exists);
        }
      }
      first = last;
    }
  }
}

/** The supports and the padding of whole blocks. */
function paddedSupports(supports: Supports, n: number, m: number): Supports {
  const { filters, channels, taps } = supports;
  const mask = new Uint8Array(filters * channels * taps);
  forEachSlot(supports, wholeLayer(supports), n, m, (filter, channel, tap) => {
    mask[(filter * channels + channel) * taps + tap] = 1;
  });
  return supportsOfMask(filters, channels, taps, mask);
}

/**
 * Where the layer ends within a block, that block is padded unlike the others, although a tile that ends there looks like
 * one that ends within a block by its own cut.
 */
function repeatsUnder(supports: Supports, streamed: Supports, m: number): number {
  const repeats = repeatsOf(supports);
  const endsWithinBlock = supports.channels % m !== 0 && streamed.assignment.kind !== 'dense';
  return repeats === Infinity || endsWithinBlock ? Infinity : leastCommonMultiple(repeats, m);
}

function fullestFault(supports: Supports, n: number, m: number): string | undefined {
  const { filters, channels, taps, patterns, assignment } = supports;
  const different = assignment.kind === 'per-kernel' ? filters : Math.min(filters, patterns.length);
  const weights = new Uint16Array(taps);
  for (let filter = 0; filter < different; filter++) {
    for (let first = 0; first < channels; first += m) {
      const last = Math.min(first + m, channels);
      weights.fill(0);
      for (let channel = first; channel < last; channel++) {
        const pattern = patterns[patternIndex(supports, filter, channel)];
        for (let tap = 0; tap < taps; tap++) weights[tap] += pattern[tap];
      }
      const tap = weights.findIndex((count) => count > n);
      if (tap >= 0) {
        return (
          `filter ${filter} has ${weights[tap]} weights at tap ${tap} of channels ${first} to ${last - 1}; ` +
          `${n}:${m} allows ${n}`
        );
      }
    }
  }
  return undefined;
}
