import type { Accelerator } from '../accelerator/accelerator.js';
import { chooseMapping } from '../mapping/chooseMapping.js';
import type { Mapping } from '../mapping/mapping.js';
import { prescribedMapping } from '../mapping/prescribedMapping.js';
import type { LayerProblem } from '../mapping/problem.js';
import type { LayerMappingSpec } from '../scenario/scenario.js';
import type { PassCache } from '../schedule/schedule.js';
import { estimateLayer } from './estimateLayer.js';
import type { LayerEstimate } from './estimateLayer.js';

/**
 * Maps a layer, as prescribed or by search, and estimates it. The search times mappings by this very estimate.
 *
 * @throws UserError when no tile fits or the prescribed one does not
 */
export function mapLayer(
  problem: LayerProblem,
  accelerator: Accelerator,
  spec?: LayerMappingSpec,
): LayerEstimate {
  const passes: PassCache = new Map();
  const timed = new Map<Mapping, LayerEstimate>();
  const latency = (mapping: Mapping): number => {
    const estimate = estimateLayer(problem, mapping, accelerator, passes);
    timed.set(mapping, estimate);
    return estimate.timeline.endPs;
  };
  const mapping =
    spec === undefined
      ? chooseMapping(problem, accelerator, latency)
      : prescribedMapping(problem, spec, accelerator, latency);
  return timed.get(mapping) ?? estimateLayer(problem, mapping, accelerator, passes);
}
