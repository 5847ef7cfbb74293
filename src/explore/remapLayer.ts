import type { Accelerator } from '../accelerator/accelerator.js';
import { estimateLayer } from '../machine/estimateLayer.js';
import type { LayerEstimate } from '../machine/estimateLayer.js';
import { mapLayer } from '../machine/mapLayer.js';
import { bufferOf, footprint, shortage } from '../mapping/footprint.js';
import { problemKey } from '../mapping/layerProblem.js';
import { mappedTensors } from '../mapping/mapping.js';
import type { Mapping } from '../mapping/mapping.js';
import type { LayerProblem } from '../mapping/problem.js';
import { registerShortage } from '../mapping/registerFiles.js';
import { totalDramBursts } from '../counts/layerCounts.js';
import type { Layer } from '../network/layer.js';
import { costFunction, evaluateLayer } from './layerCost.js';
import { compareCosts, costOf } from './objectiveCost.js';
import type { Cost } from './objectiveCost.js';
import type { PlannedLayer } from './plan.js';
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
  before: Accelerator,
  after: Accelerator,
): (planned: PlannedLayer) => Remapped {
  const known = new Map<string, { readonly estimate: LayerEstimate; readonly isKept: boolean }>();
  return (planned) => {
    const { layer, estimate } = planned;
    const isPrescribed = prescribed(scenario, layer) !== undefined;
    const key = isPrescribed ? undefined : problemKey(estimate.schedule.problem);
    const found =
      (key === undefined ? undefined : known.get(key)) ??
      remap(scenario, layer, estimate.schedule, before, after);
    if (key !== undefined) known.set(key, found);
    return { planned: { ...planned, estimate: found.estimate }, isKept: found.isKept };
  };
}

function remap(
  scenario: Scenario,
  layer: Layer,
  { problem, mapping }: LayerEstimate['schedule'],
  before: Accelerator,
  after: Accelerator,
): { readonly estimate: LayerEstimate; readonly isKept: boolean } {
  const { objective } = scenario.settings;
  const spec = prescribed(scenario, layer);
  const searched = mapLayer(problem, after, {
    ...(spec === undefined ? { objective } : { spec }),
    cost: costFunction(scenario, after, layer),
  });
  if (spec !== undefined || before.array.dataflow !== after.array.dataflow)
    return { estimate: searched, isKept: false };
  const old = asBefore(mapping, before, after);
  if (!isPossible(problem, old, after)) return { estimate: searched, isKept: false };
  const unchanged = estimateLayer(problem, old, after);
  const cost = (estimate: LayerEstimate): Cost => {
    const { counts, energy } = evaluateLayer(scenario, after, layer, estimate);
    const dramBytes = totalDramBursts(counts) * after.dram.burstBytes;
    return costOf(objective, { latencyPs: counts.latencyPs, energyPj: energy.totalPj, dramBytes });
  };
  const isKept = compareCosts(cost(unchanged), cost(searched)) < 0;
  return { estimate: isKept ? unchanged : searched, isKept };
}

function prescribed({ settings: { mapping } }: Scenario, { name }: Layer) {
  return mapping === 'auto' ? undefined : mapping[name];
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
