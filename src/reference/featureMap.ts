import type { Tensor4D } from '@tensorflow/tfjs-core';
import type { Shape } from '../network/layer.js';
import type { TensorFlow } from './backend.js';

/** A feature map (CHW) as TensorFlow.js has it: (1, height, width, channels). */
export function mapTensor(tf: TensorFlow, values: ArrayLike<number>, shape: Shape): Tensor4D {
  const { channels, height, width } = shape;
  const positions = height * width;
  const interleaved = new Float32Array(channels * positions);
  for (let channel = 0; channel < channels; channel++) {
    const first = channel * positions;
    for (let position = 0; position < positions; position++) {
      interleaved[position * channels + channel] = values[first + position];
    }
  }
  return tf.tensor4d(interleaved, [1, height, width, channels]);
}

/** The elements of a (1, height, width, channels) tensor in the order CHW. */
export function mapValues(tensor: Tensor4D): Float32Array {
  const [, height, width, channels] = tensor.shape;
  const positions = height * width;
  const interleaved = tensor.dataSync();
  const values = new Float32Array(channels * positions);
  for (let channel = 0; channel < channels; channel++) {
    const first = channel * positions;
    for (let position = 0; position < positions; position++) {
      values[first + position] = interleaved[position * channels + channel];
    }
  }
  return values;
}

/** Padding is top, bottom, left, right. */
export function padMap(
  tf: TensorFlow,
  map: Tensor4D,
  padding: readonly [number, number, number, number],
  value = 0,
): Tensor4D {
  const [top, bottom, left, right] = padding;
  if (top + bottom + left + right === 0) return map;
  return tf.pad(
    map,
    [
      [0, 0],
      [top, bottom],
      [left, right],
      [0, 0],
    ],
    value,
  );
}
