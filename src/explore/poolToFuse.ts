import { poolBehind } from '../network/fusion.js';
import { isConv } from '../network/layer.js';
import type { Layer, PoolLayer } from '../network/layer.js';
import type { Network } from '../network/network.js';
import type { ScenarioFile } from '../scenario/scenario.js';

/** The pooling layer that a scenario lets a layer take along; one that has a mapping of its own stays alone under `auto`. */
export function poolToFuse(
  { fuse, mapping }: Pick<ScenarioFile, 'fuse' | 'mapping'>,
  network: Network,
  layer: Layer,
): PoolLayer | undefined {
  if (fuse === 'none' || !isConv(layer)) return undefined;
  const pool = poolBehind(network, layer);
  if (pool === undefined) return undefined;
  if (fuse === 'auto')
    return typeof mapping !== 'string' && Object.hasOwn(mapping, pool.name) ? undefined : pool;
  return fuse.includes(pool.name) ? pool : undefined;
}
