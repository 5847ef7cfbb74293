import type { PassShape } from '../pass.js';

/** Neighbouring filters, from 0 within the pass, on the columns of the array. */
export interface FilterFold {
  readonly first: number;
  readonly columns: number;
}

/** The pass's filters in order; no fold is wider than the one before. */
export function consecutiveFolds({ filterCount }: PassShape, columns: number): FilterFold[] {
  const folds: FilterFold[] = [];
  for (let first = 0; first < filterCount; first += columns)
    folds.push({ first, columns: Math.min(columns, filterCount - first) });
  return folds;
}

/**
 * Windows that move from column to column, as often as filters need them: at step t column j has that of channel (t - j) mod `steps`.
 *
 * The period divides `steps`, so that the columns have kernels of one slot at the wrap, too: channels beyond the pass's
 * are empty. Windows enter at column 0 from the end of step -C on, C the number of columns: all are in place at step 0.
 */
export interface Rotation {
  /** Steps of a turn. */
  readonly steps: number;
  /** The channel, from 0 within the pass, whose window is on a column. Undefined for an empty one. */
  channelAt(step: number, column: number): number | undefined;
  /** How many of the first columns have a window. */
  windowsOn(step: number, columns: number): number;
}

export function rotationOf({ streamed, channelCount }: PassShape): Rotation {
  const { assignment } = streamed;
  const period = assignment.kind === 'periodic' ? assignment.period : 1;
  const steps = Math.ceil(channelCount / period) * period;
  const turned = (step: number): number => ((step % steps) + steps) % steps;
  /** Of the windows that enter before a step, those that are not empty; negative before step 0. */
  const enteredBefore = (step: number): number =>
    Math.floor(step / steps) * channelCount + Math.min(turned(step), channelCount);
  return {
    steps,
    channelAt(step, column) {
      const channel = turned(step - column);
      return channel < channelCount ? channel : undefined;
    },
    windowsOn: (step, columns) => enteredBefore(step + 1) - enteredBefore(step + 1 - columns),
  };
}
