import { inputsOf } from '../../network/layer.js';
import type { Layer, MapName } from '../../network/layer.js';
import type { Network } from '../../network/network.js';

/** From when to when a feature map is needed; layers by their place in the network. */
export interface Lifetime {
  readonly writer: number;
  readonly lastReader: number;
}

/**
 * The feature maps that can stay on chip, by name: those that a layer writes and later ones read. The network's input and its
 * result always lie in DRAM.
 */
export function lifetimes({ layers, output }: Pick<Network, 'layers' | 'output'>): Map<MapName, Lifetime> {
  const found = new Map<MapName, Lifetime>();
  const writers = new Map(layers.map((layer: Layer, index) => [layer.output, index]));
  layers.forEach((layer, reader) => {
    for (const name of inputsOf(layer)) {
      const writer = writers.get(name);
      if (writer !== undefined && name !== output) found.set(name, { writer, lastReader: reader });
    }
  });
  return found;
}
