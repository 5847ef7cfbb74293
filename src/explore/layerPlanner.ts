import type { Accelerator } from '../accelerator/accelerator.js';
import { UserError } from '../document/userError.js';
import type { Location } from '../document/userError.js';
import { estimateLayer } from '../machine/estimateLayer.js';
import type { LayerEstimate } from '../machine/estimateLayer.js';
import { mapLayer } from '../machine/mapLayer.js';
import type { KeptCost } from '../mapping/keep/keepGraph.js';
import { smallestNeeds } from '../mapping/keep/smallestNeeds.js';
import { convProblem, problemKey, vectorProblem } from '../mapping/layerProblem.js';
import type { Mapping } from '../mapping/mapping.js';
import type { ConvProblem, KeptMaps, LayerProblem } from '../mapping/problem.js';
import type { Model } from '../model/model.js';
import { isConv } from '../network/layer.js';
import type { Layer } from '../network/layer.js';
import type { Supports } from '../sparsity/supports.js';
import { layoutOf } from '../storage/featureMapLayout.js';
import { storeLayer } from '../storage/formats.js';
import type { Cell } from './cells.js';
import { costFunction, keptCost } from './layerCost.js';
import type { Scenario } from './scenario.js';

/** Makes problems of layers, and maps them. */
export interface LayerPlanner {
  problemOf(layer: Layer, cell: Cell, supports: Supports | undefined, model: Model | undefined): LayerProblem;
  /** @throws UserError when the layer does not fit, or not as its mapping is prescribed */
  estimate(layer: Layer, problem: LayerProblem, accelerator: Accelerator): LayerEstimate;
  /**
   * What a layer costs with maps that stay on chip; undefined where it does not fit beside them.
   *
   * @param problem with all maps in DRAM
   * @throws UserError when the layer does not fit alone either
   */
  costBeside(
    layer: Layer,
    problem: LayerProblem,
    accelerator: Accelerator,
    kept: KeptMaps | undefined,
  ): KeptCost | undefined;
}

/** The problem with maps that stay on chip. */
export function withKept(problem: LayerProblem, kept: KeptMaps | undefined): LayerProblem {
  return kept === undefined ? problem : { ...problem, kept };
}

/** Maps each layer once: the mapping of equal layers is equal in all cells of one dataflow. */
export function createLayerPlanner(scenario: Scenario): LayerPlanner {
  const { settings } = scenario;
  const layout = layoutOf(settings.layout);
  const known = new Map<string, LayerEstimate>();
  /** Of layers beside kept maps, of which far more are judged than are run. */
  const mappings = new Map<string, Mapping>();
  const costs = new Map<string, KeptCost | undefined>();
  const storedProblem = createProblemStore();
  const keyOf = createProblemKeys();

  const search = (layer: Layer, problem: LayerProblem, accelerator: Accelerator): LayerEstimate => {
    const key = `${accelerator.array.dataflow} ${keyOf(problem)}`;
    const before = known.get(key);
    if (before !== undefined) return before;
    const mapped = mappings.get(key);
    if (mapped !== undefined) return estimateLayer(problem, mapped, accelerator);
    const found = mapLayer(problem, accelerator, {
      objective: settings.objective,
      cost: costFunction(scenario, accelerator, layer),
    });
    if (problem.kept === undefined) known.set(key, found);
    else mappings.set(key, found.schedule.mapping);
    return found;
  };

  const estimate: LayerPlanner['estimate'] = (layer, problem, accelerator) => {
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

  const problemOf: LayerPlanner['problemOf'] = (layer, { storage, place }, supports, model) => {
    if (!isConv(layer)) return vectorProblem(layer, settings.precision, settings.batch, layout);
    if (supports === undefined) throw new Error(`layer ${layer.name} has no supports`);
    return storedProblem(layer, supports, storage, () => {
      const weights = model?.layers.find((each) => each.layer.name === layer.name)?.operands?.weights;
      const toStore = { supports, precision: settings.precision.weight, weights };
      const stored = locate(place, () => storeLayer(storage, toStore, layer.name));
      return convProblem(layer, settings.precision, stored, settings.batch, layout);
    });
  };

  const workOutCost = (
    layer: Layer,
    problem: LayerProblem,
    accelerator: Accelerator,
    kept: KeptMaps | undefined,
  ): KeptCost | undefined => {
    if (isTooMuch(problem, accelerator, kept)) return undefined;
    try {
      const found = estimate(layer, withKept(problem, kept), accelerator);
      return keptCost(scenario, accelerator, layer, found);
    } catch (error) {
      if (kept === undefined || !(error instanceof UserError)) throw error;
      // What is wrong without kept maps has nothing to do with them.
      estimate(layer, problem, accelerator);
      return undefined;
    }
  };

  const costBeside: LayerPlanner['costBeside'] = (layer, problem, accelerator, kept) => {
    const isPrescribed = settings.mapping !== 'auto' && settings.mapping[layer.name] !== undefined;
    if (isPrescribed) return workOutCost(layer, problem, accelerator, kept);
    // Layers that are mapped alike may be priced by their kind.
    const key = `${layer.kind} ${accelerator.array.dataflow} ${keyOf(withKept(problem, kept))}`;
    if (!costs.has(key)) costs.set(key, workOutCost(layer, problem, accelerator, kept));
    return costs.get(key);
  };

  return { problemOf, estimate, costBeside };
}

/** Whether kept maps leave no room for the smallest tile of a layer that fits alone. */
function isTooMuch(problem: LayerProblem, accelerator: Accelerator, kept: KeptMaps | undefined): boolean {
  if (kept === undefined) return false;
  const needs = smallestNeeds(problem, accelerator);
  const overflows = (keptIn: (buffer: string) => number): boolean =>
    accelerator.buffers.some(
      ({ name, capacityBytes }) => (needs.get(name) ?? 0) + keptIn(name) > capacityBytes,
    );
  return !overflows(() => 0) && overflows((buffer) => kept.bytes[buffer] ?? 0);
}

/** As `problemKey`; problems that share nothing with those of other layers share it with themselves, wherever their maps lie. */
function createProblemKeys(): (problem: LayerProblem) => string {
  const numbers = new WeakMap<ConvProblem['storage'], number>();
  let next = 0;
  return (problem) => {
    const own = problemKey(problem);
    if (own !== undefined || problem.kind === 'vector') return own ?? '';
    const { storage, ...rest } = problem;
    const number = numbers.get(storage) ?? next++;
    numbers.set(storage, number);
    return `${String(number)} ${JSON.stringify(rest)}`;
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
