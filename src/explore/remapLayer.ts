import type { Accelerator } from '../accelerator/accelerator.js';
import { estimateLayer } from '../machine/estimateLayer.js';
import type { LayerEstimate } from '../machine/estimateLayer.js';
import { bufferOf, footprint, shortage } from '../mapping/footprint.js';
import { problemKey } from '../mapping/layerProblem.js';
import { mappedTensors } from '../mapping/mapping.js';
import type { Mapping } from '../mapping/mapping.js';
import type { LayerProblem } from '../mapping/problem.js';
import { registerShortage } from '../mapping/registerFiles.js';
import type { Layer } from '../network/layer.js';
import { compareSums } from '../scenario/objective.js';
import type { LayerMappingSpec } from '../scenario/scenario.js';
import { mapLayer, sumsOf } from '../search/mapLayer.js';
import { energyModelOf } from './layerCost.js';
import type { Cell } from './cells.js';
import type { PlannedLayer } from './plan.js';
import { prescribedFor } from './prescribed.js';
import type { Scenario } from './scenario.js';

/** A layer on a changed machine. */
export interface Remapped {
  readonly planned: PlannedLayer;
  /** Whether the mapping of the unchanged machine is better than the one that the search found. */
  readonly isKept: boolean;
}

/**
 * Maps layers of one machine on another: searches again, and takes the mapping that the layer had where that is possible there and
 * better, since the search need not find the best. A prescribed mapping stays prescribed. Equal layers are mapped once.
 *
 * @throws UserError when the layer cannot be mapped on the changed machine
 */
export function createRemapper(
  scenario: Scenario,
  cell: Pick<Cell, 'variant' | 'storage' | 'accelerator'>,
  after: Accelerator,
): (planned: PlannedLayer) => Remapped {
  const known = new Map<string, { readonly estimate: LayerEstimate; readonly isKept: boolean }>();
  return (planned) => {
    const { layer, estimate } = planned;
    const spec = prescribedFor(scenario, cell, layer.name)?.spec;
    const key = spec !== undefined ? undefined : problemKey(estimate.schedule.problem);
    const found =
      (key === undefined ? undefined : known.get(key)) ??
      remap(scenario, layer, estimate.schedule, spec, cell.accelerator, after);
    if (key !== undefined) known.set(key, found);
    return { planned: { ...planned, estimate: found.estimate }, isKept: found.isKept };
  };
}

function remap(
  scenario: Scenario,
  layer: Layer,
  { problem, mapping }: LayerEstimate['schedule'],
  spec: LayerMappingSpec | undefined,
  before: Accelerator,
  after: Accelerator,
): { readonly estimate: LayerEstimate; readonly isKept: boolean } {
  const { objective, search: effort } = scenario.settings;
  const priced = { layer, model: energyModelOf(scenario, after) };
  const { search: _, ...searched } = mapLayer(problem, after, { objective, priced, effort, spec });
  if (spec !== undefined || before.array.dataflow !== after.array.dataflow)
    return { estimate: searched, isKept: false };
  const old = asBefore(mapping, before, after);
  if (!isPossible(problem, old, after)) return { estimate: searched, isKept: false };
  const unchanged = estimateLayer(problem, old, after);
  const isKept =
    compareSums(objective, sumsOf(unchanged, after, priced), sumsOf(searched, after, priced)) < 0;
  return { estimate: isKept ? unchanged : searched, isKept };
}

/** A mapping leaves open what follows from its buffers: where these have changed, it has to be said. */
function asBefore(mapping: Mapping, before: Accelerator, after: Accelerator): Mapping {
  const changed = mappedTensors.filter(
    (tensor) =>
      mapping.buffering?.[tensor] === undefined &&
      bufferOf(before, tensor).doubleBuffered !== bufferOf(after, tensor).doubleBuffered,
  );
  if (changed.length === 0) return mapping;
  const slots = changed.map((tensor) => [
    tensor,
    bufferOf(before, tensor).doubleBuffered ? 'double' : 'single',
  ]);
  return { ...mapping, buffering: { ...mapping.buffering, ...Object.fromEntries(slots) } };
}

function isPossible(problem: LayerProblem, mapping: Mapping, accelerator: Accelerator): boolean {
  return (
    shortage(footprint(problem, mapping, accelerator)) === undefined &&
    registerShortage(problem, mapping, accelerator) === undefined
  );
}
