import type { ArrayState } from './register/arrayState.js';

/** The executions that compute: all but `estimate`. */
export type ComputingExecution = 'register' | 'tile';

/** Called in the register execution at the end of every cycle of a pass, stalls included. */
export type ObserveCycle = (step: number, state: ArrayState) => void;
