import type { ModelLayer } from '../../src/model/model.js';
import type { MapName } from '../../src/network/layer.js';
import type { ElementArray } from '../../src/tensor/precision.js';
import { plainForward } from '../model/plainForward.js';

/** A layer's outputs of each image on its own, one after the other. */
export function forwardImages(
  modelLayer: ModelLayer,
  images: number,
  maps: ReadonlyMap<MapName, ElementArray>,
): ElementArray {
  const results = Array.from({ length: images }, (_, image) =>
    plainForward(
      modelLayer,
      new Map([...maps].map(([name, map]) => [name, ofImage(map, image, images)] as const)),
    ),
  );
  const { length } = results[0];
  const all = new (results[0].constructor as new (length: number) => ElementArray)(images * length);
  results.forEach((result, image) => {
    all.set(result, image * length);
  });
  return all;
}

/** One image's part of the maps of a batch. */
export function ofImage(maps: ElementArray, image: number, images: number): ElementArray {
  const length = maps.length / images;
  return maps.slice(image * length, (image + 1) * length);
}
