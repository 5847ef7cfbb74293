import { setImmediate } from 'node:timers/promises';
import type { Accelerator } from '../accelerator/accelerator.js';
import { UserError } from '../document/userError.js';
import type { Location } from '../document/userError.js';
import type { LayerEstimate } from '../machine/estimateLayer.js';
import { mapLayer } from '../machine/mapLayer.js';
import { convProblem, problemKey, vectorProblem, withPool } from '../mapping/layerProblem.js';
import type { ConvProblem, LayerProblem } from '../mapping/problem.js';
import type { Model } from '../model/model.js';
import { isConv } from '../network/layer.js';
import type { Layer, PoolLayer } from '../network/layer.js';
import type { Network } from '../network/network.js';
import type { SparseNetwork } from '../sparsity/sparsify.js';
import type { Supports } from '../sparsity/supports.js';
import type { SparsityVariant } from '../sparsity/variant.js';
import { layoutOf } from '../storage/featureMapLayout.js';
import { dependsOnValues, storeLayer } from '../storage/formats.js';
import { fusePool, poolToFuse } from './fusePool.js';
import { costFunction } from './layerCost.js';
import { createVariantMaker, loadImages } from './prepare.js';
import type { VariantMaker } from './prepare.js';
import type { Scenario } from './scenario.js';
import type { Cell } from './cells.js';

/** One layer of a cell: how it is stored and mapped, and what that costs. Known without running it. */
export interface PlannedLayer {
  readonly layer: Layer;
  /** Convolutions and fully connected layers only. */
  readonly supports?: Supports;
  readonly format?: string;
  /** Fused into the layer: the estimate is of both, and what leaves is what the pooling makes. */
  readonly pool?: PoolLayer;
  readonly estimate: LayerEstimate;
}

export interface CellPlan {
  readonly variant: SparsityVariant;
  /** As asked for; `auto` may have chosen otherwise from layer to layer. */
  readonly storage: string;
  readonly accelerator: Accelerator;
  readonly sparse: SparseNetwork;
  /** From the network's first layer to the last one that is reported. */
  readonly layers: readonly PlannedLayer[];
  /** Which pooling layers were fused, and why others were not. */
  readonly fusionNotes: readonly string[];
}

export interface PlanOptions {
  /** Called after each layer. */
  readonly onLayer?: ((cell: Cell, layer: string) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
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
  const planLayer = createLayerPlanner(scenario);
  const plans: CellPlan[] = [];
  for (const cell of scenario.cells) plans.push(await planCell(scenario, cell, maker, planLayer, options));
  return plans;
}

/**
 * The network's layers up to the last one that is reported, since those before it make its inputs, and to the pooling that may be
 * fused into it.
 */
export function layersToRun({ layers, settings }: Scenario, network: Network): readonly Layer[] {
  const reported = network.layers.filter(({ name }) => layers.includes(name));
  const needed = reported.flatMap((layer) => [layer, poolToFuse(settings, network, layer) ?? layer]);
  const last = Math.max(...needed.map((layer) => network.layers.indexOf(layer)));
  return network.layers.slice(0, last + 1);
}

/** Whether a planned layer is to be reported: a pair under the name of either. */
export function isReported({ layers }: Scenario, { layer, pool }: PlannedLayer): boolean {
  return layers.includes(layer.name) || (pool !== undefined && layers.includes(pool.name));
}

async function planCell(
  scenario: Scenario,
  cell: Cell,
  maker: VariantMaker,
  planLayer: LayerPlanner,
  { onLayer, signal }: PlanOptions,
): Promise<CellPlan> {
  const { variant, storage, accelerator } = cell;
  const sparse = await maker.sparse(variant);
  const model = dependsOnValues(storage) ? (await maker.prepared(variant)).model : undefined;
  const { network } = sparse;
  const layers: PlannedLayer[] = [];
  const fused = new Set<string>();
  const notes: string[] = [];
  const plan = (layer: Layer, pool?: PoolLayer): PlannedLayer =>
    planLayer(layer, cell, sparse.supports.get(layer.name), model, pool);
  for (const layer of layersToRun(scenario, network)) {
    const pool = poolToFuse(scenario.settings, network, layer);
    if (pool !== undefined) {
      const { planned, note } = fusePool(scenario, cell, pool, {
        alone: () => plan(layer),
        pool: () => plan(pool),
        fused: () => plan(layer, pool),
      });
      layers.push(planned);
      if (planned.pool !== undefined) fused.add(pool.name);
      if (note !== undefined) notes.push(note);
    } else if (!fused.has(layer.name)) layers.push(plan(layer));
    onLayer?.(cell, layer.name);
    await setImmediate();
    signal?.throwIfAborted();
  }
  return { variant, storage, accelerator, sparse, layers, fusionNotes: fusionNotes(layers, notes) };
}

function fusionNotes(layers: readonly PlannedLayer[], unfused: readonly string[]): string[] {
  const pairs = layers.flatMap(({ layer, pool }) => (pool ? [`${pool.name} into ${layer.name}`] : []));
  return [
    ...(pairs.length === 0 ? [] : [`fused: ${pairs.join(', ')}`]),
    ...(unfused.length === 0 ? [] : [`not fused: ${unfused.join('; ')}`]),
  ];
}

type LayerPlanner = (
  layer: Layer,
  cell: Cell,
  supports: Supports | undefined,
  model: Model | undefined,
  pool: PoolLayer | undefined,
) => PlannedLayer;

/** Maps each layer once: the mapping of equal layers is equal in all cells of one dataflow. */
function createLayerPlanner(scenario: Scenario): LayerPlanner {
  const { settings } = scenario;
  const layout = layoutOf(settings.layout);
  const known = new Map<string, LayerEstimate>();
  const problemOf = createProblemStore();

  const search = (layer: Layer, problem: LayerProblem, accelerator: Accelerator): LayerEstimate => {
    const own = problemKey(problem);
    const key = own && `${accelerator.array.dataflow} ${own}`;
    const before = key === undefined ? undefined : known.get(key);
    if (before !== undefined) return before;
    const found = mapLayer(problem, accelerator, {
      objective: settings.objective,
      cost: costFunction(scenario, accelerator, layer),
    });
    if (key !== undefined) known.set(key, found);
    return found;
  };

  const estimate = (layer: Layer, problem: LayerProblem, accelerator: Accelerator): LayerEstimate => {
    const spec = settings.mapping === 'auto' ? undefined : settings.mapping[layer.name];
    if (spec === undefined) return search(layer, problem, accelerator);
    try {
      return mapLayer(problem, accelerator, { cost: costFunction(scenario, accelerator, layer), spec });
    } catch (error) {
      if (!(error instanceof UserError) || error.location !== undefined) throw error;
      const place = scenario.mappingPlaces?.[layer.name] ?? { file: scenario.file };
      throw new UserError(`mapping.${layer.name}: ${error.message}`, place);
    }
  };

  return (layer, { storage, accelerator, place }, supports, model, pool) => {
    if (!isConv(layer)) {
      const problem = vectorProblem(layer, settings.precision, settings.batch, layout);
      return { layer, estimate: estimate(layer, problem, accelerator) };
    }
    if (supports === undefined) throw new Error(`layer ${layer.name} has no supports`);
    const own = problemOf(layer, supports, storage, () => {
      const weights = model?.layers.find((each) => each.layer.name === layer.name)?.operands?.weights;
      const toStore = { supports, precision: settings.precision.weight, weights };
      const stored = locate(place, () => storeLayer(storage, toStore, layer.name));
      return convProblem(layer, settings.precision, stored, settings.batch, layout);
    });
    const format = own.storage.format.name;
    if (pool === undefined) return { layer, supports, format, estimate: estimate(layer, own, accelerator) };
    const problem = problemOf(layer, supports, `${storage} ${pool.name}`, () => withPool(own, pool));
    return { layer, supports, format, pool, estimate: estimate(layer, problem, accelerator) };
  };
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

/** A fault of what stands at a place of the file. */
function locate<T>(place: Location | undefined, action: () => T): T {
  try {
    return action();
  } catch (error) {
    if (!(error instanceof UserError) || error.location !== undefined || place === undefined) throw error;
    throw new UserError(error.message, place);
  }
}
