import type { ConvGeometry } from '../network/layer.js';
import type { ReferenceBackend } from './backend.js';
import { mapTensor, padMap } from './featureMap.js';
import { convolvePart, createCall, partsOf } from './kernel.js';

/**
 * A float32 convolution with its bias, for as many feature maps as wanted.
 *
 * @param weights (filters, channelsPerGroup, kernelHeight, kernelWidth)
 * @returns a function from an ifmap (CHW) to sums (filters, output height, output width)
 */
export function createFloatConvolution(
  backend: ReferenceBackend,
  geometry: ConvGeometry,
  weights: Float32Array,
  bias: Float32Array,
): (ifmap: Float32Array) => Float32Array {
  const calls = partsOf(geometry).map((part) => createCall(backend, geometry, part, weights));
  const positions = geometry.output.height * geometry.output.width;
  return (ifmap) => {
    const sums = new Float32Array(geometry.filters * positions);
    backend.run(() => {
      const padded = padMap(backend.tf, mapTensor(backend.tf, ifmap, geometry.input), geometry.padding);
      for (const call of calls) {
        const part = convolvePart(backend.tf, padded, call, geometry).dataSync();
        for (let filter = 0; filter < call.filters; filter++) {
          const first = (call.firstFilter + filter) * positions;
          for (let position = 0; position < positions; position++) {
            sums[first + position] = part[position * call.filters + filter] + bias[call.firstFilter + filter];
          }
        }
      }
    });
    return sums;
  };
}
