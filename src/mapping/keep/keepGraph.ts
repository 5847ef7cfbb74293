import type { MapName } from '../../network/layer.js';
import type { KeptPlaces } from '../keptPlaces.js';
import type { KeptMaps } from '../problem.js';
import type { Lifetime } from './lifetimes.js';
import { extent, placeOf, reservedBytes, spansFor } from './spans.js';
import type { KeepingBuffer, Span } from './spans.js';

/** What a layer costs alone; figures of layers add up. */
export interface KeptCost {
  readonly energyPj: number;
  readonly latencyPs: number;
  /** Of whole bursts. */
  readonly dramBytes: number;
}

/** A map that may stay on chip. */
export interface KeepableMap extends Lifetime {
  readonly bytes: number;
  /** Names of the buffers that it may stay in, the likelier first; undefined is the DRAM. Not empty. */
  readonly places: ReadonlyArray<string | undefined>;
}

/** The maps of a network, and what it costs to keep them. */
export interface KeepProblem {
  /** In the order in which they run. */
  readonly layers: ReadonlyArray<{ readonly inputs: readonly MapName[]; readonly output: MapName }>;
  /** All others lie in DRAM. */
  readonly maps: ReadonlyMap<MapName, KeepableMap>;
  readonly buffers: readonly KeepingBuffer[];
  /** Whether all places of `spansFor` are tried in a buffer, or only the better one. */
  readonly allPlaces?: boolean;
  /**
   * What a layer costs with its maps in these places; undefined where it does not fit beside them. Asked once for equal arguments.
   *
   * @param kept undefined where no map is in any buffer while the layer runs
   */
  cost(layer: number, kept: KeptMaps | undefined): Promise<KeptCost | undefined>;
  /** Told of all the costs of a layer that will be asked for next, so that they can be worked out together. */
  readonly expect?: ((layer: number, kept: ReadonlyArray<KeptMaps | undefined>) => void) | undefined;
}

/** What stays on chip while a layer runs. */
export interface KeptLayer {
  /** Undefined where no map is in any buffer. */
  readonly maps: KeptMaps | undefined;
  readonly places: KeptPlaces | undefined;
}

/** A layer run with its maps in some places: a step from what lay on chip before it to what is needed after it. */
export interface KeepEdge {
  /** Of the states of the layer before. */
  readonly from: number;
  readonly to: number;
  readonly cost: KeptCost;
  /** Whether the layer's output stays on chip. */
  readonly keeps: boolean;
  readonly layer: KeptLayer;
}

/** All ways to keep a network's maps. Before the first layer there is one state, after each layer as many as `states` says. */
export interface KeepGraph {
  readonly stages: ReadonlyArray<{ readonly edges: readonly KeepEdge[]; readonly states: number }>;
  /** States that were left out because there were too many. */
  readonly leftOut: number;
}

/** No way leads past a layer: with any maps that were kept until then it does not fit. */
export interface KeepImpasse {
  readonly layer: number;
  /** What was kept in each attempt to run it; none where the layer's own output found no room. */
  readonly attempts: readonly KeptMaps[];
}

/** So many states per layer are looked at: five live maps, each in one of two buffers, at either end, or in DRAM, are fewer. */
const mostStates = 4096;

/**
 * Writes down the ways to keep a network's maps. A state is what lies on chip between two layers: which maps, and where. Maps
 * never move; each goes to a place of `spansFor`. If there are more states after a layer than `most`, those are gone on with
 * that keep the fewest bytes.
 */
export async function keepGraph(problem: KeepProblem, most = mostStates): Promise<KeepGraph | KeepImpasse> {
  const { layers, maps, buffers } = problem;
  const stages: Array<{ edges: KeepEdge[]; states: number }> = [];
  let states: ReadonlyArray<readonly Span[]> = [[]];
  let leftOut = 0;
  const costOf = remembered(problem);
  for (const [layer, { inputs, output }] of layers.entries()) {
    const edges: KeepEdge[] = [];
    const attempts: KeptMaps[] = [];
    const next = new Map<string, readonly Span[]>();
    const numbers = new Map<string, number>();
    const ways = states.flatMap((spans, from) =>
      placesFor(output, problem, spans).map((own) => {
        const all = own === undefined ? spans : [...spans, own];
        return { from, own, all, kept: keptMaps(all, inputs, output) };
      }),
    );
    problem.expect?.(
      layer,
      ways.map(({ kept }) => kept),
    );
    for (const { from, own, all, kept } of ways) {
      const cost = await costOf(layer, kept);
      if (kept !== undefined) attempts.push(kept);
      if (cost === undefined) continue;
      const left = all.filter(({ map }) => (maps.get(map)?.lastReader ?? -1) > layer);
      const key = keyOf(left);
      const to = numbers.get(key) ?? numbers.size;
      numbers.set(key, to);
      next.set(key, left);
      const places = kept && keptPlaces(all, inputs, output, buffers);
      edges.push({ from, to, cost, keeps: own !== undefined, layer: { maps: kept, places } });
    }
    if (edges.length === 0) return { layer, attempts };
    const within = fewestBytes([...next.values()], most);
    leftOut += next.size - within.length;
    stages.push({ edges: renumbered(edges, [...next.values()], within), states: within.length });
    states = within;
  }
  return { stages, leftOut };
}

function remembered({ cost }: KeepProblem): KeepProblem['cost'] {
  const known = new Map<string, KeptCost | undefined>();
  return async (layer, kept) => {
    const key = `${String(layer)} ${JSON.stringify(kept) ?? ''}`;
    if (!known.has(key)) known.set(key, await cost(layer, kept));
    return known.get(key);
  };
}

function placesFor(
  map: MapName,
  { maps, buffers, allPlaces = false }: KeepProblem,
  there: readonly Span[],
): Array<Span | undefined> {
  const keepable = maps.get(map);
  if (keepable === undefined) return [undefined];
  return keepable.places.flatMap((place) => {
    if (place === undefined) return [undefined];
    const buffer = buffers.find(({ name }) => name === place);
    if (buffer === undefined) return [];
    const spans = spansFor({ map, ...keepable }, buffer, there);
    return allPlaces ? spans : spans.slice(0, 1);
  });
}

function keptMaps(
  spans: readonly Span[],
  [input, residual]: readonly MapName[],
  output: MapName,
): KeptMaps | undefined {
  if (spans.length === 0) return undefined;
  const bufferOf = (map: MapName | undefined): string | undefined =>
    spans.find((span) => span.map === map)?.buffer;
  const names = [...new Set(spans.map(({ buffer }) => buffer))].sort();
  return {
    input: bufferOf(input),
    residual: bufferOf(residual),
    output: bufferOf(output),
    bytes: Object.fromEntries(names.map((name) => [name, reservedBytes(spans, name)])),
  };
}

function keptPlaces(
  spans: readonly Span[],
  [input, residual]: readonly MapName[],
  output: MapName,
  buffers: readonly KeepingBuffer[],
): KeptPlaces {
  const place = (map: MapName | undefined): KeptPlaces['input'] => {
    const span = spans.find((each) => each.map === map);
    const buffer = buffers.find(({ name }) => name === span?.buffer);
    return span && buffer && placeOf(span, buffer);
  };
  return {
    input: place(input),
    residual: place(residual),
    output: place(output),
    slotsFrom: Object.fromEntries(buffers.map(({ name }) => [name, extent(spans, name, 'start')])),
  };
}

/** Equal keys: the same maps in the same places. */
function keyOf(spans: readonly Span[]): string {
  return spans
    .map(({ map, buffer, side, distance }) => JSON.stringify([map, buffer, side, distance]))
    .sort()
    .join(' ');
}

function fewestBytes(states: ReadonlyArray<readonly Span[]>, most: number): ReadonlyArray<readonly Span[]> {
  if (states.length <= most) return states;
  const bytes = (spans: readonly Span[]): number => spans.reduce((sum, span) => sum + span.bytes, 0);
  return [...states].sort((a, b) => bytes(a) - bytes(b)).slice(0, most);
}

function renumbered(
  edges: readonly KeepEdge[],
  before: ReadonlyArray<readonly Span[]>,
  after: ReadonlyArray<readonly Span[]>,
): KeepEdge[] {
  const numbers = new Map(after.map((state, index) => [state, index]));
  return edges.flatMap((edge) => {
    const to = numbers.get(before[edge.to]);
    return to === undefined ? [] : [{ ...edge, to }];
  });
}
