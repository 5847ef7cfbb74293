import type { Accelerator } from '../accelerator/accelerator.js';
import { dataflowOf } from '../dataflow/dataflows.js';
import { bufferOf } from '../mapping/footprint.js';
import { keepsWindowsWhole } from '../mapping/fusedPool.js';
import type { MapAxis } from '../mapping/fusedPool.js';
import { loopNumber, ordersByMask } from '../mapping/loopOrders.js';
import { mappedTensors } from '../mapping/mapping.js';
import type { Buffering, MappedTensor, Mapping } from '../mapping/mapping.js';
import { loopNames, wholeTile } from '../mapping/problem.js';
import type { LayerProblem, LoopName, TileShape } from '../mapping/problem.js';
import { mostPooled } from '../mapping/storedTile.js';
import { tileSizes } from '../mapping/tileSizes.js';
import { bytesOf } from '../tensor/precision.js';
import { loopCut, mapCut } from './loopTables.js';
import type { LoopCut, MapCut } from './loopTables.js';
import { loadsOf, loopsOf, psumsInTurn } from './moves.js';
import type { MappingSpace } from './space.js';
import { weightCuts } from './weightCuts.js';
import type { WeightCut } from './weightCuts.js';

/** A tiling. One object stands for all of them in turn. */
export interface Tiling {
  images: LoopCut;
  filters: LoopCut;
  channels: LoopCut;
  rows: MapCut;
  columns: MapCut;
  /** Absent for layers without weights. */
  weight: WeightCut | undefined;
  steps: number;
  /** By the loop's number. */
  readonly trips: Int32Array;
  /** Of a slot for what a fused pooling makes of a tile; 0 without one. */
  pooledBytes: number;
  /** Tiles of each tensor, and bytes of a slot for one, in the order of `mappedTensors`. */
  readonly tiles: Float64Array;
  readonly slotBytes: Float64Array;
}

const [ifmap, weight, psum, ofmap] = [0, 1, 2, 3];
const orders = ordersByMask().map((all) =>
  all.map((order) => ({ order, numbers: Int32Array.from(order, (name) => loopNumber[name]) })),
);

/** How the tiles of a tiling take turns, and how many of each tensor there is room for at once. One object for all in turn. */
export interface Placement {
  order: readonly LoopName[];
  numbers: Int32Array;
  /** In the order of `mappedTensors`. */
  readonly slots: Float64Array;
  /** How often all ifmap tiles are loaded, and all weight tiles. */
  ifmapLoads: number;
  weightLoads: number;
  /** Tiles of partial sums that take turns, if there are more of them than slots; else 0. */
  spilled: number;
}

/** Walks through the tilings of a space, and through the legal placements of each. */
export interface TileWalk {
  /** @param visit returns whether the tiling's placements are of interest */
  forEachTiling(dataflow: string, visit: (tiling: Tiling) => void): void;
  forEachPlacement(tiling: Tiling, visit: (placement: Placement) => void): void;
  /** What a mapping says of its buffers beyond what follows from these; undefined if nothing. */
  bufferingOf(tiling: Tiling, placement: Placement): Mapping['buffering'];
}

export function createTileWalk(
  problem: LayerProblem,
  accelerator: Accelerator,
  space: MappingSpace,
): TileWalk {
  const whole = wholeTile(problem);
  const sizes = tileSizes(problem, accelerator, space.tileSizes);
  const groups = problem.kind === 'conv' ? problem.groups : 1;
  const elementBytes = bytesOf(problem.precision);
  const sumBytes = bytesOf(problem.accumulator);
  const weights = problem.kind === 'conv' ? weightCuts(problem, accelerator.dram.burstBytes) : undefined;
  const loops = loopsOf[problem.kind];
  const pool = problem.kind === 'conv' ? problem.pool : undefined;
  const mapSizes = (axis: MapAxis): number[] =>
    sizes[axis].filter((size) => keepsWindowsWhole(problem, axis, size));
  const cuts = {
    images: sizes.images.map((size) => loopCut(whole.images, size)),
    filters: sizes.filters.map((size) => loopCut(whole.filters, size)),
    channels: sizes.channels.map((size) => loopCut(whole.channels, size)),
    rows: mapSizes('rows').map((size) => mapCut(problem, 0, size)),
    columns: mapSizes('columns').map((size) => mapCut(problem, 1, size)),
  };

  // Of each tensor its buffer's number; of each buffer what slots may take.
  const held = mappedTensors.map((tensor) => accelerator.buffers.indexOf(bufferOf(accelerator, tensor)));
  const isDouble = held.map((buffer) => accelerator.buffers[buffer].doubleBuffered);
  const room = accelerator.buffers.map(
    ({ name, capacityBytes }) => capacityBytes - (problem.kept?.bytes[name] ?? 0),
  );
  // A tile that is pooled at once gives its slot to the next; its buffering is that of the pooled tiles.
  const isPooledAtOnce = pool !== undefined && !problem.residual;
  const need = new Float64Array(room.length);
  const present = mappedTensors.map(
    (tensor) => problem.kind === 'conv' || tensor === 'ifmap' || tensor === 'ofmap',
  );

  const tiling: Tiling = {
    images: cuts.images[0],
    filters: cuts.filters[0],
    channels: cuts.channels[0],
    rows: cuts.rows[0],
    columns: cuts.columns[0],
    weight: undefined,
    steps: 0,
    pooledBytes: 0,
    trips: new Int32Array(loopNames.length),
    tiles: new Float64Array(mappedTensors.length),
    slotBytes: new Float64Array(mappedTensors.length),
  };
  const placement: Placement = {
    order: loopNames,
    numbers: orders[0][0].numbers,
    slots: new Float64Array(mappedTensors.length),
    ifmapLoads: 1,
    weightLoads: 1,
    spilled: 0,
  };

  /** Works out a tiling; false for one of too many steps. */
  const set = (spillsPsums: boolean): boolean => {
    const { images, filters, channels, rows, columns, trips, tiles, slotBytes } = tiling;
    trips[loopNumber.images] = images.trips;
    trips[loopNumber.filters] = filters.trips;
    trips[loopNumber.channels] = channels.trips;
    trips[loopNumber.rows] = rows.trips;
    trips[loopNumber.columns] = columns.trips;
    const maps = groups * images.trips * rows.trips * columns.trips;
    tiling.steps = maps * filters.trips * channels.trips;
    if (tiling.steps > space.mostSteps) return false;
    const positions = images.size * rows.size * columns.size;
    const ifmapChannels = problem.kind === 'conv' ? channels : filters;
    tiles[ifmap] = maps * ifmapChannels.trips;
    tiles[ofmap] = maps * filters.trips;
    slotBytes[ifmap] = words(images.size * ifmapChannels.size * rows.padded * columns.padded * elementBytes);
    slotBytes[ofmap] = words(filters.size * positions * elementBytes);
    if (pool !== undefined) {
      const outputs = mostPooled(pool, { rows: rows.size, columns: columns.size });
      tiling.pooledBytes = words(images.size * filters.size * outputs * elementBytes);
    }
    if (weights === undefined) return true;
    tiling.weight = weights(filters.size, channels.size);
    tiles[weight] = groups * filters.trips * channels.trips;
    slotBytes[weight] = tiling.weight.slotBytes;
    tiles[psum] = tiles[ofmap];
    slotBytes[psum] = spillsPsums || channels.trips > 1 ? words(filters.size * positions * sumBytes) : 0;
    return true;
  };

  const inPlace = (): boolean => {
    const { channels, slotBytes } = tiling;
    const { numbers } = placement;
    return (
      slotBytes[psum] > 0 &&
      (numbers[numbers.length - 1] === loopNumber.channels || channels.trips === 1) &&
      !problem.residual &&
      !isDouble[psum] &&
      held[psum] === held[ofmap] &&
      slotBytes[ofmap] <= slotBytes[psum]
    );
  };
  const fits = (): boolean => {
    need.fill(0);
    const ofmapInPlace = inPlace();
    for (let tensor = 0; tensor < ofmap; tensor++) {
      if (present[tensor]) need[held[tensor]] += placement.slots[tensor] * tiling.slotBytes[tensor];
    }
    if (!ofmapInPlace)
      need[held[ofmap]] += (isPooledAtOnce ? 1 : placement.slots[ofmap]) * tiling.slotBytes[ofmap];
    need[held[ofmap]] += placement.slots[ofmap] * tiling.pooledBytes;
    for (let buffer = 0; buffer < need.length; buffer++) if (need[buffer] > room[buffer]) return false;
    return true;
  };

  const forEachTiling: TileWalk['forEachTiling'] = (dataflow, visit) => {
    const { spillsPsums } = dataflowOf(dataflow);
    for (tiling.images of cuts.images) {
      for (tiling.filters of cuts.filters) {
        for (tiling.channels of cuts.channels) {
          for (tiling.rows of cuts.rows) {
            for (tiling.columns of cuts.columns) {
              if (space.tileSizes === 'halved' && tiling.rows.size > 1 && tiling.columns.trips > 1) continue;
              if (set(spillsPsums)) visit(tiling);
            }
          }
        }
      }
    }
  };

  /** How many numbers of slots a tensor can have: two of them, or all its tiles beside these. */
  const choicesOf = (tensor: number, isPsumInPlace: boolean): number => {
    const count = tiling.tiles[tensor];
    if (count <= 1 || !isDouble[tensor]) return 1;
    if (tensor === psum && (isPsumInPlace || tiling.slotBytes[psum] === 0)) return 1;
    return tensor === ofmap || count === 2 ? 2 : 3;
  };
  /** Two slots first, then one, then all; one where there is no choice. */
  const slotsAt = (tensor: number, choice: number, choices: number): number =>
    choices === 1 || choice === 1 ? 1 : choice === 0 ? 2 : tiling.tiles[tensor];

  const signatures = new Set<number>();
  /** Whether an order moves everything as often as one before it, whatever the slots. */
  const isLikeBefore = (inTurn: number, isPsumInPlace: boolean): boolean => {
    const { numbers } = placement;
    const { trips } = tiling;
    let signature = isPsumInPlace ? 0 : inTurn;
    for (let slots = 1; slots <= 2; slots++) {
      signature = signature * 2053 + loadsOf(numbers, trips, loops.ifmap, slots);
      signature = signature * 2053 + loadsOf(numbers, trips, loops.weight, slots);
      signature %= 2 ** 40;
    }
    if (signatures.has(signature)) return true;
    signatures.add(signature);
    return false;
  };

  const forEachPlacement: TileWalk['forEachPlacement'] = (_, visit) => {
    const { trips, channels } = tiling;
    const { slots } = placement;
    let mask = 0;
    for (let loop = 0; loop < trips.length; loop++) if (trips[loop] > 1) mask |= 1 << loop;
    signatures.clear();
    for (const { order, numbers } of orders[mask]) {
      placement.order = order;
      placement.numbers = numbers;
      slots.fill(1);
      if (!fits()) continue;
      const isPsumInPlace = channels.trips === 1 || numbers[numbers.length - 1] === loopNumber.channels;
      const inTurn = isPsumInPlace ? 1 : psumsInTurn(numbers, trips);
      if (space.orders === 'unlike' && isLikeBefore(inTurn, isPsumInPlace)) continue;
      const ofIfmap = choicesOf(ifmap, isPsumInPlace);
      const ofWeight = choicesOf(weight, isPsumInPlace);
      const ofPsum = choicesOf(psum, isPsumInPlace);
      const ofOfmap = choicesOf(ofmap, isPsumInPlace);
      accepted.length = 0;
      for (let i = 0; i < ofIfmap; i++) {
        slots[ifmap] = slotsAt(ifmap, i, ofIfmap);
        for (let w = 0; w < ofWeight; w++) {
          slots[weight] = slotsAt(weight, w, ofWeight);
          for (let p = 0; p < ofPsum; p++) {
            slots[psum] = slotsAt(psum, p, ofPsum);
            for (let o = 0; o < ofOfmap; o++) {
              slots[ofmap] = slotsAt(ofmap, o, ofOfmap);
              if (!fits()) continue;
              if (space.bufferings === 'useful' && !isUseful(inTurn)) continue;
              placement.ifmapLoads = loadsOf(numbers, trips, loops.ifmap, slots[ifmap]);
              placement.weightLoads = loadsOf(numbers, trips, loops.weight, slots[weight]);
              placement.spilled = inTurn > slots[psum] && channels.trips > 1 ? inTurn : 0;
              visit(placement);
            }
          }
        }
      }
    }
  };

  /** Placements of the present order that were found useful: masks of tensors with all their tiles, and with one slot. */
  const accepted: number[] = [];
  /**
   * Whether slots beyond two spare moving tiles again, and no placement before had two slots where this one has one. Two come first,
   * so that these were seen before.
   */
  const isUseful = (inTurn: number): boolean => {
    const { slots, numbers } = placement;
    const { trips } = tiling;
    if (slots[ifmap] > 2 && loadsOf(numbers, trips, loops.ifmap, 2) === 1) return false;
    if (slots[weight] > 2 && loadsOf(numbers, trips, loops.weight, 2) === 1) return false;
    if (slots[psum] > 2 && inTurn <= 2) return false;
    let singles = 0;
    let residents = 0;
    for (let tensor = 0; tensor < slots.length; tensor++) {
      if (slots[tensor] === 1) singles |= 1 << tensor;
      else if (slots[tensor] > 2) residents |= 1 << tensor;
    }
    for (const other of accepted) {
      if (other >> 4 === residents && (other & 15 & singles) === (other & 15)) return false;
    }
    accepted.push((residents << 4) | singles);
    return true;
  };

  return {
    forEachTiling,
    forEachPlacement,
    bufferingOf: ({ tiles }, { slots }) => {
      const named = mappedTensors.flatMap((tensor, index): Array<[MappedTensor, Buffering]> => {
        if (tiles[index] === 1 || !present[index] || slots[index] === (isDouble[index] ? 2 : 1)) return [];
        // Partial sums that stay in one place have a single slot anyway.
        if (tensor === 'psum' && !hasPsumChoice(slots[index])) return [];
        return [[tensor, slots[index] === 1 ? 'single' : slots[index] === 2 ? 'double' : 'resident']];
      });
      return named.length === 0 ? undefined : Object.fromEntries(named);
    },
  };

  function hasPsumChoice(_: number): boolean {
    const { numbers } = placement;
    const { channels, slotBytes } = tiling;
    return slotBytes[psum] > 0 && channels.trips > 1 && numbers[numbers.length - 1] !== loopNumber.channels;
  }
}

function words(bytes: number): number {
  return Math.ceil(bytes / 8) * 8;
}

export function shapeOf({ images, filters, channels, rows, columns }: Tiling): TileShape {
  return {
    images: images.size,
    filters: filters.size,
    channels: channels.size,
    rows: rows.size,
    columns: columns.size,
  };
}
