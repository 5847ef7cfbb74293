import { setImmediate } from 'node:timers/promises';
import type { Accelerator } from '../accelerator/accelerator.js';
import { UserError } from '../document/userError.js';
import type { LayerEstimate } from '../machine/estimateLayer.js';
import { mapLayer } from '../machine/mapLayer.js';
import { convProblem, problemKey, vectorProblem } from '../mapping/layerProblem.js';
import { isConv } from '../network/layer.js';
import type { Layer } from '../network/layer.js';
import type { ScenarioFile } from '../scenario/scenario.js';
import { assignSupports } from '../sparsity/assign.js';
import { denseSupports } from '../sparsity/supports.js';
import type { Supports } from '../sparsity/supports.js';
import type { SparsityVariant } from '../sparsity/variant.js';
import { chooseFormat } from '../storage/formats.js';
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

/** Layers that were mapped before; the mapping of equal layers is equal, whatever network they are in. */
type EstimateCache = Map<string, LayerEstimate>;

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
  const cache: EstimateCache = new Map();
  const plans: VariantPlan[] = [];
  for (const variant of scenario.variants) plans.push(await planVariant(scenario, variant, cache, options));
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
  cache: EstimateCache,
  { onLayer, signal }: PlanOptions,
): Promise<VariantPlan> {
  const { network, settings, accelerator } = scenario;
  const supports = assignSupports(network, variant, settings.seed);
  const layers: PlannedLayer[] = [];
  for (const layer of layersToRun(scenario)) {
    layers.push(planLayer(layer, supports, settings, accelerator, scenario.file, cache));
    onLayer?.(variant.name, layer.name);
    await setImmediate();
    signal?.throwIfAborted();
  }
  return { variant, supports, layers };
}

function planLayer(
  layer: Layer,
  supportsByLayer: ReadonlyMap<string, Supports>,
  settings: ScenarioFile,
  accelerator: Accelerator,
  file: string,
  cache: EstimateCache,
): PlannedLayer {
  const spec = settings.mapping === 'auto' ? undefined : settings.mapping[layer.name];
  if (!isConv(layer)) {
    return { layer, estimate: estimate(vectorProblem(layer, settings.precision)) };
  }
  const { filters, channelsPerGroup, kernelHeight, kernelWidth } = layer.geometry;
  const supports =
    supportsByLayer.get(layer.name) ?? denseSupports(filters, channelsPerGroup, kernelHeight * kernelWidth);
  const format = chooseFormat(settings.storage, supports, layer.name);
  const problem = convProblem(layer, supports, settings.precision, format);
  return { layer, supports, format: format.name, estimate: estimate(problem) };

  function estimate(problem: Parameters<typeof mapLayer>[0]): LayerEstimate {
    if (spec !== undefined) {
      try {
        return mapLayer(problem, accelerator, spec);
      } catch (error) {
        if (!(error instanceof UserError) || error.location !== undefined) throw error;
        throw new UserError(`mapping.${layer.name}: ${error.message}`, { file });
      }
    }
    const key = problemKey(problem);
    const known = key === undefined ? undefined : cache.get(key);
    if (known !== undefined) return known;
    const found = mapLayer(problem, accelerator);
    if (key !== undefined) cache.set(key, found);
    return found;
  }
}
