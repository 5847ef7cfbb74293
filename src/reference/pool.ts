import type { ConvGeometry, PoolGeometry } from '../network/layer.js';
import type { ElementArray } from '../tensor/precision.js';
import type { ReferenceBackend } from './backend.js';
import { mapTensor, mapValues, padMap } from './featureMap.js';

/** Below every element of any precision that a map holds. */
const paddingOfMaximum = -3e38;

/** Maxima (channels, output height, output width); padding never wins. */
export function maxPool(
  backend: ReferenceBackend,
  geometry: PoolGeometry,
  ifmap: ElementArray,
): Float32Array {
  const { tf } = backend;
  return backend.run(() => {
    const padded = padMap(tf, mapTensor(tf, ifmap, geometry.input), geometry.padding, paddingOfMaximum);
    return mapValues(tf.maxPool(padded, windowOf(geometry), [...geometry.stride], 'valid'));
  });
}

/** Means (channels, output height, output width) over the whole window: padding counts as zeros. */
export function averagePool(
  backend: ReferenceBackend,
  geometry: PoolGeometry,
  ifmap: Float32Array,
): Float32Array {
  const { tf } = backend;
  return backend.run(() => {
    const padded = padMap(tf, mapTensor(tf, ifmap, geometry.input), geometry.padding);
    return mapValues(tf.avgPool(padded, windowOf(geometry), [...geometry.stride], 'valid'));
  });
}

function windowOf({ kernelHeight, kernelWidth }: PoolGeometry): [number, number] {
  return [kernelHeight, kernelWidth];
}

/** Sums over windows as a depthwise convolution with ones, which is exact in integers where a mean is not. */
export function poolAsConvolution(pool: PoolGeometry): {
  readonly geometry: ConvGeometry;
  readonly weights: Int8Array;
} {
  const { channels } = pool.input;
  return {
    geometry: { ...pool, filters: channels, channelsPerGroup: 1, groups: channels, dilation: [1, 1] },
    weights: new Int8Array(channels * pool.kernelHeight * pool.kernelWidth).fill(1),
  };
}
