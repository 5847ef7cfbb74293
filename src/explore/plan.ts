import { setImmediate } from 'node:timers/promises';
import type { Accelerator } from '../accelerator/accelerator.js';
import type { LayerEstimate } from '../machine/estimateLayer.js';
import type { KeptPlaces } from '../mapping/keptPlaces.js';
import { withPool } from '../mapping/layerProblem.js';
import type { Layer, PoolLayer } from '../network/layer.js';
import type { Network } from '../network/network.js';
import type { MappedLayer, SearchEffort, SearchOutcome } from '../search/mapLayer.js';
import type { SparseNetwork } from '../sparsity/sparsify.js';
import type { Supports } from '../sparsity/supports.js';
import type { SparsityVariant } from '../sparsity/variant.js';
import { dependsOnValues } from '../storage/formats.js';
import type { Cell } from './cells.js';
import { fusePool } from './fusePool.js';
import { keepMaps } from './keepMaps.js';
import { createLayerPlanner, withKept } from './layerPlanner.js';
import type { AskedLayer, LayerPlanner } from './layerPlanner.js';
import { layersToRun } from './layersToRun.js';
import type { MappingCache } from './mappingCache.js';
import { poolToFuse } from './poolToFuse.js';
import { createVariantMaker, loadImages } from './prepare.js';
import type { VariantMaker } from './prepare.js';
import type { Scenario } from './scenario.js';

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
  const planner = createLayerPlanner(scenario, options);
  const plans: CellPlan[] = [];
  for (const cell of scenario.cells) plans.push(await planCell(scenario, cell, maker, planner, options));
  return plans;
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
  const run = layersToRun(scenario, network).filter(({ name }) => only?.includes(name) !== false);
  const { keep } = scenario.settings;
  const inTurn = stepper(signal);

  const askedOf = (layer: Layer): AskedLayer => ({
    ...{ layer, cell, problem: planner.problemOf(layer, cell, sparse.supports.get(layer.name), model) },
    weights: model?.layers.find((each) => each.layer.name === layer.name)?.operands?.weights,
  });
  const told = new Set<string>();
  const tell = (layer: Layer): void => {
    if (told.has(layer.name) || !run.includes(layer)) return;
    told.add(layer.name);
    onLayer?.(cell, layer.name);
  };

  // What stays on chip is chosen for the whole network, whichever layers are reported.
  const all = keep === 'none' ? run : network.layers;
  const { units, notes: fusionNotes } = await fuseUnits(scenario, network, all, planner, askedOf, inTurn);
  const kept =
    keep === 'none'
      ? undefined
      : await keepMaps(scenario, {
          network: { ...network, layers: units.map(unitLayer) },
          accelerator,
          problems: units.map(({ asked }) => asked.problem),
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
function stepper(signal: AbortSignal | undefined): <T>(steps: Generator<void, T, void>) => Promise<T> {
  return async (steps) => {
    for (;;) {
      const step = steps.next();
      await setImmediate();
      signal?.throwIfAborted();
      if (step.done === true) return step.value;
    }
  };
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
