import type { ConvLayer } from '../network/layer.js';
import { isConv } from '../network/layer.js';
import type { Network } from '../network/network.js';
import { denseSupports, patternIndex } from '../sparsity/supports.js';
import type { Supports } from '../sparsity/supports.js';
import type { FloatOperands } from './floatForward.js';
import { foldBatchNorm } from './foldBatchNorm.js';
import type { BatchNormParameters } from './foldBatchNorm.js';

/** Float32 parameters of one convolution or fully connected layer, as trained. */
export interface ConvParameters {
  /** (filters, channelsPerGroup, kernelHeight, kernelWidth), zero outside the supports. */
  readonly weights: Float32Array;
  /** One per filter, when the layer has a bias of its own. */
  readonly bias?: Float32Array;
  readonly batchNorm?: BatchNormParameters;
}

/** Float32 parameters of a network under one variant's supports. */
export interface NetworkParameters {
  /** `seeded` parameters are untrained: what the network answers with them means nothing. */
  readonly origin: 'file' | 'seeded';
  /** Where they come from, in words for a report. */
  readonly description: string;
  /** By layer name. */
  readonly layers: ReadonlyMap<string, ConvParameters>;
  /** Weights that were not zero, but lie outside the supports and were set to zero. */
  readonly droppedWeights: number;
  /** Arrays of the file that no layer asked for. */
  readonly unusedArrays: readonly string[];
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
  let dropped = 0;
  let at = 0;
  for (let filter = 0; filter < filters; filter++) {
    for (let channel = 0; channel < channels; channel++) {
      const pattern = patterns[patternIndex(supports, filter, channel)];
      for (let tap = 0; tap < taps; tap++, at++) {
        if (pattern[tap] === 1 || weights[at] === 0) continue;
        weights[at] = 0;
        dropped++;
      }
    }
  }
  return dropped;
}

/** What each layer computes with in float32 once its batch norm is folded, by layer name. */
export function foldParameters(
  network: Network,
  parameters: NetworkParameters,
): ReadonlyMap<string, FloatOperands> {
  return new Map(
    convLayers(network).map((layer) => [layer.name, foldLayer(layer, parameters.layers.get(layer.name))]),
  );
}

function foldLayer(layer: ConvLayer, parameters: ConvParameters | undefined): FloatOperands {
  if (parameters === undefined) throw new Error(`layer ${layer.name} has no parameters`);
  const { weights, bias, batchNorm } = parameters;
  const ownBias = bias ?? new Float32Array(layer.geometry.filters);
  if (batchNorm === undefined || layer.batchNorm === undefined) return { weights, bias: ownBias };
  return foldBatchNorm(weights, ownBias, batchNorm, layer.batchNorm.epsilon);
}
