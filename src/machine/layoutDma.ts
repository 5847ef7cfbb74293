import type { LayerProblem } from '../mapping/problem.js';
import { channelParts } from '../mapping/runsOfBox.js';
import type { MapBox } from '../mapping/runs.js';
import type { Patch } from '../mapping/tiles.js';
import type { Shape } from '../network/layer.js';
import { elementOffset, elementsInDram, isPlanar } from '../storage/featureMapLayout.js';
import type { FeatureMapLayout } from '../storage/featureMapLayout.js';
import type { Transfer } from '../schedule/transfer.js';
import { allocateElements } from '../tensor/precision.js';
import type { ElementArray } from '../tensor/precision.js';
import { unpadded } from './compressedDram.js';
import type { ByteMover } from './dma.js';

/**
 * Copies a patch of maps in any layout into a buffer, where it lies as (images, channels, rows, columns), its padding around it
 * as zeros: elements change their order on the way.
 */
export function loadInLayout(
  mover: ByteMover,
  transfer: Transfer,
  layout: FeatureMapLayout,
  patch: Patch,
  map: Shape,
  elementBytes: number,
  dram: Uint8Array,
  buffer: Uint8Array,
): void {
  const { box, height, width } = patch;
  buffer.fill(0, 0, box.imageCount * box.channelCount * height * width * elementBytes);
  const moved = new Uint8Array(transfer.bytes);
  mover.load(transfer, dram, moved);
  bufferPlaces(layout, patch, map).forEach((place, index) => {
    for (let byte = 0; byte < elementBytes; byte++)
      buffer[place * elementBytes + byte] = moved[index * elementBytes + byte];
  });
}

/** Copies a box of maps from a buffer, where it lies as (images, channels, rows, columns), to its place in any layout. */
export function storeInLayout(
  mover: ByteMover,
  transfer: Transfer,
  layout: FeatureMapLayout,
  box: MapBox,
  map: Shape,
  elementBytes: number,
  buffer: Uint8Array,
  dram: Uint8Array,
): void {
  const moved = new Uint8Array(transfer.bytes);
  bufferPlaces(layout, unpadded(box), map).forEach((place, index) => {
    for (let byte = 0; byte < elementBytes; byte++)
      moved[index * elementBytes + byte] = buffer[place * elementBytes + byte];
  });
  mover.store(transfer, moved, dram);
}

/** Of the elements of a patch, in the order in which they are moved, the places in the buffer. */
function bufferPlaces(layout: FeatureMapLayout, patch: Patch, map: Shape): Uint32Array {
  const { box, height, width, padTop, padLeft } = patch;
  const { imageCount, channelCount, rowCount, columnCount } = box;
  const places = new Uint32Array(imageCount * channelCount * rowCount * columnCount);
  let at = 0;
  for (const { channelStart, blocks, lanes } of channelParts(layout, map, box)) {
    for (let image = 0; image < imageCount; image++) {
      for (let block = 0; block < blocks; block++) {
        const channel = image * channelCount + channelStart - box.channelStart + block * lanes;
        for (let row = padTop; row < padTop + rowCount; row++) {
          for (let column = padLeft; column < padLeft + columnCount; column++) {
            for (let lane = 0; lane < lanes; lane++)
              places[at++] = ((channel + lane) * height + row) * width + column;
          }
        }
      }
    }
  }
  return places;
}

/** Maps of a batch, (images, channels, height, width), as they lie in DRAM in a layer's layout. */
export function mapsInLayout(
  { layout, images, precision }: LayerProblem,
  map: Shape,
  maps: ElementArray,
): ElementArray {
  if (isPlanar(layout)) return maps;
  const inDram = allocateElements(precision, images * elementsInDram(layout, map));
  placesInLayout(layout, images, map).forEach((place, index) => (inDram[place] = maps[index]));
  return inDram;
}

/** What `mapsInLayout` was given. */
export function mapsFromLayout(
  { layout, images, precision }: LayerProblem,
  map: Shape,
  inDram: ElementArray,
): ElementArray {
  if (isPlanar(layout)) return inDram;
  const places = placesInLayout(layout, images, map);
  const maps = allocateElements(precision, places.length);
  places.forEach((place, index) => (maps[index] = inDram[place]));
  return maps;
}

/** Of the elements of a batch, (images, channels, height, width), the places in DRAM. */
function placesInLayout(layout: FeatureMapLayout, images: number, map: Shape): Float64Array {
  const { channels, height, width } = map;
  const places = new Float64Array(images * channels * height * width);
  let at = 0;
  for (let image = 0; image < images; image++) {
    for (let channel = 0; channel < channels; channel++) {
      for (let row = 0; row < height; row++) {
        for (let column = 0; column < width; column++)
          places[at++] = elementOffset(layout, map, image, channel, row, column);
      }
    }
  }
  return places;
}
