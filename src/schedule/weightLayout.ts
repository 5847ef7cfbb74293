import type { Mapping } from '../mapping/mapping.js';
import type { ConvProblem } from '../mapping/problem.js';
import { wholeTile } from '../mapping/problem.js';
import { totalBytes } from '../storage/format.js';
import type { TileSize, WeightTile } from '../storage/format.js';

/** A weight tile and where its bytes lie in the layer's weight region. */
export interface PlacedWeightTile {
  readonly tile: WeightTile;
  readonly offset: number;
  readonly size: TileSize;
}

export interface WeightLayout {
  /** By `weightTileKey`. */
  readonly tiles: ReadonlyMap<number, PlacedWeightTile>;
  /** Of all tiles together. */
  readonly size: TileSize;
  readonly tableBytes: number;
  /** Size of the region: tiles start on burst boundaries. */
  readonly regionBytes: number;
}

/** More than a layer has channels. */
const mostChannels = 2 ** 26;

/** A number for each place where a tile of weights may begin. */
export function weightTileKey(filterStart: number, channelStart: number): number {
  return filterStart * mostChannels + channelStart;
}

/** Lays the encoded tiles out one after another, filters outer, channels inner, each on a burst boundary. */
export function layOutWeights(problem: ConvProblem, mapping: Mapping, burstBytes: number): WeightLayout {
  const { storage, groups } = problem;
  const whole = wholeTile(problem);
  const tiles = new Map<number, PlacedWeightTile>();
  const sum = { valueBytes: 0, positionBytes: 0, pointerBytes: 0 };
  let offset = 0;
  for (let group = 0; group < groups; group++) {
    for (let filter = 0; filter < whole.filters; filter += mapping.tile.filters) {
      for (let channel = 0; channel < whole.channels; channel += mapping.tile.channels) {
        const tile: WeightTile = {
          filterStart: group * whole.filters + filter,
          filterCount: Math.min(mapping.tile.filters, whole.filters - filter),
          channelStart: channel,
          channelCount: Math.min(mapping.tile.channels, whole.channels - channel),
        };
        const size = storage.tileSize(tile);
        tiles.set(weightTileKey(tile.filterStart, channel), { tile, offset, size });
        sum.valueBytes += size.valueBytes;
        sum.positionBytes += size.positionBytes;
        sum.pointerBytes += size.pointerBytes;
        offset += Math.ceil(totalBytes(size) / burstBytes) * burstBytes;
      }
    }
  }
  return { tiles, size: sum, tableBytes: storage.table.length, regionBytes: offset };
}
