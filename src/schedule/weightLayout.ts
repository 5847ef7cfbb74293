import type { Mapping } from '../mapping/mapping.js';
import type { ConvProblem } from '../mapping/problem.js';
import { wholeTile } from '../mapping/problem.js';
import type { WeightTile } from '../storage/format.js';

/** A weight tile and where its bytes lie in the layer's weight region. */
export interface PlacedWeightTile {
  readonly tile: WeightTile;
  readonly offset: number;
  readonly valueBytes: number;
  readonly indexBytes: number;
}

export interface WeightLayout {
  /** By `weightTileKey`. */
  readonly tiles: ReadonlyMap<string, PlacedWeightTile>;
  readonly valueBytes: number;
  /** Indices stored with the tiles, and the layer's table. */
  readonly indexBytes: number;
  readonly tableBytes: number;
  /** Size of the region: tiles start on burst boundaries. */
  readonly regionBytes: number;
}

export function weightTileKey(filterStart: number, channelStart: number): string {
  return `${String(filterStart)} ${String(channelStart)}`;
}

/** Lays the encoded tiles out one after another, filters outer, channels inner, each on a burst boundary. */
export function layOutWeights(problem: ConvProblem, mapping: Mapping, burstBytes: number): WeightLayout {
  const { format, supports, weightPrecision, groups } = problem;
  const whole = wholeTile(problem);
  const tiles = new Map<string, PlacedWeightTile>();
  let offset = 0;
  let valueBytes = 0;
  let indexBytes = 0;
  for (let group = 0; group < groups; group++) {
    for (let filter = 0; filter < whole.filters; filter += mapping.tile.filters) {
      for (let channel = 0; channel < whole.channels; channel += mapping.tile.channels) {
        const tile: WeightTile = {
          filterStart: group * whole.filters + filter,
          filterCount: Math.min(mapping.tile.filters, whole.filters - filter),
          channelStart: channel,
          channelCount: Math.min(mapping.tile.channels, whole.channels - channel),
        };
        const size = format.tileSize(supports, tile, weightPrecision);
        tiles.set(weightTileKey(tile.filterStart, channel), { tile, offset, ...size });
        valueBytes += size.valueBytes;
        indexBytes += size.indexBytes;
        offset += Math.ceil((size.valueBytes + size.indexBytes) / burstBytes) * burstBytes;
      }
    }
  }
  const tableBytes = format.tableBytes(supports);
  return { tiles, valueBytes, indexBytes: indexBytes + tableBytes, tableBytes, regionBytes: offset };
}
