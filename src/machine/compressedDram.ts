import type { MapBox } from '../mapping/runs.js';
import type { Patch } from '../mapping/tiles.js';
import { forEachUnitRun, imagesOf, unitElements, unitsUnder } from '../schedule/compressedMap.js';
import type { CompressedLayout, CompressedMap, CompressedTile } from '../schedule/compressedMap.js';
import { allocateElements, bytesOf } from '../tensor/precision.js';
import type { ElementArray } from '../tensor/precision.js';
import { elementsIn } from './buffers.js';

/** The compressed feature maps of a batch in DRAM, with their bytes. */
export interface StoredMap extends CompressedMap {
  readonly bytes: Uint8Array;
}

/** Bytes that went over the bus. */
export interface MovedUnits {
  readonly unitBytes: number;
  readonly pointerBytes: number;
}

/** A box of a map as a patch without padding. */
export function unpadded(box: MapBox): Patch {
  return { box, height: box.rowCount, width: box.columnCount, padTop: 0, padLeft: 0 };
}

/** Empty maps, to be written tile by tile. */
export function createStoredMap(layout: CompressedLayout): StoredMap {
  return {
    layout,
    pointers: new Uint32Array(layout.pointers),
    bytes: new Uint8Array(layout.regionBytes),
  };
}

/** Encodes a finished tile from its slot into the maps. */
export function storeCompressed(map: StoredMap, box: MapBox, slot: Uint8Array): MovedUnits {
  const elements = elementsIn(slot, map.layout.precision);
  const perImage = box.channelCount * box.rowCount * box.columnCount;
  const moved = { unitBytes: 0, pointerBytes: 0 };
  imagesOf(box).forEach((own, image) => {
    const { unitBytes, pointerBytes } = storeImage(map, own, elements.subarray(image * perImage));
    moved.unitBytes += unitBytes;
    moved.pointerBytes += pointerBytes;
  });
  return moved;
}

/** @param elements of one image's part of a tile: (channels, rows, columns) */
function storeImage({ layout, pointers, bytes }: StoredMap, box: MapBox, elements: ElementArray): MovedUnits {
  const tile = layout.tiles.find(
    ({ box: other }) =>
      other.imageStart === box.imageStart &&
      other.channelStart === box.channelStart &&
      other.rowStart === box.rowStart &&
      other.columnStart === box.columnStart,
  );
  if (tile === undefined) throw new Error('a tile that is none of the map');
  let pointer = tile.firstPointer;
  let taken = 0;
  let from = 0;
  pointers[pointer++] = 0;
  for (let channel = 0; channel < box.channelCount; channel++) {
    for (let unit = 0; unit < tile.unitsPerChannel; unit++) {
      const count = unitElements(tile, unit);
      taken += layout.format.encode(elements.subarray(from, from + count), count, bytes, tile.offset + taken);
      pointers[pointer++] = taken;
      from += count;
    }
  }
  return { unitBytes: taken, pointerBytes: (pointer - tile.firstPointer) * layout.pointerBytes };
}

/** Decodes the units under a patch, and puts what belongs to the patch into a slot, its padding around it as zeros. */
export function loadCompressed(stored: StoredMap, patch: Patch, slot: Uint8Array): MovedUnits {
  const { box, height, width } = patch;
  const target = elementsIn(slot, stored.layout.precision);
  if (height !== box.rowCount || width !== box.columnCount)
    target.fill(0, 0, box.imageCount * box.channelCount * height * width);
  return forEachUnitIn(stored, box, (tile, channel, unit, elements) => {
    const rowStart = tile.box.rowStart + unit * tile.unitRows;
    const rowEnd = Math.min(rowStart + tile.unitRows, tile.box.rowStart + tile.box.rowCount);
    const firstColumn = Math.max(box.columnStart, tile.box.columnStart);
    const endColumn = Math.min(
      box.columnStart + box.columnCount,
      tile.box.columnStart + tile.box.columnCount,
    );
    const firstRow = Math.max(rowStart, box.rowStart);
    const endRow = Math.min(rowEnd, box.rowStart + box.rowCount);
    const image = tile.box.imageStart - box.imageStart;
    const map = image * box.channelCount + channel - box.channelStart;
    for (let row = firstRow; row < endRow; row++) {
      const from = (row - rowStart) * tile.box.columnCount + firstColumn - tile.box.columnStart;
      const to =
        (map * height + patch.padTop + row - box.rowStart) * width +
        patch.padLeft +
        firstColumn -
        box.columnStart;
      for (let i = 0; i < endColumn - firstColumn; i++) target[to + i] = elements[from + i];
    }
  });
}

/** The whole maps, decoded: (images, channels, height, width). */
export function expandMap(map: StoredMap): ElementArray {
  const { precision, images, channels, height, width } = map.layout;
  const box: MapBox = {
    imageStart: 0,
    imageCount: images,
    channelStart: 0,
    channelCount: channels,
    rowStart: 0,
    rowCount: height,
    columnStart: 0,
    columnCount: width,
  };
  const bytes = new Uint8Array(images * channels * height * width * bytesOf(precision));
  loadCompressed(map, unpadded(box), bytes);
  return elementsIn(bytes, precision);
}

/** Visits every unit that a box touches, decoded. */
function forEachUnitIn(
  { layout, pointers, bytes }: StoredMap,
  box: MapBox,
  visit: (tile: CompressedTile, channel: number, unit: number, elements: ElementArray) => void,
): MovedUnits {
  const largest = layout.tiles.reduce((most, tile) => Math.max(most, unitElements(tile, 0)), 0);
  const elements = allocateElements(layout.precision, largest);
  let unitBytes = 0;
  let pointerBytes = 0;
  for (const range of unitsUnder(layout, box)) {
    const { tile } = range;
    forEachUnitRun(range, (first, units) => {
      unitBytes += pointers[first + units] - pointers[first];
      pointerBytes += (units + 1) * layout.pointerBytes;
      for (let at = first; at < first + units; at++) {
        const unit = (at - tile.firstPointer) % tile.unitsPerChannel;
        const channel = tile.box.channelStart + Math.floor((at - tile.firstPointer) / tile.unitsPerChannel);
        const length = pointers[at + 1] - pointers[at];
        layout.format.decode(bytes, tile.offset + pointers[at], length, unitElements(tile, unit), elements);
        visit(tile, channel, unit, elements);
      }
    });
  }
  return { unitBytes, pointerBytes };
}
