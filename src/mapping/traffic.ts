import type { Footprint } from './footprint.js';
import { tripCounts } from './footprint.js';
import type { Mapping } from './mapping.js';
import { loopNames, wholeTile } from './problem.js';
import type { ConvProblem, LayerProblem, LoopName, TileShape } from './problem.js';
import { burstsOfRuns } from './runs.js';
import type { MapBox } from './runs.js';
import { runsOfBox } from './runsOfBox.js';
import { inputPatch, outputBox, tilesInOrder } from './tiles.js';
import type { Tile } from './tiles.js';
import type { Shape } from '../network/layer.js';
import { elementsInDram } from '../storage/featureMapLayout.js';
import { totalBytes } from '../storage/format.js';
import { bytesOf } from '../tensor/precision.js';

/** Bursts between DRAM and buffers under a mapping. */
export type Traffic = (mapping: Mapping, room: Footprint) => number;

const known = new WeakMap<LayerProblem, Map<number, Traffic>>();

/** A problem's `countTraffic`, which keeps its sums from one search to the next: no dataflow changes them. */
export function trafficCounter(problem: LayerProblem, burstBytes: number): Traffic {
  const ofProblem = known.get(problem) ?? new Map<number, Traffic>();
  known.set(problem, ofProblem);
  const traffic = ofProblem.get(burstBytes) ?? countTraffic(problem, burstBytes);
  ofProblem.set(burstBytes, traffic);
  return traffic;
}

/**
 * Counts the bursts of mappings whose channel loop is the innermost, so that no partial sum is spilled.
 *
 * Tiles stay in their slots until another takes their place (least recently used), therefore: going outwards through the
 * loops, a loop that a tensor does not depend on repeats its loads if more tiles were seen inside it than the tensor has
 * slots, and costs nothing otherwise. What loading all tiles of a tensor once takes is worked out once per tile size.
 */
function countTraffic(problem: LayerProblem, burstBytes: number): Traffic {
  const whole = wholeTile(problem);
  const { input, output } = problem.window;
  const isConv = problem.kind === 'conv';
  const ifmap = mapBursts(problem, input, (tile) => inputPatch(problem, tile).box, burstBytes);
  const ofmap = mapBursts(problem, output, outputBox, burstBytes);
  const weight = sumOverTiles(problem, (tile) => (isConv ? weightBursts(problem, tile, burstBytes) : 0));
  const table = isConv ? Math.ceil(problem.storage.table.length / burstBytes) : 0;

  return (mapping, room) => {
    const { tile } = mapping;
    const trips = tripCounts(problem, tile);
    const outputs = ofmap({ ...tile, channels: whole.channels }) * (problem.residual ? 2 : 1);
    if (!isConv) return ifmap(tile) + outputs;
    return (
      ifmap({ ...tile, filters: whole.filters }) *
        reloads(mapping, trips, ['images', 'channels', 'rows', 'columns'], room.ifmap.count) +
      weight({ ...whole, filters: tile.filters, channels: tile.channels }) *
        reloads(mapping, trips, ['filters', 'channels'], room.weight?.count ?? 1) +
      outputs +
      table
    );
  };
}

/** Bursts of all ifmap tiles, and of all ofmap tiles, of a size, each tile moved once. */
export function mapTraffic(
  problem: LayerProblem,
  burstBytes: number,
): { readonly ifmap: (tile: TileShape) => number; readonly ofmap: (tile: TileShape) => number } {
  const whole = wholeTile(problem);
  const { input, output } = problem.window;
  const ifmap = mapBursts(problem, input, (tile) => inputPatch(problem, tile).box, burstBytes);
  const ofmap = mapBursts(problem, output, outputBox, burstBytes);
  return {
    ifmap: (tile) => ifmap(problem.kind === 'conv' ? { ...tile, filters: whole.filters } : tile),
    ofmap: (tile) => ofmap({ ...tile, channels: whole.channels }),
  };
}

/** Bursts of all tiles of maps of a shape. Where an image takes whole bursts, all images take the same. */
function mapBursts(
  problem: LayerProblem,
  map: Shape,
  boxOf: (tile: Tile) => MapBox,
  burstBytes: number,
): (tile: TileShape) => number {
  const elementBytes = bytesOf(problem.precision);
  const { layout } = problem;
  const bursts = (tile: Tile): number =>
    burstsOfRuns(runsOfBox(layout, boxOf(tile), map, elementBytes), burstBytes);
  if ((elementsInDram(layout, map) * elementBytes) % burstBytes !== 0) return sumOverTiles(problem, bursts);
  const ofImage = sumOverTiles({ ...problem, images: 1 }, bursts);
  return (tile) => problem.images * ofImage({ ...tile, images: 1 });
}

/** A sum over all tiles of a size, kept for the next mapping that has tiles of this size. */
function sumOverTiles(problem: LayerProblem, bursts: (tile: Tile) => number): (tile: TileShape) => number {
  const sums = new Map<string, number>();
  return (tile) => {
    const key = `${tile.images} ${tile.filters} ${tile.channels} ${tile.rows} ${tile.columns}`;
    let sum = sums.get(key);
    if (sum === undefined) {
      const tiles = tilesInOrder(problem, { tile, order: loopNames, phasesPerGroup: 1 });
      sum = tiles.reduce((total, each) => total + bursts(each), 0);
      sums.set(key, sum);
    }
    return sum;
  };
}

/** Every tile starts on a burst boundary. */
function weightBursts({ storage }: ConvProblem, tile: Tile, burstBytes: number): number {
  return Math.ceil(totalBytes(storage.tileSize(tile)) / burstBytes);
}

/** How often all tiles of a tensor are loaded, one after the other. */
function reloads({ order }: Mapping, trips: TileShape, relevant: readonly LoopName[], slots: number): number {
  let seen = 1;
  let times = 1;
  for (let depth = order.length - 1; depth >= 0; depth--) {
    const loop = order[depth];
    if (relevant.includes(loop)) seen *= trips[loop];
    else if (seen > slots) times *= trips[loop];
  }
  return times;
}
