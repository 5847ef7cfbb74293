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
  readonly indexBytes: number;
}

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

/**
 * How a layer's weights lie in DRAM. One file per format; `formats.ts` registers them.
 *
 * A tile's bytes are contiguous: values in order filter, channel, tap (row-major). What the DMA moves is these bytes.
 */
export interface StorageFormat {
  readonly name: string;
  /** Two lines for people. */
  readonly description: string;
  /** Whether the array learns from the stored bytes which taps exist, and so can skip the others. */
  readonly exposesSupports: boolean;
  /** Why these supports cannot be held, or undefined when they can. */
  refusal(supports: Supports): string | undefined;
  /** Index bytes stored once per layer and loaded before its first tile. */
  encodeTable(supports: Supports): Uint8Array;
  /** Bytes of the layer's table, without making it. */
  tableBytes(supports: Supports): number;
  /** Size of a tile, from the supports alone. */
  tileSize(supports: Supports, tile: WeightTile, precision: Precision): TileSize;
  /** Writes the tile's bytes at the start of `out`, which is at least the tile's size. */
  encodeTile(
    weights: ElementArray,
    supports: Supports,
    tile: WeightTile,
    precision: Precision,
    out: Uint8Array,
  ): void;
  /**
   * Reads a tile back into `out`, dense (filterCount, channelCount, taps); taps that are not stored become zero.
   * Only `bytes`, `table` and the descriptor are consulted.
   */
  decodeTile(
    bytes: Uint8Array,
    table: Uint8Array,
    descriptor: LayerDescriptor,
    tile: WeightTile,
    out: ElementArray,
  ): void;
}

export function describeLayer(supports: Supports, precision: Precision): LayerDescriptor {
  return {
    filters: supports.filters,
    channels: supports.channels,
    taps: supports.taps,
    period: supports.assignment.kind === 'periodic' ? supports.assignment.period : 1,
    precision,
  };
}
