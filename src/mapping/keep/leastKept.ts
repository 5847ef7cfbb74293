import type { MappingObjective } from '../../scenario/objective.js';
import type { KeepEdge, KeepGraph, KeptLayer } from './keepGraph.js';

/** A way to keep a network's maps, layer by layer, and what all layers cost together. */
export interface KeptChoice {
  readonly layers: readonly KeptLayer[];
  readonly energyPj: number;
  readonly latencyPs: number;
  readonly dramBytes: number;
  /** Maps that stay on chip. */
  readonly keptMaps: number;
}

/** How much a pJ, a ps and a byte count. */
interface Weights {
  readonly energy: number;
  readonly latency: number;
  readonly dram: number;
}

/**
 * The way that costs least in the objective; of equal ones, one that keeps the fewest maps.
 *
 * Energies, latencies and DRAM traffic of layers add up, so that their least sum is the shortest path through the graph. EDP is
 * the product of two sums E and T. On the points (E, T) of all paths, E x T is least at a vertex of the lower left of their
 * convex hull: the product is quasi-concave where both are positive, so that on a segment between two points it is nowhere less
 * than at the better end. Each vertex is the shortest path of some weights of E and T. They are found by halving: between two
 * vertices the next is the path that lies furthest below the segment from one to the other, if any does. A segment whose corner
 * (least E, least T) is no better than the best product so far holds no better vertex.
 *
 * The figures are exact but for the rounding of sums in doubles.
 */
export function leastKept(graph: KeepGraph, objective: MappingObjective): KeptChoice {
  switch (objective) {
    case 'energy':
      return leastPath(graph, { energy: 1, latency: 0, dram: 0 });
    case 'latency':
      return leastPath(graph, { energy: 0, latency: 1, dram: 0 });
    case 'dram-traffic':
      return leastPath(graph, { energy: 0, latency: 0, dram: 1 });
    case 'edp':
      return leastProduct(graph);
    default: {
      const { energy = 0, latency = 0, dramBytes = 0 } = objective;
      return leastPath(graph, { energy, latency, dram: dramBytes });
    }
  }
}

function leastProduct(graph: KeepGraph): KeptChoice {
  const leastEnergy = leastPath(graph, { energy: 1, latency: 0, dram: 0 });
  const leastLatency = leastPath(graph, { energy: 0, latency: 1, dram: 0 });
  let best = leastEnergy;
  const consider = (choice: KeptChoice): void => {
    const gain = productOf(best) - productOf(choice);
    if (gain > 0 || (gain === 0 && choice.keptMaps < best.keptMaps)) best = choice;
  };
  consider(leastLatency);
  const segments: Array<[KeptChoice, KeptChoice]> = [[leastEnergy, leastLatency]];
  for (let segment = segments.pop(); segment !== undefined; segment = segments.pop()) {
    const [a, b] = segment;
    if (a.energyPj * b.latencyPs >= productOf(best)) continue;
    const weights = { energy: a.latencyPs - b.latencyPs, latency: b.energyPj - a.energyPj, dram: 0 };
    if (weights.energy <= 0 || weights.latency <= 0) continue;
    const between = leastPath(graph, weights);
    // A path on the segment itself is no vertex; sums of doubles come to it with rounding.
    if (valueOf(between, weights) >= valueOf(a, weights) * (1 - 1e-12)) continue;
    consider(between);
    segments.push([a, between], [between, b]);
  }
  return best;
}

function productOf({ energyPj, latencyPs }: KeptChoice): number {
  return energyPj * latencyPs;
}

function valueOf(
  { energyPj, latencyPs, dramBytes }: Pick<KeptChoice, 'energyPj' | 'latencyPs' | 'dramBytes'>,
  { energy, latency, dram }: Weights,
): number {
  return energyPj * energy + latencyPs * latency + dramBytes * dram;
}

/** Of the paths that lead to a state, the least so far; `edge` is its last step. */
interface Reached {
  readonly value: number;
  readonly keptMaps: number;
  readonly edge: KeepEdge | undefined;
}

/** Dynamic programming, layer by layer. */
function leastPath({ stages }: KeepGraph, weights: Weights): KeptChoice {
  const reached: Array<ReadonlyArray<Reached | undefined>> = [[{ value: 0, keptMaps: 0, edge: undefined }]];
  for (const { edges, states } of stages) {
    const before = reached[reached.length - 1];
    const after = new Array<Reached | undefined>(states).fill(undefined);
    for (const edge of edges) {
      const from = before[edge.from];
      if (from === undefined) continue;
      const value = from.value + valueOf(edge.cost, weights);
      const keptMaps = from.keptMaps + (edge.keeps ? 1 : 0);
      const known = after[edge.to];
      if (
        known === undefined ||
        value < known.value ||
        (value === known.value && keptMaps < known.keptMaps)
      ) {
        after[edge.to] = { value, keptMaps, edge };
      }
    }
    reached.push(after);
  }
  return choiceOf(pathTo(reached));
}

/** After the last layer no map is needed any more: there is one state. */
function pathTo(reached: ReadonlyArray<ReadonlyArray<Reached | undefined>>): KeepEdge[] {
  const path: KeepEdge[] = [];
  let state = 0;
  for (let stage = reached.length - 1; stage > 0; stage--) {
    const edge = reached[stage][state]?.edge;
    if (edge === undefined) throw new Error('no way through the layers ends here');
    path.unshift(edge);
    state = edge.from;
  }
  return path;
}

function choiceOf(path: readonly KeepEdge[]): KeptChoice {
  const sum = (figure: (edge: KeepEdge) => number): number =>
    path.reduce((total, edge) => total + figure(edge), 0);
  return {
    layers: path.map(({ layer }) => layer),
    energyPj: sum(({ cost }) => cost.energyPj),
    latencyPs: sum(({ cost }) => cost.latencyPs),
    dramBytes: sum(({ cost }) => cost.dramBytes),
    keptMaps: sum(({ keeps }) => (keeps ? 1 : 0)),
  };
}
