import type { ArrayContext } from '../pass.js';
import type { OperandTensor } from '../peArray.js';

/** Loading hides behind the fold before only where it has its buffer's port for itself. */
export function hidesPreload(stays: OperandTensor, { preload, ports }: ArrayContext): boolean {
  const others = [stays === 'weight' ? ports.ifmap : ports.weight, ports.psum, ports.ofmap];
  return preload === 'overlapped' && others.every(({ buffer }) => buffer !== ports[stays].buffer);
}
