import { patternIndex } from '../sparsity/supports.js';
import type { Supports } from '../sparsity/supports.js';
import { allocateElements, bitsOf, bytesOf } from '../tensor/precision.js';
import type { ElementArray, Precision } from '../tensor/precision.js';
import { bitReader, bitWriter, bytesForBits } from './bits.js';
import { existingTaps, forEachKernel } from './existingTaps.js';
import { noDecoding, repeatsOf } from './format.js';
import type { WeightTile } from './format.js';
import { sectioned } from './sections.js';
import type { SectionedFormat, Sections } from './sections.js';

/** Bits of a run in Eyeriss. */
const eyerissRunBits = 5;
/** The other bit of a 64-bit word says whether it is the tile's last. */
const pairBitsOfWord = 63;
const wordBytes = 8;

/**
 * Run-length code of Eyeriss (Chen et al., JSSC 52(1), 2017): 64-bit words of as many (run of zeros, value) pairs as fit
 * into 63 bits, lowest bits first, and in the highest bit whether the word is the tile's last; Eyeriss has three pairs of
 * 5 + 16 bits. The tile is read in order filter, channel, tap. A run too long for its bits is broken by a pair whose value
 * is an explicit zero; zeros after the last weight are not stored, and neither are words of a tile without weights.
 *
 * Runs and values share the words, so a tile's values are not contiguous: `valueBytes` counts the values of all pairs,
 * `positionBytes` the rest of the words (runs, flags and unused bits).
 *
 * @param runBits 1 to 16, so that a pair fits at any precision
 */
export function runLength(runBits: number): SectionedFormat {
  const sections = runSections(runBits);
  const plain = sectioned(sections);
  const format: SectionedFormat = {
    ...plain,
    prepare: (layer) => {
      const prepared = plain.prepare(layer);
      const valueBytes = bytesOf(layer.precision);
      const perWord = pairsPerWord(runBits, layer.precision);
      return {
        ...prepared,
        format,
        tileSize: (tile) => {
          const values = prepared.valueCount(tile);
          const words = Math.ceil(values / perWord);
          return {
            valueBytes: values * valueBytes,
            positionBytes: words * wordBytes - values * valueBytes,
            pointerBytes: 0,
          };
        },
        encodeTile: (weights, tile, out) => {
          const count = prepared.valueCount(tile);
          const runs = new Uint16Array(count);
          const values = allocateElements(layer.precision, count);
          let next = 0;
          forEachPair(layer.supports, tile, runBits, (run, weightAt) => {
            runs[next] = run;
            values[next++] = weightAt < 0 ? 0 : weights[weightAt];
          });
          packWords(runs, values, runBits, perWord, out);
        },
      };
    },
    decodeTile: (bytes, _table, descriptor, tile, size, out) => {
      const { precision, taps } = descriptor;
      const count = size.valueBytes / bytesOf(precision);
      const perWord = pairsPerWord(runBits, precision);
      const places = tile.filterCount * tile.channelCount * taps;
      out.fill(0, 0, places);
      unpackWords(bytes, count, runBits, perWord, out.subarray(0, places));
    },
  };
  return format;
}

/** The same pairs with values and runs apart, runs as a plain stream of bits. */
function runSections(runBits: number): Sections {
  return {
    name: runBits === eyerissRunBits ? 'run-length' : `run-length-${runBits}`,
    description:
      `Pairs of a run of zeros (${runBits} bits) and a value, packed into 64-bit words as in Eyeriss; long runs are broken by zeros.\n` +
      'Pairs are decoded one after another; the array streams no absent tap.',
    addsZeros: true,
    refusal: () => undefined,
    bind: ({ supports }) => {
      const valueCount = pairCounter(supports, runBits);
      return {
        repeats: repeatsOf(supports),
        streamed: supports,
        readsPatternTable: false,
        table: new Uint8Array(0),
        valueCount,
        positionBytes: (tile) => bytesForBits(valueCount(tile) * runBits),
        pointerBytes: () => 0,
        gather: (weights, tile, values) => {
          let next = 0;
          forEachPair(supports, tile, runBits, (_run, weightAt) => {
            values[next++] = weightAt < 0 ? 0 : weights[weightAt];
          });
        },
        writePositions: (tile, out) => {
          const writer = bitWriter(out);
          forEachPair(supports, tile, runBits, (run) => {
            writer.write(run, runBits);
          });
        },
        writePointers: () => undefined,
        decodeWork: (tile) => {
          const pairs = valueCount(tile);
          return { ...noDecoding, entries: pairs, serialSteps: pairs };
        },
      };
    },
    scatter: ({ values, count, positions }, _descriptor, _tile, out) => {
      const runs = bitReader(positions);
      let place = 0;
      for (let next = 0; next < count; next++) {
        place += runs.read(runBits);
        out[place++] = values[next];
      }
    },
  };
}

function pairsPerWord(runBits: number, precision: Precision): number {
  return Math.floor(pairBitsOfWord / (runBits + bitsOf(precision)));
}

/** Zeros, pairs and zeros of a stretch of taps; a stretch without weights has only `zerosBefore`. */
interface Stretch {
  readonly zerosBefore: number;
  /** From the first weight to the last one, fillers included. */
  readonly pairs: number;
  readonly zerosAfter: number;
}

const nothing: Stretch = { zerosBefore: 0, pairs: 0, zerosAfter: 0 };

function join(a: Stretch, b: Stretch, runBits: number): Stretch {
  if (a.pairs === 0) return { ...b, zerosBefore: a.zerosBefore + b.zerosBefore };
  const gap = a.zerosAfter + b.zerosBefore;
  if (b.pairs === 0) return { ...a, zerosAfter: gap };
  return {
    zerosBefore: a.zerosBefore,
    pairs: a.pairs + fillersOf(gap, runBits) + b.pairs,
    zerosAfter: b.zerosAfter,
  };
}

/** Pairs with an explicit zero that a run takes: each covers as many zeros as a run can count, and its own. */
function fillersOf(run: number, runBits: number): number {
  return run >>> runBits;
}

function stretchOf(existing: Uint16Array, taps: number, runBits: number): Stretch {
  if (existing.length === 0) return { ...nothing, zerosBefore: taps };
  let pairs = 1;
  for (let i = 1; i < existing.length; i++) {
    pairs += 1 + fillersOf(existing[i] - existing[i - 1] - 1, runBits);
  }
  return { zerosBefore: existing[0], pairs, zerosAfter: taps - 1 - existing[existing.length - 1] };
}

/** Pairs of a tile, in time proportional to its kernels, or to P rows of them where supports repeat. */
function pairCounter(supports: Supports, runBits: number): (tile: WeightTile) => number {
  const { patterns, assignment, taps } = supports;
  const stretches = existingTaps(supports).ofPattern.map((existing) => stretchOf(existing, taps, runBits));
  const period = assignment.kind === 'per-kernel' ? Infinity : patterns.length;
  return ({ filterStart, filterCount, channelStart, channelCount }) => {
    const known: Stretch[] = [];
    const rowOf = (filter: number): Stretch => {
      let before = 0;
      let pairs = 0;
      let gap = 0;
      for (let channel = channelStart; channel < channelStart + channelCount; channel++) {
        const kernel = stretches[patternIndex(supports, filter, channel)];
        gap += kernel.zerosBefore;
        if (kernel.pairs === 0) continue;
        if (pairs === 0) before = gap;
        else pairs += fillersOf(gap, runBits);
        pairs += kernel.pairs;
        gap = kernel.zerosAfter;
      }
      return pairs === 0 ? { ...nothing, zerosBefore: gap } : { zerosBefore: before, pairs, zerosAfter: gap };
    };
    let tile = nothing;
    for (let filter = filterStart; filter < filterStart + filterCount; filter++) {
      const row = period === Infinity ? rowOf(filter) : (known[filter % period] ??= rowOf(filter));
      tile = join(tile, row, runBits);
    }
    return tile.pairs === 0 ? 0 : fillersOf(tile.zerosBefore, runBits) + tile.pairs;
  };
}

/** @param visit gets the run and where the value lies among the layer's weights, -1 for an explicit zero */
function forEachPair(
  supports: Supports,
  tile: WeightTile,
  runBits: number,
  visit: (run: number, weightAt: number) => void,
): void {
  const longest = 2 ** runBits - 1;
  let run = 0;
  forEachKernel(supports, tile, (existing, _pattern, weightsAt) => {
    let tap = 0;
    for (let i = 0; i < existing.length; i++) {
      run += existing[i] - tap;
      for (; run > longest; run -= longest + 1) visit(longest, -1);
      visit(run, weightsAt + existing[i]);
      run = 0;
      tap = existing[i] + 1;
    }
    run += supports.taps - tap;
  });
}

function packWords(
  runs: Uint16Array,
  values: ElementArray,
  runBits: number,
  perWord: number,
  out: Uint8Array,
): void {
  const patterns = bitPatterns(values);
  const valueBits = values.BYTES_PER_ELEMENT * 8;
  const unused = pairBitsOfWord - perWord * (runBits + valueBits);
  const writer = bitWriter(out);
  for (let first = 0; first < runs.length; first += perWord) {
    for (let pair = first; pair < first + perWord; pair++) {
      writer.write(pair < runs.length ? runs[pair] : 0, runBits);
      writer.write(pair < runs.length ? patterns[pair] : 0, valueBits);
    }
    writer.write(0, unused);
    writer.write(first + perWord >= runs.length ? 1 : 0, 1);
  }
}

/** Pairs whose place lies past the end of `out` are dropped. */
function unpackWords(
  bytes: Uint8Array,
  count: number,
  runBits: number,
  perWord: number,
  out: ElementArray,
): void {
  const patterns = bitPatterns(out);
  const valueBits = out.BYTES_PER_ELEMENT * 8;
  const unused = pairBitsOfWord - perWord * (runBits + valueBits);
  const reader = bitReader(bytes);
  let place = 0;
  let inWord = 0;
  for (let pair = 0; pair < count; pair++) {
    if (inWord === perWord) {
      reader.read(unused + 1);
      inWord = 0;
    }
    place += reader.read(runBits);
    patterns[place++] = reader.read(valueBits);
    inWord++;
  }
}

/** The elements' memory as whole numbers without sign. */
function bitPatterns({
  buffer,
  byteOffset,
  length,
  BYTES_PER_ELEMENT,
}: ElementArray): Uint8Array | Uint16Array | Uint32Array {
  if (BYTES_PER_ELEMENT === 1) return new Uint8Array(buffer, byteOffset, length);
  if (BYTES_PER_ELEMENT === 2) return new Uint16Array(buffer, byteOffset, length);
  return new Uint32Array(buffer, byteOffset, length);
}
