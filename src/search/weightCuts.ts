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
  const sizes = new Map<number, number>();
  const bytesAt = (
    filterStart: number,
    filterCount: number,
    channelStart: number,
    channelCount: number,
  ): number => {
    const size = (): number =>
      totalBytes(storage.tileSize({ filterStart, filterCount, channelStart, channelCount }));
    if (storage.repeats === Infinity) return size();
    // Tiles that begin at the same place of the period are alike.
    const { repeats } = storage;
    const phase = (filterStart % repeats) * repeats + (channelStart % repeats);
    const key = (phase * (filters + 1) + filterCount) * (channels + 1) + channelCount;
    const bytes = sizes.get(key) ?? size();
    sizes.set(key, bytes);
    return bytes;
  };
  let bytes = 0;
  let bursts = 0;
  let firstBytes = 0;
  for (let group = 0; group < groups; group++) {
    for (let filter = 0; filter < whole.filters; filter += filters) {
      for (let channel = 0; channel < whole.channels; channel += channels) {
        const tile = bytesAt(
          group * whole.filters + filter,
          Math.min(filters, whole.filters - filter),
          channel,
          Math.min(channels, whole.channels - channel),
        );
        if (group === 0 && filter === 0 && channel === 0) firstBytes = tile;
        bytes += tile;
        bursts += Math.ceil(tile / burstBytes);
      }
    }
  }
  return { bytes, firstBytes, bursts, slotBytes: footprintOfWeights(problem, { filters, channels }) };
}
