import { setImmediate } from 'node:timers/promises';
import type { DramObservers } from '../machine/dram/commands.js';
import type { LayerEstimate } from '../machine/estimateLayer.js';
import { estimateNetwork } from '../machine/estimateNetwork.js';
import type { MapName } from '../network/layer.js';
import { compressedLayout } from '../schedule/compressedMap.js';
import { findActivationFormat } from '../storage/activations/activationFormats.js';
import type { CellPlan } from './plan.js';
import type { CellRun, RunOptions } from './runCell.js';
import type { Scenario } from './scenario.js';

/** Works out what a cell's first batch costs without computing anything. */
export async function estimateCell(
  { settings }: Scenario,
  plan: CellPlan,
  {
    onLayer,
    signal,
    observers,
  }: Pick<RunOptions, 'onLayer' | 'signal'> & { readonly observers?: DramObservers },
): Promise<CellRun> {
  const { accelerator } = plan;
  const codec = findActivationFormat(settings.activations);
  const layers = plan.layers.map(({ layer, pool, estimate }) => {
    const { problem, mapping } = estimate.schedule;
    return {
      layer,
      pool,
      estimate,
      outputLayout: codec && compressedLayout(problem, mapping, codec, accelerator.dram.burstBytes),
    };
  });
  const estimates = new Map<string, LayerEstimate>();
  const makers = new Map(plan.sparse.network.layers.map(({ output, name }) => [output, name]));
  const density = densities(settings.activationDensity);
  const options = {
    densityOf: (map: MapName) => density(makers.get(map) ?? 'input'),
    seed: settings.seed,
    ...(observers === undefined ? {} : { observers }),
  };
  for (const { layer, estimate } of estimateNetwork(layers, accelerator, options)) {
    estimates.set(layer.name, estimate);
    onLayer(layer.name);
    const pool = layers.find((each) => each.layer === layer)?.pool;
    if (pool !== undefined) onLayer(pool.name);
    await setImmediate();
    signal?.throwIfAborted();
  }
  return { checks: new Map(), estimates };
}

/** By the layer that makes a map, or `input`. Maps of which nothing is said have no zeros. */
function densities(given: Scenario['settings']['activationDensity']): (maker: string) => number {
  if (given === undefined) return () => 1;
  return typeof given === 'number' ? () => given : (maker) => given[maker] ?? 1;
}
