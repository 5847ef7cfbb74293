/**
 * How a scenario is carried out: `register` takes the array through every cycle, PE by PE; `tile` computes a tile at a time and
 * takes cycles and accesses from the schedule; `estimate` computes nothing. All three count the same.
 */
export const executions = ['register', 'tile', 'estimate'] as const;
export type Execution = (typeof executions)[number];

/**
 * Who does the arithmetic of the execution `tile`: compiled SIMD kernels, or plain TypeScript, which defines what these compute. Both
 * compute the same to the last bit.
 */
export const kernelNames = ['simd', 'scalar'] as const;
export type KernelName = (typeof kernelNames)[number];
