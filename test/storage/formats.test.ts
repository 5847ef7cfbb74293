import { expect } from 'chai';
import fc from 'fast-check';
import { UserError } from '../../src/document/userError.js';
import { denseSupports, nonZeroTaps } from '../../src/sparsity/supports.js';
import type { Supports } from '../../src/sparsity/supports.js';
import { dense } from '../../src/storage/dense.js';
import { totalBytes } from '../../src/storage/format.js';
import type { WeightTile } from '../../src/storage/format.js';
import { plainFormats, storeLayer } from '../../src/storage/formats.js';
import { periodic } from '../../src/storage/periodic.js';
import { bytesOf } from '../../src/tensor/precision.js';
import { cases, int8 } from '../machine/arbitraries.js';
import type { Case } from '../machine/arbitraries.js';

const float32 = { ifmap: 'float32', weight: 'float32', accumulator: 'float32' } as const;
const int16 = { ifmap: 'int16', weight: 'int16', accumulator: 'int48' } as const;
const layers = cases({ precisions: [int8, int16, float32] });

/** Cuts of the layer into tiles of at most so many filters and channels. */
const cuts = fc.tuple(fc.integer({ min: 1, max: 12 }), fc.integer({ min: 1, max: 9 }));

function tilesOf(
  { filters, channels }: Supports,
  [filterCount, channelCount]: [number, number],
): WeightTile[] {
  const tiles: WeightTile[] = [];
  for (let filterStart = 0; filterStart < filters; filterStart += filterCount) {
    for (let channelStart = 0; channelStart < channels; channelStart += channelCount) {
      tiles.push({
        filterStart,
        filterCount: Math.min(filterCount, filters - filterStart),
        channelStart,
        channelCount: Math.min(channelCount, channels - channelStart),
      });
    }
  }
  return tiles;
}

/** The weights of a tile, dense: (filters, channels, taps). */
function weightsOf({ modelLayer }: Case, tile: WeightTile): number[] {
  const { operands, supports } = modelLayer;
  const kept: number[] = [];
  for (let filter = 0; filter < tile.filterCount; filter++) {
    const kernel = (tile.filterStart + filter) * supports.channels + tile.channelStart;
    kept.push(
      ...operands!.weights.subarray(kernel * supports.taps, (kernel + tile.channelCount) * supports.taps),
    );
  }
  return kept;
}

describe('storage formats', () => {
  for (const format of plainFormats) {
    it(`${format.name} gives every tile back as it was, from its bytes, the table and the layer's shape`, () => {
      fc.assert(
        fc.property(layers, cuts, fc.nat(7), (given, cut, misalignment) => {
          const { supports, operands } = given.modelLayer;
          const { weights } = operands!;
          const layer = { supports, precision: given.precision.weight, weights };
          fc.pre(format.refusal(layer) === undefined);
          const stored = format.prepare(layer);
          for (const tile of tilesOf(supports, cut)) {
            const size = stored.tileSize(tile);
            const memory = new Uint8Array(misalignment + totalBytes(size) + 3).fill(0xa5);
            stored.encodeTile(weights, tile, memory.subarray(misalignment, memory.length - 3));
            expect([...memory.subarray(memory.length - 3)], 'not a byte more').to.deep.equal([
              0xa5, 0xa5, 0xa5,
            ]);
            const out = weights.slice().fill(99);
            const bytes = memory.slice(misalignment, memory.length - 3);
            format.decodeTile(bytes, stored.table, stored.descriptor, tile, size, out);
            const wanted = weightsOf(given, tile);
            expect([...out.subarray(0, wanted.length)].map(Number)).to.deep.equal(wanted.map(Number));
          }
        }),
        { numRuns: 200 },
      );
    });
  }

  it('periodic stores the taps that exist and no other byte', () => {
    fc.assert(
      fc.property(layers, cuts, (given, cut) => {
        const { supports } = given.modelLayer;
        const { weight: precision } = given.precision;
        const layer = { supports, precision };
        fc.pre(periodic.refusal(layer) === undefined);
        const stored = periodic.prepare(layer);
        const values = tilesOf(supports, cut).reduce(
          (sum, tile) => sum + totalBytes(stored.tileSize(tile)),
          0,
        );
        expect(values).to.equal(nonZeroTaps(supports) * bytesOf(precision));
      }),
      { numRuns: 200 },
    );
  });

  it('periodic keeps one table of P x k x k bits', () => {
    const patterns = Array.from({ length: 16 }, (_, slot) =>
      Uint8Array.from({ length: 9 }, (__, tap) => (tap === slot % 9 ? 1 : 0)),
    );
    const supports: Supports = {
      filters: 32,
      channels: 16,
      taps: 9,
      patterns,
      assignment: { kind: 'periodic', period: 16 },
    };
    const { table } = periodic.prepare({ supports, precision: 'int8' });
    expect(table).to.have.length(18);
    // Slot 0 has tap 0, which is bit 0; slot 1 has tap 1, which is bit 9 + 1.
    expect(table[0]).to.equal(1);
    expect(table[1]).to.equal(0b100);
    expect(table.reduce((sum, byte) => sum + byte.toString(2).replaceAll('0', '').length, 0)).to.equal(16);
  });

  it('dense stores every tap and no index', () => {
    const supports = denseSupports(4, 3, 9);
    const tile = { filterStart: 1, filterCount: 2, channelStart: 0, channelCount: 3 };
    const stored = dense.prepare({ supports, precision: 'int16' });
    expect(stored.tileSize(tile)).to.deep.equal({ valueBytes: 108, positionBytes: 0, pointerBytes: 0 });
    expect(stored.table).to.have.length(0);
  });

  it('are chosen by what the supports are', () => {
    const base = denseSupports(4, 4, 9);
    const repeating: Supports = {
      ...base,
      patterns: [Uint8Array.of(1, 1, 0, 1, 1, 0, 0, 0, 0)],
      assignment: { kind: 'periodic', period: 1 },
    };
    const random: Supports = { ...base, assignment: { kind: 'per-kernel', ids: new Uint32Array(16) } };
    const stored = (choice: string, supports: Supports): string =>
      storeLayer(choice, { supports, precision: 'int8' }, 'a').format.name;
    expect(stored('auto', base)).to.equal('dense');
    expect(stored('auto', repeating)).to.equal('periodic');
    expect(stored('dense', repeating)).to.equal('dense');
    expect(stored('periodic', base)).to.equal('dense');
    expect(() => storeLayer('periodic', { supports: random, precision: 'int8' }, 'conv3')).to.throw(
      UserError,
      /layer conv3: storage "periodic" cannot hold it: each kernel has a support of its own.*try storage: auto or dense/,
    );
  });
});
