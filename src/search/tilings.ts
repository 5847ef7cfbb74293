import type { Accelerator } from '../accelerator/accelerator.js';
import { dataflowOf } from '../dataflow/dataflows.js';
import { keepsWindowsWhole } from '../mapping/fusedPool.js';
import type { MapAxis } from '../mapping/fusedPool.js';
import { loopNumber } from '../mapping/loopOrders.js';
import { mappedTensors } from '../mapping/mapping.js';
import { loopNames, wholeTile } from '../mapping/problem.js';
import type { LayerProblem, TileShape } from '../mapping/problem.js';
import { mostPooled } from '../mapping/storedTile.js';
import { tileSizes } from '../mapping/tileSizes.js';
import { bytesOf } from '../tensor/precision.js';
import { loopCut, mapCut } from './loopTables.js';
import type { LoopCut, MapCut } from './loopTables.js';
import type { MappingSpace } from './space.js';
import { weightCuts } from './weightCuts.js';
import type { WeightCut } from './weightCuts.js';

/** Places of the tensors in arrays by tensor, which have the order of `mappedTensors`. */
export const [ifmap, weight, psum, ofmap] = [0, 1, 2, 3] as const;

/** A tiling. One object stands for all of them in turn. */
export interface Tiling {
  images: LoopCut;
  filters: LoopCut;
  channels: LoopCut;
  rows: MapCut;
  columns: MapCut;
  /** Absent for layers without weights. */
  weight: WeightCut | undefined;
  steps: number;
  /** By the loop's number. */
  readonly trips: Int32Array;
  /** By tensor: its tiles, and bytes of a slot for one. */
  readonly tiles: Float64Array;
  readonly slotBytes: Float64Array;
  /** Of a slot for what a fused pooling makes of a tile; 0 without one. */
  pooledBytes: number;
}

export function shapeOf({ images, filters, channels, rows, columns }: Tiling): TileShape {
  return {
    images: images.size,
    filters: filters.size,
    channels: channels.size,
    rows: rows.size,
    columns: columns.size,
  };
}

/** Visits the tilings of a space, whether they fit or not, in an order that is always the same. */
export function forEachTiling(
  problem: LayerProblem,
  accelerator: Accelerator,
  space: MappingSpace,
  dataflow: string,
  visit: (tiling: Tiling) => void,
): void {
  const cuts = cutsOf(problem, accelerator, space);
  const tiling: Tiling = {
    images: cuts.images[0],
    filters: cuts.filters[0],
    channels: cuts.channels[0],
    rows: cuts.rows[0],
    columns: cuts.columns[0],
    weight: undefined,
    steps: 0,
    trips: new Int32Array(loopNames.length),
    tiles: new Float64Array(mappedTensors.length),
    slotBytes: new Float64Array(mappedTensors.length),
    pooledBytes: 0,
  };
  const complete = completer(problem, accelerator, dataflowOf(dataflow).spillsPsums);
  for (tiling.images of cuts.images) {
    for (tiling.filters of cuts.filters) {
      for (tiling.channels of cuts.channels) {
        for (tiling.rows of cuts.rows) {
          for (tiling.columns of cuts.columns) {
            // Rows are cut into columns only when a single row is too much.
            if (space.tileSizes === 'halved' && tiling.rows.size > 1 && tiling.columns.trips > 1) continue;
            countSteps(problem, tiling);
            if (tiling.steps > space.mostSteps) continue;
            complete(tiling);
            visit(tiling);
          }
        }
      }
    }
  }
}

interface Cuts {
  readonly images: readonly LoopCut[];
  readonly filters: readonly LoopCut[];
  readonly channels: readonly LoopCut[];
  readonly rows: readonly MapCut[];
  readonly columns: readonly MapCut[];
}

function cutsOf(problem: LayerProblem, accelerator: Accelerator, space: MappingSpace): Cuts {
  const whole = wholeTile(problem);
  const sizes = tileSizes(problem, accelerator, space.tileSizes);
  const mapSizes = (axis: MapAxis): number[] =>
    sizes[axis].filter((size) => keepsWindowsWhole(problem, axis, size));
  return {
    images: sizes.images.map((size) => loopCut(whole.images, size)),
    filters: sizes.filters.map((size) => loopCut(whole.filters, size)),
    channels: sizes.channels.map((size) => loopCut(whole.channels, size)),
    rows: mapSizes('rows').map((size) => mapCut(problem, 0, size)),
    columns: mapSizes('columns').map((size) => mapCut(problem, 1, size)),
  };
}

function groupsOf(problem: LayerProblem): number {
  return problem.kind === 'conv' ? problem.groups : 1;
}

function countSteps(problem: LayerProblem, tiling: Tiling): void {
  const { images, filters, channels, rows, columns, trips } = tiling;
  trips[loopNumber.images] = images.trips;
  trips[loopNumber.filters] = filters.trips;
  trips[loopNumber.channels] = channels.trips;
  trips[loopNumber.rows] = rows.trips;
  trips[loopNumber.columns] = columns.trips;
  tiling.steps =
    groupsOf(problem) * images.trips * filters.trips * channels.trips * rows.trips * columns.trips;
}

/** Works out what the tiles of each tensor take, as `footprint` does. */
function completer(
  problem: LayerProblem,
  accelerator: Accelerator,
  spillsPsums: boolean,
): (tiling: Tiling) => void {
  const groups = groupsOf(problem);
  const elementBytes = bytesOf(problem.precision);
  const sumBytes = bytesOf(problem.accumulator);
  const weights = problem.kind === 'conv' ? weightCuts(problem, accelerator.dram.burstBytes) : undefined;
  const pool = problem.kind === 'conv' ? problem.pool : undefined;
  return (tiling) => {
    const { images, filters, channels, rows, columns, tiles, slotBytes } = tiling;
    const maps = groups * images.trips * rows.trips * columns.trips;
    const positions = images.size * rows.size * columns.size;
    const ifmapChannels = problem.kind === 'conv' ? channels : filters;
    tiles[ifmap] = maps * ifmapChannels.trips;
    tiles[ofmap] = maps * filters.trips;
    slotBytes[ifmap] = inWords(
      images.size * ifmapChannels.size * rows.padded * columns.padded * elementBytes,
    );
    slotBytes[ofmap] = inWords(filters.size * positions * elementBytes);
    if (pool !== undefined) {
      const outputs = mostPooled(pool, { rows: rows.size, columns: columns.size });
      tiling.pooledBytes = inWords(images.size * filters.size * outputs * elementBytes);
    }
    if (weights === undefined) return;
    tiling.weight = weights(filters.size, channels.size);
    tiles[weight] = groups * filters.trips * channels.trips;
    slotBytes[weight] = tiling.weight.slotBytes;
    tiles[psum] = tiles[ofmap];
    slotBytes[psum] = spillsPsums || channels.trips > 1 ? inWords(filters.size * positions * sumBytes) : 0;
  };
}

/** Whole 8-byte words, as slots have them. */
function inWords(bytes: number): number {
  return Math.ceil(bytes / 8) * 8;
}
