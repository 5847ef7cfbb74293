import type { ConvLayer } from '../network/layer.js';
import type { Supports } from './supports.js';
import { supportsOfMask } from './supportsOfMask.js';

/**
 * The weights of a layer that are not zero.
 *
 * @param weights (filters, channelsPerGroup, taps), row-major
 */
export function givenSupports({ geometry }: ConvLayer, weights: ArrayLike<number>): Supports {
  const { filters, channelsPerGroup, kernelHeight, kernelWidth } = geometry;
  const mask = Uint8Array.from(weights, (weight) => (weight === 0 ? 0 : 1));
  return supportsOfMask(filters, channelsPerGroup, kernelHeight * kernelWidth, mask);
}
