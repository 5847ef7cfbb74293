import type { Accelerator } from '../accelerator/accelerator.js';
import { UserError } from '../document/userError.js';
import { keepGraph } from '../mapping/keep/keepGraph.js';
import type { KeepableMap, KeepImpasse, KeptCost, KeptLayer } from '../mapping/keep/keepGraph.js';
import { leastKept } from '../mapping/keep/leastKept.js';
import { lifetimes } from '../mapping/keep/lifetimes.js';
import { smallestNeeds } from '../mapping/keep/smallestNeeds.js';
import type { KeptMaps, LayerProblem } from '../mapping/problem.js';
import { inputsOf } from '../network/layer.js';
import type { MapName } from '../network/layer.js';
import type { Network } from '../network/network.js';
import { elementsInDram } from '../storage/featureMapLayout.js';
import { bytesOf } from '../tensor/precision.js';
import { keepingBuffers } from './keptByHand.js';
import type { KeptByHand } from './keptByHand.js';
import type { Scenario } from './scenario.js';

/** What stays on chip in a cell, layer by layer of the whole network. */
export interface KeptNetwork {
  readonly layers: readonly KeptLayer[];
  /** What a reader should know of the choice. */
  readonly notes: readonly string[];
}

/** A cell's network, whose maps are to be kept. */
export interface KeepRequest {
  readonly network: Network;
  readonly accelerator: Accelerator;
  /** Of each layer of the network, with all maps in DRAM. */
  readonly problems: readonly LayerProblem[];
  /** What a layer costs alone; undefined where it does not fit beside what is kept. */
  readonly cost: (layer: number, kept: KeptMaps | undefined) => Promise<KeptCost | undefined>;
  /** As `KeepProblem`. */
  readonly expect?: ((layer: number, kept: ReadonlyArray<KeptMaps | undefined>) => void) | undefined;
}

/**
 * Keeps the maps that the scenario names, or chooses among all so that the network costs least in its objective. Layers are judged
 * alone, each with its best mapping, as ever.
 *
 * @throws UserError when maps that the scenario names find no room, naming the layer, the need and the room
 */
export async function keepMaps(scenario: Scenario, request: KeepRequest): Promise<KeptNetwork> {
  const { objective, keep, activations } = scenario.settings;
  const { network, accelerator, cost, expect } = request;
  if (keep === 'auto' && activations !== 'dense') {
    return {
      layers: network.layers.map(() => ({ maps: undefined, places: undefined })),
      notes: [`keep auto: no map stays on chip, since maps lie as ${activations}`],
    };
  }
  const maps = keepableMaps(request, keep === 'auto' ? undefined : (scenario.kept ?? []));
  const graph = await keepGraph({
    layers: network.layers.map((layer) => ({ inputs: inputsOf(layer), output: layer.output })),
    maps,
    buffers: keepingBuffers(accelerator),
    // Maps that are named have few other places, and fit if they can.
    allPlaces: keep !== 'auto',
    ...{ cost, expect },
  });
  if ('attempts' in graph) throw noRoom(scenario, request, maps, graph);
  const { layers } = leastKept(graph, objective);
  const cut =
    graph.leftOut === 0
      ? []
      : [
          `keep: ${graph.leftOut} states between layers were left out, those that keep most; a better choice may be among them`,
        ];
  return { layers, notes: [keptNote(keep === 'auto' ? 'keep auto' : 'keep', network, layers), ...cut] };
}

/** All maps that can stay on chip and find room there, or those that are named. */
function keepableMaps(
  { network, accelerator, problems }: KeepRequest,
  named: readonly KeptByHand[] | undefined,
): Map<MapName, KeepableMap> {
  const found = new Map<MapName, KeepableMap>();
  for (const [name, life] of lifetimes(network)) {
    const { images, layout, precision } = problems[life.writer];
    const bytes =
      images * elementsInDram(layout, network.layers[life.writer].outputShape) * bytesOf(precision);
    if (named === undefined) {
      const buffers = keepingBuffers(accelerator).filter(({ capacityBytes }) => bytes < capacityBytes);
      found.set(name, { ...life, bytes, places: [undefined, ...buffers.map((buffer) => buffer.name)] });
      continue;
    }
    const given = named.find(({ map }) => map === name);
    if (given !== undefined) found.set(name, { ...life, bytes, places: [given.buffer] });
  }
  return found;
}

function keptNote(what: string, network: Network, kept: readonly KeptLayer[]): string {
  const inBuffer = new Map<string, MapName[]>();
  kept.forEach(({ maps }, index) => {
    if (maps?.output === undefined) return;
    inBuffer.set(maps.output, [...(inBuffer.get(maps.output) ?? []), network.layers[index].output]);
  });
  const count = [...inBuffer.values()].reduce((sum, maps) => sum + maps.length, 0);
  const said = [...inBuffer].map(([buffer, maps]) => `in ${buffer} ${maps.join(', ')}`);
  return `${what}: ${count} of ${lifetimes(network).size} maps stay on chip${count === 0 ? '' : `: ${said.join('; ')}`}`;
}

function noRoom(
  { kept = [], file }: Scenario,
  { network, accelerator, problems }: KeepRequest,
  maps: ReadonlyMap<MapName, KeepableMap>,
  { layer: index, attempts }: KeepImpasse,
): UserError {
  const layer = network.layers[index];
  const live = kept.filter(({ map }) => isLive(maps.get(map), index));
  const tight = keepingBuffers(accelerator)
    .map((buffer) => {
      const there = live.filter((each) => each.buffer === buffer.name);
      const bytesOfMaps = there.reduce((sum, { map }) => sum + (maps.get(map)?.bytes ?? 0), 0);
      const reserved = Math.min(...attempts.map(({ bytes }) => bytes[buffer.name] ?? 0), Infinity);
      const keptBytes = Number.isFinite(reserved) ? Math.max(reserved, bytesOfMaps) : bytesOfMaps;
      const smallest = smallestNeeds(problems[index], accelerator).get(buffer.name) ?? 0;
      return { buffer, there, keptBytes, smallest, over: keptBytes + smallest - buffer.capacityBytes };
    })
    .filter(({ there }) => there.length > 0)
    .reduce((worst, each) => (each.over > worst.over ? each : worst));
  const { buffer, there, keptBytes, smallest, over } = tight;
  const latest = there.reduce((last, each) => (writerOf(each, maps) > writerOf(last, maps) ? each : last));
  const list = there.map(({ map }) => `${map} ${maps.get(map)?.bytes ?? 0} B`).join(', ');
  const need =
    over > 0
      ? `got ${smallest} B for the smallest tile beside ${keptBytes} B of kept maps`
      : `got a prescribed mapping that does not fit beside ${keptBytes} B of kept maps`;
  return new UserError(
    `keep.${latest.name}: expected room in buffer ${buffer.name}, which has ${buffer.capacityBytes} B, while layer ${layer.name} runs, ` +
      `${need} (${list}); keep fewer maps there`,
    live.length === 0 ? { file } : latest.place,
  );
}

function isLive(map: KeepableMap | undefined, layer: number): boolean {
  return map !== undefined && map.writer <= layer && layer <= map.lastReader;
}

function writerOf({ map }: KeptByHand, maps: ReadonlyMap<MapName, KeepableMap>): number {
  return maps.get(map)?.writer ?? -1;
}
