import { UserError } from '../document/userError.js';
import type { Layer, MapName } from '../network/layer.js';
import type { Network } from '../network/network.js';
import { symmetricLimit } from '../tensor/precision.js';
import { largestMagnitude } from '../tensor/quantize.js';

/**
 * Real value of one integer step of a feature map: the largest magnitude that the map takes on some images, divided by 127 or 32767. A map
 * that is zero throughout gets the step 1.
 *
 * @param maps of each image
 * @throws UserError when a map holds NaN or infinity
 */
export function scaleOfMaps(
  network: Network,
  name: MapName,
  maps: readonly Float32Array[],
  precision: 'int8' | 'int16',
): number {
  let largest = 0;
  for (const map of maps) {
    const magnitude = largestMagnitude(map);
    if (!Number.isFinite(magnitude)) {
      throw new UserError(
        `network ${network.name}: expected finite activations on the calibration images, found ${magnitude} in map ` +
          `"${name}"; check the weights and the input normalization`,
      );
    }
    largest = Math.max(magnitude, largest);
  }
  return largest === 0 ? 1 : largest / symmetricLimit(precision);
}

/** The map whose scale a layer's output has: what passes through a max pool or a ReLU of its own unchanged keeps its step. */
export function scaledLike(layer: Layer): MapName | undefined {
  return layer.kind === 'max-pool' || layer.kind === 'relu' ? layer.input : undefined;
}

/** The scale of a map of the network. */
export function scaleOf(scales: ReadonlyMap<MapName, number>, name: MapName): number {
  const scale = scales.get(name);
  if (scale === undefined) throw new Error(`feature map ${name} has no scale`);
  return scale;
}
