import { UserError } from '../document/userError.js';
import type { PoolLayer } from '../network/layer.js';
import { addSums, compareSums } from '../scenario/objective.js';
import type { ObjectiveSums } from '../scenario/objective.js';
import type { Scenario } from './scenario.js';

/** A layer as it is planned: alone, or with the pooling behind it. */
export interface Fusion<T> {
  readonly planned: T;
  /** Why a pooling that might have been fused was not. */
  readonly note?: string;
}

/**
 * Plans a layer together with the pooling behind it where the scenario names that one, and under `auto` where it costs less in the
 * scenario's objective than the two layers one after the other.
 *
 * @throws UserError when a pooling that is named cannot be fused
 */
export async function fusePool<T>(
  { settings: { fuse, objective } }: Scenario,
  pool: PoolLayer,
  plan: {
    readonly alone: () => Promise<T>;
    readonly pool: () => Promise<T>;
    readonly fused: () => Promise<T>;
    readonly sumsOf: (planned: T) => ObjectiveSums;
  },
): Promise<Fusion<T>> {
  if (fuse !== 'auto') return { planned: await plan.fused() };
  const alone = await plan.alone();
  const pair = await attempt(plan.fused);
  if (pair instanceof UserError) return { planned: alone, note: `${pool.name}: ${pair.message}` };
  const apart = addSums([plan.sumsOf(alone), plan.sumsOf(await plan.pool())]);
  if (compareSums(objective, plan.sumsOf(pair), apart) < 0) return { planned: pair };
  return { planned: alone, note: `${pool.name}, which costs no more alone` };
}

async function attempt<T>(action: () => Promise<T>): Promise<T | UserError> {
  try {
    return await action();
  } catch (error) {
    if (error instanceof UserError) return error;
    throw error;
  }
}
