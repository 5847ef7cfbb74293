import type { ArrayContext } from './pass.js';
import type { OperandTensor, PeArray } from './peArray.js';

/** Cycles that a wave takes from the first PE to the last one: through the whole array, or as far as PEs are in use. */
export function skew(rows: number, columns: number, context: ArrayContext): number {
  return context.fill === 'array' ? context.rows + context.columns - 2 : rows + columns - 2;
}

/** Cycles that every wave takes at least. */
export function skewOfFill({ fill, rows, columns }: ArrayContext): number {
  return fill === 'array' ? rows + columns - 2 : 0;
}

/** Every PE multiplies what it holds. A PE that the wave of `wave` has reached and that lacks the other operand is idle. */
export function multiplySystolic(
  array: PeArray,
  rows: number,
  columns: number,
  lanes: number,
  wave: OperandTensor,
): void {
  const other = wave === 'ifmap' ? 'weight' : 'ifmap';
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      for (let lane = 0; lane < lanes; lane++) {
        if (!array.holds(wave, row, column, lane)) continue;
        if (array.holds(other, row, column, lane)) array.multiply(row, column, lane, lane, 0);
        else array.idle(1);
      }
    }
  }
}
