import type { WeightTile } from '../../storage/format.js';
import type { MachineMemory } from '../memory.js';
import { blockPositions } from './passJob.js';

/** Filters that have the same taps, by fours, as the kernels take them. */
export interface FilterGroups {
  readonly address: number;
  readonly count: number;
}

/** How a weight tile lies in memory: each filter's values in order channel, tap, one filter after the other. */
export interface WeightStreams {
  /** Taps of each row of patterns, where kernel (o, c) has row (o + c) mod P. */
  readonly rows: readonly Uint16Array[];
  /** Per kernel. */
  readonly taps: number;
  /** Where the tile's values begin, and the bytes of each. */
  readonly address: number;
  readonly valueBytes: number;
}

/** Words of `FilterGroup` in `assembly/passJob.ts`. */
const groupWords = 11;
/** At most. */
export const filtersPerGroup = 4;
/** Kernels may take taps by so many. */
const tapsTogether = 8;

interface TapList {
  readonly address: number;
  readonly count: number;
}

/**
 * Writes the groups of weight tiles into memory, each kind of tile once. Filters whose numbers are equal modulo the period have the same
 * taps; their lists are shared by all tiles.
 *
 * @param columnBytes of one position's input in a block of columns: 2, or 4 for float32
 */
export function createFilterGroups(
  memory: MachineMemory,
  columnBytes: number,
): (tile: WeightTile, streams: WeightStreams) => FilterGroups {
  const lists = new Map<string, readonly TapList[]>();
  const known = new Map<string, FilterGroups>();
  const blockBytes = blockPositions * columnBytes;

  /** Of each phase, the taps of kernels from that row of patterns on. */
  const listsOf = (channelCount: number, { rows, taps }: WeightStreams): readonly TapList[] => {
    const key = String(channelCount);
    const before = lists.get(key);
    if (before !== undefined) return before;
    const made = rows.map((_, phase): TapList => {
      let count = 0;
      for (let channel = 0; channel < channelCount; channel++)
        count += rows[(phase + channel) % rows.length].length;
      // Not empty in any case, as a list is known by its address.
      const offsets = allocateWords(memory, Math.max(1, Math.ceil(count / tapsTogether)) * tapsTogether);
      let at = 0;
      for (let channel = 0; channel < channelCount; channel++) {
        const existing = rows[(phase + channel) % rows.length];
        for (let i = 0; i < existing.length; i++) offsets[at++] = (channel * taps + existing[i]) * blockBytes;
      }
      offsets.fill(channelCount * taps * blockBytes, at);
      return { address: offsets.byteOffset, count };
    });
    lists.set(key, made);
    return made;
  };

  return ({ filterStart, filterCount, channelStart, channelCount }, streams) => {
    const period = streams.rows.length;
    const firstPhase = (filterStart + channelStart) % period;
    const key = `${firstPhase} ${filterCount} ${channelCount} ${streams.address}`;
    const before = known.get(key);
    if (before !== undefined) return before;
    const tapLists = listsOf(channelCount, streams);
    const starts = new Float64Array(filterCount);
    let next = streams.address;
    for (let filter = 0; filter < filterCount; filter++) {
      starts[filter] = next;
      next += tapLists[(firstPhase + filter) % period].count * streams.valueBytes;
    }
    const filtersTogether = filtersPerGroup * period;
    const firsts = Math.min(period, filterCount);
    let count = 0;
    for (let first = 0; first < firsts; first++) count += Math.ceil((filterCount - first) / filtersTogether);
    const words = allocateWords(memory, count * groupWords);
    words.fill(0);
    let at = 0;
    for (let first = 0; first < firsts; first++) {
      const list = tapLists[(firstPhase + first) % period];
      for (let from = first; from < filterCount; from += filtersTogether) {
        const own = Math.min(filtersPerGroup, Math.ceil((filterCount - from) / period));
        words[at] = list.address;
        words[at + 1] = list.count;
        words[at + 2] = own;
        for (let index = 0; index < own; index++) {
          const filter = from + index * period;
          words[at + 3 + index] = filter;
          words[at + 3 + filtersPerGroup + index] = starts[filter];
        }
        at += groupWords;
      }
    }
    const groups = { address: words.byteOffset, count };
    known.set(key, groups);
    return groups;
  };
}

function allocateWords(memory: MachineMemory, count: number): Uint32Array {
  const { buffer, byteOffset } = memory.allocate(count * 4);
  return new Uint32Array(buffer, byteOffset, count);
}
