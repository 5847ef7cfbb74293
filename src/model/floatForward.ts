import { elementsOf, isConv } from '../network/layer.js';
import type { AddLayer, ConvLayer, Layer, MapName, PoolLayer, ReluLayer } from '../network/layer.js';
import type { Network } from '../network/network.js';
import { floatConvolution } from './floatConvolution.js';

/** What a convolution computes with in float32, batch norm folded in. */
export interface FloatOperands {
  /** (filters, channelsPerGroup, kernelHeight, kernelWidth), zero outside the supports. */
  readonly weights: Float32Array;
  /** One per filter. */
  readonly bias: Float32Array;
  /** Real value of one step of every filter's weights once they are integers; chosen for each filter unless given. */
  readonly weightScale?: number;
}

/**
 * One layer in float32, in plain TypeScript: the same numbers on every machine.
 *
 * @param operands of a convolution or fully connected layer
 * @param inputs holds every map that the layer reads, (channels, height, width)
 * @returns the map that it writes
 */
export function floatForward(
  layer: Layer,
  operands: FloatOperands | undefined,
  inputs: ReadonlyMap<MapName, Float32Array>,
): Float32Array {
  const output = withoutRelu(layer, operands, inputs);
  if (layer.relu) {
    for (let i = 0; i < output.length; i++) if (output[i] < 0) output[i] = 0;
  }
  return output;
}

/**
 * The whole network in float32.
 *
 * @param operands of every convolution and fully connected layer, by layer name
 * @param image normalised input, (channels, height, width)
 * @returns every feature map by name, `input` included; the network's result is `network.output`
 */
export function floatNetwork(
  network: Network,
  operands: ReadonlyMap<string, FloatOperands>,
  image: Float32Array,
): ReadonlyMap<MapName, Float32Array> {
  const maps = new Map<MapName, Float32Array>([['input', image]]);
  for (const layer of network.layers) {
    maps.set(layer.output, floatForward(layer, operands.get(layer.name), maps));
  }
  return maps;
}

/** The feature map of this name; a network's layers come after those whose maps they read. */
export function mapOf(inputs: ReadonlyMap<MapName, Float32Array>, name: MapName): Float32Array {
  const map = inputs.get(name);
  if (map === undefined) throw new Error(`feature map ${name} has not been computed`);
  return map;
}

function withoutRelu(
  layer: Layer,
  operands: FloatOperands | undefined,
  inputs: ReadonlyMap<MapName, Float32Array>,
): Float32Array {
  if (isConv(layer)) return convolve(layer, operands, inputs);
  if (layer.kind === 'add') return add(layer, inputs);
  if (layer.kind === 'relu') return relu(layer, inputs);
  return layer.kind === 'max-pool' ? maxPool(layer, inputs) : averagePool(layer, inputs);
}

function convolve(
  layer: ConvLayer,
  operands: FloatOperands | undefined,
  inputs: ReadonlyMap<MapName, Float32Array>,
): Float32Array {
  if (operands === undefined) throw new Error(`layer ${layer.name} has no weights`);
  const output = floatConvolution(
    layer.geometry,
    mapOf(inputs, layer.input),
    operands.weights,
    operands.bias,
  );
  if (layer.residual !== undefined) {
    const residual = mapOf(inputs, layer.residual);
    for (let i = 0; i < output.length; i++) output[i] += residual[i];
  }
  return output;
}

function add({ inputs: [a, b] }: AddLayer, inputs: ReadonlyMap<MapName, Float32Array>): Float32Array {
  const output = mapOf(inputs, a).slice();
  const other = mapOf(inputs, b);
  for (let i = 0; i < output.length; i++) output[i] += other[i];
  return output;
}

function relu({ input }: ReluLayer, inputs: ReadonlyMap<MapName, Float32Array>): Float32Array {
  return mapOf(inputs, input).map((value) => Math.max(0, value));
}

function maxPool(layer: PoolLayer, inputs: ReadonlyMap<MapName, Float32Array>): Float32Array {
  return pool(layer, mapOf(inputs, layer.input), -Infinity, Math.max, (largest) => largest);
}

/** Divides by the whole window: padding counts as zeros. */
function averagePool(layer: PoolLayer, inputs: ReadonlyMap<MapName, Float32Array>): Float32Array {
  const window = layer.geometry.kernelHeight * layer.geometry.kernelWidth;
  const plus = (sum: number, value: number): number => sum + value;
  return pool(layer, mapOf(inputs, layer.input), 0, plus, (sum) => sum / window);
}

function pool(
  { geometry, outputShape }: PoolLayer,
  input: Float32Array,
  start: number,
  combine: (sum: number, value: number) => number,
  finish: (sum: number) => number,
): Float32Array {
  const { kernelHeight, kernelWidth, stride, padding } = geometry;
  const { height, width } = geometry.input;
  const output = new Float32Array(elementsOf(outputShape));
  let at = 0;
  for (let channel = 0; channel < outputShape.channels; channel++) {
    for (let row = 0; row < outputShape.height; row++) {
      const top = row * stride[0] - padding[0];
      for (let column = 0; column < outputShape.width; column++) {
        const left = column * stride[1] - padding[2];
        let sum = start;
        for (let y = Math.max(0, top); y < Math.min(height, top + kernelHeight); y++) {
          for (let x = Math.max(0, left); x < Math.min(width, left + kernelWidth); x++) {
            sum = combine(sum, input[(channel * height + y) * width + x]);
          }
        }
        output[at++] = finish(sum);
      }
    }
  }
  return output;
}
