import { elementsOf, isConv } from '../../src/network/layer.js';
import type { ConvLayer, MapName, PoolLayer } from '../../src/network/layer.js';
import type { ModelLayer } from '../../src/model/model.js';
import type { ElementArray } from '../../src/tensor/precision.js';
import { requantize } from '../../src/tensor/requantization.js';

/**
 * What one layer of a model computes, written as plainly as can be: the oracle for machines and references.
 *
 * Integers are summed exactly (in doubles, far below 2^53), with the bias, then requantized together with the residual.
 * Float32 layers are summed in doubles and rounded once.
 *
 * @param inputs every map that the layer reads, in the model's precision
 * @returns the map that it writes, in the precision of its inputs
 */
export function plainForward(
  { layer, operands, requantization }: ModelLayer,
  inputs: ReadonlyMap<MapName, ElementArray>,
): ElementArray {
  const read = (name: MapName): ElementArray => {
    const map = inputs.get(name);
    if (map === undefined) throw new Error(`${layer.name} reads ${name}, which is not given`);
    return map;
  };
  const first = read(layer.kind === 'add' ? layer.inputs[0] : layer.input);
  const sums = new Float64Array(elementsOf(layer.outputShape));
  let residual: ArrayLike<number> = new Float64Array(sums.length);

  if (isConv(layer)) {
    convolve(layer, first, operands!, sums);
    if (layer.residual !== undefined) residual = read(layer.residual);
  } else if (layer.kind === 'add') {
    sums.set(first);
    residual = read(layer.inputs[1]);
  } else if (layer.kind === 'relu') {
    sums.set(first);
  } else {
    pool(layer, first, sums);
  }

  const positions = layer.outputShape.height * layer.outputShape.width;
  const output = emptyLike(first, sums.length);
  for (let i = 0; i < sums.length; i++) {
    if (requantization !== undefined) {
      output[i] = requantize(sums[i], residual[i], Math.floor(i / positions), requantization);
      continue;
    }
    const isIntegerMaxPool = layer.kind === 'max-pool' && !(first instanceof Float32Array);
    if (!isIntegerMaxPool && !(first instanceof Float32Array)) {
      throw new Error(`${layer.name} is integer and has no requantization`);
    }
    let value = sums[i] + residual[i];
    if (layer.kind === 'average-pool') value /= layer.geometry.kernelHeight * layer.geometry.kernelWidth;
    output[i] = layer.relu || layer.kind === 'relu' ? Math.max(0, value) : value;
  }
  return output;
}

function convolve(
  { geometry }: ConvLayer,
  input: ElementArray,
  { weights, bias }: NonNullable<ModelLayer['operands']>,
  sums: Float64Array,
): void {
  const { filters, channelsPerGroup, kernelHeight, kernelWidth, stride, padding, dilation, groups } =
    geometry;
  const { height, width } = geometry.input;
  const output = geometry.output;
  for (let filter = 0; filter < filters; filter++) {
    const firstChannel = Math.floor(filter / (filters / groups)) * channelsPerGroup;
    for (let row = 0; row < output.height; row++) {
      for (let column = 0; column < output.width; column++) {
        let sum = bias[filter];
        for (let channel = 0; channel < channelsPerGroup; channel++) {
          for (let ky = 0; ky < kernelHeight; ky++) {
            for (let kx = 0; kx < kernelWidth; kx++) {
              const y = row * stride[0] + ky * dilation[0] - padding[0];
              const x = column * stride[1] + kx * dilation[1] - padding[2];
              if (y < 0 || y >= height || x < 0 || x >= width) continue;
              sum +=
                weights[((filter * channelsPerGroup + channel) * kernelHeight + ky) * kernelWidth + kx] *
                input[((firstChannel + channel) * height + y) * width + x];
            }
          }
        }
        sums[(filter * output.height + row) * output.width + column] = sum;
      }
    }
  }
}

/** Maxima, or sums of the window. */
function pool({ kind, geometry }: PoolLayer, input: ElementArray, sums: Float64Array): void {
  const { kernelHeight, kernelWidth, stride, padding, output } = geometry;
  const { height, width } = geometry.input;
  for (let channel = 0; channel < output.channels; channel++) {
    for (let row = 0; row < output.height; row++) {
      for (let column = 0; column < output.width; column++) {
        const window: number[] = [];
        for (let ky = 0; ky < kernelHeight; ky++) {
          for (let kx = 0; kx < kernelWidth; kx++) {
            const y = row * stride[0] + ky - padding[0];
            const x = column * stride[1] + kx - padding[2];
            if (y < 0 || y >= height || x < 0 || x >= width) continue;
            window.push(input[(channel * height + y) * width + x]);
          }
        }
        sums[(channel * output.height + row) * output.width + column] =
          kind === 'max-pool' ? Math.max(...window) : window.reduce((sum, value) => sum + value, 0);
      }
    }
  }
}

function emptyLike(array: ElementArray, length: number): ElementArray {
  if (array instanceof Int8Array) return new Int8Array(length);
  if (array instanceof Int16Array) return new Int16Array(length);
  return new Float32Array(length);
}
