import type { RegisterTensor } from './counters.js';
import type { IsZero } from './operands.js';
import type { ArrayContext, PassCost, PassShape } from './pass.js';
import type { PassLoop } from './passLoops.js';
import type { PeArray } from './peArray.js';
import type { RowStationaryMapping } from './rowStationary/mapping.js';

/** Entries of each register file of a PE. */
export type RegisterEntries = Readonly<Record<RegisterTensor, number>>;

/** At least what a pass has to do, whatever its place in the layer. */
export interface LeastPass {
  readonly positions: number;
  readonly filters: number;
  /** Of the supports; 1 where they have none, or nothing is known of them. */
  readonly period: number;
  readonly phasesPerGroup: number;
  /** Taps that filters of so many neighbouring phases stream at least, over all channels: the union of their supports. */
  readonly leastStream: (phases: number) => number;
}

/**
 * How the array works through a pass: once in closed form, for speed, and once cycle by cycle on PEs with registers. Both
 * have to come to the same cycles, accesses and stalls; the tests hold every registered dataflow to it.
 *
 * One file per dataflow; `dataflows.ts` registers them.
 */
export interface Dataflow {
  readonly name: string;
  /** Two lines for people: what stays, what moves; what a fold or pass takes. */
  readonly description: string;
  /** Filters of neighbouring phases may share PEs, `phasesPerGroup` of them, so that their number is worth choosing. */
  readonly groupsPhases: boolean;
  /** Sums leave the PEs unfinished between the folds of a pass, so that they need room in the psum buffer. */
  readonly spillsPsums: boolean;
  /** What a multiplication that is left out (`gate: activation`) leaves alone, beside the multiplier. */
  readonly gates: { readonly weightReads: boolean; readonly psumAccesses: boolean };
  /** Why `skip: activation` is impossible; absent where it is possible. */
  readonly cannotSkip?: string;
  /** Entries that a PE needs for a pass. */
  registerEntries(shape: PassShape, context: ArrayContext): RegisterEntries;
  /** Whether all passes of a layer need the same entries. */
  readonly registersByLayer?: boolean;
  /** What the dataflow has chosen for a pass beyond its tile, for reports; absent where there is nothing to choose. */
  chosenFor?(shape: PassShape, context: ArrayContext): Readonly<Record<string, number>>;
  /** All that could be prescribed for a pass as `rowStationary`, where the dataflow has such. */
  peSets?(shape: PassShape, context: ArrayContext): readonly RowStationaryMapping[];
  /** The loops of a pass from the outside in, for printing; absent where nobody has written them down. */
  loopsOf?(shape: PassShape, context: ArrayContext): readonly PassLoop[];
  /** How often the pass reads each weight that exists from its buffer. */
  weightRounds(shape: PassShape, context: ArrayContext): number;
  /**
   * A number of cycles that no pass of at least so much work falls below, unless activations are skipped: the closer the better for
   * the search of mappings. 0 where it is left out.
   */
  leastCycles?(pass: LeastPass, context: ArrayContext): number;
  /**
   * @param isZero of the pass's activations; taken into account where they are skipped. None is zero unless given.
   */
  passCost(shape: PassShape, context: ArrayContext, isZero?: IsZero): PassCost;
  /** Takes the array through the pass, cycle by cycle. */
  drive(shape: PassShape, context: ArrayContext, array: PeArray): void;
}
