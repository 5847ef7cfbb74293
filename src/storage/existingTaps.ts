import { patternIndex } from '../sparsity/supports.js';
import type { Supports } from '../sparsity/supports.js';
import type { ElementArray } from '../tensor/precision.js';
import { areaSums } from './areaSums.js';
import { repeatsOf } from './format.js';
import type { WeightTile } from './format.js';
import type { LayerSections } from './sections.js';

/** The taps that exist, as the formats ask for them. */
export interface ExistingTaps {
  /** Of each pattern, ascending. */
  readonly ofPattern: readonly Uint16Array[];
  /** How many there are in a tile; takes no longer for large tiles. */
  count(tile: WeightTile): number;
}

const known = new WeakMap<Supports, ExistingTaps>();

/** Worked out once per supports. */
export function existingTaps(supports: Supports): ExistingTaps {
  const before = known.get(supports);
  if (before !== undefined) return before;
  const ofPattern = supports.patterns.map((pattern) =>
    Uint16Array.from([...pattern.keys()].filter((tap) => pattern[tap] !== 0)),
  );
  const taps = { ofPattern, count: counterOf(supports, ofPattern) };
  known.set(supports, taps);
  return taps;
}

function counterOf(supports: Supports, ofPattern: readonly Uint16Array[]): ExistingTaps['count'] {
  const { filters, channels, assignment } = supports;
  if (assignment.kind === 'dense') {
    return ({ filterCount, channelCount }) => filterCount * channelCount * ofPattern[0].length;
  }
  if (assignment.kind === 'periodic') return periodicCounter(ofPattern);
  const { ids } = assignment;
  const sum = areaSums(
    filters,
    channels,
    (filter, channel) => ofPattern[ids[filter * channels + channel]].length,
  );
  return (tile) => sum(tile.filterStart, tile.filterCount, tile.channelStart, tile.channelCount);
}

function periodicCounter(ofPattern: readonly Uint16Array[]): ExistingTaps['count'] {
  const period = ofPattern.length;
  const perPeriod = ofPattern.reduce((sum, { length }) => sum + length, 0);
  return ({ filterStart, filterCount, channelStart, channelCount }) => {
    // Whole periods of channels hold the same in every filter; whole periods of filters in every channel.
    const channelsLeft = channelCount % period;
    const filtersLeft = filterCount % period;
    let sum = (channelCount - channelsLeft) * filterCount + channelsLeft * (filterCount - filtersLeft);
    sum = (sum / period) * perPeriod;
    for (let filter = 0; filter < filtersLeft; filter++) {
      for (let channel = 0; channel < channelsLeft; channel++) {
        sum += ofPattern[(filterStart + filter + channelStart + channel) % period].length;
      }
    }
    return sum;
  };
}

/**
 * Calls `visit` for every kernel of a tile, filter by filter, with the taps that exist in it, its pattern and where its
 * weights begin among the layer's.
 */
export function forEachKernel(
  supports: Supports,
  tile: WeightTile,
  visit: (existing: Uint16Array, pattern: number, weightsAt: number) => void,
): void {
  const { ofPattern } = existingTaps(supports);
  for (let filter = tile.filterStart; filter < tile.filterStart + tile.filterCount; filter++) {
    let weightsAt = (filter * supports.channels + tile.channelStart) * supports.taps;
    for (let channel = tile.channelStart; channel < tile.channelStart + tile.channelCount; channel++) {
      const pattern = patternIndex(supports, filter, channel);
      visit(ofPattern[pattern], pattern, weightsAt);
      weightsAt += supports.taps;
    }
  }
}

/** Copies the values of the taps that exist into `values`, in order filter, channel, tap. */
function gatherExisting(
  supports: Supports,
  weights: ElementArray,
  tile: WeightTile,
  values: ElementArray,
): void {
  let next = 0;
  forEachKernel(supports, tile, (existing, _pattern, weightsAt) => {
    for (let i = 0; i < existing.length; i++) values[next++] = weights[weightsAt + existing[i]];
  });
}

/** What formats have in common that store the taps that exist and nothing else, in order filter, channel, tap. */
export function existingSections(
  supports: Supports,
): Pick<LayerSections, 'repeats' | 'streamed' | 'readsPatternTable' | 'table' | 'valueCount' | 'gather'> {
  return {
    repeats: repeatsOf(supports),
    streamed: supports,
    readsPatternTable: false,
    table: new Uint8Array(0),
    valueCount: existingTaps(supports).count,
    gather: (weights, tile, values) => {
      gatherExisting(supports, weights, tile, values);
    },
  };
}
