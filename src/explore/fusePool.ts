import { UserError } from '../document/userError.js';
import { poolBehind } from '../network/fusion.js';
import { isConv } from '../network/layer.js';
import type { Layer, PoolLayer } from '../network/layer.js';
import type { Network } from '../network/network.js';
import type { ScenarioFile } from '../scenario/scenario.js';
import { costOfLayers } from './layerCost.js';
import type { CostedLayer } from './layerCost.js';
import type { Cell } from './cells.js';
import type { Scenario } from './scenario.js';

/** A layer as it is planned: alone, or with the pooling behind it. */
export interface Fusion<T> {
  readonly planned: T;
  /** Why a pooling that might have been fused was not. */
  readonly note?: string;
}

/** The pooling layer that a scenario lets a layer take along; one that has a mapping of its own stays alone under `auto`. */
export function poolToFuse(
  { fuse, mapping }: Pick<ScenarioFile, 'fuse' | 'mapping'>,
  network: Network,
  layer: Layer,
): PoolLayer | undefined {
  if (fuse === 'none' || !isConv(layer)) return undefined;
  const pool = poolBehind(network, layer);
  if (pool === undefined) return undefined;
  if (fuse === 'auto') return mapping !== 'auto' && pool.name in mapping ? undefined : pool;
  return fuse.includes(pool.name) ? pool : undefined;
}

/**
 * Plans a layer together with the pooling behind it where the scenario names that one, and under `auto` where it costs less in the
 * scenario's objective than the two layers one after the other.
 *
 * @throws UserError when a pooling that is named cannot be fused
 */
export function fusePool<T extends CostedLayer>(
  scenario: Scenario,
  { accelerator }: Cell,
  pool: PoolLayer,
  plan: { readonly alone: () => T; readonly pool: () => T; readonly fused: () => T },
): Fusion<T> {
  if (scenario.settings.fuse !== 'auto') return { planned: plan.fused() };
  const alone = plan.alone();
  const pair = attempt(plan.fused);
  if (pair instanceof UserError) return { planned: alone, note: `${pool.name}: ${pair.message}` };
  const apart = costOfLayers(scenario, accelerator, [alone, plan.pool()]);
  const together = costOfLayers(scenario, accelerator, [pair]);
  const differing = together.findIndex((figure, index) => figure !== apart[index]);
  if (differing >= 0 && together[differing] < apart[differing]) return { planned: pair };
  return { planned: alone, note: `${pool.name}, which costs no more alone` };
}

function attempt<T>(action: () => T): T | UserError {
  try {
    return action();
  } catch (error) {
    if (error instanceof UserError) return error;
    throw error;
  }
}
