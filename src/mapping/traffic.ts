import { loopNames, wholeTile } from './problem.js';
import type { LayerProblem, TileShape } from './problem.js';
import { burstsOfRuns } from './runs.js';
import type { MapBox } from './runs.js';
import { runsOfBox } from './runsOfBox.js';
import { inputPatch, outputBox, tilesInOrder } from './tiles.js';
import type { Tile } from './tiles.js';
import type { Shape } from '../network/layer.js';
import { elementsInDram } from '../storage/featureMapLayout.js';
import { bytesOf } from '../tensor/precision.js';

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
