import { setImmediate } from 'node:timers/promises';
import type { Accelerator } from '../accelerator/accelerator.js';
import { UserError } from '../document/userError.js';
import type { Location } from '../document/userError.js';
import { estimateLayer } from '../machine/estimateLayer.js';
import type { LayerEstimate } from '../machine/estimateLayer.js';
import { mapLayer } from '../machine/mapLayer.js';
import { convProblem, problemKey, vectorProblem } from '../mapping/layerProblem.js';
import type { ConvProblem, LayerProblem } from '../mapping/problem.js';
import type { Model } from '../model/model.js';
import { isConv } from '../network/layer.js';
import type { Layer } from '../network/layer.js';
import type { MappingObjective } from '../scenario/scenario.js';
import type { SearchOutcome } from '../report/mappedScenario.js';
import type { SparseNetwork } from '../sparsity/sparsify.js';
import type { Supports } from '../sparsity/supports.js';
import type { SparsityVariant } from '../sparsity/variant.js';
import { layoutOf } from '../storage/featureMapLayout.js';
import { dependsOnValues, storeLayer } from '../storage/formats.js';
import type { ElementArray } from '../tensor/precision.js';
import { cachedSearch } from './cachedSearch.js';
import type { FoundMapping } from './cachedSearch.js';
import { costFunction } from './layerCost.js';
import { layersToRun } from './layersToRun.js';
import { createVariantMaker, loadImages } from './prepare.js';
import type { VariantMaker } from './prepare.js';
import { searchKey } from './searchKey.js';
import type { Cell } from './cells.js';
import type { MappingCache } from './mappingCache.js';
import { prescribedFor } from './prescribed.js';
import type { Scenario } from './scenario.js';

/** One layer of a cell: how it is stored and mapped, and what that costs. Known without running it. */
export interface PlannedLayer {
  readonly layer: Layer;
  /** Convolutions and fully connected layers only. */
  readonly supports?: Supports;
  readonly format?: string;
  readonly estimate: LayerEstimate;
  /** How the search came to the mapping; absent where it was prescribed, or the search does not say. */
  readonly search?: SearchOutcome;
}

export interface CellPlan {
  readonly variant: SparsityVariant;
  /** As asked for; `auto` may have chosen otherwise from layer to layer. */
  readonly storage: string;
  readonly accelerator: Accelerator;
  readonly sparse: SparseNetwork;
  /** From the network's first layer to the last one that is reported, unless only some were asked for. */
  readonly layers: readonly PlannedLayer[];
}

export interface PlanOptions {
  /** Names of the layers to plan, in place of all that have to be run. */
  readonly only?: readonly string[] | undefined;
  /** Called after each layer. */
  readonly onLayer?: ((cell: Cell, layer: string) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Where mappings found before are looked up, and new ones kept; all are searched for unless given. */
  readonly cache?: MappingCache | undefined;
}

/**
 * Stores and maps every layer of every cell without running any: whether a scenario can be simulated at all.
 *
 * @throws UserError when a layer cannot be stored or fits no buffer, or weights or images that a scheme or a format
 *   looks at cannot be read
 */
export async function planScenario(scenario: Scenario, options: PlanOptions = {}): Promise<CellPlan[]> {
  return planCells(scenario, createVariantMaker(scenario, await loadImages(scenario)), options);
}

export async function planCells(
  scenario: Scenario,
  maker: VariantMaker,
  options: PlanOptions,
): Promise<CellPlan[]> {
  const planLayer = createLayerPlanner(scenario, options.cache);
  const plans: CellPlan[] = [];
  for (const cell of scenario.cells) plans.push(await planCell(scenario, cell, maker, planLayer, options));
  return plans;
}

async function planCell(
  scenario: Scenario,
  cell: Cell,
  maker: VariantMaker,
  planLayer: LayerPlanner,
  { only, onLayer, signal }: PlanOptions,
): Promise<CellPlan> {
  const { variant, storage, accelerator } = cell;
  const sparse = await maker.sparse(variant);
  const model = dependsOnValues(storage) ? (await maker.prepared(variant)).model : undefined;
  const layers: PlannedLayer[] = [];
  for (const layer of layersToRun(scenario.layers, sparse.network)) {
    if (only?.includes(layer.name) === false) continue;
    layers.push(planLayer(layer, cell, sparse.supports.get(layer.name), model));
    onLayer?.(cell, layer.name);
    await setImmediate();
    signal?.throwIfAborted();
  }
  return { variant, storage, accelerator, sparse, layers };
}

type LayerPlanner = (
  layer: Layer,
  cell: Cell,
  supports: Supports | undefined,
  model: Model | undefined,
) => PlannedLayer;

/** Maps each layer once: the mapping of equal layers is equal in all cells of one dataflow. */
function createLayerPlanner(scenario: Scenario, cache: MappingCache | undefined): LayerPlanner {
  const { settings } = scenario;
  const layout = layoutOf(settings.layout);
  const known = new Map<string, LayerEstimate>();
  const problemOf = createProblemStore();

  const search = (
    layer: Layer,
    problem: LayerProblem,
    accelerator: Accelerator,
    weights?: ElementArray,
  ): LayerEstimate => {
    const own = problemKey(problem);
    const key = own && `${accelerator.array.dataflow} ${own}`;
    const before = key === undefined ? undefined : known.get(key);
    if (before !== undefined) return before;
    const cost = costFunction(scenario, accelerator, layer);
    const { objective, precision } = settings;
    const { energyTable } = scenario;
    const asked = { kind: layer.kind, problem, accelerator, energyTable, precision, objective, weights };
    const { estimate: found } = cachedSearch(cache, cache && searchKey(asked), {
      search: () => searchMapping(problem, accelerator, objective, cost),
      estimateOf: (mapping) => estimateLayer(problem, mapping, accelerator),
      costOf: cost,
    });
    if (key !== undefined) known.set(key, found);
    return found;
  };

  const estimate = (layer: Layer, problem: LayerProblem, cell: Cell, weights?: ElementArray): LayerEstimate => {
    const { accelerator } = cell;
    const prescribed = prescribedFor(scenario, cell, layer.name);
    if (prescribed === undefined) return search(layer, problem, accelerator, weights);
    const { spec, key, place } = prescribed;
    return locate(place, `${key}: `, () =>
      mapLayer(problem, accelerator, { cost: costFunction(scenario, accelerator, layer), spec }),
    );
  };

  return (layer, cell, supports, model) => {
    const { storage, place } = cell;
    if (!isConv(layer)) {
      const problem = vectorProblem(layer, settings.precision, settings.batch, layout);
      return { layer, estimate: estimate(layer, problem, cell) };
    }
    if (supports === undefined) throw new Error(`layer ${layer.name} has no supports`);
    const weights = model?.layers.find((each) => each.layer.name === layer.name)?.operands?.weights;
    const problem = problemOf(layer, supports, storage, () => {
      const toStore = { supports, precision: settings.precision.weight, weights };
      const stored = locate(place, '', () => storeLayer(storage, toStore, layer.name));
      return convProblem(layer, settings.precision, stored, settings.batch, layout);
    });
    const format = problem.storage.format.name;
    return { layer, supports, format, estimate: estimate(layer, problem, cell, weights) };
  };
}

/** The search, and how many mappings it estimated. It proves nothing: no cost is less than nothing. */
function searchMapping(
  problem: LayerProblem,
  accelerator: Accelerator,
  objective: MappingObjective,
  cost: (estimate: LayerEstimate) => number,
): FoundMapping {
  let judged = 0;
  const estimate = mapLayer(problem, accelerator, {
    objective,
    cost: (each) => {
      judged++;
      return cost(each);
    },
  });
  return { estimate, cost: cost(estimate), bound: 0, isProven: false, judged, bounded: 0 };
}

/** One problem for all dataflows: searches keep with it what no dataflow changes. */
function createProblemStore(): (
  layer: Layer,
  supports: Supports,
  storage: string,
  make: () => ConvProblem,
) => ConvProblem {
  const known = new WeakMap<Supports, Map<string, ConvProblem>>();
  return (layer, supports, storage, make) => {
    const ofSupports = known.get(supports) ?? new Map<string, ConvProblem>();
    known.set(supports, ofSupports);
    const key = `${layer.name} ${storage}`;
    const problem = ofSupports.get(key) ?? make();
    ofSupports.set(key, problem);
    return problem;
  };
}

/** A fault of what stands at a place of the file, where it says `key`. */
function locate<T>(place: Location | undefined, key: string, action: () => T): T {
  try {
    return action();
  } catch (error) {
    if (!(error instanceof UserError) || error.location !== undefined || place === undefined) throw error;
    throw new UserError(`${key}${error.message}`, place);
  }
}
