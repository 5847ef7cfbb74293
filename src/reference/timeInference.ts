import type { Tensor1D, Tensor4D } from '@tensorflow/tfjs-core';
import type { Model, ModelLayer } from '../model/model.js';
import { elementsOf, isConv } from '../network/layer.js';
import type { ConvLayer, MapName, PoolLayer } from '../network/layer.js';
import type { ReferenceBackend, TensorFlow } from './backend.js';
import { mapTensor, padMap } from './featureMap.js';
import { createCall, partsOf } from './kernel.js';
import { scopedBackend } from './scopedBackend.js';

type Run = (maps: Map<MapName, Tensor4D>) => Tensor4D;

/**
 * Milliseconds that TensorFlow.js takes for an inference of the same network in float32, as a user would run it: tensors
 * stay in the backend, bias and ReLU are fused into convolutions, zeros in the weights stay. The quantized values stand in
 * for the real ones, since the time does not depend on them. The median of `repeats` runs after one to warm up.
 *
 * @param image any input of the network's shape (CHW)
 * @throws Error for grouped convolutions other than depthwise ones, which TensorFlow.js lacks
 */
export function timeInference(
  backend: ReferenceBackend,
  model: Model,
  image: ArrayLike<number>,
  repeats: number,
): number {
  const own = scopedBackend(backend);
  try {
    return medianTime(own, model, image, repeats);
  } finally {
    own.dispose();
  }
}

function medianTime(
  backend: ReferenceBackend,
  { network, layers }: Model,
  image: ArrayLike<number>,
  repeats: number,
): number {
  const steps = layers.map((layer) => ({ output: layer.layer.output, run: prepare(backend, layer) }));
  const infer = (): void => {
    backend.run(() => {
      const maps = new Map([['input', mapTensor(backend.tf, image, network.input)]]);
      for (const { output, run } of steps) maps.set(output, run(maps));
      mapOf(maps, network.output).dataSync();
    });
  };
  infer();
  const times = Array.from({ length: repeats }, () => {
    const start = performance.now();
    infer();
    return performance.now() - start;
  }).sort((a, b) => a - b);
  return times[Math.floor(times.length / 2)];
}

function prepare(backend: ReferenceBackend, modelLayer: ModelLayer): Run {
  const { tf } = backend;
  const { layer } = modelLayer;
  if (isConv(layer)) return prepareConvolution(backend, layer, modelLayer);
  switch (layer.kind) {
    case 'add':
      return (maps) => tf.add(mapOf(maps, layer.inputs[0]), mapOf(maps, layer.inputs[1]));
    case 'relu':
      return (maps) => tf.relu(mapOf(maps, layer.input));
    default:
      return (maps) => runPool(tf, layer, mapOf(maps, layer.input));
  }
}

function prepareConvolution(backend: ReferenceBackend, layer: ConvLayer, { operands }: ModelLayer): Run {
  const { tf } = backend;
  const { geometry, residual } = layer;
  const [part, ...others] = partsOf(geometry);
  if (operands === undefined || others.length > 0) throw new Error(`layer ${layer.name} cannot be timed`);
  const { kernel } = createCall(backend, geometry, part, operands.weights);
  const bias: Tensor1D = backend.hold(() => tf.tensor1d(Float32Array.from(operands.bias)));
  const convolve = part.depthwise ? tf.fused.depthwiseConv2d : tf.fused.conv2d;
  return (maps) => {
    const found = mapOf(maps, layer.input);
    const { channels, height, width } = geometry.input;
    // A fully connected layer may read a map, as so many channels of one position.
    const input =
      found.size === elementsOf(geometry.input) && found.shape[3] !== channels
        ? tf.reshape(tf.transpose(found, [0, 3, 1, 2]), [1, height, width, channels])
        : found;
    const sums = convolve({
      x: padMap(tf, input as Tensor4D, geometry.padding),
      filter: kernel,
      strides: [geometry.stride[0], geometry.stride[1]],
      pad: 'valid',
      bias,
      activation: layer.relu && residual === undefined ? 'relu' : 'linear',
    });
    if (residual === undefined) return sums;
    const total = tf.add(sums, mapOf(maps, residual));
    return (layer.relu ? tf.relu(total) : total) as Tensor4D;
  };
}

function runPool(tf: TensorFlow, { kind, geometry, relu }: PoolLayer, input: Tensor4D): Tensor4D {
  const padded = padMap(tf, input, geometry.padding, kind === 'max-pool' ? -3e38 : 0);
  const pool = kind === 'max-pool' ? tf.maxPool : tf.avgPool;
  const result: Tensor4D = pool(
    padded,
    [geometry.kernelHeight, geometry.kernelWidth],
    [...geometry.stride],
    'valid',
  );
  return relu ? tf.relu(result) : result;
}

function mapOf(maps: ReadonlyMap<MapName, Tensor4D>, name: MapName): Tensor4D {
  const map = maps.get(name);
  if (map === undefined) throw new Error(`feature map ${name} has not been computed`);
  return map;
}
