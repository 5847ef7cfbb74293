import type { LayerProblem } from '../mapping/problem.js';
import type { Mapping } from '../mapping/mapping.js';
import type { MapBox } from '../mapping/runs.js';
import { isEmpty, storedBox, storedMap } from '../mapping/storedTile.js';
import { tilesInOrder } from '../mapping/tiles.js';
import type { ActivationFormat } from '../storage/activations/activationFormat.js';
import type { Precision } from '../tensor/precision.js';

/** Units are of at least so many elements, where their tile has them: pointers stay a few per cent. */
const leastUnitElements = 64;

/** A tile that a layer stored, of a single image, in its map's region. */
export interface CompressedTile {
  readonly box: MapBox;
  /** Rows of a unit; the last of a channel may have fewer. */
  readonly unitRows: number;
  /** Units of one channel. */
  readonly unitsPerChannel: number;
  /** Of the tile's first unit among all pointers; a tile has one more than it has units. */
  readonly firstPointer: number;
  /** Of the tile's first byte. */
  readonly offset: number;
}

/**
 * Where the compressed feature maps of a batch lie in DRAM. The tiles that their layer stored lie one after the other, what is
 * of another image as a tile of its own, each at a fixed place with room for the worst case. A tile is cut into units, each
 * encoded on its own: some rows of one channel, in order channel, row. Units are packed; the tile's pointers, one for each unit and one for the end, say where they begin, and
 * lie in a region of their own.
 *
 * A reader fetches the units that hold what it wants, and drops the rest of them.
 */
export interface CompressedLayout {
  readonly format: ActivationFormat;
  readonly precision: Precision;
  readonly tiles: readonly CompressedTile[];
  readonly pointers: number;
  readonly pointerBytes: number;
  readonly regionBytes: number;
  readonly images: number;
  readonly channels: number;
  readonly height: number;
  readonly width: number;
}

/** A map's layout, and where each of its units begins. */
export interface CompressedMap {
  readonly layout: CompressedLayout;
  /** Of each tile its units' first bytes, counted from the tile's own, and the end: `layout.pointers` of them. */
  readonly pointers: Uint32Array;
}

/** The layout of the map that a layer writes. */
export function compressedLayout(
  problem: LayerProblem,
  mapping: Mapping,
  format: ActivationFormat,
  burstBytes: number,
): CompressedLayout {
  const { precision, images } = problem;
  const { channels, height, width } = storedMap(problem);
  const boxes = tilesInOrder(problem, mapping)
    .filter(({ lastChannels }) => lastChannels)
    .map((tile) => storedBox(problem, tile))
    .filter((box) => !isEmpty(box))
    .flatMap(imagesOf);
  const tiles: CompressedTile[] = [];
  let pointers = 0;
  let offset = 0;
  let largest = 0;
  for (const box of boxes) {
    const unitRows = Math.min(box.rowCount, Math.ceil(leastUnitElements / box.columnCount));
    const unitsPerChannel = Math.ceil(box.rowCount / unitRows);
    tiles.push({ box, unitRows, unitsPerChannel, firstPointer: pointers, offset });
    const lastRows = box.rowCount - (unitsPerChannel - 1) * unitRows;
    const bytes =
      box.channelCount *
      ((unitsPerChannel - 1) * format.worstBytes(unitRows * box.columnCount, precision) +
        format.worstBytes(lastRows * box.columnCount, precision));
    largest = Math.max(largest, bytes);
    pointers += box.channelCount * unitsPerChannel + 1;
    offset += Math.ceil(bytes / burstBytes) * burstBytes;
  }
  const pointerBytes = largest < 2 ** 16 ? 2 : 4;
  return {
    format,
    precision,
    tiles,
    pointers,
    pointerBytes,
    regionBytes: offset,
    images,
    channels,
    height,
    width,
  };
}

/** A box image by image. */
export function imagesOf(box: MapBox): MapBox[] {
  return Array.from({ length: box.imageCount }, (_, image) => ({
    ...box,
    imageStart: box.imageStart + image,
    imageCount: 1,
  }));
}

/** The part of a tile's units that a box needs: the same units of each of some channels. */
export interface UnitRange {
  readonly tile: CompressedTile;
  /** Counted within the tile. */
  readonly channelStart: number;
  readonly channelCount: number;
  /** Counted within a channel. */
  readonly unitStart: number;
  readonly unitCount: number;
}

/** Which units of which tiles a box of the maps touches. */
export function unitsUnder({ tiles }: CompressedLayout, box: MapBox): UnitRange[] {
  const ranges: UnitRange[] = [];
  for (const tile of tiles) {
    const image = tile.box.imageStart - box.imageStart;
    if (image < 0 || image >= box.imageCount) continue;
    const channels = overlap(
      tile.box.channelStart,
      tile.box.channelCount,
      box.channelStart,
      box.channelCount,
    );
    const rows = overlap(tile.box.rowStart, tile.box.rowCount, box.rowStart, box.rowCount);
    const columns = overlap(tile.box.columnStart, tile.box.columnCount, box.columnStart, box.columnCount);
    if (channels.count === 0 || rows.count === 0 || columns.count === 0) continue;
    const unitStart = Math.floor(rows.start / tile.unitRows);
    const unitEnd = Math.ceil((rows.start + rows.count) / tile.unitRows);
    ranges.push({
      tile,
      channelStart: channels.start,
      channelCount: channels.count,
      unitStart,
      unitCount: unitEnd - unitStart,
    });
  }
  return ranges;
}

/** Where two stretches overlap, counted from the start of the first. */
function overlap(
  start: number,
  count: number,
  otherStart: number,
  otherCount: number,
): { start: number; count: number } {
  const first = Math.max(start, otherStart);
  const end = Math.min(start + count, otherStart + otherCount);
  return { start: first - start, count: Math.max(0, end - first) };
}

/** Visits runs of units that lie one after the other: index of the first pointer, and number of units. */
export function forEachUnitRun(
  { tile, channelStart, channelCount, unitStart, unitCount }: UnitRange,
  visit: (pointer: number, units: number) => void,
): void {
  const { firstPointer, unitsPerChannel } = tile;
  if (unitCount === unitsPerChannel) {
    visit(firstPointer + channelStart * unitsPerChannel, channelCount * unitsPerChannel);
    return;
  }
  for (let channel = channelStart; channel < channelStart + channelCount; channel++) {
    visit(firstPointer + channel * unitsPerChannel + unitStart, unitCount);
  }
}

/** Elements of a unit of a tile. */
export function unitElements({ box, unitRows }: CompressedTile, unit: number): number {
  return Math.min(unitRows, box.rowCount - unit * unitRows) * box.columnCount;
}

/** Bytes that a map takes in DRAM, its pointers included. */
export function compressedBytes({ layout, pointers }: CompressedMap): number {
  let bytes = layout.pointers * layout.pointerBytes;
  for (const { firstPointer, box, unitsPerChannel } of layout.tiles) {
    bytes += pointers[firstPointer + box.channelCount * unitsPerChannel];
  }
  return bytes;
}
