import { supportFamily } from '../../src/sparsity/families.js';
import { fillSlots } from '../../src/sparsity/patterns.js';
import type { Supports } from '../../src/sparsity/supports.js';
import { patternIndex } from '../../src/sparsity/supports.js';
import { supportsOfMask } from '../../src/sparsity/supportsOfMask.js';
import { totalBytes, wholeLayer } from '../../src/storage/format.js';
import type { WeightTile } from '../../src/storage/format.js';
import { findFormat, plainFormats } from '../../src/storage/formats.js';
import { createRandom } from '../../src/tensor/random.js';
import { spreadText, table } from '../print/table.js';
import type { Table } from '../print/table.js';
import { spreadOf } from '../timing/spread.js';
import type { Spread } from '../timing/spread.js';

/** Rates of one format on one tile, in 10^6 bytes per second. */
export interface StorageMeasurement {
  readonly format: string;
  readonly tile: string;
  /** The tile as it is stored. */
  readonly encodedBytes: number;
  /** Encoded bytes written. */
  readonly encodeMBps: Spread;
  /** Encoded bytes read. */
  readonly decodeMBps: Spread;
  /** Dense bytes written while decoding. */
  readonly decodedMBps: Spread;
}

const allFormats = [
  ...plainFormats.map(({ name }) => name),
  ...['4:8', 'block-4x4', 'dense+huffman', 'periodic+huffman', 'csr+huffman'],
];
/** One that stores values alone, one with an index of its own, and one with a code. */
const threeFormats = ['periodic', 'csr', 'periodic+huffman'];
const filters = 512;
const channels = 512;
const taps = 9;
/** Long enough for the clock, in ms. */
const shortestRound = 10;
/** Until the loops are compiled, in ms. */
const warmUp = 60;

/**
 * Encodes and decodes 512 x 512 kernels of 3x3 int8 weights, whole and in tiles of 64 x 64: under PSD4_P8, and for N of M,
 * which cannot hold that, with the first N of every M channels.
 */
export function measureStorage(repeats: number, isQuick: boolean): StorageMeasurement[] {
  const periodic: Supports = {
    ...{ filters, channels, taps, patterns: fillSlots(supportFamily(4), 8, 7) },
    assignment: { kind: 'periodic', period: 8 },
  };
  const part: WeightTile = { filterStart: 64, filterCount: 64, channelStart: 128, channelCount: 64 };
  return (isQuick ? threeFormats : allFormats).flatMap((name) => {
    const format = findFormat(name);
    const ratio = /^(\d+):(\d+)$/.exec(name);
    const supports = ratio === null ? periodic : firstOfEvery(Number(ratio[1]), Number(ratio[2]));
    const weights = randomWeights(supports);
    const layer = { supports, precision: 'int8', weights } as const;
    if (format === undefined || format.refusal(layer) !== undefined) return [];
    const stored = format.prepare(layer);
    return [part, wholeLayer(supports)].map((tile) => {
      const size = stored.tileSize(tile);
      const bytes = new Uint8Array(totalBytes(size));
      const out = new Int8Array(tile.filterCount * tile.channelCount * taps);
      const encodeMs = callMs(repeats, () => {
        stored.encodeTile(weights, tile, bytes);
      });
      const decodeMs = callMs(repeats, () => {
        format.decodeTile(bytes, stored.table, stored.descriptor, tile, size, out);
      });
      return {
        format: name,
        tile: `${tile.filterCount}x${tile.channelCount}`,
        encodedBytes: bytes.length,
        encodeMBps: spreadOf(encodeMs.map((ms) => bytes.length / ms / 1e3)),
        decodeMBps: spreadOf(decodeMs.map((ms) => bytes.length / ms / 1e3)),
        decodedMBps: spreadOf(decodeMs.map((ms) => out.length / ms / 1e3)),
      };
    });
  });
}

export function storageTable(measured: readonly StorageMeasurement[]): Table {
  return table({
    title: 'Storage formats: 10^6 bytes a second, PSD4_P8, int8; encoding and decoding in encoded bytes',
    head: ['format', 'tile', 'bytes', 'encode', 'decode', 'to dense'],
    rows: measured.map(({ format, tile, encodedBytes, ...rates }) => [
      ...[format, tile, encodedBytes.toLocaleString('en')],
      ...[rates.encodeMBps, rates.decodeMBps, rates.decodedMBps].map(spreadText),
    ]),
  });
}

function firstOfEvery(n: number, m: number): Supports {
  const mask = new Uint8Array(filters * channels * taps);
  for (let i = 0; i < mask.length; i++) mask[i] = Math.floor(i / taps) % m < n ? 1 : 0;
  return supportsOfMask(filters, channels, taps, mask);
}

/** Bell-shaped weights on the supports, as trained ones are, so that their Huffman code is a likely one. */
function randomWeights(supports: Supports): Int8Array {
  const random = createRandom(1);
  const weights = new Int8Array(filters * channels * taps);
  for (let i = 0; i < weights.length; i++) {
    const kernel = Math.floor(i / taps);
    const pattern =
      supports.patterns[patternIndex(supports, Math.floor(kernel / channels), kernel % channels)];
    const value = Math.round(random.normal() * 30);
    if (pattern[i % taps] !== 0) weights[i] = Math.max(-127, Math.min(127, value));
  }
  return weights;
}

/** Of one call, round by round, once it is warm; short work is repeated within a round. */
function callMs(rounds: number, work: () => void): number[] {
  const first = performance.now();
  let warm = 0;
  for (; performance.now() - first < warmUp; warm++) work();
  const calls = Math.max(1, Math.ceil((warm / warmUp) * shortestRound));
  return Array.from({ length: rounds }, () => {
    const start = performance.now();
    for (let call = 0; call < calls; call++) work();
    return (performance.now() - start) / calls;
  });
}
