import type { Accelerator } from '../../accelerator/accelerator.js';
import { UserError } from '../../document/userError.js';
import { parseAddressMap } from '../../dram/addressMap.js';
import { burstBytesOf, burstsPerRow } from '../../dram/part.js';
import type { LayerProblem } from '../../mapping/problem.js';
import { storedMap } from '../../mapping/storedTile.js';
import { inputsOf } from '../../network/layer.js';
import type { Layer, MapName, PoolLayer, Shape } from '../../network/layer.js';
import type { CompressedLayout } from '../../schedule/compressedMap.js';
import type { Schedule } from '../../schedule/schedule.js';
import type { Region } from '../../schedule/transfer.js';
import { elementsInDram } from '../../storage/featureMapLayout.js';
import { bytesOf } from '../../tensor/precision.js';

/** Where the regions of a layer begin. A compressed map's pointers follow it; `pointers` has no place of its own. */
export type LayerAddresses = Readonly<Record<Region, number>>;

/** A layer whose place in the DRAM is wanted. */
export interface PlacedLayer {
  readonly layer: Layer;
  readonly schedule: Schedule;
  /** Fused into the layer. */
  readonly pool?: PoolLayer | undefined;
  /** Of the layer's output if it lies compressed. */
  readonly outputLayout?: CompressedLayout | undefined;
}

/**
 * Places everything that a network keeps in DRAM, one after the other in the order in which layers need it, each on a multiple of
 * the bytes of a row: the network's inputs, then each layer's weights, pattern table and output. Partial sums of all layers share one place.
 *
 * @returns per layer the addresses of its regions
 * @throws UserError when the DRAM has not so much room
 */
export function networkAddresses(layers: readonly PlacedLayer[], accelerator: Accelerator): LayerAddresses[] {
  const place = createPlacer(accelerator);
  const maps = new Map<MapName, number>();
  const mapAddress = (name: MapName | undefined, problem: LayerProblem, shape: Shape): number => {
    if (name === undefined) return 0;
    const known = maps.get(name) ?? place(mapBytes(problem, shape));
    maps.set(name, known);
    return known;
  };
  const psum = place(Math.max(0, ...layers.map(({ schedule }) => psumBytes(schedule))));
  const placed = layers.map(({ layer, schedule, pool, outputLayout }): LayerAddresses => {
    const { problem, weightLayout } = schedule;
    const { input, output } = problem.window;
    const [ifmap, added] = inputsOf(layer);
    const inputAddress = mapAddress(ifmap, problem, input);
    const residual = mapAddress(added, problem, output);
    const weights = place(weightLayout?.regionBytes ?? 0);
    const table = place(weightLayout?.tableBytes ?? 0);
    const ofmap = place(outputLayout === undefined ? outputBytes(problem) : compressedBytes(outputLayout));
    maps.set((pool ?? layer).output, ofmap);
    return { input: inputAddress, residual, weights, table, psum, output: ofmap, pointers: 0 };
  });
  place.check();
  return placed;
}

/** As `networkAddresses`, for a layer alone. */
export function addressesOfLayer(
  schedule: Schedule,
  accelerator: Accelerator,
  maps: {
    readonly [region in 'input' | 'residual' | 'output']?: { readonly layout: CompressedLayout } | undefined;
  },
): LayerAddresses {
  const { problem, weightLayout } = schedule;
  const place = createPlacer(accelerator);
  const bytes = (region: 'input' | 'residual' | 'output', shape: Shape): number => {
    const map = maps[region];
    if (problem.kept?.[region] !== undefined) return 0;
    return map === undefined ? mapBytes(problem, shape) : compressedBytes(map.layout);
  };
  const { input, output } = problem.window;
  const addresses = {
    psum: place(psumBytes(schedule)),
    input: place(bytes('input', input)),
    residual: place(problem.residual ? bytes('residual', output) : 0),
    weights: place(weightLayout?.regionBytes ?? 0),
    table: place(weightLayout?.tableBytes ?? 0),
    output: place(bytes('output', storedMap(problem))),
    pointers: 0,
  };
  place.check();
  return addresses;
}

interface Placer {
  (bytes: number): number;
  /** @throws UserError when more was placed than there is room for */
  check(): void;
}

function createPlacer({ name, dram, file }: Accelerator): Placer {
  let next = 0;
  if (dram.kind === 'flat') return Object.assign(() => 0, { check: () => undefined });
  const { part, controller } = dram;
  const rowBytes = burstsPerRow(part.organisation) * burstBytesOf(part.organisation);
  const { capacityBytes } = parseAddressMap(controller.addressMap, part, controller);
  const place = (bytes: number): number => {
    const address = next;
    next += Math.ceil(bytes / rowBytes) * rowBytes;
    return address;
  };
  const check = (): void => {
    if (next <= capacityBytes) return;
    throw new UserError(
      `expected weights and feature maps that fit the DRAM of ${name}, got ${next} B for the ${capacityBytes} B of ` +
        `${part.name} with ${controller.channels} channels of ${controller.ranks} ranks; add ranks or channels`,
      { file },
    );
  };
  return Object.assign(place, { check });
}

function mapBytes({ images, precision, layout }: LayerProblem, shape: Shape): number {
  return images * elementsInDram(layout, shape) * bytesOf(precision);
}

/** Of a map that stays on chip, none. */
function outputBytes(problem: LayerProblem): number {
  return problem.kept?.output === undefined ? mapBytes(problem, storedMap(problem)) : 0;
}

function compressedBytes({ regionBytes, pointers, pointerBytes }: CompressedLayout): number {
  return regionBytes + pointers * pointerBytes;
}

function psumBytes({ problem, steps }: Schedule): number {
  const spills = steps.some(({ transfersBefore }) =>
    transfersBefore.some(({ transfer }) => transfer.region === 'psum'),
  );
  return spills && problem.kind === 'conv'
    ? problem.images * elementsInDram(problem.layout, problem.window.output) * bytesOf(problem.accumulator)
    : 0;
}
