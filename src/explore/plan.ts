import { setImmediate } from 'node:timers/promises';
import type { Accelerator } from '../accelerator/accelerator.js';
import type { LayerEstimate } from '../machine/estimateLayer.js';
import type { KeptPlaces } from '../mapping/keptPlaces.js';
import type { Layer } from '../network/layer.js';
import type { Network } from '../network/network.js';
import type { SparseNetwork } from '../sparsity/sparsify.js';
import type { Supports } from '../sparsity/supports.js';
import type { SparsityVariant } from '../sparsity/variant.js';
import { dependsOnValues } from '../storage/formats.js';
import { keepMaps } from './keepMaps.js';
import { createLayerPlanner, withKept } from './layerPlanner.js';
import type { LayerPlanner } from './layerPlanner.js';
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
  readonly estimate: LayerEstimate;
  /** Where the maps lie that stay on chip while the layer runs, if any does. */
  readonly kept?: KeptPlaces | undefined;
}

export interface CellPlan {
  readonly variant: SparsityVariant;
  /** As asked for; `auto` may have chosen otherwise from layer to layer. */
  readonly storage: string;
  readonly accelerator: Accelerator;
  readonly sparse: SparseNetwork;
  /** From the network's first layer to the last one that is reported. */
  readonly layers: readonly PlannedLayer[];
  /** What was chosen for the cell's network as a whole. */
  readonly notes: readonly string[];
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
  const planner = createLayerPlanner(scenario);
  const plans: CellPlan[] = [];
  for (const cell of scenario.cells) plans.push(await planCell(scenario, cell, maker, planner, options));
  return plans;
}

/** The network's layers up to the last one that is reported: those before it make its inputs. */
export function layersToRun(layers: readonly string[], network: Network): readonly Layer[] {
  const last = Math.max(...layers.map((name) => network.layers.findIndex((layer) => layer.name === name)));
  return network.layers.slice(0, last + 1);
}

async function planCell(
  scenario: Scenario,
  cell: Cell,
  maker: VariantMaker,
  planner: LayerPlanner,
  { onLayer, signal }: PlanOptions,
): Promise<CellPlan> {
  const { variant, storage, accelerator } = cell;
  const sparse = await maker.sparse(variant);
  const { network } = sparse;
  const model = dependsOnValues(storage) ? (await maker.prepared(variant)).model : undefined;
  const run = layersToRun(scenario.layers, network);
  const { keep } = scenario.settings;
  // What stays on chip is chosen for the whole network, whichever layers are reported.
  const problems = (keep === 'none' ? run : network.layers).map((layer) =>
    planner.problemOf(layer, cell, sparse.supports.get(layer.name), model),
  );
  const pause = async (): Promise<void> => {
    await setImmediate();
    signal?.throwIfAborted();
  };
  const told = new Set<string>();
  const tell = (layer: Layer): void => {
    if (told.has(layer.name) || !run.includes(layer)) return;
    told.add(layer.name);
    onLayer?.(cell, layer.name);
  };
  const kept =
    keep === 'none'
      ? undefined
      : await keepMaps(scenario, {
          network,
          accelerator,
          problems,
          cost: async (index, maps) => {
            tell(network.layers[index]);
            await pause();
            return planner.costBeside(network.layers[index], problems[index], accelerator, maps);
          },
        });
  const layers: PlannedLayer[] = [];
  for (const [index, layer] of run.entries()) {
    const { maps, places } = kept?.layers[index] ?? {};
    const problem = withKept(problems[index], maps);
    const supports = sparse.supports.get(layer.name);
    layers.push({
      layer,
      ...(problem.kind === 'conv' && supports && { supports, format: problem.storage.format.name }),
      estimate: planner.estimate(layer, problem, accelerator),
      ...(places && { kept: places }),
    });
    tell(layer);
    await pause();
  }
  return { variant, storage, accelerator, sparse, layers, notes: kept?.notes ?? [] };
}
