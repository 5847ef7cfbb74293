/**
 * How a scenario is carried out: `register` takes the array through every cycle, PE by PE; `tile` computes a tile at a time and
 * takes cycles and accesses from the schedule; `estimate` computes nothing. All three count the same.
 */
export const executions = ['register', 'tile', 'estimate'] as const;
export type Execution = (typeof executions)[number];
