import type { Supports } from '../sparsity/supports.js';
import type { ElementArray } from '../tensor/precision.js';
import { bytesOf } from '../tensor/precision.js';
import { elementsOn } from './elementBytes.js';
import { describeLayer } from './format.js';
import type {
  DecodeWork,
  LayerDescriptor,
  LayerStorage,
  StorageFormat,
  StorageLayer,
  TileSize,
  WeightTile,
} from './format.js';

/** An encoded tile taken apart. */
export interface TileSections {
  /** In storage order; may go on after the `count` of the tile. */
  readonly values: ElementArray;
  readonly count: number;
  readonly positions: Uint8Array;
  readonly pointers: Uint8Array;
  readonly table: Uint8Array;
}

/**
 * A format as a stream of values and two sections that say where the values belong. How the values are written is left
 * open: as they are (`sectioned`) or coded (`huffman`).
 */
export interface Sections {
  readonly name: string;
  readonly description: string;
  /** Some stored values are zeros that are no weights: padding, fillers, taps that do not exist. */
  readonly addsZeros: boolean;
  /** Why the layer cannot be held, or undefined when it can. */
  refusal(layer: StorageLayer): string | undefined;
  bind(layer: StorageLayer): LayerSections;
  /** As of `StorageFormat`, while the values are stored as they are. */
  tapRows?(table: Uint8Array, descriptor: LayerDescriptor): readonly Uint16Array[];
  /** Puts a tile's values into `out`, dense and zero beforehand. Ends with any sections, sound or not. */
  scatter(sections: TileSections, descriptor: LayerDescriptor, tile: WeightTile, out: ElementArray): void;
}

/** One layer's sections. */
export interface LayerSections {
  readonly repeats: number;
  readonly streamed: Supports;
  readonly readsPatternTable: boolean;
  readonly table: Uint8Array;
  /** Stored values of a tile, zeros that are no weights included. */
  valueCount(tile: WeightTile): number;
  positionBytes(tile: WeightTile): number;
  pointerBytes(tile: WeightTile): number;
  /** Writes the tile's values at the start of `values`, in storage order. */
  gather(weights: ElementArray, tile: WeightTile, values: ElementArray): void;
  writePositions(tile: WeightTile, out: Uint8Array): void;
  writePointers(tile: WeightTile, out: Uint8Array): void;
  decodeWork(tile: WeightTile): DecodeWork;
}

/** A format that can be had with its values as they are or coded. */
export interface SectionedFormat extends StorageFormat {
  readonly sections: Sections;
}

/** For formats without positions or pointers. */
export const noSections = {
  positionBytes: () => 0,
  pointerBytes: () => 0,
  writePositions: () => undefined,
  writePointers: () => undefined,
};

/** The format whose tiles are the values as they are, then the positions, then the pointers. */
export function sectioned(sections: Sections): SectionedFormat {
  const format: SectionedFormat = {
    name: sections.name,
    description: sections.description,
    needsWeights: false,
    sections,
    refusal: (layer) => sections.refusal(layer),
    prepare: (layer) => prepare(format, layer),
    ...(sections.tapRows && { tapRows: sections.tapRows }),
    decodeTile: (bytes, table, descriptor, tile, size, out) => {
      const { positions, pointers } = splitTile(bytes, size);
      out.fill(0, 0, tile.filterCount * tile.channelCount * descriptor.taps);
      sections.scatter(
        {
          values: elementsOn(descriptor.precision, bytes).elements,
          count: size.valueBytes / bytesOf(descriptor.precision),
          positions,
          pointers,
          table,
        },
        descriptor,
        tile,
        out,
      );
    },
  };
  return format;
}

function prepare(format: SectionedFormat, layer: StorageLayer): LayerStorage {
  const refusal = format.refusal(layer);
  if (refusal !== undefined) throw new Error(`${format.name} storage: ${refusal}`);
  const bound = format.sections.bind(layer);
  const valueBytes = bytesOf(layer.precision);
  const tileSize = (tile: WeightTile): TileSize => ({
    valueBytes: bound.valueCount(tile) * valueBytes,
    positionBytes: bound.positionBytes(tile),
    pointerBytes: bound.pointerBytes(tile),
  });
  return {
    format,
    descriptor: describeLayer(layer),
    supports: layer.supports,
    repeats: bound.repeats,
    streamed: bound.streamed,
    readsPatternTable: bound.readsPatternTable,
    table: bound.table,
    tileSize,
    valueCount: (tile) => bound.valueCount(tile),
    encodeTile: (weights, tile, out) => {
      const size = tileSize(tile);
      const packed = elementsOn(layer.precision, out.subarray(0, size.valueBytes));
      bound.gather(weights, tile, packed.elements);
      packed.flush(size.valueBytes);
      const { positions, pointers } = splitTile(out, size);
      bound.writePositions(tile, positions);
      bound.writePointers(tile, pointers);
    },
    decodeWork: (tile) => bound.decodeWork(tile),
  };
}

/** The sections behind a tile's values. */
export function splitTile(
  bytes: Uint8Array,
  { valueBytes, positionBytes, pointerBytes }: TileSize,
): { readonly positions: Uint8Array; readonly pointers: Uint8Array } {
  const pointersAt = valueBytes + positionBytes;
  return {
    positions: bytes.subarray(valueBytes, pointersAt),
    pointers: bytes.subarray(pointersAt, pointersAt + pointerBytes),
  };
}
