import type { ConvLayer, MapName } from '../network/layer.js';
import type { Network } from '../network/network.js';
import { sliceFilters, sliceWeights } from '../network/shrink.js';
import { nonZeroTaps } from '../sparsity/supports.js';
import type { Supports } from '../sparsity/supports.js';
import type { WeightsOf } from '../sparsity/weightsOf.js';
import { createRandom, deriveSeed } from '../tensor/random.js';
import { floatConvolution } from './floatConvolution.js';
import { mapOf } from './floatForward.js';
import { applySupports, convLayers, originalOf, supportsOf } from './parameters.js';
import type { ConvParameters, NetworkParameters, PrunedFrom } from './parameters.js';

/** Batch-norm statistics are taken from at most this many images: more change them little. */
const imagesForStatistics = 8;

interface SeededOptions {
  /** Where channels were pruned: the network that the weights are drawn for. */
  readonly from?: PrunedFrom | undefined;
  /** By layer name; a layer without an entry is dense. */
  readonly supports: ReadonlyMap<string, Supports>;
  readonly seed: number;
}

/**
 * Untrained parameters that keep a network's activations realistic: about half of each map is zero after its ReLU.
 *
 * Weights are normal with the variance 2 / fan-in (He et al., ICCV 2015), fan-in being the mean number of taps that a
 * filter has; before the supports are applied they are the same in every variant, up to that variance. Biases and beta
 * are small, gamma is near 1. Batch-norm means and variances are those of the calibration images, layer by layer, as
 * training would have found them. Where a residual is added after a batch norm, beta also takes off the residual's mean,
 * or sums of residuals would leave hardly a zero.
 *
 * Each layer draws from a stream of its own, so that a layer's weights do not depend on the layers before it.
 */
export function seededParameters({ supports, seed, from }: SeededOptions): NetworkParameters {
  return {
    origin: 'seeded',
    description: `weights seeded (seed ${seed}), untrained: accuracy means nothing`,
    imagesForStatistics,
    ofLayer: (layer, maps) => {
      if (maps.length === 0) throw new Error('seeded parameters need at least one calibration image');
      const drawn = drawPruned(layer, supportsOf(layer, supports), seed, from);
      return withStatistics(layer, drawn, maps);
    },
    droppedWeights: 0,
    unusedArrays: [],
  };
}

interface DrawnParameters {
  readonly weights: Float32Array;
  readonly bias: Float32Array;
  readonly gamma: Float32Array;
  readonly beta: Float32Array;
}

/** Draws for the layer before pruning, and takes what is left. */
function drawPruned(
  layer: ConvLayer,
  supports: Supports,
  seed: number,
  from: PrunedFrom | undefined,
): DrawnParameters {
  const original = originalOf(layer, from);
  const { weights, bias, gamma, beta } = drawParameters(
    original.layer,
    nonZeroTaps(supports) / supports.filters,
    seed,
  );
  const slice = (perFilter: Float32Array): Float32Array => sliceFilters(perFilter, original.kept);
  const isWhole = original.kept.filters === undefined && original.kept.channels === undefined;
  const left = isWhole ? weights : sliceWeights(weights, original.layer, original.kept);
  applySupports(left, supports);
  return { weights: left, bias: slice(bias), gamma: slice(gamma), beta: slice(beta) };
}

/** @param fanIn mean number of taps that a filter has */
function drawParameters(layer: ConvLayer, fanIn: number, seed: number): DrawnParameters {
  const { filters, channelsPerGroup, kernelHeight, kernelWidth } = layer.geometry;
  const random = createRandom(deriveSeed(seed, layer.name));
  const deviation = Math.sqrt(2 / Math.max(1, fanIn));
  const weights = new Float32Array(filters * channelsPerGroup * kernelHeight * kernelWidth);
  random.fillNormals(weights, deviation);
  const perFilter = (draw: () => number): Float32Array => Float32Array.from({ length: filters }, draw);
  return {
    weights,
    bias: perFilter(() => (layer.bias ? 0.01 * random.normal() : 0)),
    gamma: perFilter(() => 0.9 + 0.2 * random.next()),
    beta: perFilter(() => 0.05 * random.normal()),
  };
}

/** The weights that `seededParameters` draws for dense layers, for schemes that choose by magnitude. */
export function seededWeights(network: Network, seed: number): WeightsOf {
  return (name) => {
    const layer = convLayers(network).find((each) => each.name === name);
    if (layer === undefined) throw new Error(`layer ${name} is not of ${network.name}`);
    const { channelsPerGroup, kernelHeight, kernelWidth } = layer.geometry;
    return drawParameters(layer, channelsPerGroup * kernelHeight * kernelWidth, seed).weights;
  };
}

/** Finds the layer's batch-norm statistics. */
function withStatistics(
  layer: ConvLayer,
  drawn: DrawnParameters,
  maps: ReadonlyArray<ReadonlyMap<MapName, Float32Array>>,
): ConvParameters {
  const { weights, bias, gamma } = drawn;
  const ownBias = layer.bias ? { bias } : {};
  if (layer.batchNorm === undefined) return { weights, ...ownBias };
  const { filters } = layer.geometry;
  const sums = maps.map((inputs) =>
    floatConvolution(layer.geometry, mapOf(inputs, layer.input), weights, bias),
  );
  const { mean, variance } = statistics(sums, filters);
  const beta = drawn.beta.slice();
  if (layer.residual !== undefined) {
    const { residual } = layer;
    const residualMean = meanPerChannel(
      maps.map((inputs) => mapOf(inputs, residual)),
      filters,
    );
    for (let filter = 0; filter < filters; filter++) beta[filter] -= residualMean[filter];
  }
  return { weights, ...ownBias, batchNorm: { gamma, beta, mean, variance } };
}

/**
 * Mean and variance of each channel over all positions of all maps. A variance is at least a twentieth of the channels'
 * mean variance: of a few positions it may come out near zero, and would blow up other images.
 */
function statistics(
  maps: readonly Float32Array[],
  channels: number,
): { readonly mean: Float32Array; readonly variance: Float32Array } {
  const positions = maps[0].length / channels;
  if (positions * maps.length === 1) return statisticsAcrossChannels(maps[0]);
  const mean = meanPerChannel(maps, channels);
  const variance = meanPerChannel(
    maps.map((map) => squaredDistances(map, mean)),
    channels,
  );
  const floor = variance.reduce((sum, value) => sum + value, 0) / channels / 20;
  return { mean, variance: variance.map((value) => Math.max(value, floor)) };
}

/** Of each element from its channel's mean. */
function squaredDistances(map: Float32Array, mean: Float32Array): Float32Array {
  const positions = map.length / mean.length;
  const result = new Float32Array(map.length);
  for (let channel = 0, i = 0; channel < mean.length; channel++) {
    for (const end = i + positions; i < end; i++) {
      const distance = map[i] - mean[channel];
      result[i] = distance * distance;
    }
  }
  return result;
}

/** One value per channel says nothing of its spread: the channels' common spread stands in. */
function statisticsAcrossChannels(map: Float32Array): {
  readonly mean: Float32Array;
  readonly variance: Float32Array;
} {
  const power = map.reduce((sum, value) => sum + value * value, 0) / map.length;
  return { mean: new Float32Array(map.length), variance: new Float32Array(map.length).fill(power) };
}

function meanPerChannel(maps: readonly Float32Array[], channels: number): Float32Array {
  const positions = maps[0].length / channels;
  const result = new Float32Array(channels);
  for (let channel = 0; channel < channels; channel++) {
    let sum = 0;
    for (const map of maps) {
      for (let i = channel * positions; i < (channel + 1) * positions; i++) sum += map[i];
    }
    result[channel] = sum / (positions * maps.length);
  }
  return result;
}
