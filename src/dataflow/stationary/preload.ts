import type { ArrayContext } from '../pass.js';
import type { OperandTensor } from '../peArray.js';

/** Loading hides behind the fold before only where it has its buffer's port for itself. */
export function hidesPreload(stays: OperandTensor, { preload, ports }: ArrayContext): boolean {
  const others = [stays === 'weight' ? ports.ifmap : ports.weight, ports.psum, ports.ofmap];
  return preload === 'overlapped' && others.every(({ buffer }) => buffer !== ports[stays].buffer);
}

/** Cycles that each fold spends on it at least. */
export function leastPreload(stays: OperandTensor, context: ArrayContext): number {
  if (hidesPreload(stays, context)) return 0;
  return context.fill === 'array' ? context.rows : 1;
}
