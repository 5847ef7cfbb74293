import { expect } from 'chai';
import fc from 'fast-check';
import { UserError } from '../../src/document/userError.js';
import { denseSupports } from '../../src/sparsity/supports.js';
import type { Supports } from '../../src/sparsity/supports.js';
import { totalBytes, wholeLayer } from '../../src/storage/format.js';
import type { StorageFormat, WeightTile } from '../../src/storage/format.js';
import { findFormat, formatNameFault, plainFormats, storeLayer } from '../../src/storage/formats.js';
import { periodic } from '../../src/storage/periodic.js';
import { bytesOf } from '../../src/tensor/precision.js';
import { cuts, existsIn, layers, patternAt, thinned, tilesOf, weightsFor, weightsOf } from './layers.js';
import type { Given } from './layers.js';

const bases = [
  ...plainFormats.map(({ name }) => name),
  ...['run-length-1', 'run-length-2', 'run-length-16', '1:2', '2:4', '1:3', '4:8', '3:64'],
  ...['block-1x1', 'block-2x3', 'block-4x4', 'block-64x64'],
];
const names = [...bases, ...bases.map((name) => `${name}+huffman`)];

function format(name: string): StorageFormat {
  const found = findFormat(name);
  if (found === undefined) throw new Error(`no format ${name}`);
  return found;
}

/** What N:M cannot hold is thinned out. */
function fitted(given: Given, name: string): Given {
  const [n, m] = name.replace('+huffman', '').split(':').map(Number);
  return m > 0 && findFormat(name)?.refusal(given) !== undefined ? thinned(given, n, m) : given;
}

describe('storage formats', () => {
  for (const name of names) {
    it(`${name} gives every tile back as it was, from its bytes, the table and the layer's shape`, () => {
      fc.assert(
        fc.property(layers, cuts, fc.nat(7), (any, cut, misalignment) => {
          const given = fitted(any, name);
          const { supports, weights, precision } = given;
          fc.pre(format(name).refusal(given) === undefined);
          const stored = format(name).prepare(given);
          for (const tile of tilesOf(supports, cut)) {
            const size = stored.tileSize(tile);
            const memory = new Uint8Array(misalignment + totalBytes(size) + 3).fill(0xa5);
            stored.encodeTile(weights, tile, memory.subarray(misalignment));
            expect([...memory.subarray(memory.length - 3)], 'not a byte more').to.deep.equal([
              0xa5, 0xa5, 0xa5,
            ]);
            const out = weights.slice().fill(99);
            const { table, descriptor } = stored;
            stored.format.decodeTile(memory.slice(misalignment), table, descriptor, tile, size, out);
            const wanted = weightsOf(given, tile);
            expect([...out.subarray(0, wanted.length)].map(Number)).to.deep.equal(wanted);
            expect(
              [...out.subarray(wanted.length)].every((value) => value === 99),
              'nothing behind',
            ).to.equal(true);
            if (!name.endsWith('+huffman')) {
              expect(size.valueBytes).to.equal(stored.valueCount(tile) * bytesOf(precision));
            }
          }
        }),
        { numRuns: 80 },
      );
    });
  }

  it('ignore what lies in the memory beforehand', () => {
    const supports: Supports = { ...halfEmpty(8, 8), assignment: { kind: 'periodic', period: 2 } };
    const given = { supports, precision: 'int8', weights: weightsFor(supports, 'int8', 1) } as const;
    for (const name of names) {
      if (format(name).refusal(given) !== undefined) continue;
      const stored = format(name).prepare(given);
      const tile = { filterStart: 1, filterCount: 5, channelStart: 1, channelCount: 6 };
      const [zeros, ones] = [0, 0xff].map((fill) => {
        const bytes = new Uint8Array(totalBytes(stored.tileSize(tile))).fill(fill);
        stored.encodeTile(given.weights, tile, bytes);
        return [...bytes];
      });
      expect(zeros, name).to.deep.equal(ones);
    }
  });

  it('store tiles of one shape alike where their starts agree modulo `repeats`, and stream the same taps for them', () => {
    fc.assert(
      fc.property(layers, cuts, fc.constantFrom(...bases), (any, [filterCount, channelCount], name) => {
        const given = fitted(any, name);
        fc.pre(format(name).refusal(given) === undefined);
        const { supports } = given;
        const stored = format(name).prepare(given);
        const known = new Map<string, string>();
        for (let filterStart = 0; filterStart + filterCount <= supports.filters; filterStart++) {
          for (let channelStart = 0; channelStart + channelCount <= supports.channels; channelStart++) {
            const tile = { filterStart, filterCount, channelStart, channelCount };
            const size = stored.tileSize(tile);
            const bytes = new Uint8Array(totalBytes(size));
            stored.encodeTile(given.weights.slice().fill(0), tile, bytes);
            const phase = `${filterStart % stored.repeats} ${channelStart % stored.repeats}`;
            const found = JSON.stringify([size, [...bytes], existsIn(stored.streamed, tile)]);
            expect(known.get(phase) ?? found, `${name} at ${phase}`).to.equal(found);
            known.set(phase, found);
          }
        }
      }),
      { numRuns: 400 },
    );
  });

  it('stream every tap that exists', () => {
    fc.assert(
      fc.property(layers, fc.constantFrom(...bases), (any, name) => {
        const given = fitted(any, name);
        fc.pre(format(name).refusal(given) === undefined);
        const { streamed } = format(name).prepare(given);
        const whole = wholeLayer(given.supports);
        const streams = existsIn(streamed, whole);
        expect(existsIn(given.supports, whole).every((exists, i) => exists <= streams[i])).to.equal(true);
      }),
      { numRuns: 300 },
    );
  });

  it('end on damaged tiles', () => {
    fc.assert(
      fc.property(
        layers,
        fc.constantFrom(...names),
        fc.array(fc.tuple(fc.nat(), fc.integer({ min: 1, max: 255 })), { minLength: 1, maxLength: 4 }),
        (any, name, damage) => {
          const given = fitted(any, name);
          fc.pre(format(name).refusal(given) === undefined);
          const stored = format(name).prepare(given);
          const tile = wholeLayer(given.supports);
          const size = stored.tileSize(tile);
          const bytes = new Uint8Array(totalBytes(size));
          fc.pre(bytes.length > 0);
          stored.encodeTile(given.weights, tile, bytes);
          // From the end, where pointers and counts are.
          for (const [at, change] of damage) bytes[bytes.length - 1 - (at % bytes.length)] ^= change;
          const out = given.weights.slice();
          stored.format.decodeTile(bytes, stored.table, stored.descriptor, tile, size, out);
        },
      ),
      { numRuns: 600 },
    );
  });

  it('refuse what they cannot hold', () => {
    const random = { supports: halfEmpty(4, 8), precision: 'int8' } as const;
    expect(periodic.refusal(random)).to.match(/each kernel has a support of its own/);
    expect(() => periodic.prepare(random)).to.throw(Error, /periodic storage: each kernel/);
    const crowded = { supports: denseSupports(2, 4, 1), precision: 'int8' } as const;
    expect(format('2:4').refusal(crowded)).to.equal(
      'filter 0 has 4 weights at tap 0 of channels 0 to 3; 2:4 allows 2',
    );
    expect(() => format('2:4+huffman').prepare(crowded)).to.throw(Error, /2:4 allows 2/);
    expect(() => storeLayer('2:4', crowded, 'conv')).to.not.throw();
    const full: Supports = {
      ...crowded.supports,
      patterns: [Uint8Array.of(0), Uint8Array.of(1)],
      assignment: { kind: 'per-kernel', ids: Uint32Array.of(1, 0, 0, 1, 0, 1, 1, 1) },
    };
    expect(() => storeLayer('2:4', { supports: full, precision: 'int8' }, 'conv3')).to.throw(
      UserError,
      'layer conv3: storage "2:4" cannot hold it: filter 1 has 3 weights at tap 0 of channels 0 to 3; 2:4 allows 2; try storage: auto or dense',
    );
    expect(() => format('csr+huffman').prepare(random)).to.throw(Error, /there are none/);
  });

  it('N:M finds a crowded block in any filter and channel', () => {
    fc.assert(
      fc.property(layers, fc.constantFrom<[number, number]>([1, 2], [2, 4], [1, 3]), (given, [n, m]) => {
        const { filters, channels, taps } = given.supports;
        let crowded = false;
        for (let filter = 0; filter < filters; filter++) {
          for (let tap = 0; tap < taps; tap++) {
            const inBlock = new Map<number, number>();
            for (let channel = 0; channel < channels; channel++) {
              const block = Math.floor(channel / m);
              const weights = patternAt(given.supports, filter, channel)[tap];
              inBlock.set(block, (inBlock.get(block) ?? 0) + weights);
            }
            crowded ||= [...inBlock.values()].some((weights) => weights > n);
          }
        }
        expect(format(`${n}:${m}`).refusal(given) !== undefined).to.equal(crowded);
      }),
    );
  });

  it('have names that are found, and no others', () => {
    for (const name of names) expect(format(name).name, name).to.equal(name);
    expect(format('run-length-5').name).to.equal('run-length');
    const wrong = [
      ...['run-length-0', 'run-length-17', 'run-length-05', '4:4', '0:4', '4:2', '2:65', '2:04', '2:4:8'],
      ...['block-0x4', 'block-4x65', 'block-4', 'huffman', '+huffman', 'csr+huffman+huffman', 'CSR'],
    ];
    for (const name of wrong) {
      expect(findFormat(name), name).to.equal(undefined);
      expect(formatNameFault(name), name).to.match(/^expected a storage format, got /);
    }
    expect(formatNameFault('auto')).to.equal(undefined);
    expect(formatNameFault('2:4+huffman')).to.equal(undefined);
    expect(formatNameFault('bitmsk')).to.match(/did you mean "bitmask"\?/);
  });

  it('are chosen by what the supports are', () => {
    const base = denseSupports(4, 4, 9);
    const repeating: Supports = {
      ...base,
      patterns: [Uint8Array.of(1, 1, 0, 1, 1, 0, 0, 0, 0)],
      assignment: { kind: 'periodic', period: 1 },
    };
    const random: Supports = { ...base, assignment: { kind: 'per-kernel', ids: new Uint32Array(16) } };
    const weights = new Int8Array(144);
    const stored = (choice: string, supports: Supports): string =>
      storeLayer(choice, { supports, precision: 'int8', weights }, 'a').format.name;
    expect(stored('auto', base)).to.equal('dense');
    expect(stored('auto', repeating)).to.equal('periodic');
    expect(stored('dense', repeating)).to.equal('dense');
    expect(stored('periodic', base)).to.equal('dense');
    expect(stored('csr+huffman', base)).to.equal('dense+huffman');
    expect(stored('csr+huffman', repeating)).to.equal('csr+huffman');
    expect(() => storeLayer('periodic', { supports: random, precision: 'int8' }, 'conv3')).to.throw(
      UserError,
      /layer conv3: storage "periodic" cannot hold it: each kernel has a support of its own.*try storage: auto or dense/,
    );
  });

  it('auto takes the smallest format without parameters, of equal ones the first', () => {
    const chosen = new Set<string>();
    fc.assert(
      fc.property(layers, (given) => {
        fc.pre(given.supports.assignment.kind !== 'dense');
        const whole: WeightTile = wholeLayer(given.supports);
        const sizes = plainFormats
          .filter((each) => each.refusal(given) === undefined)
          .map((each) => {
            const stored = each.prepare(given);
            return { name: each.name, bytes: totalBytes(stored.tileSize(whole)) + stored.table.length };
          });
        const fewest = Math.min(...sizes.map(({ bytes }) => bytes));
        const { name } = storeLayer('auto', given, 'a').format;
        chosen.add(name);
        expect(name).to.equal(sizes.find(({ bytes }) => bytes === fewest)!.name);
      }),
      { numRuns: 300, seed: 1 },
    );
    expect(chosen.size, [...chosen].join()).to.be.greaterThan(4);
  });
});

/** Kernels with two of four taps or none, by turns of three. */
function halfEmpty(filters: number, channels: number): Supports {
  return {
    filters,
    channels,
    taps: 4,
    patterns: [Uint8Array.of(1, 0, 0, 1), new Uint8Array(4)],
    assignment: {
      kind: 'per-kernel',
      ids: Uint32Array.from({ length: filters * channels }, (_, kernel) => (kernel % 3 === 0 ? 0 : 1)),
    },
  };
}
