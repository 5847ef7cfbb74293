import type { Accelerator, BufferSpec } from '../accelerator/accelerator.js';
import { quote } from '../document/describeValue.js';
import { faultAt } from '../document/document.js';
import type { YamlDocument } from '../document/document.js';
import { didYouMean } from '../document/suggest.js';
import type { Location } from '../document/userError.js';
import { lifetimes } from '../mapping/keep/lifetimes.js';
import type { MapName } from '../network/layer.js';
import type { Network } from '../network/network.js';
import type { ScenarioFile } from '../scenario/scenario.js';

/** A map that the scenario keeps in a buffer. */
export interface KeptByHand {
  readonly map: MapName;
  /** As the scenario names it: the map or its layer. */
  readonly name: string;
  readonly buffer: string;
  /** Where the scenario says so. */
  readonly place: Location;
}

/** The buffers that maps can stay in: those that hold the tensors of maps. */
export function keepingBuffers({ buffers }: Accelerator): BufferSpec[] {
  return buffers.filter(({ holds }) => holds.includes('ifmap') || holds.includes('ofmap'));
}

/**
 * The maps that a scenario names, each by its own name or by that of the layer that makes it.
 *
 * @throws UserError with file, line and column for a map or a buffer that there is not, a map that has to lie in DRAM or is named twice, or
 *   maps that lie compressed
 */
export function keptByHand(
  { keep, activations }: ScenarioFile,
  network: Network,
  accelerator: Accelerator,
  document: YamlDocument,
): KeptByHand[] {
  if (typeof keep === 'string') return [];
  const seen = new Map<MapName, string>();
  return Object.entries(keep).map(([name, buffer]) => {
    const fail = (message: string): never => {
      throw faultAt(document, ['keep', name], message);
    };
    const map = mapNamed(name, network, fail);
    const before = seen.get(map);
    if (before !== undefined)
      fail(`expected each map once, got ${quote(name)}, which is ${quote(before)} again`);
    seen.set(map, name);
    checkBuffer(buffer, accelerator, fail);
    if (activations !== 'dense') {
      fail(
        `expected maps that lie dense, got activations: ${activations}; a kept map is not compressed: leave it out, or write ` +
          'activations: dense',
      );
    }
    return { map, name, buffer, place: document.locate(['keep', name]) };
  });
}

function mapNamed(name: string, network: Network, fail: (message: string) => never): MapName {
  const { layers, output } = network;
  const layer = layers.find((each) => each.output === name) ?? layers.find((each) => each.name === name);
  if (layer === undefined) {
    if (name === 'input')
      return fail(`expected a map that a layer makes, got the network's input, which lies in DRAM`);
    const hint = didYouMean(
      name,
      layers.flatMap((each) => [each.name, each.output]),
    );
    return fail(
      `expected a map or a layer of ${network.name}, got ${quote(name)}; ` +
        (hint === '' ? `its layers: psconv network show ${network.name}` : hint),
    );
  }
  if (layer.output === output)
    return fail(`expected a map that a later layer reads, got the network's result, which lies in DRAM`);
  if (!lifetimes(network).has(layer.output))
    return fail(`expected a map that a later layer reads, got ${quote(name)}, which none does`);
  return layer.output;
}

function checkBuffer(name: string, accelerator: Accelerator, fail: (message: string) => never): void {
  const names = keepingBuffers(accelerator).map((buffer) => buffer.name);
  if (names.includes(name)) return;
  const hint = didYouMean(name, names);
  fail(
    `expected a buffer of ${accelerator.name} that holds ifmap or ofmap, got ${quote(name)}; ` +
      (hint === '' ? `they are ${names.join(', ')}` : hint),
  );
}
