import type { Layer } from '../network/layer.js';
import type { Network } from '../network/network.js';

/** The network's layers up to the last one that is reported: those before it make its inputs. */
export function layersToRun(layers: readonly string[], network: Network): readonly Layer[] {
  const last = Math.max(...layers.map((name) => network.layers.findIndex((layer) => layer.name === name)));
  return network.layers.slice(0, last + 1);
}
