import { patternIndex } from '../sparsity/supports.js';
import type { Supports } from '../sparsity/supports.js';
import { supportsOfMask } from '../sparsity/supportsOfMask.js';
import { areaSums } from './areaSums.js';
import type { AreaSum } from './areaSums.js';
import { bitReader, bitsFor, bitWriter, bytesForBits } from './bits.js';
import { existingTaps } from './existingTaps.js';
import { noDecoding, repeatsOf } from './format.js';
import type { WeightTile } from './format.js';
import { leastCommonMultiple } from './leastCommonMultiple.js';
import { sectioned } from './sections.js';
import type { SectionedFormat } from './sections.js';

/**
 * Block compressed sparse rows: blocks of R filters x C channels with all taps of their kernels, aligned to filters that R
 * divides and channels that C divides. A block that has any weight is stored whole, zeros included; of a block that a
 * tile's edge cuts, each tile stores its piece, also if the piece has no weight, so that what is stored is what the array
 * streams, however the layer is cut.
 *
 * Positions: the block's column within the tile, ceil(log2 block columns of the tile) bits per stored block. Pointers:
 * block rows of the tile + 1, ceil(log2(blocks of the tile + 1)) bits each: how many are stored, the decoder learns from
 * the pointers only, since cut blocks hold fewer values. Values in order block, filter, channel, tap.
 */
export function blocks(rows: number, columns: number): SectionedFormat {
  return sectioned({
    name: `block-${rows}x${columns}`,
    description:
      `Blocks of ${rows} filters x ${columns} channels that have any weight, whole, with their columns and row pointers.\n` +
      'The array multiplies the zeros within stored blocks.',
    addsZeros: true,
    refusal: () => undefined,
    bind: ({ supports }) => {
      const { taps, channels } = supports;
      const { isStored, storedBlocks, streamed } = occupy(supports, rows, columns);
      const valueCount = existingTaps(streamed).count;
      const blockCount = (tile: WeightTile): number => {
        const grid = gridOf(tile, rows, columns);
        return storedBlocks(grid.firstRow, grid.rows, grid.firstColumn, grid.columns);
      };
      return {
        repeats: repeatsUnder(supports, streamed, rows, columns),
        streamed,
        readsPatternTable: false,
        table: new Uint8Array(0),
        valueCount,
        positionBytes: (tile) =>
          bytesForBits(blockCount(tile) * bitsFor(gridOf(tile, rows, columns).columns)),
        pointerBytes: (tile) => {
          const grid = gridOf(tile, rows, columns);
          return bytesForBits((grid.rows + 1) * pointerWidthOf(grid));
        },
        gather: (weights, tile, values) => {
          const { patterns } = supports;
          const grid = gridOf(tile, rows, columns);
          let next = 0;
          for (let row = 0; row < grid.rows; row++) {
            for (let column = 0; column < grid.columns; column++) {
              if (!isStored(grid.firstRow + row, grid.firstColumn + column)) continue;
              const piece = pieceOf(tile, grid, row, column, rows, columns);
              for (let filter = piece.filter; filter < piece.filterEnd; filter++) {
                for (let channel = piece.channel; channel < piece.channelEnd; channel++) {
                  const from = ((tile.filterStart + filter) * channels + tile.channelStart + channel) * taps;
                  const pattern =
                    patterns[patternIndex(supports, tile.filterStart + filter, tile.channelStart + channel)];
                  for (let tap = 0; tap < taps; tap++) {
                    values[next++] = pattern[tap] === 0 ? 0 : weights[from + tap];
                  }
                }
              }
            }
          }
        },
        writePositions: (tile, out) => {
          const grid = gridOf(tile, rows, columns);
          const width = bitsFor(grid.columns);
          const writer = bitWriter(out);
          for (let row = 0; row < grid.rows; row++) {
            for (let column = 0; column < grid.columns; column++) {
              if (isStored(grid.firstRow + row, grid.firstColumn + column)) writer.write(column, width);
            }
          }
        },
        writePointers: (tile, out) => {
          const grid = gridOf(tile, rows, columns);
          const width = pointerWidthOf(grid);
          const writer = bitWriter(out);
          for (let before = 0; before <= grid.rows; before++) {
            writer.write(storedBlocks(grid.firstRow, before, grid.firstColumn, grid.columns), width);
          }
        },
        decodeWork: (tile) => ({ ...noDecoding, entries: blockCount(tile) }),
      };
    },
    scatter: ({ values, count, positions, pointers }, { taps }, tile, out) => {
      const grid = gridOf(tile, rows, columns);
      const width = bitsFor(grid.columns);
      const pointerWidth = pointerWidthOf(grid);
      const places = bitReader(positions);
      const ends = bitReader(pointers, pointerWidth);
      let block = 0;
      let next = 0;
      for (let row = 0; row < grid.rows; row++) {
        const end = ends.read(pointerWidth);
        for (; block < end && next < count; block++) {
          const piece = pieceOf(tile, grid, row, places.read(width), rows, columns);
          for (let filter = piece.filter; filter < piece.filterEnd; filter++) {
            const from = (filter * tile.channelCount + piece.channel) * taps;
            const length = (piece.channelEnd - piece.channel) * taps;
            for (let i = 0; i < length; i++) out[from + i] = values[next++];
          }
        }
      }
    },
  });
}

/** The blocks that a tile meets, numbered within the layer. */
interface BlockGrid {
  readonly firstRow: number;
  readonly rows: number;
  readonly firstColumn: number;
  readonly columns: number;
}

function gridOf(tile: WeightTile, rows: number, columns: number): BlockGrid {
  const firstRow = Math.floor(tile.filterStart / rows);
  const firstColumn = Math.floor(tile.channelStart / columns);
  return {
    firstRow,
    rows: Math.ceil((tile.filterStart + tile.filterCount) / rows) - firstRow,
    firstColumn,
    columns: Math.ceil((tile.channelStart + tile.channelCount) / columns) - firstColumn,
  };
}

function pointerWidthOf(grid: BlockGrid): number {
  return bitsFor(grid.rows * grid.columns + 1);
}

/** The kernels of a block that lie in the tile, counted from the tile's first. */
function pieceOf(
  { filterStart, filterCount, channelStart, channelCount }: WeightTile,
  { firstRow, firstColumn }: BlockGrid,
  row: number,
  column: number,
  rows: number,
  columns: number,
): { filter: number; filterEnd: number; channel: number; channelEnd: number } {
  const filter = (firstRow + row) * rows - filterStart;
  const channel = (firstColumn + column) * columns - channelStart;
  return {
    filter: Math.max(filter, 0),
    filterEnd: Math.min(filter + rows, filterCount),
    channel: Math.max(channel, 0),
    channelEnd: Math.min(channel + columns, channelCount),
  };
}

/** Which blocks of the layer have any weight. */
function occupy(
  supports: Supports,
  rows: number,
  columns: number,
): {
  readonly isStored: (blockRow: number, blockColumn: number) => boolean;
  readonly storedBlocks: AreaSum;
  readonly streamed: Supports;
} {
  const { filters, channels, taps } = supports;
  const { ofPattern } = existingTaps(supports);
  const blockRows = Math.ceil(filters / rows);
  const blockColumns = Math.ceil(channels / columns);
  const stored = new Uint8Array(blockRows * blockColumns);
  for (let filter = 0; filter < filters; filter++) {
    const blockRow = Math.floor(filter / rows) * blockColumns;
    for (let channel = 0; channel < channels; channel++) {
      if (ofPattern[patternIndex(supports, filter, channel)].length > 0) {
        stored[blockRow + Math.floor(channel / columns)] = 1;
      }
    }
  }
  const isStored = (blockRow: number, blockColumn: number): boolean =>
    stored[blockRow * blockColumns + blockColumn] !== 0;
  /** All taps of the kernels in stored blocks. */
  const expanded = (): Uint8Array => {
    const mask = new Uint8Array(filters * channels * taps);
    for (let filter = 0; filter < filters; filter++) {
      for (let channel = 0; channel < channels; channel++) {
        const kernel = filter * channels + channel;
        if (isStored(Math.floor(filter / rows), Math.floor(channel / columns))) {
          mask.fill(1, kernel * taps, (kernel + 1) * taps);
        }
      }
    }
    return mask;
  };
  return {
    isStored,
    storedBlocks: areaSums(blockRows, blockColumns, (row, column) => (isStored(row, column) ? 1 : 0)),
    streamed: supportsOfMask(filters, channels, taps, expanded()),
  };
}

/**
 * Where the layer ends within a block, a weight beyond the end cannot make that block stored, although a tile that ends
 * there looks like one that ends within a block by its own cut.
 */
function repeatsUnder(supports: Supports, streamed: Supports, rows: number, columns: number): number {
  if (streamed.assignment.kind === 'dense') return leastCommonMultiple(rows, columns);
  const endsWithinBlock = supports.filters % rows !== 0 || supports.channels % columns !== 0;
  const repeats = repeatsOf(supports);
  if (repeats === Infinity || endsWithinBlock) return Infinity;
  return leastCommonMultiple(repeats, leastCommonMultiple(rows, columns));
}
