import type { Accelerator } from '../accelerator/accelerator.js';
import { bufferOf } from '../mapping/footprint.js';
import { loopNumber, ordersByMask } from '../mapping/loopOrders.js';
import { mappedTensors } from '../mapping/mapping.js';
import type { Buffering, MappedTensor, Mapping } from '../mapping/mapping.js';
import { loopNames } from '../mapping/problem.js';
import type { LayerProblem, LoopName } from '../mapping/problem.js';
import { loadsOf, loopsOf, psumsInTurn } from './moves.js';
import type { MappingSpace } from './space.js';
import { ifmap, ofmap, psum, weight } from './tilings.js';
import type { Tiling } from './tilings.js';

const orders = ordersByMask().map((all) =>
  all.map((order) => ({ order, numbers: Int32Array.from(order, (name) => loopNumber[name]) })),
);

/** How the tiles of a tiling take turns, and how many of each tensor there is room for at once. One object for all in turn. */
export interface Placement {
  order: readonly LoopName[];
  numbers: Int32Array;
  /** By tensor. */
  readonly slots: Float64Array;
  /** How often all ifmap tiles are loaded, and all weight tiles. */
  ifmapLoads: number;
  weightLoads: number;
  /** Tiles of partial sums that take turns, if there are more of them than slots; else 0. */
  spilled: number;
}

/** The legal placements of tilings. */
export interface Placements {
  forEach(tiling: Tiling, visit: (placement: Placement) => void): void;
  /** What a mapping says of its buffers beyond what follows from these; undefined if nothing. */
  bufferingOf(tiling: Tiling, placement: Placement): Mapping['buffering'];
}

export function createPlacements(
  problem: LayerProblem,
  accelerator: Accelerator,
  space: MappingSpace,
): Placements {
  const loops = loopsOf[problem.kind];
  const present = mappedTensors.map(
    (tensor) => problem.kind === 'conv' || tensor === 'ifmap' || tensor === 'ofmap',
  );
  const isDouble = mappedTensors.map((tensor) => bufferOf(accelerator, tensor).doubleBuffered);
  const placement: Placement = {
    order: loopNames,
    numbers: orders[0][0].numbers,
    slots: new Float64Array(mappedTensors.length),
    ifmapLoads: 1,
    weightLoads: 1,
    spilled: 0,
  };
  let tiling: Tiling;
  const fitsIn = roomCheck(problem, accelerator, present);
  const staysInPlace = (): boolean => psumsStayInPlace(tiling, placement);
  const fits = (): boolean => fitsIn(tiling, placement);

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

  const seen = createSeen();
  /** Whether an order moves everything as often as one before it, whatever the slots. */
  const isLikeBefore = (inTurn: number, isPsumInPlace: boolean): boolean => {
    const { numbers } = placement;
    const { trips } = tiling;
    seen.next[0] = isPsumInPlace ? 0 : inTurn;
    seen.next[1] = loadsOf(numbers, trips, loops.ifmap, 1);
    seen.next[2] = loadsOf(numbers, trips, loops.ifmap, 2);
    seen.next[3] = loadsOf(numbers, trips, loops.weight, 1);
    seen.next[4] = loadsOf(numbers, trips, loops.weight, 2);
    return seen.wasThere();
  };

  const forEach: Placements['forEach'] = (given, visit) => {
    tiling = given;
    const { trips, channels } = tiling;
    const { slots } = placement;
    let mask = 0;
    for (let loop = 0; loop < trips.length; loop++) if (trips[loop] > 1) mask |= 1 << loop;
    seen.clear();
    for (const { order, numbers } of orders[mask]) {
      placement.order = order;
      placement.numbers = numbers;
      slots.fill(1);
      if (!fits()) continue;
      const isPsumInPlace = staysInPlace();
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
    forEach,
    bufferingOf: (given, { slots, ...order }) => {
      const { tiles, slotBytes } = given;
      const named = mappedTensors.flatMap((tensor, index): Array<[MappedTensor, Buffering]> => {
        if (tiles[index] === 1 || !present[index] || slots[index] === (isDouble[index] ? 2 : 1)) return [];
        // Partial sums that stay in one place have a single slot anyway.
        if (index === psum && (slotBytes[psum] === 0 || psumsStayInPlace(given, order))) return [];
        return [[tensor, slots[index] === 1 ? 'single' : slots[index] === 2 ? 'double' : 'resident']];
      });
      return named.length === 0 ? undefined : Object.fromEntries(named);
    },
  };
}

/** Remembers rows of five numbers, of which a tiling has few unlike ones, without allocating. */
function createSeen(): { readonly next: Float64Array; wasThere(): boolean; clear(): void } {
  const width = 5;
  const mostOrders = orders[orders.length - 1].length;
  const rows = new Float64Array(mostOrders * width);
  const next = new Float64Array(width);
  let count = 0;
  const isRow = (row: number): boolean => {
    for (let at = 0; at < width; at++) if (rows[row * width + at] !== next[at]) return false;
    return true;
  };
  return {
    next,
    wasThere() {
      for (let row = 0; row < count; row++) if (isRow(row)) return true;
      rows.set(next, count++ * width);
      return false;
    },
    clear() {
      count = 0;
    },
  };
}

/** Whether the channel loop turns innermost, so that a tile's sums are complete before the next tile begins. */
function psumsStayInPlace({ channels }: Tiling, { numbers }: Pick<Placement, 'numbers'>): boolean {
  return channels.trips === 1 || numbers[numbers.length - 1] === loopNumber.channels;
}

/** Whether the slots fit their buffers beside the maps that are kept there, as `footprint` and `shortage` have it. */
function roomCheck(
  problem: LayerProblem,
  accelerator: Accelerator,
  present: readonly boolean[],
): (tiling: Tiling, placement: Placement) => boolean {
  const held = mappedTensors.map((tensor) => accelerator.buffers.indexOf(bufferOf(accelerator, tensor)));
  const room = accelerator.buffers.map(
    ({ name, capacityBytes }) => capacityBytes - (problem.kept?.bytes[name] ?? 0),
  );
  const need = new Float64Array(room.length);
  const mayTakePsumsPlace =
    !problem.residual && held[psum] === held[ofmap] && !accelerator.buffers[held[psum]].doubleBuffered;
  // A tile that is pooled at once gives its slot to the next; its buffering is that of the pooled tiles.
  const isPooledAtOnce = problem.kind === 'conv' && problem.pool !== undefined && !problem.residual;

  return (tiling, placement) => {
    const { slotBytes, pooledBytes } = tiling;
    const { slots } = placement;
    need.fill(0);
    for (let tensor = 0; tensor < ofmap; tensor++)
      if (present[tensor]) need[held[tensor]] += slots[tensor] * slotBytes[tensor];
    const takesPsumsPlace =
      mayTakePsumsPlace &&
      slotBytes[psum] > 0 &&
      slotBytes[ofmap] <= slotBytes[psum] &&
      psumsStayInPlace(tiling, placement);
    if (!takesPsumsPlace) need[held[ofmap]] += (isPooledAtOnce ? 1 : slots[ofmap]) * slotBytes[ofmap];
    need[held[ofmap]] += slots[ofmap] * pooledBytes;
    for (let buffer = 0; buffer < need.length; buffer++) if (need[buffer] > room[buffer]) return false;
    return true;
  };
}
