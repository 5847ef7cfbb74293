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
const filtersPerGroup = 4;
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
  const lists = new Map<string, TapList>();
  const known = new Map<string, FilterGroups>();
  const listOf = (phase: number, channelCount: number, { rows, taps }: WeightStreams): TapList => {
    const key = `${phase} ${channelCount}`;
    const before = lists.get(key);
    if (before !== undefined) return before;
    const blockBytes = blockPositions * columnBytes;
    const offsets: number[] = [];
    for (let channel = 0; channel < channelCount; channel++) {
      for (const tap of rows[(phase + channel) % rows.length])
        offsets.push((channel * taps + tap) * blockBytes);
    }
    const count = offsets.length;
    // Not empty in any case, as a list is known by its address.
    while (offsets.length === 0 || offsets.length % tapsTogether !== 0)
      offsets.push(channelCount * taps * blockBytes);
    const list = { address: writeWords(memory, offsets), count };
    lists.set(key, list);
    return list;
  };

  return ({ filterStart, filterCount, channelStart, channelCount }, streams) => {
    const period = streams.rows.length;
    const firstPhase = (filterStart + channelStart) % period;
    const key = `${firstPhase} ${filterCount} ${channelCount} ${streams.address}`;
    const before = known.get(key);
    if (before !== undefined) return before;
    const starts: number[] = [];
    let next = streams.address;
    for (let filter = 0; filter < filterCount; filter++) {
      starts.push(next);
      next += listOf((firstPhase + filter) % period, channelCount, streams).count * streams.valueBytes;
    }
    const words: number[] = [];
    for (let first = 0; first < Math.min(period, filterCount); first++) {
      const { address, count } = listOf((firstPhase + first) % period, channelCount, streams);
      for (let from = first; from < filterCount; from += filtersPerGroup * period) {
        const own: number[] = [];
        for (let filter = from; filter < filterCount && own.length < filtersPerGroup; filter += period)
          own.push(filter);
        const inFour = (of: (filter: number) => number): number[] =>
          Array.from({ length: filtersPerGroup }, (_, at) => (at < own.length ? of(own[at]) : 0));
        words.push(
          address,
          count,
          own.length,
          ...inFour((filter) => filter),
          ...inFour((filter) => starts[filter]),
        );
      }
    }
    const groups = { address: writeWords(memory, words), count: words.length / groupWords };
    known.set(key, groups);
    return groups;
  };
}

function writeWords(memory: MachineMemory, words: readonly number[]): number {
  const bytes = memory.allocate(words.length * 4);
  new Uint32Array(bytes.buffer, bytes.byteOffset, words.length).set(words);
  return bytes.byteOffset;
}
