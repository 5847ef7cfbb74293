import { setImmediate } from 'node:timers/promises';
import { inputsOf, isConv } from '../network/layer.js';
import type { ConvLayer, Layer, MapName } from '../network/layer.js';
import type { Network } from '../network/network.js';
import type { Supports } from '../sparsity/supports.js';
import { symmetricLimit } from '../tensor/precision.js';
import type { ElementArray } from '../tensor/precision.js';
import { quantizeTensor } from '../tensor/quantize.js';
import { makeRequantization } from '../tensor/requantization.js';
import type { Requantization } from '../tensor/requantization.js';
import { scaleOf, scaleOfMaps, scaledLike } from './calibrate.js';
import { floatForward, mapOf } from './floatForward.js';
import type { FloatOperands } from './floatForward.js';
import type { Model, ModelLayer, PrecisionSet } from './model.js';
import { foldLayer, supportsOf } from './parameters.js';
import type { NetworkParameters } from './parameters.js';
import { integerPrecisions, quantizeConvolution } from './quantizeConvolution.js';
import type { IntegerPrecisions } from './quantizeConvolution.js';

export interface BuildModelOptions {
  readonly network: Network;
  /** Name of the sparsity variant. */
  readonly variant: string;
  /** By layer name; a layer without an entry is dense. */
  readonly supports: ReadonlyMap<string, Supports>;
  readonly parameters: NetworkParameters;
  readonly precision: PrecisionSet;
  /**
   * Normalised images that set the activations' scales, at least one; in float32 they are only for parameters that depend on them.
   */
  readonly calibrationImages: readonly Float32Array[];
  /** Real value of one integer step of the image; from the calibration images unless given. */
  readonly inputScale?: number | undefined;
  /** Rejects the promise, at the next layer, with its reason. */
  readonly signal?: AbortSignal | undefined;
  /** Told what a layer computes with in float32, which is given up otherwise once its integers are known. */
  readonly onOperands?: ((layer: ConvLayer, operands: FloatOperands) => void) | undefined;
}

/**
 * A network with the numbers that it runs on: batch norm folded, weights and activations quantized.
 *
 * In integers, with s the real value of one step: convolutions requantize by s_in * s_w[f] / s_out and add the residual
 * at s_residual / s_out; an average pool's sum by s_in / (window * s_out), where the whole window counts; an add its
 * first input by s_a / s_out and its second, as residual, by s_b / s_out; a ReLU of its own by 1. A max pool needs
 * no requantization: its input and output share a scale. The ofmap's range is [-limit, limit], or [0, limit] after ReLU.
 *
 * @throws UserError when the precisions do not go together, an activation is not finite, or a scale is out of range
 */
export async function buildModel(options: BuildModelOptions): Promise<Model> {
  const { network, variant, precision, parameters, calibrationImages, inputScale } = options;
  const { imagesForStatistics } = parameters;
  const integers = integerPrecisions(precision);
  if (integers !== undefined && calibrationImages.length === 0)
    throw new Error('calibration needs at least one image');
  const images = integers === undefined ? calibrationImages.slice(0, imagesForStatistics) : calibrationImages;
  const maps = images.map((image) => new Map<MapName, Float32Array>([['input', image]]));
  const scales = new Map<MapName, number>();
  const calibrate = (name: MapName): number =>
    integers === undefined
      ? 1
      : scaleOfMaps(
          network,
          name,
          maps.map((own) => mapOf(own, name)),
          integers.ifmap,
        );
  const ownInputScale = calibrate('input');
  scales.set('input', integers === undefined ? 1 : (inputScale ?? ownInputScale));
  const readers = lastReaders(network);
  const layers: ModelLayer[] = [];
  for (const layer of network.layers) {
    // A turn of the event loop: progress bars move and interrupts are heard.
    await setImmediate();
    options.signal?.throwIfAborted();
    const operands = isConv(layer)
      ? foldLayer(layer, parameters.ofLayer(layer, maps.slice(0, imagesForStatistics)))
      : undefined;
    if (isConv(layer) && operands !== undefined) options.onOperands?.(layer, operands);
    for (const own of maps) {
      await setImmediate();
      own.set(layer.output, floatForward(layer, operands, own));
    }
    const ownScale = calibrate(layer.output);
    const like = scaledLike(layer);
    scales.set(layer.output, like === undefined ? ownScale : scaleOf(scales, like));
    layers.push(
      integers === undefined
        ? floatLayer(layer, options, operands)
        : integerLayer(layer, options, operands, scales, integers),
    );
    for (const name of [...inputsOf(layer), layer.output]) {
      if (readers.get(name) === layer || !readers.has(name)) for (const own of maps) own.delete(name);
    }
  }
  return { network, variant, precision, layers, scales };
}

/** The last layer that reads each map. */
function lastReaders(network: Network): ReadonlyMap<MapName, Layer> {
  return new Map(network.layers.flatMap((layer) => inputsOf(layer).map((name) => [name, layer] as const)));
}

/** The network's input as the machine reads it from an image that is normalised already. */
export function quantizeInput(model: Model, image: Float32Array): ElementArray {
  const { ifmap } = model.precision;
  return ifmap === 'float32' ? image.slice() : quantizeTensor(image, scaleOf(model.scales, 'input'), ifmap);
}

function floatLayer(
  layer: Layer,
  options: BuildModelOptions,
  operands: FloatOperands | undefined,
): ModelLayer {
  if (!isConv(layer)) return { layer };
  const { weights, bias } = operandsOf(layer, operands);
  return {
    layer,
    supports: supportsOf(layer, options.supports),
    operands: { weights, bias: Float64Array.from(bias) },
  };
}

function integerLayer(
  layer: Layer,
  options: BuildModelOptions,
  operands: FloatOperands | undefined,
  scales: ReadonlyMap<MapName, number>,
  precisions: IntegerPrecisions,
): ModelLayer {
  if (!isConv(layer)) return withRequantization(layer, scales, precisions);
  const inputScale = scaleOf(scales, layer.input);
  const outputScale = scaleOf(scales, layer.output);
  const where = `layer ${layer.name}`;
  const quantized = quantizeConvolution(operandsOf(layer, operands), inputScale, precisions, where);
  const residualScale = layer.residual === undefined ? 0 : scaleOf(scales, layer.residual) / outputScale;
  const { min, max } = ofmapRange(layer, precisions);
  return {
    layer,
    supports: supportsOf(layer, options.supports),
    operands: { weights: quantized.weights, bias: quantized.bias },
    requantization: makeRequantization(
      quantized.accumulatorScales.map((scale) => scale / outputScale),
      residualScale,
      min,
      max,
      where,
    ),
  };
}

function withRequantization(
  layer: Exclude<Layer, ConvLayer>,
  scales: ReadonlyMap<MapName, number>,
  precisions: IntegerPrecisions,
): ModelLayer {
  const outputScale = scaleOf(scales, layer.output);
  const { min, max } = ofmapRange(layer, precisions);
  const requantization = (scale: number, residualScale: number): Requantization =>
    makeRequantization(Float64Array.of(scale), residualScale, min, max, `layer ${layer.name}`);
  switch (layer.kind) {
    case 'max-pool':
      return { layer };
    case 'relu':
      return { layer, requantization: requantization(1, 0) };
    case 'average-pool': {
      const window = layer.geometry.kernelHeight * layer.geometry.kernelWidth;
      const scale = scaleOf(scales, layer.input) / (window * outputScale);
      return { layer, requantization: requantization(scale, 0) };
    }
    case 'add': {
      const [a, b] = layer.inputs.map((name) => scaleOf(scales, name) / outputScale);
      return { layer, requantization: requantization(a, b) };
    }
    default:
      throw new Error(`a layer of unknown kind: ${JSON.stringify(layer satisfies never)}`);
  }
}

function ofmapRange(
  layer: Layer,
  { ifmap }: IntegerPrecisions,
): { readonly min: number; readonly max: number } {
  const limit = symmetricLimit(ifmap);
  return { min: layer.relu || layer.kind === 'relu' ? 0 : -limit, max: limit };
}

function operandsOf(layer: ConvLayer, operands: FloatOperands | undefined): FloatOperands {
  if (operands === undefined) throw new Error(`layer ${layer.name} has no weights`);
  return operands;
}
