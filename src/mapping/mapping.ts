import type { RowStationaryMapping } from '../dataflow/rowStationary/mapping.js';
import type { LoopName, TileShape } from './problem.js';

/** The tensors that have slots in the buffers. */
export const mappedTensors = ['ifmap', 'weight', 'psum', 'ofmap'] as const;
export type MappedTensor = (typeof mappedTensors)[number];

/**
 * Slots of a tensor: one; two, so that a tile comes in while the array works on another; or one for each of its tiles, which are
 * then moved once, whatever the order of the loops.
 */
export const bufferings = ['single', 'double', 'resident'] as const;
export type Buffering = (typeof bufferings)[number];

/** How one layer is cut into tiles and in which order they run. */
export interface Mapping {
  /** Of an array that has several; the accelerator's first unless given. */
  readonly dataflow?: string | undefined;
  readonly tile: TileShape;
  /** All loops, the outermost first. */
  readonly order: readonly LoopName[];
  /** How many neighbouring phases of the period share an array's columns; 1 when the layer has no period. */
  readonly phasesPerGroup: number;
  /** Of tensors with several tiles; `double` in a double-buffered SRAM and `single` in others unless given. */
  readonly buffering?: Readonly<Partial<Record<MappedTensor, Buffering>>> | undefined;
  /** Of the dataflow `row-stationary`, which chooses one for each pass unless given. */
  readonly rowStationary?: RowStationaryMapping | undefined;
}
