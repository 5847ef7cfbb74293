import { inputsOf, isConv } from './layer.js';
import type { ConvLayer, Layer, PoolLayer } from './layer.js';
import type { Network } from './network.js';

function isPool(layer: Layer): layer is PoolLayer {
  return layer.kind === 'max-pool' || layer.kind === 'average-pool';
}

/** Why a layer cannot be pooled on the way out of the convolution before it; undefined if it can. */
export function fusionFault({ layers, output }: Network, layer: Layer): string | undefined {
  const { name } = layer;
  if (!isPool(layer)) return `expected a pooling layer, got ${name}, which is of kind ${layer.kind}`;
  const expected = `expected a pooling layer that alone reads the output of a convolution, got ${name}`;
  const maker = layers.find((each) => each.output === layer.input);
  if (maker === undefined) return `${expected}, which reads the network's input`;
  if (!isConv(maker)) return `${expected}, which reads that of ${maker.name}, of kind ${maker.kind}`;
  const other = layers.find((each) => each !== layer && inputsOf(each).includes(maker.output));
  if (other !== undefined) return `${expected}; ${other.name} reads that of ${maker.name}, too`;
  if (maker.output === output) return `${expected}; that of ${maker.name} is the network's output, too`;
  return undefined;
}

/** The pooling layer that a convolution can take along, if there is one. */
export function poolBehind(network: Network, layer: ConvLayer): PoolLayer | undefined {
  return network.layers
    .filter(isPool)
    .find((pool) => pool.input === layer.output && fusionFault(network, pool) === undefined);
}
