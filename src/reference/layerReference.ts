import type { ModelLayer, PrecisionSet } from '../model/model.js';
import { isConv } from '../network/layer.js';
import type { MapName } from '../network/layer.js';
import { allocateElements } from '../tensor/precision.js';
import type { ElementArray } from '../tensor/precision.js';
import type { ReferenceBackend } from './backend.js';
import { createExactConvolution } from './convolution.js';
import { createFloatConvolution } from './floatConvolution.js';
import { averagePool, maxPool, poolAsConvolution } from './pool.js';
import { requantizeExactly } from './requantize.js';

/** The maps that a layer reads, by name. */
export type Maps = ReadonlyMap<MapName, ElementArray>;

/** One layer on TensorFlow.js, its weights in place. */
export interface LayerReference {
  /** The layer's ofmap for the given inputs, in the model's precision. */
  output(maps: Maps): ElementArray;
  /** Largest error that float32 sums of the same terms in any order may have, one per output; float32 only. */
  tolerance(maps: Maps): Float32Array;
}

/** Prepares a layer. Its tensors are the backend's, which frees them when it is disposed or told to. */
export function createLayerReference(
  backend: ReferenceBackend,
  modelLayer: ModelLayer,
  precision: PrecisionSet,
): LayerReference {
  return precision.ifmap === 'float32'
    ? floatReference(backend, modelLayer)
    : integerReference(backend, modelLayer, precision);
}

function integerReference(
  backend: ReferenceBackend,
  { layer, operands, requantization }: ModelLayer,
  precision: PrecisionSet,
): LayerReference {
  const positions = layer.outputShape.height * layer.outputShape.width;
  const finish = (sums: ArrayLike<number>, residual?: ElementArray): ElementArray => {
    if (requantization === undefined) throw new Error(`layer ${layer.name} has no requantization`);
    const out = allocateElements(precision.ifmap, sums.length);
    requantizeExactly({ sums, ...(residual && { residual }), requantization, positions }, out);
    return out;
  };
  const tolerance = (): never => {
    throw new Error(`layer ${layer.name} is integer: it has no tolerance`);
  };
  if (isConv(layer)) {
    if (operands === undefined) throw new Error(`layer ${layer.name} has no weights`);
    const convolution = createExactConvolution(backend, layer.geometry, operands.weights, precision);
    return {
      tolerance,
      output: (maps) => {
        const sums = convolution.sums(mapOf(maps, layer.input));
        for (let i = 0; i < sums.length; i++) sums[i] += operands.bias[Math.floor(i / positions)];
        return finish(sums, layer.residual === undefined ? undefined : mapOf(maps, layer.residual));
      },
    };
  }
  switch (layer.kind) {
    case 'add':
      return {
        tolerance,
        output: (maps) => finish(mapOf(maps, layer.inputs[0]), mapOf(maps, layer.inputs[1])),
      };
    case 'relu':
      return { tolerance, output: (maps) => finish(mapOf(maps, layer.input)) };
    case 'max-pool':
      return {
        tolerance,
        output: (maps) => {
          const out = allocateElements(precision.ifmap, layer.outputShape.channels * positions);
          maxPool(backend, layer.geometry, mapOf(maps, layer.input)).forEach((value, index) => {
            out[index] = layer.relu && value < 0 ? 0 : value;
          });
          return out;
        },
      };
    case 'average-pool': {
      const { geometry, weights } = poolAsConvolution(layer.geometry);
      const operandPrecision = { ifmap: precision.ifmap, weight: 'int8' } as const;
      const sums = createExactConvolution(backend, geometry, weights, operandPrecision);
      return { tolerance, output: (maps) => finish(sums.sums(mapOf(maps, layer.input))) };
    }
  }
}

/** Half a unit in the last place of float32, relative. */
const rounding = 2 ** -24;

function floatReference(backend: ReferenceBackend, { layer, operands }: ModelLayer): LayerReference {
  const relu = (values: Float32Array): Float32Array =>
    layer.relu || layer.kind === 'relu' ? values.map((value) => Math.max(0, value)) : values;
  const float = (maps: Maps, name: MapName): Float32Array => Float32Array.from(mapOf(maps, name));
  const magnitudes = (values: Float32Array): Float32Array => values.map(Math.abs);
  if (isConv(layer)) {
    if (operands === undefined) throw new Error(`layer ${layer.name} has no weights`);
    const { geometry, residual, input } = layer;
    const weights = Float32Array.from(operands.weights);
    const bias = Float32Array.from(operands.bias);
    const convolution = createFloatConvolution(backend, geometry, weights, bias);
    const bound = createFloatConvolution(backend, geometry, magnitudes(weights), magnitudes(bias));
    const terms = geometry.channelsPerGroup * geometry.kernelHeight * geometry.kernelWidth;
    const factor = 2 * (terms + 8) * rounding;
    const addTo = (sums: Float32Array, other: Float32Array | undefined): Float32Array =>
      other === undefined ? sums : sums.map((value, index) => value + other[index]);
    return {
      output: (maps) =>
        relu(
          addTo(convolution(float(maps, input)), residual === undefined ? undefined : float(maps, residual)),
        ),
      tolerance: (maps) => {
        const added = residual === undefined ? undefined : magnitudes(float(maps, residual));
        return addTo(bound(magnitudes(float(maps, input))), added).map((sum) => sum * factor);
      },
    };
  }
  switch (layer.kind) {
    case 'add': {
      const [a, b] = layer.inputs;
      return {
        output: (maps) => {
          const other = float(maps, b);
          return relu(float(maps, a).map((value, index) => value + other[index]));
        },
        tolerance: (maps) => {
          const other = float(maps, b);
          return float(maps, a).map(
            (value, index) => 4 * rounding * (Math.abs(value) + Math.abs(other[index])),
          );
        },
      };
    }
    case 'relu':
      return {
        output: (maps) => relu(float(maps, layer.input)),
        tolerance: (maps) => exactly(mapOf(maps, layer.input).length),
      };
    case 'max-pool':
      return {
        output: (maps) => relu(maxPool(backend, layer.geometry, mapOf(maps, layer.input))),
        tolerance: () =>
          exactly(layer.outputShape.channels * layer.outputShape.height * layer.outputShape.width),
      };
    case 'average-pool': {
      const { geometry } = layer;
      const factor = 2 * (geometry.kernelHeight * geometry.kernelWidth + 8) * rounding;
      return {
        output: (maps) => relu(averagePool(backend, geometry, float(maps, layer.input))),
        tolerance: (maps) =>
          averagePool(backend, geometry, magnitudes(float(maps, layer.input))).map((mean) => mean * factor),
      };
    }
  }
}

function exactly(length: number): Float32Array {
  return new Float32Array(length);
}

function mapOf(maps: Maps, name: MapName): ElementArray {
  const map = maps.get(name);
  if (map === undefined) throw new Error(`reference: feature map ${name} is not given`);
  return map;
}
