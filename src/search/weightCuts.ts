import { footprintOfWeights } from '../mapping/footprint.js';
import type { ConvProblem } from '../mapping/problem.js';
import { wholeTile } from '../mapping/problem.js';
import { totalBytes } from '../storage/format.js';

/** A layer's weights cut into tiles of so many filters and channels. */
export interface WeightCut {
  /** Of all tiles, and of the first one. */
  readonly bytes: number;
  readonly firstBytes: number;
  /** Bursts of all tiles, each of which begins on a burst boundary. */
  readonly bursts: number;
  readonly slotBytes: number;
}

/** Cuts of one layer, each worked out once. */
export function weightCuts(
  problem: ConvProblem,
  burstBytes: number,
): (filters: number, channels: number) => WeightCut {
  const known = new Map<number, WeightCut>();
  return (filters, channels) => {
    const key = filters * (problem.channelsPerGroup + 1) + channels;
    let cut = known.get(key);
    if (cut === undefined) {
      cut = cutWeights(problem, filters, channels, burstBytes);
      known.set(key, cut);
    }
    return cut;
  };
}

function cutWeights(problem: ConvProblem, filters: number, channels: number, burstBytes: number): WeightCut {
  const { storage, groups } = problem;
  const whole = wholeTile(problem);
  const { repeats } = storage;
  const ofFilters: Cut[] = [];
  for (let group = 0; group < groups; group++)
    addCuts(whole.filters, filters, group * whole.filters, repeats, ofFilters);
  const ofChannels = addCuts(whole.channels, channels, 0, repeats, []);
  let bytes = 0;
  let bursts = 0;
  let firstBytes = 0;
  for (const filterCut of ofFilters) {
    for (const channelCut of ofChannels) {
      const tile = totalBytes(
        storage.tileSize({
          filterStart: filterCut.start,
          filterCount: filterCut.count,
          channelStart: channelCut.start,
          channelCount: channelCut.count,
        }),
      );
      const times = filterCut.times * channelCut.times;
      if (filterCut.start === 0 && channelCut.start === 0) firstBytes = tile;
      bytes += tile * times;
      bursts += Math.ceil(tile / burstBytes) * times;
    }
  }
  return { bytes, firstBytes, bursts, slotBytes: footprintOfWeights(problem, { filters, channels }) };
}

/** Cuts that are stored alike, because they begin at the same place of the period. */
interface Cut {
  /** Of the first of them. */
  readonly start: number;
  readonly count: number;
  times: number;
}

function addCuts(length: number, size: number, offset: number, repeats: number, into: Cut[]): Cut[] {
  for (let at = 0; at < length; at += size) {
    const start = offset + at;
    const count = Math.min(size, length - at);
    const alike =
      repeats === Infinity
        ? undefined
        : into.find((cut) => cut.count === count && cut.start % repeats === start % repeats);
    if (alike === undefined) into.push({ start, count, times: 1 });
    else alike.times++;
  }
  return into;
}
