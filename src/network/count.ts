import type { ConvLayer, Layer } from './layer.js';
import { elementsOf, isConv } from './layer.js';
import type { Network } from './network.js';

/** Work and parameters of one layer; zeros for layers without weights. */
export interface LayerSize {
  readonly name: string;
  /** Multiplications with weights per image, taps on padding included. */
  readonly macs: number;
  readonly weights: number;
  readonly bias: number;
  /** Scale and shift per channel; running statistics are no parameters. */
  readonly batchNorm: number;
  /** weights + bias + batchNorm */
  readonly parameters: number;
}

export interface NetworkSize {
  /** One for each of the network's layers, in their order. */
  readonly layers: readonly LayerSize[];
  readonly totals: { readonly macs: number; readonly parameters: number };
}

/**
 * Sizes of all layers, and their sums.
 *
 * @param weightsOf how many weights a layer has; all of a dense one unless given
 */
export function countNetwork(network: Network, weightsOf = denseWeights): NetworkSize {
  const layers = network.layers.map((layer) => layerSize(layer, weightsOf));
  return {
    layers,
    totals: {
      macs: layers.reduce((sum, { macs }) => sum + macs, 0),
      parameters: layers.reduce((sum, { parameters }) => sum + parameters, 0),
    },
  };
}

function layerSize(layer: Layer, weightsOf: (layer: ConvLayer) => number): LayerSize {
  if (!isConv(layer)) {
    return { name: layer.name, macs: 0, weights: 0, bias: 0, batchNorm: 0, parameters: 0 };
  }
  const { filters, output } = layer.geometry;
  const weights = weightsOf(layer);
  const bias = layer.bias ? filters : 0;
  const batchNorm = layer.batchNorm === undefined ? 0 : 2 * filters;
  // Each weight is used once at each output position of its filter.
  const macs = weights * (elementsOf(output) / filters);
  return { name: layer.name, macs, weights, bias, batchNorm, parameters: weights + bias + batchNorm };
}

function denseWeights({ geometry }: ConvLayer): number {
  return geometry.filters * geometry.channelsPerGroup * geometry.kernelHeight * geometry.kernelWidth;
}
