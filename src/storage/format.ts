import type { Supports } from '../sparsity/supports.js';
import type { ElementArray, Precision } from '../tensor/precision.js';

/** A contiguous block of a layer's filters and of the channels within their group. */
export interface WeightTile {
  readonly filterStart: number;
  readonly filterCount: number;
  readonly channelStart: number;
  readonly channelCount: number;
}

/** Encoded bytes of one tile, split by what they mean. */
export interface TileSize {
  readonly valueBytes: number;
  /** Which taps the values belong to. */
  readonly positionBytes: number;
  /** Where rows, columns or kernels begin. */
  readonly pointerBytes: number;
}

export function totalBytes({ valueBytes, positionBytes, pointerBytes }: TileSize): number {
  return valueBytes + positionBytes + pointerBytes;
}

/** What it takes to find the taps of a tile's values, each time that the array streams the tile. */
export interface DecodeWork {
  /** Positions read as numbers: a column index, a run, a place in a block. */
  readonly entries: number;
  /** Bits of masks looked through. */
  readonly maskBits: number;
  /** Huffman symbols. */
  readonly symbols: number;
  /** Steps that follow from one another, so that the decoder does only so many per cycle; 0 where all is known at once. */
  readonly serialSteps: number;
}

export const noDecoding: DecodeWork = { entries: 0, maskBits: 0, symbols: 0, serialSteps: 0 };

/** What the decoder knows of a layer beside the bytes: its shape and its period, no mask. */
export interface LayerDescriptor {
  readonly filters: number;
  /** Channels per group. */
  readonly channels: number;
  readonly taps: number;
  /** Rows of the pattern table; 1 when dense. */
  readonly period: number;
  readonly precision: Precision;
}

/** What is to be stored. */
export interface StorageLayer {
  readonly supports: Supports;
  readonly precision: Precision;
  /** (filters, channels, taps), zero outside the supports; needed where `needsWeights` says so. */
  readonly weights?: ElementArray | undefined;
}

/**
 * How a layer's weights lie in DRAM. One file per format; `formats.ts` registers them.
 *
 * Whatever is stored of a tile is contiguous: values, then positions, then pointers, unless the format says otherwise. What
 * the DMA moves and what the buffers hold is these bytes.
 */
export interface StorageFormat {
  readonly name: string;
  /** Two lines for people. */
  readonly description: string;
  /** Sizes follow from the values, not from the supports alone. */
  readonly needsWeights: boolean;
  /** Why the layer cannot be held, or undefined when it can. */
  refusal(layer: StorageLayer): string | undefined;
  /** @throws Error where `refusal` objects, or where weights are needed and missing */
  prepare(layer: StorageLayer): LayerStorage;
  /**
   * Of formats that store nothing of a tile but the values of its taps, in order filter, channel, tap: the taps of each row of
   * patterns, ascending, where kernel (o, c) has row (o + c) mod P. An array may read such tiles as they lie.
   */
  tapRows?(table: Uint8Array, descriptor: LayerDescriptor): readonly Uint16Array[];
  /**
   * Reads a tile back into `out`, dense (filterCount, channelCount, taps); taps that are not stored become zero.
   * Only the bytes, the table, the layer's shape and the tile's size (which the DMA was told) are consulted.
   *
   * @param bytes begin with the tile and may go on after it
   */
  decodeTile(
    bytes: Uint8Array,
    table: Uint8Array,
    descriptor: LayerDescriptor,
    tile: WeightTile,
    size: TileSize,
    out: ElementArray,
  ): void;
}

/** One layer under one format. */
export interface LayerStorage {
  readonly format: StorageFormat;
  readonly descriptor: LayerDescriptor;
  readonly supports: Supports;
  /** Tiles of one shape whose first filters and channels are equal modulo this are stored alike; Infinity where none need be. */
  readonly repeats: number;
  /** Taps that the array streams: it knows of no others that they are zero. */
  readonly streamed: Supports;
  /** Whether the array looks the taps up in a table of patterns. */
  readonly readsPatternTable: boolean;
  /** Stored once per layer and loaded before its first tile. */
  readonly table: Uint8Array;
  tileSize(tile: WeightTile): TileSize;
  /** Stored values of a tile: its weights, and the zeros that the format adds. */
  valueCount(tile: WeightTile): number;
  /** Writes the tile's bytes at the start of `out`, which is at least the tile's size. */
  encodeTile(weights: ElementArray, tile: WeightTile, out: Uint8Array): void;
  decodeWork(tile: WeightTile): DecodeWork;
}

/** The `repeats` of a format that looks at the supports alone. */
export function repeatsOf({ assignment }: Supports): number {
  if (assignment.kind === 'dense') return 1;
  return assignment.kind === 'periodic' ? assignment.period : Infinity;
}

/** The whole layer as one tile. */
export function wholeLayer({ filters, channels }: Supports): WeightTile {
  return { filterStart: 0, filterCount: filters, channelStart: 0, channelCount: channels };
}

export function describeLayer({ supports, precision }: StorageLayer): LayerDescriptor {
  return {
    filters: supports.filters,
    channels: supports.channels,
    taps: supports.taps,
    period: supports.assignment.kind === 'periodic' ? supports.assignment.period : 1,
    precision,
  };
}
