import { imageMap } from './graph.js';
import type { ConvLayer, Layer, MapName } from './layer.js';
import { isConv } from './layer.js';
import type { Network } from './network.js';

/** Maps whose channels go together: what leaves one of them has to leave all. */
export interface ChannelClass {
  /** In the order in which they are written. */
  readonly maps: readonly MapName[];
  /** Of each of the maps. */
  readonly channels: number;
  /** Layers whose filters make the maps' channels, depthwise convolutions among them. */
  readonly producers: readonly ConvLayer[];
  /** Why the channels have to stay, if they have to: a phrase such as `is the network's output`, of one of the maps. */
  readonly fixed?: string;
}

/** A depthwise convolution makes each channel from the same channel of its input. */
export function isDepthwise({ geometry }: ConvLayer): boolean {
  return geometry.groups > 1 && geometry.channelsPerGroup === 1 && geometry.filters === geometry.groups;
}

/** Whether a convolution reads its channels in groups, and is not depthwise. */
export function isGrouped(layer: ConvLayer): boolean {
  return layer.geometry.groups > 1 && !isDepthwise(layer);
}

/** Maps whose channels correspond one by one, because the layer adds, pools, clips or filters each channel on its own. */
export function tiedMaps(layer: Layer): MapName[] {
  if (layer.kind === 'add') return [layer.output, ...layer.inputs];
  if (!isConv(layer)) return [layer.output, layer.input];
  return [
    layer.output,
    ...(isDepthwise(layer) ? [layer.input] : []),
    ...(layer.residual === undefined ? [] : [layer.residual]),
  ];
}

/**
 * The network's maps by what ties their channels together: residual and element-wise adds, pools, ReLUs and depthwise
 * convolutions. The image, the output and what a grouped convolution reads or writes stay as they are.
 *
 * @returns each map in one class, in the order of their first maps
 */
export function channelClasses(network: Network): ChannelClass[] {
  const roots = new Map<MapName, MapName>();
  const rootOf = (map: MapName): MapName => {
    const above = roots.get(map) ?? map;
    return above === map ? map : rootOf(above);
  };
  for (const layer of network.layers) {
    for (const map of tiedMaps(layer)) roots.set(rootOf(map), rootOf(layer.output));
  }
  const classes = new Map<
    MapName,
    { maps: MapName[]; channels: number; producers: ConvLayer[]; fixed?: string }
  >();
  const enter = (map: MapName, channels: number, producer?: ConvLayer): void => {
    const root = rootOf(map);
    const found = classes.get(root) ?? { maps: [], channels, producers: [] };
    found.maps.push(map);
    if (producer !== undefined) found.producers.push(producer);
    classes.set(root, found);
  };
  enter(imageMap, network.input.channels);
  for (const layer of network.layers) {
    enter(layer.output, layer.outputShape.channels, isConv(layer) ? layer : undefined);
  }
  const fix = (map: MapName, why: string): void => {
    const found = classes.get(rootOf(map));
    if (found !== undefined) found.fixed ??= why;
  };
  fix(imageMap, "is the network's input");
  fix(network.output, "is the network's output");
  for (const layer of network.layers.filter(isConv).filter(isGrouped)) {
    fix(layer.input, `is read by the grouped convolution ${layer.name}`);
    fix(layer.output, `is written by the grouped convolution ${layer.name}`);
  }
  return [...classes.values()];
}
