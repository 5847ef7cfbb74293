import fc from 'fast-check';
import { denseSupports, patternIndex } from '../../src/sparsity/supports.js';
import type { Supports } from '../../src/sparsity/supports.js';
import type { WeightTile } from '../../src/storage/format.js';
import { allocateElements } from '../../src/tensor/precision.js';
import type { ElementArray, Precision } from '../../src/tensor/precision.js';
import { createRandom } from '../../src/tensor/random.js';

/** A layer to store. */
export interface Given {
  readonly supports: Supports;
  readonly precision: Precision;
  readonly weights: ElementArray;
}

/** Layers of every kind of supports, kernels of 1 to 49 taps, weights with zeros among them. */
export const layers: fc.Arbitrary<Given> = fc
  .record({
    filters: fc.integer({ min: 1, max: 13 }),
    channels: fc.integer({ min: 1, max: 13 }),
    taps: fc.constantFrom(1, 2, 3, 4, 9, 9, 9, 25, 49),
    kind: fc.constantFrom('dense', 'periodic', 'periodic', 'per-kernel', 'per-kernel'),
    period: fc.integer({ min: 1, max: 6 }),
    density: fc.constantFrom(0.02, 0.2, 0.5, 0.9),
    precision: fc.constantFrom<Precision>('int8', 'int16', 'float32'),
    seed: fc.nat(1e9),
  })
  .map(({ filters, channels, taps, kind, period, density, precision, seed }) => {
    const random = createRandom(seed);
    const patterns = Array.from({ length: period }, () =>
      Uint8Array.from({ length: taps }, () => (random.next() < density ? 1 : 0)),
    );
    const supports: Supports =
      kind === 'dense'
        ? denseSupports(filters, channels, taps)
        : {
            filters,
            channels,
            taps,
            patterns,
            assignment:
              kind === 'periodic'
                ? { kind, period }
                : {
                    kind: 'per-kernel',
                    ids: Uint32Array.from({ length: filters * channels }, () => random.integer(period)),
                  },
          };
    return { supports, precision, weights: weightsFor(supports, precision, seed) };
  });

/** Small random weights on the supports, some of them zero, and zeros elsewhere. */
export function weightsFor(supports: Supports, precision: Precision, seed: number): ElementArray {
  const random = createRandom(seed + 1);
  const { filters, channels, taps } = supports;
  const weights = allocateElements(precision, filters * channels * taps);
  for (let i = 0; i < weights.length; i++) {
    const kernel = Math.floor(i / taps);
    const exists = patternAt(supports, Math.floor(kernel / channels), kernel % channels)[i % taps] !== 0;
    const scale = precision === 'int8' ? 40 : precision === 'int16' ? 9000 : 1;
    const value = random.normal() * scale;
    if (exists && random.next() > 0.1) {
      weights[i] = precision === 'float32' ? value : Math.max(-127, Math.min(127, Math.round(value)));
    }
  }
  return weights;
}

export function patternAt(supports: Supports, filter: number, channel: number): Uint8Array {
  return supports.patterns[patternIndex(supports, filter, channel)];
}

/** The layer with the first weights of each block only, so that N:M can hold it. */
export function thinned({ supports, precision, weights }: Given, n: number, m: number): Given {
  const { filters, channels, taps } = supports;
  const patterns: Uint8Array[] = [];
  const kept = weights.slice();
  for (let filter = 0; filter < filters; filter++) {
    for (let channel = 0; channel < channels; channel++) {
      const pattern = patternAt(supports, filter, channel).slice();
      for (let tap = 0; tap < taps; tap++) {
        let before = 0;
        for (let other = channel - (channel % m); other < channel; other++) {
          before += patterns[filter * channels + other][tap];
        }
        if (before >= n) pattern[tap] = 0;
        if (pattern[tap] === 0) kept[(filter * channels + channel) * taps + tap] = 0;
      }
      patterns.push(pattern);
    }
  }
  return {
    precision,
    weights: kept,
    supports: {
      ...supports,
      patterns,
      assignment: { kind: 'per-kernel', ids: Uint32Array.from(patterns.keys()) },
    },
  };
}

/** Cuts of the layer into tiles of at most so many filters and channels. */
export const cuts = fc.tuple(fc.integer({ min: 1, max: 13 }), fc.integer({ min: 1, max: 13 }));

export function tilesOf(
  { filters, channels }: Supports,
  [filterCount, channelCount]: [number, number],
): WeightTile[] {
  const tiles: WeightTile[] = [];
  for (let filterStart = 0; filterStart < filters; filterStart += filterCount) {
    for (let channelStart = 0; channelStart < channels; channelStart += channelCount) {
      tiles.push({
        filterStart,
        filterCount: Math.min(filterCount, filters - filterStart),
        channelStart,
        channelCount: Math.min(channelCount, channels - channelStart),
      });
    }
  }
  return tiles;
}

/** Of a tile, dense (filters, channels, taps): 1 where a tap exists. */
export function existsIn(supports: Supports, tile: WeightTile): number[] {
  return kernelsOf(tile).flatMap(([filter, channel]) => [...patternAt(supports, filter, channel)]);
}

/** The weights of a tile, dense. */
export function weightsOf({ supports, weights }: Given, tile: WeightTile): number[] {
  const { channels, taps } = supports;
  return kernelsOf(tile).flatMap(([filter, channel]) => {
    const kernel = (filter * channels + channel) * taps;
    return [...weights.subarray(kernel, kernel + taps)].map(Number);
  });
}

export function kernelsOf({
  filterStart,
  filterCount,
  channelStart,
  channelCount,
}: WeightTile): Array<[number, number]> {
  return Array.from({ length: filterCount * channelCount }, (_, kernel) => [
    filterStart + Math.floor(kernel / channelCount),
    channelStart + (kernel % channelCount),
  ]);
}
