import type { ArrayContext } from '../pass.js';
import type { Beside, Leaving, OperandTensor, PeArray } from '../peArray.js';
import { skew } from '../systolic.js';
import { hidesPreload } from './preload.js';

/** A fold as the array is driven through it. Lanes without an operand are undefined. */
export interface DrivenFold {
  readonly rows: number;
  readonly columns: number;
  readonly held: (row: number, lane: number, column: number) => number | undefined;
  readonly steps: number;
  readonly streamed: (step: number, row: number, lane: number) => number | undefined;
  readonly output: (step: number, column: number) => number;
  readonly leaving: Leaving;
  readonly patternBits: number;
}

export function driveStationary(
  stays: OperandTensor,
  folds: readonly DrivenFold[],
  context: ArrayContext,
  array: PeArray,
): void {
  const hides = hidesPreload(stays, context);
  folds.forEach((fold, index) => {
    if (!hides || index === 0) array.start(loadHeld(stays, fold, context, array));
    array.finish(
      stays === 'weight' ? 'weight-load' : 'ifmap',
      context.fill === 'array' ? context.rows : fold.rows,
    );
    array.use(fold.rows, fold.columns);
    array.swapShadow(stays);
    if (hides && index + 1 < folds.length) array.start(loadHeld(stays, folds[index + 1], context, array));
    stream(stays, fold, context, array);
    array.endFold();
  });
}

/** The last row's operands enter first and move down past the others' places. */
function* loadHeld(
  stays: OperandTensor,
  { rows, columns, held }: DrivenFold,
  context: ArrayContext,
  array: PeArray,
): Beside {
  for (let row = rows; row < context.rows && context.fill === 'array'; row++) yield;
  for (let row = rows - 1; row >= 0; row--) {
    array.shiftShadow(stays);
    const operands: number[] = [];
    for (let column = 0; column < columns; column++) {
      for (let lane = 0; lane < context.macLanes; lane++) {
        const operand = held(row, lane, column);
        if (operand === undefined) continue;
        operands.push(operand);
      }
    }
    const cycles = array.fetchBeside(stays, operands);
    for (let column = 0; column < columns; column++) {
      for (let lane = 0; lane < context.macLanes; lane++) {
        const operand = held(row, lane, column);
        if (operand !== undefined) array.latchShadow(stays, 0, column, lane, operand);
      }
    }
    for (let cycle = 0; cycle < Math.max(1, cycles); cycle++) yield;
  }
}

function stream(stays: OperandTensor, fold: DrivenFold, context: ArrayContext, array: PeArray): void {
  const { rows, columns, steps, streamed, output, leaving } = fold;
  const { macLanes } = context;
  const moves = stays === 'weight' ? 'ifmap' : 'weight';
  array.readPatternTable(fold.patternBits);
  for (let tick = 0; tick < steps + skew(rows, columns, context); tick++) {
    if (tick < steps) {
      for (let row = 0; row < rows; row++) {
        for (let lane = 0; lane < macLanes; lane++) {
          const operand = streamed(tick, row, lane);
          if (operand !== undefined) array.fetch(moves, operand);
        }
      }
      array.leave(columns, leaving);
    }
    array.shift(moves, 'right');
    array.shiftSums();
    // Row r is r cycles behind, column c another c, so that a step's products meet its sums.
    for (let row = 0; row < rows; row++) {
      const step = tick - row;
      if (step < 0 || step >= steps) continue;
      for (let lane = 0; lane < macLanes; lane++) {
        const operand = streamed(step, row, lane);
        if (operand !== undefined) array.latch(moves, row, 0, lane, operand);
      }
    }
    for (let column = 0; column < columns; column++) {
      const step = tick - column;
      if (step >= 0 && step < steps) array.open(0, column, 0, output(step, column));
    }
    multiply(array, fold, macLanes);
    for (let column = 0; column < columns; column++) {
      const step = tick - column - (rows - 1);
      if (step >= 0 && step < steps) array.emit(rows - 1, column, 0);
    }
    array.tick();
  }
}

function multiply(array: PeArray, { rows, columns }: DrivenFold, lanes: number): void {
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      if (!array.isOpen(row, column, 0)) continue;
      for (let lane = 0; lane < lanes; lane++) {
        const ifmap = array.holds('ifmap', row, column, lane);
        const weight = array.holds('weight', row, column, lane);
        if (ifmap && weight) array.multiply(row, column, lane, lane, 0);
        else if (ifmap) array.idle(1);
      }
    }
  }
}
