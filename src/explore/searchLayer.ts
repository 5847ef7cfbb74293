import type { Accelerator } from '../accelerator/accelerator.js';
import { estimateLayer } from '../machine/estimateLayer.js';
import type { LayerEstimate } from '../machine/estimateLayer.js';
import type { Mapping } from '../mapping/mapping.js';
import type { LayerProblem } from '../mapping/problem.js';
import type { Layer } from '../network/layer.js';
import type { PassCache } from '../schedule/schedule.js';
import type { LayerSums } from '../search/objective.js';
import { searchMapping } from '../search/searchMapping.js';
import type { MappingSearch, SearchLimits } from '../search/searchMapping.js';
import { mappingSpaces } from '../search/space.js';
import type { MappingSpaceName } from '../search/space.js';
import { tensors } from '../tensor/dataSpace.js';
import { energyModelOf, evaluateLayer } from './layerCost.js';
import type { Scenario } from './scenario.js';

/** What to search and for how long. */
export interface LayerSearchOptions extends SearchLimits {
  readonly space?: MappingSpaceName;
}

/** The best mapping of a layer by the scenario's objective, alone in the DRAM. */
export function* searchLayer(
  scenario: Scenario,
  accelerator: Accelerator,
  layer: Layer,
  problem: LayerProblem,
  { space = 'halved', ...limits }: LayerSearchOptions = {},
): Generator<void, MappingSearch<LayerEstimate>, void> {
  const judge = (mapping: Mapping, passes: PassCache): { sums: LayerSums; estimate: LayerEstimate } => {
    const estimate = estimateLayer(problem, mapping, accelerator, passes);
    return { sums: sumsOf(scenario, accelerator, layer, estimate), estimate };
  };
  const model = energyModelOf(scenario, accelerator);
  const { objective } = scenario.settings;
  return yield* searchMapping(
    { problem, kind: layer.kind, accelerator, objective, model },
    mappingSpaces[space],
    judge,
    limits,
  );
}

/** What an estimated layer comes to. */
export function sumsOf(
  scenario: Scenario,
  accelerator: Accelerator,
  layer: Layer,
  estimate: LayerEstimate,
): LayerSums {
  const { counts, energy } = evaluateLayer(scenario, accelerator, layer, estimate);
  const bursts = tensors.reduce((sum, tensor) => {
    const { readBursts, writeBursts } = counts.dram[tensor];
    return sum + readBursts + writeBursts;
  }, 0);
  return {
    latencyPs: counts.latencyPs,
    energyPj: energy.totalPj,
    dramBytes: bursts * accelerator.dram.burstBytes,
  };
}
