import { allocateElements, bytesOf } from '../tensor/precision.js';
import type { ElementArray } from '../tensor/precision.js';
import { areaSums } from './areaSums.js';
import { bitReader, bitsAt, bitWriter, bytesForBits } from './bits.js';
import { bytesView } from './elementBytes.js';
import { existingTaps } from './existingTaps.js';
import { patternIndex } from '../sparsity/supports.js';
import { describeLayer, wholeLayer } from './format.js';
import type { LayerStorage, StorageFormat, StorageLayer, TileSize, WeightTile } from './format.js';
import { canonicalCodes, codeLengths, codeTable, symbols } from './huffmanCode.js';
import type { CodeTable } from './huffmanCode.js';
import { splitTile } from './sections.js';
import type { LayerSections, SectionedFormat } from './sections.js';

/** A codebook is 256 code lengths of 4 bits. */
const codebookBytes = symbols / 2;
/** The number of values, behind the base's pointers. */
const countBytes = 4;

/**
 * Another format's values, positions and pointers with the bytes of the values Huffman coded, as in Deep Compression (Han
 * et al., ICLR 2016). Each byte of a value has a codebook of its own (1 for int8, 2 for int16, 4 for float32), made from all
 * values of the layer.
 *
 * Table: the base's, then the code lengths (4 bits each) of the 256 symbols of every codebook. Values: the codes of the
 * first value's bytes, lowest byte first, then the second's, rounded up to bytes per tile. Pointers: the base's, then the
 * number of values in 32 bits, which coded values no longer tell.
 */
export function huffman(base: SectionedFormat): StorageFormat {
  const { sections } = base;
  const format: StorageFormat = {
    name: `${base.name}+huffman`,
    description: `${sections.description.split('\n')[0]}\nValues are Huffman coded byte by byte and decoded one after another.`,
    needsWeights: true,
    refusal: (layer) => base.refusal(layer),
    prepare: (layer) => prepare(format, base, layer),
    decodeTile: (bytes, table, descriptor, tile, size, out) => {
      const { positions, pointers } = splitTile(bytes, size);
      const planes = bytesOf(descriptor.precision);
      const baseTable = table.subarray(0, table.length - planes * codebookBytes);
      const basePointers = pointers.subarray(0, pointers.length - countBytes);
      const told = bitReader(pointers.subarray(basePointers.length)).read(32);
      // A byte of a value takes a bit at least, whatever a damaged tile tells.
      const count = Math.min(told, Math.floor((size.valueBytes * 8) / planes));
      const places = tile.filterCount * tile.channelCount * descriptor.taps;
      // Formats without positions take as many values as the supports have taps, also where a damaged tile has fewer.
      const values = allocateElements(descriptor.precision, Math.max(count, places));
      decode(
        bytes.subarray(0, size.valueBytes),
        readCodebooks(table, planes).map(codeTable),
        bytesView(values.subarray(0, count)),
      );
      out.fill(0, 0, places);
      sections.scatter(
        { values, count, positions, pointers: basePointers, table: baseTable },
        descriptor,
        tile,
        out,
      );
    },
  };
  return format;
}

function prepare(format: StorageFormat, base: SectionedFormat, layer: StorageLayer): LayerStorage {
  const { supports, precision, weights } = layer;
  const refusal = format.refusal(layer);
  if (refusal !== undefined) throw new Error(`${format.name} storage: ${refusal}`);
  if (weights === undefined)
    throw new Error(`${format.name} storage follows from weights, and there are none`);
  const bound = base.sections.bind(layer);
  const planes = bytesOf(precision);
  const lengths = countBytesOf(layer, weights, bound, base.sections.addsZeros).map(codeLengths);
  const codes = lengths.map(canonicalCodes);
  const valueBits = codedBits(layer, weights, bound, lengths);
  const tileSize = (tile: WeightTile): TileSize => ({
    valueBytes: bytesForBits(valueBits(tile)),
    positionBytes: bound.positionBytes(tile),
    pointerBytes: bound.pointerBytes(tile) + countBytes,
  });
  return {
    format,
    descriptor: describeLayer(layer),
    supports,
    repeats: Infinity,
    streamed: bound.streamed,
    readsPatternTable: bound.readsPatternTable,
    table: writeCodebooks(bound.table, lengths),
    tileSize,
    valueCount: (tile) => bound.valueCount(tile),
    encodeTile: (given, tile, out) => {
      const size = tileSize(tile);
      const count = bound.valueCount(tile);
      const values = allocateElements(precision, count);
      bound.gather(given, tile, values);
      encode(bytesView(values), lengths, codes, out.subarray(0, size.valueBytes));
      const { positions, pointers } = splitTile(out, size);
      bound.writePositions(tile, positions);
      bound.writePointers(tile, pointers.subarray(0, pointers.length - countBytes));
      bitWriter(pointers.subarray(pointers.length - countBytes)).write(count, 32);
    },
    decodeWork: (tile) => {
      const work = bound.decodeWork(tile);
      const count = bound.valueCount(tile);
      return { ...work, symbols: count * planes, serialSteps: Math.max(work.serialSteps, count) };
    },
  };
}

/** How often each byte occurs in each place of the layer's stored values. */
function countBytesOf(
  { supports, precision }: StorageLayer,
  weights: ElementArray,
  bound: LayerSections,
  addsZeros: boolean,
): Float64Array[] {
  const whole = wholeLayer(supports);
  const values = allocateElements(precision, bound.valueCount(whole));
  bound.gather(weights, whole, values);
  const counts = Array.from({ length: bytesOf(precision) }, () => new Float64Array(symbols));
  const bytes = bytesView(values);
  for (let i = 0; i < bytes.length;) for (const plane of counts) plane[bytes[i++]]++;
  // Tiles may need padding that the whole layer does not.
  if (addsZeros) for (const plane of counts) plane[0]++;
  return counts;
}

/** Bits of a tile's coded values: those of its weights, and of the zeros that the format adds. */
function codedBits(
  { supports, precision }: StorageLayer,
  weights: ElementArray,
  bound: LayerSections,
  lengths: readonly Uint8Array[],
): (tile: WeightTile) => number {
  const { filters, channels, taps } = supports;
  const { ofPattern, count } = existingTaps(supports);
  const planes = bytesOf(precision);
  const bytes = bytesView(weights);
  const zeroBits = lengths.reduce((sum, plane) => sum + plane[0], 0);
  const weightBits = areaSums(filters, channels, (filter, channel) => {
    const kernel = (filter * channels + channel) * taps;
    const existing = ofPattern[patternIndex(supports, filter, channel)];
    let bits = 0;
    for (let i = 0; i < existing.length; i++) {
      const at = (kernel + existing[i]) * planes;
      for (let plane = 0; plane < planes; plane++) bits += lengths[plane][bytes[at + plane]];
    }
    return bits;
  });
  return (tile) =>
    weightBits(tile.filterStart, tile.filterCount, tile.channelStart, tile.channelCount) +
    (bound.valueCount(tile) - count(tile)) * zeroBits;
}

/** @throws Error for bytes that have no code: weights other than those that the codebooks were made from */
function encode(
  bytes: Uint8Array,
  lengths: readonly Uint8Array[],
  codes: readonly Uint16Array[],
  out: Uint8Array,
): void {
  const writer = bitWriter(out);
  for (let i = 0; i < bytes.length;) {
    for (let plane = 0; plane < lengths.length; plane++) {
      const symbol = bytes[i++];
      if (lengths[plane][symbol] === 0) throw new Error(`byte ${symbol} has no Huffman code`);
      writer.write(codes[plane][symbol], lengths[plane][symbol]);
    }
  }
}

/** Fills `out` with symbols, plane after plane; stops at bits that are no code, or at the end. */
function decode(coded: Uint8Array, tables: readonly CodeTable[], out: Uint8Array): void {
  const end = coded.length * 8;
  let at = 0;
  for (let i = 0; i < out.length;) {
    for (let plane = 0; plane < tables.length; plane++) {
      const { bits, entries } = tables[plane];
      const entry = entries[bitsAt(coded, at) & ((1 << bits) - 1)];
      at += entry & 15;
      if (entry === 0 || at > end) return;
      out[i++] = entry >> 4;
    }
  }
}

function writeCodebooks(baseTable: Uint8Array, lengths: readonly Uint8Array[]): Uint8Array {
  const table = new Uint8Array(baseTable.length + lengths.length * codebookBytes);
  table.set(baseTable);
  const writer = bitWriter(table.subarray(baseTable.length));
  for (const plane of lengths) for (const length of plane) writer.write(length, 4);
  return table;
}

function readCodebooks(table: Uint8Array, planes: number): Uint8Array[] {
  const reader = bitReader(table.subarray(table.length - planes * codebookBytes));
  return Array.from({ length: planes }, () => Uint8Array.from({ length: symbols }, () => reader.read(4)));
}
