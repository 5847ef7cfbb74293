import { setImmediate } from 'node:timers/promises';
import { UserError } from '../document/userError.js';
import type { LayerEstimate } from '../machine/estimateLayer.js';
import { mapLayer } from '../machine/mapLayer.js';
import { convProblem, problemKey, vectorProblem } from '../mapping/layerProblem.js';
import type { LayerProblem } from '../mapping/problem.js';
import { isConv } from '../network/layer.js';
import type { Layer } from '../network/layer.js';
import { assignSupports } from '../sparsity/assign.js';
import type { Supports } from '../sparsity/supports.js';
import type { SparsityVariant } from '../sparsity/variant.js';
import { storeLayer } from '../storage/formats.js';
import { costFunction } from './layerCost.js';
import type { Scenario } from './scenario.js';

/** One layer of a variant: how it is stored and mapped, and what that costs. Known without data. */
export interface PlannedLayer {
  readonly layer: Layer;
  /** Convolutions and fully connected layers only. */
  readonly supports?: Supports;
  readonly format?: string;
  readonly estimate: LayerEstimate;
}

export interface VariantPlan {
  readonly variant: SparsityVariant;
  readonly supports: ReadonlyMap<string, Supports>;
  /** From the network's first layer to the last one that is reported. */
  readonly layers: readonly PlannedLayer[];
}

export interface PlanOptions {
  /** Called after each layer. */
  readonly onLayer?: ((variant: string, layer: string) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Stores and maps every layer of every variant without running any: whether a scenario can be simulated at all.
 *
 * @throws UserError when a layer cannot be stored or fits no buffer
 */
export async function planScenario(scenario: Scenario, options: PlanOptions = {}): Promise<VariantPlan[]> {
  const planLayer = createLayerPlanner(scenario);
  const plans: VariantPlan[] = [];
  for (const variant of scenario.variants)
    plans.push(await planVariant(scenario, variant, planLayer, options));
  return plans;
}

/** The network's layers up to the last one that is reported: those before it make its inputs. */
export function layersToRun({ network, layers }: Scenario): readonly Layer[] {
  const last = Math.max(...layers.map((name) => network.layers.findIndex((layer) => layer.name === name)));
  return network.layers.slice(0, last + 1);
}

async function planVariant(
  scenario: Scenario,
  variant: SparsityVariant,
  planLayer: LayerPlanner,
  { onLayer, signal }: PlanOptions,
): Promise<VariantPlan> {
  const supports = assignSupports(scenario.network, variant, scenario.settings.seed);
  const layers: PlannedLayer[] = [];
  for (const layer of layersToRun(scenario)) {
    layers.push(planLayer(layer, supports.get(layer.name)));
    onLayer?.(variant.name, layer.name);
    await setImmediate();
    signal?.throwIfAborted();
  }
  return { variant, supports, layers };
}

type LayerPlanner = (layer: Layer, supports: Supports | undefined) => PlannedLayer;

/** Maps each layer once: the mapping of equal layers is equal, whatever variant they are in. */
function createLayerPlanner(scenario: Scenario): LayerPlanner {
  const { settings, accelerator } = scenario;
  const known = new Map<string, LayerEstimate>();

  const search = (layer: Layer, problem: LayerProblem): LayerEstimate => {
    const key = problemKey(problem);
    const before = key === undefined ? undefined : known.get(key);
    if (before !== undefined) return before;
    const found = mapLayer(problem, accelerator, {
      objective: settings.objective,
      cost: costFunction(scenario, layer),
    });
    if (key !== undefined) known.set(key, found);
    return found;
  };

  const estimate = (layer: Layer, problem: LayerProblem): LayerEstimate => {
    const spec = settings.mapping === 'auto' ? undefined : settings.mapping[layer.name];
    if (spec === undefined) return search(layer, problem);
    try {
      return mapLayer(problem, accelerator, { cost: costFunction(scenario, layer), spec });
    } catch (error) {
      if (!(error instanceof UserError) || error.location !== undefined) throw error;
      throw new UserError(`mapping.${layer.name}: ${error.message}`, { file: scenario.file });
    }
  };

  return (layer, supports) => {
    if (!isConv(layer)) return { layer, estimate: estimate(layer, vectorProblem(layer, settings.precision)) };
    if (supports === undefined) throw new Error(`layer ${layer.name} has no supports`);
    const stored = storeLayer(
      settings.storage,
      { supports, precision: settings.precision.weight },
      layer.name,
    );
    const problem = convProblem(layer, settings.precision, stored);
    return { layer, supports, format: stored.format.name, estimate: estimate(layer, problem) };
  };
}
