/** Who does the arithmetic of the tile execution: compiled SIMD kernels, or plain TypeScript, which defines what these compute. */
export const kernelNames = ['simd', 'scalar'] as const;
export type KernelName = (typeof kernelNames)[number];
