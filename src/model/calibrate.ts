import { setImmediate } from 'node:timers/promises';
import { UserError } from '../document/userError.js';
import type { MapName } from '../network/layer.js';
import type { Network } from '../network/network.js';
import { symmetricLimit } from '../tensor/precision.js';
import { largestMagnitude } from '../tensor/quantize.js';
import { floatNetwork } from './floatForward.js';
import type { FloatOperands } from './floatForward.js';

/**
 * Real value of one integer step of every feature map: the largest magnitude that the map takes on the given images,
 * divided by 127 or 32767. A map that is zero throughout gets the step 1. What passes through unchanged keeps its step:
 * a max pool or a ReLU of its own has the scale of its input.
 *
 * @param images normalised, at least one
 * @param inputScale of the image, in place of its largest magnitude's
 * @throws UserError when a map holds NaN or infinity
 */
export async function calibrate(
  network: Network,
  operands: ReadonlyMap<string, FloatOperands>,
  images: readonly Float32Array[],
  precision: 'int8' | 'int16',
  inputScale?: number,
): Promise<Map<MapName, number>> {
  if (images.length === 0) throw new Error('calibration needs at least one image');
  const largest = new Map<MapName, number>();
  for (const image of images) {
    // A turn of the event loop for each image: progress bars move and interrupts are heard.
    await setImmediate();
    for (const [name, map] of floatNetwork(network, operands, image)) {
      const magnitude = largestMagnitude(map);
      if (!Number.isFinite(magnitude)) {
        throw new UserError(
          `network ${network.name}: expected finite activations on the calibration images, found ${magnitude} in map ` +
            `"${name}"; check the weights and the input normalization`,
        );
      }
      largest.set(name, Math.max(magnitude, largest.get(name) ?? 0));
    }
  }
  const limit = symmetricLimit(precision);
  const scales = new Map<MapName, number>();
  for (const [name, magnitude] of largest) scales.set(name, magnitude === 0 ? 1 : magnitude / limit);
  if (inputScale !== undefined) scales.set('input', inputScale);
  for (const layer of network.layers) {
    if (layer.kind !== 'max-pool' && layer.kind !== 'relu') continue;
    scales.set(layer.output, scaleOf(scales, layer.input));
  }
  return scales;
}

/** The scale of a map of the network. */
export function scaleOf(scales: ReadonlyMap<MapName, number>, name: MapName): number {
  const scale = scales.get(name);
  if (scale === undefined) throw new Error(`feature map ${name} has no scale`);
  return scale;
}
