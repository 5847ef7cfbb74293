import { setImmediate } from 'node:timers/promises';
import type { Accelerator } from '../accelerator/accelerator.js';
import type { LayerEstimate } from '../machine/estimateLayer.js';
import type { KeptPlaces } from '../mapping/keptPlaces.js';
import { withPool } from '../mapping/layerProblem.js';
import type { Layer, PoolLayer } from '../network/layer.js';
import type { Network } from '../network/network.js';
import type { MappedLayer, SearchEffort, SearchOutcome } from '../search/mapLayer.js';
import { UserError } from '../document/userError.js';
import type { Model } from '../model/model.js';
import type { SparseNetwork } from '../sparsity/sparsify.js';
import type { Supports } from '../sparsity/supports.js';
import type { SparsityVariant } from '../sparsity/variant.js';
import { dependsOnValues } from '../storage/formats.js';
import type { Cell } from './cells.js';
import { fusePool } from './fusePool.js';
import { keepMaps } from './keepMaps.js';
import { createLayerPlanner, withKept } from './layerPlanner.js';
import type { AskedLayer, LayerPlanner, Steps } from './layerPlanner.js';
import { layersToRun } from './layersToRun.js';
import type { MappingCache } from './mappingCache.js';
import { poolToFuse } from './poolToFuse.js';
import { createVariantMaker, loadImages } from './prepare.js';
import type { VariantMaker } from './prepare.js';
import type { Scenario } from './scenario.js';
import { createSearchThreads } from './searchThreads.js';
import type { Jobs, SearchThreads } from './searchThreads.js';

/** One layer of a cell: how it is stored and mapped, and what that costs. Known without running it. */
export interface PlannedLayer {
  readonly layer: Layer;
  /** Convolutions and fully connected layers only. */
  readonly supports?: Supports;
  readonly format?: string;
  /** Fused into the layer: the estimate is of both, and what leaves is what the pooling makes. */
  readonly pool?: PoolLayer;
  readonly estimate: LayerEstimate;
  /** How the search came to the mapping; absent where it was prescribed. */
  readonly search?: SearchOutcome;
  /** Where the maps lie that stay on chip while the layer runs, if any does. */
  readonly kept?: KeptPlaces | undefined;
}

export interface CellPlan {
  readonly variant: SparsityVariant;
  /** As asked for; `auto` may have chosen otherwise from layer to layer. */
  readonly storage: string;
  readonly accelerator: Accelerator;
  readonly sparse: SparseNetwork;
  /** From the network's first layer to the last one that is reported, unless only some were asked for. */
  readonly layers: readonly PlannedLayer[];
  /** What was chosen for the cell's network as a whole: fused poolings, and maps that stay on chip. */
  readonly notes: readonly string[];
}

export interface PlanOptions {
  /** Names of the layers to plan, in place of all that have to be run. */
  readonly only?: readonly string[] | undefined;
  /** Called after each layer. */
  readonly onLayer?: ((cell: Cell, layer: string) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Where mappings are looked up and kept; they are searched for anew without it. */
  readonly cache?: MappingCache | undefined;
  /** How mappings are searched for; the scenario's way unless given. */
  readonly effort?: SearchEffort | undefined;
  /** How many threads search for mappings; 1, which is this one, unless given. What is found does not depend on it. */
  readonly jobs?: Jobs | undefined;
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

/** @param threads for searching, which stay open; some of its own, as many as `jobs` says, unless given */
export async function planCells(
  scenario: Scenario,
  maker: VariantMaker,
  options: PlanOptions & { readonly threads?: SearchThreads | undefined },
): Promise<CellPlan[]> {
  const { jobs = 1, signal } = options;
  const own = options.threads === undefined && jobs !== 1 ? createSearchThreads(jobs, signal) : undefined;
  const threads = options.threads ?? own;
  const planner = createLayerPlanner(scenario, { ...options, threads });
  try {
    if (threads !== undefined) await announceCells(scenario, maker, planner, options.only);
    const plans: CellPlan[] = [];
    for (const cell of scenario.cells) plans.push(await planCell(scenario, cell, maker, planner, options));
    return plans;
  } finally {
    await own?.close();
  }
}

/** A layer, or a convolution with the pooling that is fused into it. */
interface Unit {
  readonly layer: Layer;
  readonly pool?: PoolLayer;
  readonly asked: AskedLayer;
}

async function planCell(
  scenario: Scenario,
  cell: Cell,
  maker: VariantMaker,
  planner: LayerPlanner,
  { onLayer, signal, only }: PlanOptions,
): Promise<CellPlan> {
  const { variant, storage, accelerator } = cell;
  const sparse = await maker.sparse(variant);
  const { network } = sparse;
  const model = dependsOnValues(storage) ? (await maker.prepared(variant)).model : undefined;
  const run = layersToReport(scenario, network, only);
  const { keep } = scenario.settings;
  const inTurn = stepper(signal);
  const askedOf = asker(planner, cell, sparse, model);
  const all = layersToPlan(scenario, network, only);
  const told = new Set<string>();
  const tell = (layer: Layer): void => {
    if (told.has(layer.name) || !run.includes(layer)) return;
    told.add(layer.name);
    onLayer?.(cell, layer.name);
  };

  if (model !== undefined) planner.announce(searchedFor(scenario, network, all, askedOf));
  const { units, notes: fusionNotes } = await fuseUnits(scenario, network, all, planner, askedOf, inTurn);
  const kept =
    keep === 'none'
      ? undefined
      : await keepMaps(scenario, {
          network: { ...network, layers: units.map(unitLayer) },
          accelerator,
          problems: units.map(({ asked }) => asked.problem),
          expect: (index, maps) => {
            planner.announceBeside(units[index].asked, maps);
          },
          cost: async (index, maps) => {
            tell(units[index].layer);
            return inTurn(planner.costBeside(units[index].asked, maps));
          },
        });
  const layers: PlannedLayer[] = [];
  for (const [index, { layer, pool, asked }] of units.entries()) {
    if (!run.includes(layer)) continue;
    const { maps, places } = kept?.layers[index] ?? {};
    const problem = withKept(asked.problem, maps);
    const { search, ...estimate } = await inTurn(planner.map({ ...asked, problem }));
    const supports = sparse.supports.get(layer.name);
    layers.push({
      layer,
      ...(problem.kind === 'conv' && supports && { supports, format: problem.storage.format.name }),
      ...(pool && { pool }),
      estimate,
      ...(search && { search }),
      ...(places && { kept: places }),
    });
    tell(layer);
    if (pool !== undefined) tell(pool);
  }
  return { variant, storage, accelerator, sparse, layers, notes: [...fusionNotes, ...(kept?.notes ?? [])] };
}

/** Takes steps one by one, so that a signal is heard between them. */
function stepper(signal: AbortSignal | undefined): <T>(steps: Steps<T>) => Promise<T> {
  return async (steps) => {
    for (;;) {
      const step = steps.next();
      if (step.done !== true) await step.value;
      await setImmediate();
      signal?.throwIfAborted();
      if (step.done === true) return step.value;
    }
  };
}

/** Announces what can be told of all cells without their weights, which are made for one cell after the other. */
async function announceCells(
  scenario: Scenario,
  maker: VariantMaker,
  planner: LayerPlanner,
  only: PlanOptions['only'],
): Promise<void> {
  const asked: AskedLayer[] = [];
  try {
    for (const cell of scenario.cells) {
      if (dependsOnValues(cell.storage)) continue;
      const sparse = await maker.sparse(cell.variant);
      const layers = layersToPlan(scenario, sparse.network, only);
      asked.push(...searchedFor(scenario, sparse.network, layers, asker(planner, cell, sparse, undefined)));
    }
  } catch (error) {
    // A fault is told when it is the cell's turn, after those of cells before it.
    if (!(error instanceof UserError)) throw error;
  }
  planner.announce(asked);
}

/** What will have to be searched for, as far as it is known beforehand. */
function searchedFor(
  scenario: Scenario,
  network: Network,
  layers: readonly Layer[],
  askedOf: (layer: Layer) => AskedLayer,
): AskedLayer[] {
  const { fuse, keep } = scenario.settings;
  // Beside maps that are kept for certain no layer is mapped alone.
  if (typeof keep !== 'string') return [];
  const fused = new Set<string>();
  return layers.flatMap((layer) => {
    if (fused.has(layer.name)) return [];
    const asked = askedOf(layer);
    const pool = poolToFuse(scenario.settings, network, layer);
    if (pool === undefined || asked.problem.kind !== 'conv') return [asked];
    const pair = { ...asked, problem: withPool(asked.problem, pool) };
    if (fuse === 'auto') return [asked, pair];
    fused.add(pool.name);
    return [pair];
  });
}

function layersToPlan(scenario: Scenario, network: Network, only: PlanOptions['only']): readonly Layer[] {
  // What stays on chip is chosen for the whole network, whichever layers are reported.
  return scenario.settings.keep === 'none' ? layersToReport(scenario, network, only) : network.layers;
}

function layersToReport(scenario: Scenario, network: Network, only: PlanOptions['only']): readonly Layer[] {
  return layersToRun(scenario, network).filter(({ name }) => only?.includes(name) !== false);
}

function asker(
  planner: LayerPlanner,
  cell: Cell,
  sparse: SparseNetwork,
  model: Model | undefined,
): (layer: Layer) => AskedLayer {
  return (layer) => ({
    ...{ layer, cell, problem: planner.problemOf(layer, cell, sparse.supports.get(layer.name), model) },
    weights: model?.layers.find((each) => each.layer.name === layer.name)?.operands?.weights,
  });
}

/** The layers as they are to run: where the scenario asks for it, poolings become one with the convolution before them. */
async function fuseUnits(
  scenario: Scenario,
  network: Network,
  layers: readonly Layer[],
  planner: LayerPlanner,
  askedOf: (layer: Layer) => AskedLayer,
  inTurn: ReturnType<typeof stepper>,
): Promise<{ readonly units: Unit[]; readonly notes: string[] }> {
  const units: Unit[] = [];
  const fused = new Set<string>();
  const unfused: string[] = [];
  for (const layer of layers) {
    if (fused.has(layer.name)) continue;
    const asked = askedOf(layer);
    const pool = poolToFuse(scenario.settings, network, layer);
    if (pool === undefined || asked.problem.kind !== 'conv') {
      units.push({ layer, asked });
      continue;
    }
    const alone: Unit = { layer, asked };
    const pair: Unit = { layer, pool, asked: { ...asked, problem: withPool(asked.problem, pool) } };
    const mapped = async (unit: Unit): Promise<{ unit: Unit; estimate: MappedLayer }> => ({
      unit,
      estimate: await inTurn(planner.map(unit.asked)),
    });
    const { planned, note } = await fusePool(scenario, pool, {
      alone: () => mapped(alone),
      pool: () => mapped({ layer: pool, asked: askedOf(pool) }),
      fused: () => mapped(pair),
      sumsOf: ({ unit, estimate }) => planner.sumsOf(unit.layer, asked.cell.accelerator, estimate),
    });
    units.push(planned.unit);
    if (planned.unit.pool !== undefined) fused.add(pool.name);
    if (note !== undefined) unfused.push(note);
  }
  const pairs = units.flatMap(({ layer, pool }) => (pool ? [`${pool.name} into ${layer.name}`] : []));
  return {
    units,
    notes: [
      ...(pairs.length === 0 ? [] : [`fused: ${pairs.join(', ')}`]),
      ...(unfused.length === 0 ? [] : [`not fused: ${unfused.join('; ')}`]),
    ],
  };
}

/** A pair as one layer, which leaves what the pooling makes. */
function unitLayer({ layer, pool }: Unit): Layer {
  return pool === undefined ? layer : { ...layer, output: pool.output, outputShape: pool.outputShape };
}
