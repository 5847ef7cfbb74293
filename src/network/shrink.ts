import { isDepthwise, isGrouped, tiedMaps } from './channelClasses.js';
import { imageMap } from './graph.js';
import type { ConvLayer, Layer, MapName, PoolLayer, Shape } from './layer.js';
import { isConv } from './layer.js';
import type { Network } from './network.js';

/**
 * The channels that remain of every map that lost some, as ascending indices of the original channels. A fully connected
 * layer that reads a map of C x H x W keeps or loses the H x W inputs of a channel together.
 */
export type KeptChannels = ReadonlyMap<MapName, Uint32Array>;

/** What remains of a layer's original weights, as ascending indices; `undefined` stands for all. */
export interface LayerSelection {
  readonly filters: Uint32Array | undefined;
  /** Within a filter's group; for a fully connected layer the flattened inputs. */
  readonly channels: Uint32Array | undefined;
}

/**
 * The network without the channels that are not kept: filters, groups of depthwise convolutions, inputs and the shapes
 * of all maps follow. Names stay.
 *
 * @throws Error when the image or the output would lose channels, a grouped convolution would, or maps whose channels
 *   correspond would lose different ones; or when an index is out of place
 */
export function shrinkNetwork(network: Network, kept: KeptChannels): Network {
  checkKept(network, kept);
  const narrow = (map: MapName, shape: Shape): Shape => {
    const channels = kept.get(map)?.length ?? shape.channels;
    return { ...shape, channels };
  };
  const layers = network.layers.map((layer): Layer => {
    const outputShape = narrow(layer.output, layer.outputShape);
    if (isConv(layer)) return shrinkConv(layer, outputShape, kept, network);
    if (layer.kind === 'add' || layer.kind === 'relu') return { ...layer, outputShape };
    const input = narrow(layer.input, layer.geometry.input);
    const pool: PoolLayer = {
      ...layer,
      outputShape,
      geometry: { ...layer.geometry, input, output: outputShape },
    };
    return pool;
  });
  return { ...network, layers };
}

/**
 * Which filters and input channels of a layer's original weights remain.
 *
 * @param layer of the original network
 * @param network the original one: it tells how many inputs of a fully connected layer belong to one channel
 */
export function keptOfLayer(layer: ConvLayer, kept: KeptChannels, network: Network): LayerSelection {
  const filters = kept.get(layer.output);
  const channels = kept.get(layer.input);
  if (channels === undefined || isDepthwise(layer)) return { filters, channels: undefined };
  const area = layer.geometry.input.channels / shapeOf(network, layer.input).channels;
  if (layer.kind === 'conv2d' || area === 1) return { filters, channels };
  const inputs = new Uint32Array(channels.length * area);
  for (let i = 0; i < inputs.length; i++) inputs[i] = channels[Math.floor(i / area)] * area + (i % area);
  return { filters, channels: inputs };
}

/**
 * What remains of a layer's weights.
 *
 * @param weights of the original layer, (filters, channelsPerGroup, taps)
 * @returns (remaining filters, remaining channels, taps)
 */
export function sliceWeights(
  weights: ArrayLike<number>,
  { geometry }: ConvLayer,
  selection: LayerSelection,
): Float32Array {
  const taps = geometry.kernelHeight * geometry.kernelWidth;
  const filters = selection.filters ?? Uint32Array.from({ length: geometry.filters }, (_, i) => i);
  const channels = selection.channels ?? Uint32Array.from({ length: geometry.channelsPerGroup }, (_, i) => i);
  const result = new Float32Array(filters.length * channels.length * taps);
  let at = 0;
  for (const filter of filters) {
    for (const channel of channels) {
      const from = (filter * geometry.channelsPerGroup + channel) * taps;
      for (let tap = 0; tap < taps; tap++) result[at++] = weights[from + tap];
    }
  }
  return result;
}

/** What remains of numbers that a layer has one of per filter: a bias, batch norm's scales. */
export function sliceFilters(perFilter: Float32Array, { filters }: LayerSelection): Float32Array {
  return filters === undefined
    ? perFilter.slice()
    : Float32Array.from(filters, (filter) => perFilter[filter]);
}

function shrinkConv(layer: ConvLayer, output: Shape, kept: KeptChannels, network: Network): ConvLayer {
  const { geometry } = layer;
  const { filters, channels } = keptOfLayer(layer, kept, network);
  const depthwise = isDepthwise(layer);
  const inputs = depthwise ? output.channels : (channels?.length ?? geometry.input.channels);
  return {
    ...layer,
    outputShape: output,
    geometry: {
      ...geometry,
      input: { ...geometry.input, channels: inputs },
      output: { ...geometry.output, channels: output.channels },
      filters: filters?.length ?? geometry.filters,
      channelsPerGroup: depthwise ? 1 : (channels?.length ?? geometry.channelsPerGroup),
      groups: depthwise ? output.channels : geometry.groups,
    },
  };
}

function shapeOf(network: Network, map: MapName): Shape {
  if (map === imageMap) return network.input;
  const writer = network.layers.find(({ output }) => output === map);
  if (writer === undefined) throw new Error(`no layer writes the map ${map}`);
  return writer.outputShape;
}

function checkKept(network: Network, kept: KeptChannels): void {
  for (const [map, indices] of kept) {
    if (map === imageMap || map === network.output) throw new Error(`${map} may not lose channels`);
    const { channels } = shapeOf(network, map);
    const isAscending = indices.every((index, i) => index < channels && (i === 0 || index > indices[i - 1]));
    if (indices.length === 0 || !isAscending) {
      throw new Error(`${map}: expected ascending indices below ${channels}, got ${indices.join(', ')}`);
    }
  }
  for (const layer of network.layers) {
    const [output, ...others] = tiedMaps(layer);
    for (const other of others) {
      if (isSame(kept.get(output), kept.get(other))) continue;
      throw new Error(`${output} and ${other} keep different channels, but ${layer.name} ties them together`);
    }
    if (isConv(layer) && isGrouped(layer) && (kept.has(layer.input) || kept.has(layer.output))) {
      throw new Error(`${layer.name} is grouped: its channels may not be removed`);
    }
  }
}

function isSame(a: Uint32Array | undefined, b: Uint32Array | undefined): boolean {
  if (a === undefined || b === undefined) return a === b;
  return a.length === b.length && a.every((index, i) => index === b[i]);
}
