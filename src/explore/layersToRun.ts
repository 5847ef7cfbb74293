import type { Layer, PoolLayer } from '../network/layer.js';
import type { Network } from '../network/network.js';
import { poolToFuse } from './poolToFuse.js';
import type { Scenario } from './scenario.js';

/**
 * The network's layers up to the last one that is reported, since those before it make its inputs, and to the pooling that may be
 * fused into it.
 */
export function layersToRun(
  { layers, settings }: Pick<Scenario, 'layers' | 'settings'>,
  network: Network,
): readonly Layer[] {
  const reported = network.layers.filter(({ name }) => layers.includes(name));
  const needed = reported.flatMap((layer) => [layer, poolToFuse(settings, network, layer) ?? layer]);
  const last = Math.max(...needed.map((layer) => network.layers.indexOf(layer)));
  return network.layers.slice(0, last + 1);
}

/** Whether a planned layer is to be reported: a pair under the name of either. */
export function isReported(
  { layers }: Pick<Scenario, 'layers'>,
  { layer, pool }: { readonly layer: Layer; readonly pool?: PoolLayer | undefined },
): boolean {
  return layers.includes(layer.name) || (pool !== undefined && layers.includes(pool.name));
}
