import type { Held } from './arrayDrawing.js';
import { size } from './snapshots.js';
import type { Snapshot } from './snapshots.js';

export const sides = Array.from({ length: size }, (_, side) => side);

export function numbered(what: string): string[] {
  return sides.map((side) => `${what} ${side}`);
}

export type OfRegister = 'ifmap' | 'weight' | 'psum';
export type Naming = (operand: number) => string;

export function heldBy(
  snapshot: Snapshot,
  tensor: OfRegister,
  row: number,
  column: number,
  nameOf: Naming,
  stays: boolean,
): Held {
  const words = snapshot.held(tensor, row, column).map(nameOf).join(' ');
  return { ink: tensor, words, stays };
}
