import type { DataflowName } from '../../accelerator/accelerator.js';
import type { ArrayContext, PassCost, PassShape } from '../pass.js';

/** How the array computes one pass. One file per dataflow; `dataflows.ts` registers them. */
export interface Dataflow {
  readonly name: DataflowName;
  /** Two lines for people: what stays, what moves. */
  readonly description: string;
  passCost(shape: PassShape, context: ArrayContext): PassCost;
}
