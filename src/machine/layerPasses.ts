import type { PassCost } from '../dataflow/pass.js';
import type { Step } from '../schedule/schedule.js';

/** What a pass costs where it shows only when it runs; undefined where it costs what the schedule says. */
export type MeasuredPass = PassCost | undefined;

/** The work on a layer's steps between their transfers, one after the other. */
export interface LayerPasses {
  /** Does what can be done while the pass before is under way, when a step's operands lie in their slots. */
  prepare?(step: Step): void;
  /** Begins a step's pass, when that before is over. Other threads may still be at it afterwards. */
  begin(step: Step, index: number): MeasuredPass;
  /** Waits for them. */
  finish?(): void;
}
