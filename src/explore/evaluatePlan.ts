import type { LayerCounts } from '../counts/layerCounts.js';
import { totalDramBursts } from '../counts/layerCounts.js';
import { largestRegisterFiles } from '../counts/largestRegisterFiles.js';
import { areaOf } from '../energy/area.js';
import type { LayerEnergy } from '../energy/layerEnergy.js';
import type { LayerEstimate } from '../machine/estimateLayer.js';
import type { Layer } from '../network/layer.js';
import { estimateCell } from './estimateCell.js';
import { energyModelOf, evaluateLayer } from './layerCost.js';
import type { ObjectiveSums } from '../scenario/objective.js';
import type { CellPlan } from './plan.js';
import type { Scenario } from './scenario.js';

/** A reported layer of a plan, and what it takes. */
export interface EvaluatedLayer {
  readonly layer: Layer;
  readonly estimate: LayerEstimate;
  readonly counts: LayerCounts;
  readonly energy: LayerEnergy;
  readonly costs: ObjectiveSums;
}

export interface EvaluatedPlan {
  readonly layers: readonly EvaluatedLayer[];
  readonly areaMm2: number;
}

/**
 * What the reported layers of a plan take for the first batch, one after the other on the same DRAM.
 *
 * @throws UserError when the energy table cannot price the plan's machine, or the DRAM has not so much room
 */
export async function evaluatePlan(
  scenario: Scenario,
  plan: CellPlan,
  signal?: AbortSignal,
): Promise<EvaluatedPlan> {
  const { accelerator } = plan;
  const { estimates } = await estimateCell(scenario, plan, { signal, onLayer: () => undefined });
  const layers = plan.layers
    .filter(({ layer }) => scenario.layers.includes(layer.name))
    .map(({ layer, estimate: planned }): EvaluatedLayer => {
      const estimate = estimates.get(layer.name) ?? planned;
      const { counts, energy } = evaluateLayer(scenario, accelerator, layer, estimate);
      const dramBytes = totalDramBursts(counts) * accelerator.dram.burstBytes;
      const costs = { latencyPs: counts.latencyPs, energyPj: energy.totalPj, dramBytes };
      return { layer, estimate, counts, energy, costs };
    });
  const prices = energyModelOf(scenario, accelerator).pricesFor({
    registerEntries: largestRegisterFiles(layers.map(({ counts }) => counts)),
  });
  return { layers, areaMm2: areaOf(accelerator, prices).totalMm2 };
}

/** Of layers that run one after the other. */
export function addCosts(all: readonly ObjectiveSums[]): ObjectiveSums {
  const sum = (key: keyof ObjectiveSums): number => all.reduce((total, costs) => total + costs[key], 0);
  return { latencyPs: sum('latencyPs'), energyPj: sum('energyPj'), dramBytes: sum('dramBytes') };
}
