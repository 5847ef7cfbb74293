import { countLayer } from '../counts/countLayer.js';
import type { LayerCounts } from '../counts/layerCounts.js';
import { exportMachine } from '../energy/accelergy/exportMachine.js';
import type { AccelergyExport } from '../energy/accelergy/exportMachine.js';
import { estimateCell } from './estimateCell.js';
import { energyModelOf } from './layerCost.js';
import { isReported } from './layersToRun.js';
import { planCells } from './plan.js';
import { createVariantMaker, loadImages } from './prepare.js';
import type { Scenario } from './scenario.js';

/** What was exported, and of what. */
export interface ScenarioExport extends AccelergyExport {
  readonly variant: string;
  readonly storage: string;
  readonly dataflow: string;
  /** Names of the layers that are counted. */
  readonly layers: readonly string[];
}

/**
 * Estimates the first batch of a scenario's first cell, and puts what the reported layers did, and what everything costs, into
 * Accelergy's terms. Nothing is written.
 *
 * @throws UserError when a layer cannot be stored or fits no buffer, or when a buffer has the name of another component
 */
export async function exportAccelergy(
  scenario: Scenario,
  options: { readonly signal?: AbortSignal | undefined } = {},
): Promise<ScenarioExport> {
  const first = { ...scenario, cells: scenario.cells.slice(0, 1) };
  const maker = createVariantMaker(first, await loadImages(first));
  const [plan] = await planCells(first, maker, options);
  const { estimates } = await estimateCell(first, plan, { signal: options.signal, onLayer: () => undefined });
  const { accelerator, variant, storage } = plan;
  const counts = plan.layers
    .filter((planned) => isReported(scenario, planned))
    .map(({ layer, estimate }): LayerCounts => {
      const { schedule, timeline } = estimates.get(layer.name) ?? estimate;
      return countLayer(layer, schedule, timeline, accelerator);
    });
  return {
    ...exportMachine(counts, energyModelOf(first, accelerator)),
    ...{ variant: variant.name, storage, dataflow: accelerator.array.dataflow },
    layers: counts.map(({ layer }) => layer),
  };
}
