import type { Accelerator } from '../accelerator/accelerator.js';
import { countLayer } from '../counts/countLayer.js';
import type { LayerCounts } from '../counts/layerCounts.js';
import { createEnergyModel, evaluateEnergy } from '../energy/evaluate.js';
import type { EnergyModel } from '../energy/evaluate.js';
import type { LayerEnergy } from '../energy/layerEnergy.js';
import type { LayerEstimate } from '../machine/estimateLayer.js';
import type { Layer } from '../network/layer.js';
import { tensors } from '../tensor/dataSpace.js';
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

/** A layer and what it was estimated to do. */
export interface CostedLayer {
  readonly layer: Layer;
  readonly estimate: LayerEstimate;
}

/** The exact value of the scenario's objective for layers that run one after the other; each figure decides among equals of the one before. */
export function costOfLayers(
  scenario: Scenario,
  accelerator: Accelerator,
  layers: readonly CostedLayer[],
): readonly number[] {
  const { objective } = scenario.settings;
  const sum = (figure: (each: CostedLayer) => number): number =>
    layers.reduce((total, each) => total + figure(each), 0);
  const latency = sum(({ estimate }) => estimate.timeline.endPs);
  if (objective === 'dram-traffic') return [sum(burstsOf), latency];
  if (objective === 'latency') return [latency];
  const energy = sum(
    ({ layer, estimate }) => evaluateLayer(scenario, accelerator, layer, estimate).energy.totalPj,
  );
  return [objective === 'energy' ? energy : energy * latency];
}

function burstsOf({ estimate: { timeline } }: CostedLayer): number {
  return tensors.reduce(
    (sum, tensor) => sum + timeline.dram[tensor].readBursts + timeline.dram[tensor].writeBursts,
    0,
  );
}

/** The exact value of the scenario's objective for a layer; of least DRAM traffic the latency, which decides among equals. */
export function costFunction(
  scenario: Scenario,
  accelerator: Accelerator,
  layer: Layer,
): (estimate: LayerEstimate) => number {
  const { objective } = scenario.settings;
  return (estimate) => {
    const latency = estimate.timeline.endPs;
    if (objective === 'latency' || objective === 'dram-traffic') return latency;
    const { totalPj } = evaluateLayer(scenario, accelerator, layer, estimate).energy;
    return objective === 'energy' ? totalPj : totalPj * latency;
  };
}
