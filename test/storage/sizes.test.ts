import { expect } from 'chai';
import fc from 'fast-check';
import { supportFamily } from '../../src/sparsity/families.js';
import type { FamilySize } from '../../src/sparsity/families.js';
import { fillSlots } from '../../src/sparsity/patterns.js';
import { nonZeroTaps } from '../../src/sparsity/supports.js';
import type { Supports } from '../../src/sparsity/supports.js';
import { noDecoding, wholeLayer } from '../../src/storage/format.js';
import type { DecodeWork, LayerStorage, TileSize, WeightTile } from '../../src/storage/format.js';
import { findFormat } from '../../src/storage/formats.js';
import { bytesOf } from '../../src/tensor/precision.js';
import { cuts, existsIn, kernelsOf, layers, patternAt, thinned, tilesOf, weightsOf } from './layers.js';
import type { Given } from './layers.js';

/** What a tile holds, counted one by one, and what it should take: values, bits of positions, bits of pointers. */
type Expected = (
  given: Given,
  tile: WeightTile,
) => { values: number; positions: number; pointers: number; work?: Partial<DecodeWork> };

const log2Up = (count: number): number => {
  let bits = 0;
  while (2 ** bits < count) bits++;
  return bits;
};
const sum = (numbers: readonly number[]): number => numbers.reduce((total, each) => total + each, 0);
const weightsIn = ({ supports }: Given, tile: WeightTile): number => sum(existsIn(supports, tile));

const closed: Record<string, Expected> = {
  dense: ({ supports }, tile) => ({
    values: tile.filterCount * tile.channelCount * supports.taps,
    positions: 0,
    pointers: 0,
  }),
  periodic: (given, tile) => ({ values: weightsIn(given, tile), positions: 0, pointers: 0 }),
  'pattern-id': (given, tile) => {
    const { supports } = given;
    const kernels = kernelsOf(tile).length;
    const occur = kernelsOf(wholeLayer(supports)).map(([o, c]) => patternAt(supports, o, c).join(''));
    return {
      values: weightsIn(given, tile),
      positions: kernels * log2Up(new Set(occur).size),
      pointers: 0,
      work: { entries: kernels },
    };
  },
  bitmask: (given, tile) => {
    const maskBits = kernelsOf(tile).length * given.supports.taps;
    return { values: weightsIn(given, tile), positions: maskBits, pointers: 0, work: { maskBits } };
  },
  'tap-position': (given, tile) => {
    const values = weightsIn(given, tile);
    const { taps } = given.supports;
    return {
      values,
      positions: values * log2Up(taps),
      pointers: kernelsOf(tile).length * log2Up(taps + 1),
      work: { entries: values },
    };
  },
  coo: (given, tile) => {
    const values = weightsIn(given, tile);
    const bits = log2Up(tile.filterCount) + log2Up(tile.channelCount * given.supports.taps);
    return {
      values,
      positions: values * bits,
      pointers: 0,
      work: { entries: values, serialSteps: values },
    };
  },
  csr: (given, tile) => {
    const values = weightsIn(given, tile);
    return {
      values,
      positions: values * log2Up(tile.channelCount * given.supports.taps),
      pointers: (tile.filterCount + 1) * log2Up(values + 1),
      work: { entries: values, serialSteps: values },
    };
  },
  csc: (given, tile) => {
    const values = weightsIn(given, tile);
    return {
      values,
      positions: values * log2Up(tile.filterCount),
      pointers: (tile.channelCount * given.supports.taps + 1) * log2Up(values + 1),
      work: { entries: values, serialSteps: values },
    };
  },
  'run-length': runLengthOf(5),
  'run-length-1': runLengthOf(1),
  'run-length-3': runLengthOf(3),
  'run-length-16': runLengthOf(16),
  '1:2': nOfMOf(1, 2),
  '2:4': nOfMOf(2, 4),
  '2:3': nOfMOf(2, 3),
  'block-1x1': blocksOf(1, 1),
  'block-2x3': blocksOf(2, 3),
  'block-4x4': blocksOf(4, 4),
};

function runLengthOf(bits: number): Expected {
  return ({ supports, precision }, tile) => {
    let pairs = 0;
    let run = 0;
    for (const exists of existsIn(supports, tile)) {
      if (exists === 0) run++;
      else {
        while (run >= 2 ** bits) {
          pairs++;
          run -= 2 ** bits;
        }
        pairs++;
        run = 0;
      }
    }
    const valueBits = bytesOf(precision) * 8;
    const words = Math.ceil(pairs / Math.floor(63 / (bits + valueBits)));
    return {
      values: pairs,
      positions: words * 64 - pairs * valueBits,
      pointers: 0,
      work: { entries: pairs, serialSteps: pairs },
    };
  };
}

function nOfMOf(n: number, m: number): Expected {
  return ({ supports }, { filterCount, channelStart, channelCount }) => {
    const pieces = new Map<number, number>();
    for (let channel = channelStart; channel < channelStart + channelCount; channel++) {
      const block = Math.floor(channel / m);
      pieces.set(block, (pieces.get(block) ?? 0) + 1);
    }
    const slots = sum([...pieces.values()].map((length) => Math.min(n, length)));
    const values = filterCount * supports.taps * slots;
    return { values, positions: values * log2Up(m), pointers: 0, work: { entries: values } };
  };
}

function blocksOf(rows: number, columns: number): Expected {
  return ({ supports }, tile) => {
    const blockOf = ([filter, channel]: [number, number]): string =>
      `${Math.floor(filter / rows)} ${Math.floor(channel / columns)}`;
    const stored = new Set(
      kernelsOf(wholeLayer(supports))
        .filter(([filter, channel]) => patternAt(supports, filter, channel).includes(1))
        .map(blockOf),
    );
    const kernels = kernelsOf(tile).map(blockOf);
    const met = new Set(kernels);
    const blocks = [...met].filter((block) => stored.has(block)).length;
    const blockRows = new Set([...met].map((block) => block.split(' ')[0])).size;
    return {
      values: kernels.filter((block) => stored.has(block)).length * supports.taps,
      positions: blocks * log2Up(met.size / blockRows),
      pointers: (blockRows + 1) * log2Up(met.size + 1),
      work: { entries: blocks },
    };
  };
}

function prepare(name: string, given: Pick<Given, 'supports' | 'precision'> & Partial<Given>): LayerStorage {
  const format = findFormat(name);
  if (format === undefined) throw new Error(`no format ${name}`);
  return format.prepare(given);
}

describe('sizes of stored tiles', () => {
  for (const [name, expected] of Object.entries(closed)) {
    it(`${name} takes what its formula says, section by section, and so does the decoder's work`, () => {
      fc.assert(
        fc.property(layers, cuts, (any, cut) => {
          const [n, m] = name.split(':').map(Number);
          const given = m > 0 ? thinned(any, n, m) : any;
          fc.pre(findFormat(name)!.refusal(given) === undefined);
          const stored = prepare(name, given);
          for (const tile of tilesOf(given.supports, cut)) {
            const { values, positions, pointers, work } = expected(given, tile);
            expect(stored.valueCount(tile)).to.equal(values);
            expect(stored.tileSize(tile)).to.deep.equal({
              valueBytes: values * bytesOf(given.precision),
              positionBytes: Math.ceil(positions / 8),
              pointerBytes: Math.ceil(pointers / 8),
            });
            expect(stored.decodeWork(tile)).to.deep.equal({ ...noDecoding, ...work });
          }
        }),
        { numRuns: 150 },
      );
    });
  }

  it('Huffman keeps positions and pointers, adds the number of values, and codes each byte of a value', () => {
    fc.assert(
      fc.property(
        layers,
        cuts,
        fc.constantFrom('dense', 'csr', 'bitmask', 'block-2x3'),
        (given, cut, base) => {
          const plain = prepare(base, given);
          const coded = prepare(`${base}+huffman`, given);
          const planes = bytesOf(given.precision);
          const lengths = codeLengthsIn(coded.table, planes);
          expect(coded.table.length).to.equal(plain.table.length + 128 * planes);
          for (const tile of tilesOf(given.supports, cut)) {
            const before = plain.tileSize(tile);
            const after = coded.tileSize(tile);
            expect(after.positionBytes).to.equal(before.positionBytes);
            expect(after.pointerBytes).to.equal(before.pointerBytes + 4);
            expect(after.valueBytes).to.equal(Math.ceil(bitsOf(given, plain, tile, lengths) / 8));
            const count = plain.valueCount(tile);
            expect(coded.valueCount(tile)).to.equal(count);
            expect(coded.decodeWork(tile)).to.deep.equal({
              ...plain.decodeWork(tile),
              symbols: count * planes,
              serialSteps: count,
            });
          }
        },
      ),
    );
  });

  it('Huffman keeps the runs of run-length as a plain stream', () => {
    fc.assert(
      fc.property(layers, fc.constantFrom(1, 5, 16), (given, bits) => {
        const tile = wholeLayer(given.supports);
        const name = bits === 5 ? 'run-length' : `run-length-${bits}`;
        const pairs = prepare(name, given).valueCount(tile);
        const { positionBytes, pointerBytes } = prepare(`${name}+huffman`, given).tileSize(tile);
        expect([positionBytes, pointerBytes]).to.deep.equal([Math.ceil((pairs * bits) / 8), 4]);
      }),
    );
  });
});

/** Bits of the coded values that a plain tile holds, its bytes looked up one by one. */
function bitsOf(given: Given, plain: LayerStorage, tile: WeightTile, lengths: readonly number[][]): number {
  const size: TileSize = plain.tileSize(tile);
  const bytes = new Uint8Array(size.valueBytes + size.positionBytes + size.pointerBytes);
  plain.encodeTile(given.weights, tile, bytes);
  expect(weightsOf(given, tile).length).to.be.greaterThan(0);
  return sum(
    [...bytes.subarray(0, size.valueBytes)].map((byte, i) => {
      const length = lengths[i % lengths.length][byte];
      expect(length, `byte ${byte} has a code`).to.be.greaterThan(0);
      return length;
    }),
  );
}

function codeLengthsIn(table: Uint8Array, planes: number): number[][] {
  const nibbles = [...table.subarray(table.length - 128 * planes)].flatMap((byte) => [byte & 15, byte >> 4]);
  return Array.from({ length: planes }, (_, plane) => nibbles.slice(plane * 256, (plane + 1) * 256));
}

/** Filters and channels of ResNet18's 3x3 convolutions but the first. */
const resnet18: ReadonlyArray<readonly [filters: number, channels: number]> = [
  ...[64, 64, 64, 64].map((width) => [width, width] as const),
  [128, 64],
  ...[128, 128, 128].map((width) => [width, width] as const),
  [256, 128],
  ...[256, 256, 256].map((width) => [width, width] as const),
  [512, 256],
  ...[512, 512, 512].map((width) => [width, width] as const),
];

/** Index beside the values of ResNet18's sparse layers with 16-bit weights, each layer one tile, in percent. */
function overhead(name: string, taps: FamilySize, period: number, sections: readonly string[]): number {
  let index = 0;
  let values = 0;
  for (const [filters, channels] of resnet18) {
    const supports: Supports = {
      filters,
      channels,
      taps: 9,
      patterns: fillSlots(supportFamily(taps), period, period - 1),
      assignment: { kind: 'periodic', period },
    };
    const stored = prepare(name, { supports, precision: 'int16' });
    const size = stored.tileSize(wholeLayer(supports));
    expect(size.valueBytes).to.equal(2 * nonZeroTaps(supports));
    values += size.valueBytes;
    if (sections.includes('positions')) index += size.positionBytes;
    if (sections.includes('pointers')) index += size.pointerBytes;
    if (sections.includes('table')) index += stored.table.length;
  }
  return (100 * index) / values;
}

describe('index beside the 16-bit weights of ResNet18', () => {
  const variants: ReadonlyArray<readonly [FamilySize, number]> = [
    [4, 8],
    [2, 8],
    [1, 16],
  ];
  const published: ReadonlyArray<readonly [name: string, sections: string[], percent: string[]]> = [
    ['periodic', ['positions', 'pointers', 'table'], ['0.0013', '0.0021', '0.0079']],
    ['pattern-id', ['positions'], ['4.05', '6.52', '16.67']],
    ['bitmask', ['positions', 'pointers', 'table'], ['12.2', '19.6', '37.5']],
    ['tap-position', ['positions'], ['25', '25', '25']],
    ['csr', ['positions', 'pointers', 'table'], ['78.4', '78.5', '78.6']],
  ];
  for (const [name, sections, percents] of published) {
    it(`of ${name} is ${percents.join(', ')} % under PSD4_P8, PSD2_P8 and PSD1_P16`, () => {
      const found = variants.map(([taps, period], i) => {
        const digits = percents[i].split('.')[1]?.length ?? 0;
        return overhead(name, taps, period, sections).toFixed(digits);
      });
      expect(found).to.deep.equal(percents);
    });
  }
});
