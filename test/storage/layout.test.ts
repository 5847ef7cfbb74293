import { expect } from 'chai';
import fc from 'fast-check';
import { supportFamily } from '../../src/sparsity/families.js';
import { fillSlots } from '../../src/sparsity/patterns.js';
import type { Supports } from '../../src/sparsity/supports.js';
import { bitReader, bitWriter } from '../../src/storage/bits.js';
import { canonicalCodes, codeLengths } from '../../src/storage/huffmanCode.js';
import { totalBytes, wholeLayer } from '../../src/storage/format.js';
import { findFormat } from '../../src/storage/formats.js';
import { existsIn } from './layers.js';
import { periodic } from '../../src/storage/periodic.js';

/** One filter, kernels given as strings of zeros and ones. */
function oneFilter(...kernels: string[]): Supports {
  return {
    filters: 1,
    channels: kernels.length,
    taps: kernels[0].length,
    patterns: kernels.map((kernel) => Uint8Array.from(kernel, Number)),
    assignment: { kind: 'per-kernel', ids: Uint32Array.from(kernels.keys()) },
  };
}

function encoded(name: string, supports: Supports, weights: Int8Array | Int16Array): Uint8Array {
  const precision = weights instanceof Int8Array ? 'int8' : 'int16';
  const stored = findFormat(name)!.prepare({ supports, precision, weights });
  const whole = wholeLayer(supports);
  const bytes = new Uint8Array(totalBytes(stored.tileSize(whole)));
  stored.encodeTile(weights, whole, bytes);
  return bytes;
}

const wordsOf = (bytes: Uint8Array): bigint[] => [...new BigUint64Array(bytes.slice().buffer)];

describe('bytes of stored tiles', () => {
  it('run-length packs three pairs of 5 + 16 bits into a word and marks the last, as Eyeriss does', () => {
    // 2 zeros, 7; no zero, -1; 40 zeros, 9: 31 zeros and an explicit one, then 8 zeros and the 9.
    const weights = Int16Array.from([0, 0, 7, -1, ...Array.from({ length: 40 }, () => 0), 9, 0]);
    const supports = oneFilter([...weights].map((weight) => (weight === 0 ? '0' : '1')).join(''));
    const pair = (run: number, value: number, place: number): bigint =>
      (BigInt(run) | (BigInt(value) << 5n)) << BigInt(21 * place);
    const first = pair(2, 7, 0) | pair(0, 0xffff, 1) | pair(31, 0, 2);
    const last = pair(8, 9, 0) | (1n << 63n);
    expect(wordsOf(encoded('run-length', supports, weights))).to.deep.equal([first, last]);
    const stored = findFormat('run-length')!.prepare({ supports, precision: 'int16' });
    expect(stored.tileSize(wholeLayer(supports))).to.deep.equal({
      valueBytes: 8,
      positionBytes: 8,
      pointerBytes: 0,
    });
  });

  it('run-length packs four pairs of 5 + 8 bits, and leaves 11 bits of a word unused', () => {
    const bytes = encoded('run-length', oneFilter('11111'), Int8Array.of(1, 2, 3, 4, 5));
    const full = (1n << 5n) | (2n << 18n) | (3n << 31n) | (4n << 44n);
    expect(wordsOf(bytes)).to.deep.equal([full, (5n << 5n) | (1n << 63n)]);
  });

  it('run-length marks a last word that is full', () => {
    const bytes = encoded('run-length', oneFilter('111111'), Int16Array.of(1, 2, 3, 4, 5, 6));
    expect(wordsOf(bytes).map((word) => word >> 63n)).to.deep.equal([0n, 1n]);
  });

  it('dense stores zeros where no tap exists, also where a mask left -0', () => {
    const supports = oneFilter('10', '01');
    const weights = Float32Array.of(1, -0, -0, 2);
    for (const name of ['dense', 'dense+huffman']) {
      const stored = findFormat(name)!.prepare({ supports, precision: 'float32', weights });
      const tile = wholeLayer(supports);
      const size = stored.tileSize(tile);
      const bytes = new Uint8Array(totalBytes(size));
      stored.encodeTile(weights, tile, bytes);
      const out = new Float32Array(4).fill(9);
      stored.format.decodeTile(bytes, stored.table, stored.descriptor, tile, size, out);
      expect([...out], name).to.deep.equal([1, 0, 0, 2]);
    }
  });

  it('csr, csc and coo number rows, columns and pointers in as few bits as the tile needs', () => {
    const supports: Supports = {
      filters: 2,
      channels: 2,
      taps: 2,
      patterns: [Uint8Array.of(0, 1), Uint8Array.of(1, 1), Uint8Array.of(0, 0)],
      assignment: { kind: 'per-kernel', ids: Uint32Array.of(0, 1, 2, 1) },
    };
    // Rows: . 1 2 3 and . . 4 5.
    const weights = Int8Array.of(0, 1, 2, 3, 0, 0, 4, 5);
    const columns = 1 | (2 << 2) | (3 << 4) | (2 << 6);
    // Columns of 2 bits, then pointers of 3 bits: 0, 3, 5.
    expect([...encoded('csr', supports, weights)]).to.deep.equal([
      1,
      2,
      3,
      4,
      5,
      columns,
      3,
      (3 << 3) | (1 << 6),
      1,
    ]);
    // Rows of 1 bit: 0, 0 1, 0 1; pointers of 3 bits: 0, 0, 1, 3, 5.
    const pointers = (1 << 6) | (3 << 9) | (5 << 12);
    expect([...encoded('csc', supports, weights)]).to.deep.equal([
      ...[1, 2, 4, 3, 5],
      0b10100,
      pointers & 255,
      pointers >> 8,
    ]);
    // Row in 1 bit and column in 2.
    const entries = [
      [0, 1],
      [0, 2],
      [0, 3],
      [1, 2],
      [1, 3],
    ].map(([row, column]) => row | (column << 1));
    const bits = entries.reduce((all, entry, i) => all | (entry << (3 * i)), 0);
    expect([...encoded('coo', supports, weights)]).to.deep.equal([1, 2, 3, 4, 5, bits & 255, bits >> 8]);
  });

  it('N:M pads a block at its lowest free channels, and a piece for itself', () => {
    // Channels 1, then 2 and 3, then 4 of a last block of two.
    const supports = oneFilter('0', '1', '0', '0', '1', '0');
    const weights = Int8Array.of(0, 5, 0, 0, 6, 0);
    // Block 0: channels 0 (padding) and 1; block 1: channels 4 and 5 (padding); 2 bits each.
    const places = 0 | (1 << 2) | (0 << 4) | (1 << 6);
    expect([...encoded('2:4', supports, weights)]).to.deep.equal([0, 5, 6, 0, places]);
    const stored = findFormat('2:4')!.prepare({ supports, precision: 'int8' });
    expect(existsIn(stored.streamed, wholeLayer(supports))).to.deep.equal([1, 1, 0, 0, 1, 1]);
    const piece = { filterStart: 0, filterCount: 1, channelStart: 2, channelCount: 3 };
    const bytes = new Uint8Array(totalBytes(stored.tileSize(piece)));
    stored.encodeTile(weights, piece, bytes);
    // Channels 2 and 3, which are padding of the piece alone, and 4.
    expect([...bytes]).to.deep.equal([0, 0, 6, 2 | (3 << 2) | (0 << 4)]);
  });

  it('block stores whole blocks and counts block rows', () => {
    const supports: Supports = {
      filters: 3,
      channels: 4,
      taps: 1,
      patterns: [Uint8Array.of(0), Uint8Array.of(1)],
      assignment: { kind: 'per-kernel', ids: Uint32Array.of(0, 0, 0, 0, 0, 0, 0, 1, 1, 0, 0, 0) },
    };
    const weights = Int8Array.of(0, 0, 0, 0, 0, 0, 0, 7, 8, 0, 0, 0);
    // Block row 0 has its block 1, block row 1, of one filter, its block 0; pointers of 3 bits: 0, 1, 2.
    const pointers = (1 << 3) | (2 << 6);
    expect([...encoded('block-2x2', supports, weights)]).to.deep.equal([
      ...[0, 0, 0, 7, 8, 0],
      0b01,
      pointers & 255,
      pointers >> 8,
    ]);
    const { streamed } = findFormat('block-2x2')!.prepare({ supports, precision: 'int8' });
    expect(existsIn(streamed, wholeLayer(supports))).to.deep.equal([0, 0, 1, 1, 0, 0, 1, 1, 1, 1, 0, 0]);
  });

  it('blocks repeat unless the layer ends within one, whose other part is missing', () => {
    const lastOfFour = (channels: number): Supports => ({
      ...{ filters: 1, channels, taps: 1, patterns: [0, 0, 0, 1].map((exists) => Uint8Array.of(exists)) },
      assignment: { kind: 'periodic', period: 4 },
    });
    const cut = findFormat('block-1x4')!.prepare({ supports: lastOfFour(6), precision: 'int8' });
    const values = [0, 4].map((channelStart) =>
      cut.valueCount({ filterStart: 0, filterCount: 1, channelStart, channelCount: 2 }),
    );
    expect(values).to.deep.equal([2, 0]);
    expect(cut.repeats).to.equal(Infinity);
    const repeats = (name: string): number =>
      findFormat(name)!.prepare({ supports: lastOfFour(24), precision: 'int8' }).repeats;
    expect(repeats('block-1x3'), 'blocks with and without weights').to.equal(12);
    expect(repeats('block-1x8'), 'all blocks are stored').to.equal(8);
  });

  it('tap-position, bitmask and pattern-id index kernel by kernel', () => {
    const supports = oneFilter('0110', '0000', '0110');
    const weights = Int8Array.of(0, 1, 2, 0, 0, 0, 0, 0, 0, 3, 4, 0);
    // 2 bits per weight: 1, 2, 1, 2; 3 bits per kernel: 2, 0, 2.
    const counts = 2 | (2 << 6);
    expect([...encoded('tap-position', supports, weights)]).to.deep.equal([
      ...[1, 2, 3, 4],
      1 | (2 << 2) | (1 << 4) | (2 << 6),
      counts & 255,
      counts >> 8,
    ]);
    expect([...encoded('bitmask', supports, weights)]).to.deep.equal([1, 2, 3, 4, 0b0110, 0b0110]);
    // The empty pattern is number 0.
    expect([...encoded('pattern-id', supports, weights)]).to.deep.equal([1, 2, 3, 4, 0b101]);
    const { table } = findFormat('pattern-id')!.prepare({ supports, precision: 'int8' });
    expect([...table]).to.deep.equal([0b01100000]);
  });

  it('pattern-id keeps each pattern once: five under PSD4_P8', () => {
    const patterns = fillSlots(supportFamily(4), 8, 7);
    const supports: Supports = {
      ...{ filters: 16, channels: 16, taps: 9, patterns },
      assignment: { kind: 'periodic', period: 8 },
    };
    const stored = findFormat('pattern-id')!.prepare({ supports, precision: 'int8' });
    expect(stored.table).to.have.length(Math.ceil((5 * 9) / 8));
    expect(stored.tileSize(wholeLayer(supports)).positionBytes).to.equal((256 * 3) / 8);
  });

  it('periodic keeps one table of P x k x k bits', () => {
    const patterns = Array.from({ length: 16 }, (_, slot) =>
      Uint8Array.from({ length: 9 }, (__, tap) => (tap === slot % 9 ? 1 : 0)),
    );
    const supports: Supports = {
      ...{ filters: 32, channels: 16, taps: 9, patterns },
      assignment: { kind: 'periodic', period: 16 },
    };
    const { table } = periodic.prepare({ supports, precision: 'int8' });
    expect(table).to.have.length(18);
    // Slot 0 has tap 0, which is bit 0; slot 1 has tap 1, which is bit 9 + 1.
    expect(table[0]).to.equal(1);
    expect(table[1]).to.equal(0b100);
    expect(table.reduce((sum, byte) => sum + byte.toString(2).replaceAll('0', '').length, 0)).to.equal(16);
  });

  it('bits are read as they were written, at any width', () => {
    const entry = fc
      .integer({ min: 0, max: 32 })
      .chain((width) => fc.tuple(fc.integer({ min: 0, max: 2 ** width - 1 }), fc.constant(width)));
    fc.assert(
      fc.property(fc.array(entry), (entries) => {
        const bits = entries.reduce((sum, [, width]) => sum + width, 0);
        const out = new Uint8Array(Math.ceil(bits / 8)).fill(0xff);
        const writer = bitWriter(out);
        for (const [value, width] of entries) writer.write(value, width);
        expect(writer.bytes).to.equal(out.length);
        const reader = bitReader(out);
        for (const [value, width] of entries) expect(reader.read(width)).to.equal(value);
      }),
    );
  });
});

describe('Huffman codes', () => {
  const counts = fc
    .array(fc.oneof(fc.constant(0), fc.nat(9), fc.nat(1e6)), { minLength: 2, maxLength: 256 })
    .map((all) => Float64Array.from(all));

  it('are as short as any prefix code of at most 15 bits, and complete', () => {
    fc.assert(
      fc.property(counts, (given) => {
        const lengths = codeLengths(given);
        const used = [...given.keys()].filter((symbol) => given[symbol] > 0);
        expect([...lengths.keys()].filter((symbol) => lengths[symbol] > 0)).to.deep.equal(used);
        if (used.length < 2) return;
        expect(Math.max(...lengths)).to.be.at.most(15);
        expect(used.reduce((sum, symbol) => sum + 2 ** -lengths[symbol], 0)).to.equal(1);
        const total = used.reduce((sum, symbol) => sum + given[symbol] * lengths[symbol], 0);
        const { bits, depth } = unlimited(used.map((symbol) => given[symbol]));
        if (depth <= 15) expect(total).to.equal(bits);
        else expect(total).to.be.at.least(bits);
      }),
    );
  });

  it('stop at 15 bits where counts grow like Fibonacci numbers', () => {
    const fibonacci = new Float64Array(30).fill(1);
    for (let i = 2; i < 30; i++) fibonacci[i] = fibonacci[i - 1] + fibonacci[i - 2];
    expect(unlimited([...fibonacci]).depth).to.equal(29);
    const lengths = codeLengths(fibonacci);
    expect(Math.max(...lengths)).to.equal(15);
    expect(lengths.reduce((sum, length) => sum + 2 ** -length, 0)).to.equal(1);
  });

  it('are canonical: 0, 10, 110, 111, first bit lowest', () => {
    const lengths = codeLengths(Float64Array.of(1, 8, 1, 3));
    expect([...lengths]).to.deep.equal([3, 1, 3, 2]);
    expect([...canonicalCodes(lengths)]).to.deep.equal([0b011, 0b0, 0b111, 0b01]);
  });
});

/** Huffman's own algorithm: bits of the whole text, and of the longest code. */
function unlimited(counts: readonly number[]): { bits: number; depth: number } {
  const nodes = counts.map((weight) => ({ weight, depth: 0 }));
  let bits = 0;
  while (nodes.length > 1) {
    nodes.sort((a, b) => b.weight - a.weight || b.depth - a.depth);
    const a = nodes.pop()!;
    const b = nodes.pop()!;
    bits += a.weight + b.weight;
    nodes.push({ weight: a.weight + b.weight, depth: 1 + Math.max(a.depth, b.depth) });
  }
  return { bits, depth: nodes[0].depth };
}
