import type { ConvLayer, MapName } from '../network/layer.js';
import { isConv } from '../network/layer.js';
import type { Network } from '../network/network.js';
import { keptOfLayer, sliceFilters, sliceWeights } from '../network/shrink.js';
import type { KeptChannels, LayerSelection } from '../network/shrink.js';
import { denseSupports, patternIndex } from '../sparsity/supports.js';
import type { Supports } from '../sparsity/supports.js';
import type { FloatOperands } from './floatForward.js';
import { foldBatchNorm } from './foldBatchNorm.js';
import type { BatchNormParameters } from './foldBatchNorm.js';

/** Float32 parameters of one convolution or fully connected layer, as trained. */
export interface ConvParameters {
  /** (filters, channelsPerGroup, kernelHeight, kernelWidth), zero outside the supports. */
  readonly weights: Float32Array;
  /** 1 where the weights are the machine's operands as they are; chosen for each filter unless given. */
  readonly weightScale?: 1;
  /** One per filter, when the layer has a bias of its own. */
  readonly bias?: Float32Array;
  readonly batchNorm?: BatchNormParameters;
}

/**
 * Float32 parameters of a network under one variant's supports. Layers are asked for one after the other, in the network's order, so that
 * only one's need be in memory.
 */
export interface NetworkParameters {
  /** `seeded` parameters are untrained: what the network answers with them means nothing. */
  readonly origin: 'file' | 'seeded';
  /** Where they come from, in words for a report. */
  readonly description: string;
  /** Calibration images, the first ones, whose maps the parameters depend on. */
  readonly imagesForStatistics: number;
  /** @param maps of each of these images, at least those that the layer reads */
  ofLayer(layer: ConvLayer, maps: ReadonlyArray<ReadonlyMap<MapName, Float32Array>>): ConvParameters;
  /** Weights that were not zero, but lie outside the supports and were set to zero. */
  readonly droppedWeights: number;
  /** Arrays of the file that no layer asked for. */
  readonly unusedArrays: readonly string[];
}

/** What was left of a network whose channels were pruned: parameters are those of the network before. */
export interface PrunedFrom {
  readonly network: Network;
  readonly kept: KeptChannels;
}

/** The layer as it was before channels were pruned, and what is left of it. */
export function originalOf(
  layer: ConvLayer,
  from: PrunedFrom | undefined,
): { readonly layer: ConvLayer; readonly kept: LayerSelection } {
  if (from === undefined) return { layer, kept: { filters: undefined, channels: undefined } };
  const original = convLayers(from.network).find(({ name }) => name === layer.name);
  if (original === undefined) throw new Error(`layer ${layer.name} is not of ${from.network.name}`);
  return { layer: original, kept: keptOfLayer(original, from.kept, from.network) };
}

/** A layer's parameters without the filters and channels that were pruned. */
export function sliceParameters(
  { weights, weightScale, bias, batchNorm }: ConvParameters,
  layer: ConvLayer,
  kept: LayerSelection,
): ConvParameters {
  const slice = (perFilter: Float32Array): Float32Array => sliceFilters(perFilter, kept);
  return {
    weights: sliceWeights(weights, layer, kept),
    ...(weightScale && { weightScale }),
    ...(bias && { bias: slice(bias) }),
    ...(batchNorm && {
      batchNorm: {
        gamma: slice(batchNorm.gamma),
        beta: slice(batchNorm.beta),
        mean: slice(batchNorm.mean),
        variance: slice(batchNorm.variance),
      },
    }),
  };
}

export function convLayers(network: Network): ConvLayer[] {
  return network.layers.filter(isConv);
}

/**
 * The layer's supports; a layer that the map does not name is dense.
 *
 * @throws Error when the supports are those of another shape
 */
export function supportsOf(layer: ConvLayer, supports: ReadonlyMap<string, Supports>): Supports {
  const { filters, channelsPerGroup, kernelHeight, kernelWidth } = layer.geometry;
  const taps = kernelHeight * kernelWidth;
  const found = supports.get(layer.name) ?? denseSupports(filters, channelsPerGroup, taps);
  if (found.filters !== filters || found.channels !== channelsPerGroup || found.taps !== taps) {
    throw new Error(
      `layer ${layer.name}: supports of ${found.filters} x ${found.channels} x ${found.taps} for weights of ` +
        `${filters} x ${channelsPerGroup} x ${taps}`,
    );
  }
  return found;
}

/** Sets weights outside the supports to zero, in place; returns how many of them were not zero before. */
export function applySupports(weights: Float32Array, supports: Supports): number {
  const { filters, channels, taps, patterns } = supports;
  const absent = patterns.map((pattern) =>
    Uint32Array.from(pattern.keys()).filter((tap) => pattern[tap] === 0),
  );
  if (absent.every(({ length }) => length === 0)) return 0;
  let dropped = 0;
  let kernel = 0;
  for (let filter = 0; filter < filters; filter++) {
    for (let channel = 0; channel < channels; channel++) {
      const own = absent[patternIndex(supports, filter, channel)];
      for (let i = 0; i < own.length; i++) {
        const at = kernel + own[i];
        if (weights[at] === 0) continue;
        weights[at] = 0;
        dropped++;
      }
      kernel += taps;
    }
  }
  return dropped;
}

/** What a layer computes with in float32 once its batch norm is folded. */
export function foldLayer(
  layer: ConvLayer,
  { weights, weightScale, bias, batchNorm }: ConvParameters,
): FloatOperands {
  const ownBias = bias ?? new Float32Array(layer.geometry.filters);
  if (batchNorm === undefined || layer.batchNorm === undefined) {
    return { weights, bias: ownBias, ...(weightScale && { weightScale }) };
  }
  return foldBatchNorm(weights, ownBias, batchNorm, layer.batchNorm.epsilon);
}
