import { denseSupports } from '../sparsity/supports.js';
import type { Supports } from '../sparsity/supports.js';
import type { ElementArray } from '../tensor/precision.js';
import { forEachKernel } from './existingTaps.js';
import { noDecoding } from './format.js';
import type { WeightTile } from './format.js';
import { noSections, sectioned } from './sections.js';

/** Every tap of every kernel, zeros included, in order filter, channel, tap. */
export const dense = sectioned({
  name: 'dense',
  description:
    'Every tap of every kernel, zeros included; no index.\nThe array cannot tell a zero from a weight and streams all k*k taps.',
  addsZeros: true,
  refusal: () => undefined,
  bind: ({ supports }) => {
    const { filters, channels, taps, assignment } = supports;
    return {
      ...noSections,
      repeats: 1,
      streamed: assignment.kind === 'dense' ? supports : denseSupports(filters, channels, taps),
      readsPatternTable: false,
      table: new Uint8Array(0),
      valueCount: ({ filterCount, channelCount }) => filterCount * channelCount * taps,
      gather: (weights, tile, values) => {
        if (assignment.kind === 'dense') copyRows(supports, weights, tile, values);
        else copyExisting(supports, weights, tile, values);
      },
      decodeWork: () => noDecoding,
    };
  },
  tapRows: (_table, { taps }) => [Uint16Array.from({ length: taps }, (_, tap) => tap)],
  scatter: ({ values }, { taps }, { filterCount, channelCount }, out) => {
    out.set(values.subarray(0, filterCount * channelCount * taps));
  },
});

function copyRows(
  { channels, taps }: Supports,
  weights: ElementArray,
  tile: WeightTile,
  values: ElementArray,
): void {
  const row = tile.channelCount * taps;
  for (let filter = 0; filter < tile.filterCount; filter++) {
    const start = ((tile.filterStart + filter) * channels + tile.channelStart) * taps;
    values.set(weights.subarray(start, start + row), filter * row);
  }
}

/** Taps outside the support become plain zeros, also where a weight times its mask gave -0. */
function copyExisting(
  supports: Supports,
  weights: ElementArray,
  tile: WeightTile,
  values: ElementArray,
): void {
  const { taps } = supports;
  values.fill(0, 0, tile.filterCount * tile.channelCount * taps);
  let kernel = 0;
  forEachKernel(supports, tile, (existing, _pattern, weightsAt) => {
    for (const tap of existing) values[kernel + tap] = weights[weightsAt + tap];
    kernel += taps;
  });
}
