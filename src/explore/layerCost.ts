import type { Accelerator } from '../accelerator/accelerator.js';
import { countLayer } from '../counts/countLayer.js';
import type { LayerCounts } from '../counts/layerCounts.js';
import { createEnergyModel, evaluateEnergy } from '../energy/evaluate.js';
import type { EnergyModel } from '../energy/evaluate.js';
import type { LayerEnergy } from '../energy/layerEnergy.js';
import type { LayerEstimate } from '../machine/estimateLayer.js';
import type { Layer } from '../network/layer.js';
import type { Scenario } from './scenario.js';

const models = new WeakMap<Scenario, Map<Accelerator, EnergyModel>>();

/** The energy model of one of a scenario's machines; the same one each time, since prices take a while to work out. */
export function energyModelOf(scenario: Scenario, accelerator: Accelerator): EnergyModel {
  const known = models.get(scenario) ?? new Map<Accelerator, EnergyModel>();
  models.set(scenario, known);
  const model =
    known.get(accelerator) ??
    createEnergyModel(accelerator, scenario.settings.precision, scenario.energyTable);
  known.set(accelerator, model);
  return model;
}

/** What an estimated layer counts and costs. */
export function evaluateLayer(
  scenario: Scenario,
  accelerator: Accelerator,
  layer: Layer,
  { schedule, timeline }: LayerEstimate,
): { readonly counts: LayerCounts; readonly energy: LayerEnergy } {
  const counts = countLayer(layer, schedule, timeline, accelerator);
  return { counts, energy: evaluateEnergy(counts, energyModelOf(scenario, accelerator)) };
}
