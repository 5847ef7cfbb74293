import type { RowStationaryMapping } from '../dataflow/rowStationary/mapping.js';
import type { LoopName, TileShape } from './problem.js';

/** How one layer is cut into tiles and in which order they run. */
export interface Mapping {
  readonly tile: TileShape;
  /** All loops, the outermost first. */
  readonly order: readonly LoopName[];
  /** How many neighbouring phases of the period share an array's columns; 1 when the layer has no period. */
  readonly phasesPerGroup: number;
  /** Of the dataflow `row-stationary`, which chooses one for each pass unless given. */
  readonly rowStationary?: RowStationaryMapping | undefined;
}
