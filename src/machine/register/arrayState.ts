import type { StallCause } from '../../dataflow/counters.js';
import type { Output } from '../../dataflow/operands.js';
import type { ElementArray } from '../../tensor/precision.js';
import type { RegisterPlane } from './registerPlane.js';

/** What a pass works on. */
export interface PassOperands {
  /** The ifmap tile: (images, channels, height, width) with its padding. */
  readonly ifmap: ElementArray;
  /** The decoded weight tile: (filters, channels, taps). */
  readonly weights: ElementArray;
  /** (filters, positions): what leaves the array is added here, as it is at the array's edge. */
  readonly sums: Int32Array | Float64Array | Float32Array;
  /** Called with a sum that a PE has just made: may refuse it. */
  readonly watch?: ((sum: number, output: Output) => void) | undefined;
}

/** What can be seen of the array at the end of a cycle. */
export interface ArrayState {
  readonly cycle: number;
  /** Why the array stood still in this cycle. */
  readonly stall: StallCause | undefined;
  /** The pass is over, and its last sums are on their way. */
  readonly isAfterPass: boolean;
  readonly ifmap: RegisterPlane;
  readonly weight: RegisterPlane;
  /** The registers that are filled for the next fold. */
  readonly nextIfmap: RegisterPlane;
  readonly nextWeight: RegisterPlane;
  /** Operands are output numbers here. */
  readonly psum: RegisterPlane;
  /** Sums that have left PEs since the cycle before. */
  readonly left: readonly LeftSum[];
  /** By PE: products that it made in this cycle. */
  readonly products: Uint16Array;
}

/** A sum as it leaves its PE. */
export interface LeftSum {
  readonly row: number;
  readonly column: number;
  readonly output: Output;
  readonly value: number;
}
