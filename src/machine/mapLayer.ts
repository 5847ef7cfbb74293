import type { Accelerator } from '../accelerator/accelerator.js';
import { chooseFusedMapping } from '../mapping/chooseFusedMapping.js';
import { chooseMapping } from '../mapping/chooseMapping.js';
import type { Mapping } from '../mapping/mapping.js';
import { prescribedMapping } from '../mapping/prescribedMapping.js';
import type { LayerProblem } from '../mapping/problem.js';
import type { LayerMappingSpec, MappingObjective } from '../scenario/scenario.js';
import type { PassCache } from '../schedule/schedule.js';
import { estimateLayer } from './estimateLayer.js';
import type { LayerEstimate } from './estimateLayer.js';

export interface MapLayerOptions {
  /** What the search is for; least DRAM traffic unless given. */
  readonly objective?: MappingObjective;
  /** The objective's exact value, the less the better; latency unless given, which is also what breaks ties of traffic. */
  readonly cost?: (estimate: LayerEstimate) => number;
  /** A tiling that the user prescribes. */
  readonly spec?: LayerMappingSpec | undefined;
}

/**
 * Maps a layer, as prescribed or by search, and estimates it. The search judges mappings by this very estimate.
 *
 * @throws UserError when no tile fits or the prescribed one does not
 */
export function mapLayer(
  problem: LayerProblem,
  accelerator: Accelerator,
  { objective = 'dram-traffic', cost = latencyOf, spec }: MapLayerOptions = {},
): LayerEstimate {
  const passes: PassCache = new Map();
  const judged = new Map<Mapping, LayerEstimate>();
  const costOf = (mapping: Mapping): number => {
    const estimate = estimateLayer(problem, mapping, accelerator, passes);
    judged.set(mapping, estimate);
    return cost(estimate);
  };
  const search = (): Mapping =>
    problem.kind === 'conv' && problem.pool !== undefined
      ? chooseFusedMapping(problem, accelerator, objective, costOf)
      : chooseMapping(problem, accelerator, objective, costOf);
  const mapping = spec === undefined ? search() : prescribedMapping(problem, spec, accelerator, costOf);
  return judged.get(mapping) ?? estimateLayer(problem, mapping, accelerator, passes);
}

function latencyOf({ timeline }: LayerEstimate): number {
  return timeline.endPs;
}
