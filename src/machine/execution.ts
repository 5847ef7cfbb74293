import type { ArrayState } from './register/registerArray.js';

/**
 * How a layer is carried out: `register` takes the array through every cycle, PE by PE; `tile` computes a tile at a time and
 * takes cycles and accesses from the schedule; `estimate` computes nothing. All three count the same.
 */
export const executions = ['register', 'tile', 'estimate'] as const;
export type Execution = (typeof executions)[number];

/** Called in the register execution at the end of every cycle of a pass, stalls included. */
export type ObserveCycle = (step: number, state: ArrayState) => void;
