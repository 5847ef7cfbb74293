import type { Accelerator } from '../accelerator/accelerator.js';
import { UserError } from '../document/userError.js';
import type { Location } from '../document/userError.js';
import { estimateLayer } from '../machine/estimateLayer.js';
import type { LayerEstimate } from '../machine/estimateLayer.js';
import { smallestNeeds } from '../mapping/keep/smallestNeeds.js';
import { convProblem, problemKey, vectorProblem } from '../mapping/layerProblem.js';
import type { ConvProblem, KeptMaps, LayerProblem } from '../mapping/problem.js';
import type { Model } from '../model/model.js';
import { isConv } from '../network/layer.js';
import type { Layer } from '../network/layer.js';
import { needsEnergy, valueOf } from '../scenario/objective.js';
import type { ObjectiveSums } from '../scenario/objective.js';
import { mapLayer, mapLayerStepwise, quickEffort, sumsOf } from '../search/mapLayer.js';
import type { MapLayerOptions, MappedLayer, SearchEffort, SearchOutcome } from '../search/mapLayer.js';
import type { Supports } from '../sparsity/supports.js';
import { layoutOf } from '../storage/featureMapLayout.js';
import { storeLayer } from '../storage/formats.js';
import type { ElementArray } from '../tensor/precision.js';
import type { Cell } from './cells.js';
import { energyModelOf } from './layerCost.js';
import { storedSearch } from './mappingCache.js';
import type { MappingCache, StoredSearch } from './mappingCache.js';
import { prescribedFor } from './prescribed.js';
import type { Scenario } from './scenario.js';
import { searchKey } from './searchKey.js';
import { searchTask } from './searchTask.js';
import type { SearchTask } from './searchTask.js';
import type { PendingSearch, SearchThreads } from './searchThreads.js';

/** A layer that is to be mapped in a cell. */
export interface AskedLayer {
  readonly layer: Layer;
  readonly problem: LayerProblem;
  readonly cell: Cell;
  /** Of layers that are stored by their values. */
  readonly weights?: ElementArray | undefined;
}

/** Work in steps between which others get their turn; a step may have to be waited for. */
export type Steps<T> = Generator<unknown, T, void>;

/** Makes problems of layers, and maps them. */
export interface LayerPlanner {
  problemOf(layer: Layer, cell: Cell, supports: Supports | undefined, model: Model | undefined): LayerProblem;
  /** Says which layers will have to be mapped, so that other threads search for them meanwhile, in this order. */
  announce(asked: readonly AskedLayer[]): void;
  /** As `announce`: that it will be asked what a layer costs with maps that stay on chip. */
  announceBeside(asked: AskedLayer, kept: ReadonlyArray<KeptMaps | undefined>): void;
  /**
   * Maps a layer.
   *
   * @throws UserError when the layer does not fit, or not as its mapping is prescribed
   */
  map(asked: AskedLayer): Steps<MappedLayer>;
  /** What a mapped layer comes to, alone in the DRAM. */
  sumsOf(layer: Layer, accelerator: Accelerator, estimate: LayerEstimate): ObjectiveSums;
  /**
   * What a layer costs with maps that stay on chip; undefined where it does not fit beside them.
   *
   * @param asked with all maps in DRAM
   * @throws UserError when the layer does not fit alone either
   */
  costBeside(asked: AskedLayer, kept: KeptMaps | undefined): Steps<ObjectiveSums | undefined>;
}

export interface LayerPlannerOptions {
  /** Where mappings are looked up and kept. */
  readonly cache?: MappingCache | undefined;
  /** How mappings are searched for; the scenario's way unless given. */
  readonly effort?: SearchEffort | undefined;
  /** Where layers that are announced are searched for; here unless given. */
  readonly threads?: SearchThreads | undefined;
}

/** The problem with maps that stay on chip. */
export function withKept(problem: LayerProblem, kept: KeptMaps | undefined): LayerProblem {
  return kept === undefined ? problem : { ...problem, kept };
}

/** Maps each layer once: the mapping of equal layers is equal in all cells of one dataflow. */
export function createLayerPlanner(scenario: Scenario, options: LayerPlannerOptions = {}): LayerPlanner {
  const { settings } = scenario;
  const { cache, threads, effort = settings.search ?? quickEffort } = options;
  const layout = layoutOf(settings.layout);
  const known = new Map<string, MappedLayer>();
  /** Of layers beside kept maps, of which far more are judged than are run. */
  const knownCosts = new Map<string, ObjectiveSums | undefined>();
  const storedProblem = createProblemStore();
  const keyOf = createProblemKeys();

  const pricedFor = (layer: Layer, accelerator: Accelerator): NonNullable<MapLayerOptions['priced']> => ({
    layer,
    model: energyModelOf(scenario, accelerator),
  });
  /** Layers that are mapped alike may be priced by their kind. */
  const planKey = ({ layer, problem, cell }: AskedLayer): string =>
    `${needsEnergy(settings.objective) ? layer.kind : ''} ${dataflowsText(cell.accelerator)} ${keyOf(problem)}`;
  const lookUps = new Map<string, LookUp>();
  const lookUp = (
    planned: string,
    { layer, problem, cell: { accelerator }, weights }: AskedLayer,
  ): LookUp => {
    const before = lookUps.get(planned);
    if (before !== undefined || cache === undefined) return before ?? {};
    const { objective, precision } = settings;
    const { energyTable } = scenario;
    // What a limit of time has not cut short is what is found without it.
    const options = { ...effort, budgetMs: undefined };
    const key = searchKey({
      ...{ kind: layer.kind, problem, accelerator, energyTable, precision, objective, weights, options },
    });
    const made: LookUp = key === undefined ? {} : { key, stored: cache.get(key) };
    lookUps.set(planned, made);
    return made;
  };

  const search = function* (asked: AskedLayer): Steps<MappedLayer> {
    const planned = planKey(asked);
    const before = known.get(planned);
    if (before !== undefined) return before;
    const found = yield* knownSearch(planned, asked);
    known.set(planned, found);
    return found;
  };
  /** The outcome of another thread or of the cache where there is one that can be believed, else a new one. */
  const knownSearch = function* (planned: string, asked: AskedLayer): Steps<MappedLayer> {
    const { layer, problem, cell } = asked;
    const { accelerator } = cell;
    const { objective } = settings;
    const { key, stored } = lookUp(planned, asked);
    lookUps.delete(planned);
    const priced = pricedFor(layer, accelerator);
    const keep = (found: MappedLayer): MappedLayer => {
      // What a limit of time has cut short may come out better next time.
      if (key === undefined || found.search === undefined) return found;
      if (effort.budgetMs !== undefined && !found.search.isProven) return found;
      cache?.put(key, storedSearch(found.schedule.mapping, found.search));
      return found;
    };
    const asStored = ({ mapping, ...outcome }: StoredSearch): MappedLayer | undefined => {
      const estimate = estimateLayer(problem, mapping, accelerator);
      const isSo = valueOf(objective, sumsOf(estimate, accelerator, priced)) === outcome.cost;
      return isSo ? { ...estimate, search: { space: spaceOf(effort), ...outcome } } : undefined;
    };
    const fromCache = stored && asStored(stored);
    if (fromCache !== undefined) return fromCache;
    const elsewhere = announced.get(planned);
    if (elsewhere !== undefined) {
      let outcome: StoredSearch | undefined;
      yield elsewhere.then((found) => {
        outcome = found;
      });
      const found = outcome && asStored(outcome);
      if (found !== undefined) return keep(found);
    }
    return keep(yield* mapLayerStepwise(problem, accelerator, { objective, priced, effort }));
  };

  const announced = new Map<string, PendingSearch>();
  const announce: LayerPlanner['announce'] = (asked) => {
    if (threads === undefined) return;
    const { objective, precision } = settings;
    const { energyTable } = scenario;
    const tasks = new Map<string, SearchTask>();
    for (const each of asked) {
      const { layer, problem, cell, weights } = each;
      if (prescribedFor(scenario, cell, layer.name) !== undefined) continue;
      const key = planKey(each);
      if (known.has(key) || announced.has(key) || tasks.has(key)) continue;
      if (lookUp(key, each).stored !== undefined) continue;
      const { accelerator } = cell;
      const task = searchTask({
        ...{ layer, problem, accelerator, weights, energyTable, precision, objective, effort },
      });
      if (task !== undefined) tasks.set(key, task);
    }
    const begun = threads.begin([...tasks.values()]) ?? [];
    const keys = [...tasks.keys()];
    begun.forEach((pending, index) => announced.set(keys[index], pending));
  };
  const announceBeside: LayerPlanner['announceBeside'] = (asked, kept) => {
    if (threads === undefined) return;
    const fitting = kept.filter((maps) => !isTooMuch(asked.problem, asked.cell.accelerator, maps));
    announce(fitting.map((maps) => ({ ...asked, problem: withKept(asked.problem, maps) })));
  };

  const map: LayerPlanner['map'] = function* (asked) {
    const { layer, problem, cell } = asked;
    const prescribed = prescribedFor(scenario, cell, layer.name);
    if (prescribed === undefined) return yield* search(asked);
    const { spec, key, place } = prescribed;
    const { objective } = settings;
    const priced = pricedFor(layer, cell.accelerator);
    return locate(place, `${key}: `, () => mapLayer(problem, cell.accelerator, { objective, priced, spec }));
  };

  const problemOf: LayerPlanner['problemOf'] = (layer, { storage, place }, supports, model) => {
    if (!isConv(layer)) return vectorProblem(layer, settings.precision, settings.batch, layout);
    if (supports === undefined) throw new Error(`layer ${layer.name} has no supports`);
    return storedProblem(layer, supports, storage, () => {
      const weights = model?.layers.find((each) => each.layer.name === layer.name)?.operands?.weights;
      const toStore = { supports, precision: settings.precision.weight, weights };
      const stored = locate(place, '', () => storeLayer(storage, toStore, layer.name));
      return convProblem(layer, settings.precision, stored, settings.batch, layout);
    });
  };

  const sums: LayerPlanner['sumsOf'] = (layer, accelerator, estimate) =>
    sumsOf(estimate, accelerator, pricedFor(layer, accelerator));

  const workOutCost = function* (
    asked: AskedLayer,
    kept: KeptMaps | undefined,
  ): Steps<ObjectiveSums | undefined> {
    const { layer, problem, cell } = asked;
    if (isTooMuch(problem, cell.accelerator, kept)) return undefined;
    try {
      const found = yield* map({ ...asked, problem: withKept(problem, kept) });
      return sums(layer, cell.accelerator, found);
    } catch (error) {
      if (kept === undefined || !(error instanceof UserError)) throw error;
      // What is wrong without kept maps has nothing to do with them.
      yield* map(asked);
      return undefined;
    }
  };

  const costBeside: LayerPlanner['costBeside'] = function* (asked, kept) {
    const { layer, problem, cell } = asked;
    if (prescribedFor(scenario, cell, layer.name) !== undefined) return yield* workOutCost(asked, kept);
    const key = `${layer.kind} ${dataflowsText(cell.accelerator)} ${keyOf(withKept(problem, kept))}`;
    if (!knownCosts.has(key)) knownCosts.set(key, yield* workOutCost(asked, kept));
    return knownCosts.get(key);
  };

  return { problemOf, announce, announceBeside, map, sumsOf: sums, costBeside };
}

/** What the cache has of a search, and by which key; neither where there is no cache, or none for such a search. */
interface LookUp {
  readonly key?: string;
  readonly stored?: StoredSearch | undefined;
}

function spaceOf({ space = 'halved' }: SearchEffort): SearchOutcome['space'] {
  return space;
}

function dataflowsText({ array }: Accelerator): string {
  return (array.dataflows ?? [array.dataflow]).join('+');
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

/** A fault of what stands at a place of the file, where it says `key`. */
function locate<T>(place: Location | undefined, key: string, action: () => T): T {
  try {
    return action();
  } catch (error) {
    if (!(error instanceof UserError) || error.location !== undefined || place === undefined) throw error;
    throw new UserError(`${key}${error.message}`, place);
  }
}
