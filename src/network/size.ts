import type { ConvLayer } from './layer.js';
import { elementsOf, isConv } from './layer.js';
import type { Network } from './network.js';

/** Work and parameters of one convolution or fully connected layer. */
export interface LayerSize {
  readonly name: string;
  /** Multiplications per image, taps on padding included. */
  readonly macs: number;
  readonly weights: number;
  readonly bias: number;
  /** Scale and shift per channel; running statistics are no parameters. */
  readonly batchNorm: number;
  /** weights + bias + batchNorm */
  readonly parameters: number;
}

export interface NetworkSize {
  /** In the network's order; layers without weights are left out. */
  readonly layers: readonly LayerSize[];
  readonly macs: number;
  readonly parameters: number;
}

/**
 * Sizes of all layers, and their sums.
 *
 * @param weightsOf how many weights a layer has; all of a dense one unless given
 */
export function networkSize(network: Network, weightsOf = denseWeights): NetworkSize {
  const layers = network.layers.filter(isConv).map((layer) => layerSize(layer, weightsOf(layer)));
  return {
    layers,
    macs: layers.reduce((sum, { macs }) => sum + macs, 0),
    parameters: layers.reduce((sum, { parameters }) => sum + parameters, 0),
  };
}

function layerSize(layer: ConvLayer, weights: number): LayerSize {
  const { filters, output } = layer.geometry;
  const bias = layer.bias ? filters : 0;
  const batchNorm = layer.batchNorm === undefined ? 0 : 2 * filters;
  // Each weight is used once at each output position of its filter.
  const macs = weights * (elementsOf(output) / filters);
  return { name: layer.name, macs, weights, bias, batchNorm, parameters: weights + bias + batchNorm };
}

function denseWeights({ geometry }: ConvLayer): number {
  return geometry.filters * geometry.channelsPerGroup * geometry.kernelHeight * geometry.kernelWidth;
}
