import type { Accelerator } from '../accelerator/accelerator.js';
import { estimateLayer } from '../machine/estimateLayer.js';
import type { LayerEstimate } from '../machine/estimateLayer.js';
import { bufferOf, footprint, shortage } from '../mapping/footprint.js';
import { problemKey } from '../mapping/layerProblem.js';
import { mappedTensors } from '../mapping/mapping.js';
import type { Mapping } from '../mapping/mapping.js';
import type { LayerProblem } from '../mapping/problem.js';
import { registerShortage } from '../mapping/registerFiles.js';
import { compareSums } from '../scenario/objective.js';
import type { LayerMappingSpec } from '../scenario/scenario.js';
import { mapLayer, quickEffort, sumsOf } from '../search/mapLayer.js';
import { energyModelOf } from './layerCost.js';
import type { CellPlan, PlannedLayer } from './plan.js';
import { prescribedFor } from './prescribed.js';
import type { Scenario } from './scenario.js';
import { searchTask } from './searchTask.js';
import type { SearchTask } from './searchTask.js';
import type { PendingSearch, SearchThreads } from './searchThreads.js';

/** A layer on a changed machine. */
export interface Remapped {
  readonly planned: PlannedLayer;
  /** Whether the mapping of the unchanged machine is better than the one that the search found. */
  readonly isKept: boolean;
}

/** The plan that is mapped anew. */
type Planned = Pick<CellPlan, 'variant' | 'storage' | 'accelerator' | 'layers'>;

/**
 * Maps layers of one machine on another: searches again, and takes the mapping that the layer had where that is possible there and
 * better, since the search need not find the best. A prescribed mapping stays prescribed. Equal layers are mapped once.
 *
 * @param threads where layers are searched for; here unless given
 * @throws UserError when the layer cannot be mapped on the changed machine
 */
export function createRemapper(
  scenario: Scenario,
  plan: Planned,
  after: Accelerator,
  threads?: SearchThreads,
): (planned: PlannedLayer) => Promise<Remapped> {
  const known = new Map<string, { readonly estimate: LayerEstimate; readonly isKept: boolean }>();
  const begun =
    threads === undefined ? new Map<string, PendingSearch>() : begin(scenario, plan, after, threads);
  return async (planned) => {
    const { layer, estimate } = planned;
    const spec = prescribedFor(scenario, plan, layer.name)?.spec;
    const key = spec !== undefined ? undefined : problemKey(estimate.schedule.problem);
    const elsewhere = key === undefined ? undefined : await begun.get(key);
    const found =
      (key === undefined ? undefined : known.get(key)) ??
      remap(scenario, planned, spec, elsewhere?.mapping, plan.accelerator, after);
    if (key !== undefined) known.set(key, found);
    return { planned: { ...planned, estimate: found.estimate }, isKept: found.isKept };
  };
}

/** The searches for all layers that share their mapping with layers like them. */
function begin(
  scenario: Scenario,
  plan: Planned,
  accelerator: Accelerator,
  threads: SearchThreads,
): Map<string, PendingSearch> {
  const { energyTable, settings } = scenario;
  const { precision, objective, search: effort = quickEffort } = settings;
  const tasks = new Map<string, SearchTask>();
  for (const { layer, estimate } of plan.layers) {
    const { problem } = estimate.schedule;
    const key = problemKey(problem);
    if (key === undefined || tasks.has(key)) continue;
    if (prescribedFor(scenario, plan, layer.name) !== undefined) continue;
    const task = searchTask({ layer, problem, accelerator, energyTable, precision, objective, effort });
    if (task !== undefined) tasks.set(key, task);
  }
  const keys = [...tasks.keys()];
  const pending = threads.begin([...tasks.values()]) ?? [];
  return new Map(pending.map((each, index) => [keys[index], each]));
}

function remap(
  scenario: Scenario,
  { layer, estimate }: PlannedLayer,
  spec: LayerMappingSpec | undefined,
  found: Mapping | undefined,
  before: Accelerator,
  after: Accelerator,
): { readonly estimate: LayerEstimate; readonly isKept: boolean } {
  const { problem, mapping } = estimate.schedule;
  const { objective, search: effort } = scenario.settings;
  const priced = { layer, model: energyModelOf(scenario, after) };
  const { schedule, timeline } =
    found === undefined
      ? mapLayer(problem, after, { objective, priced, effort, spec })
      : estimateLayer(problem, found, after);
  const searched: LayerEstimate = { schedule, timeline };
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
