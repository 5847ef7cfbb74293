import { allocateElements } from '../tensor/precision.js';
import type { ElementArray, Precision } from '../tensor/precision.js';

/** What is wrong with a number of images that are to run in batches; undefined if nothing is. */
export function batchFault(images: number, batch: number): string | undefined {
  if (images % batch === 0) return undefined;
  return (
    `expected a number of images that is a multiple of the batch, ${batch}, got ${images}; ` +
    'change images.count (--count) or batch (--batch)'
  );
}

/** Images in groups of `batch`; their number is a multiple of it. */
export function inBatches<T>(images: readonly T[], batch: number): T[][] {
  return Array.from({ length: images.length / batch }, (_, index) =>
    images.slice(index * batch, (index + 1) * batch),
  );
}

/** The maps of a batch's images one after the other: (images, channels, height, width). */
export function joinMaps(maps: readonly ElementArray[], precision: Precision): ElementArray {
  const { length } = maps[0];
  const joined = allocateElements(precision, maps.length * length);
  maps.forEach((map, image) => {
    joined.set(map, image * length);
  });
  return joined;
}

/** The same the other way round. */
export function mapsOfImages(maps: ElementArray, batch: number): ElementArray[] {
  const length = maps.length / batch;
  return Array.from({ length: batch }, (_, image) => maps.subarray(image * length, (image + 1) * length));
}
