import { ifmapOperands, kernelTaps } from '../operands.js';
import type { IsZero } from '../operands.js';
import type { ArrayContext, PassShape } from '../pass.js';
import { rotationOf } from './rotation.js';
import type { FilterFold } from './rotation.js';
import type { RowFold } from './rowFolds.js';
import { patternIndex } from '../../sparsity/supports.js';

/** What the PEs multiply in a step. */
export interface StepWork {
  /** Weights of all columns in each tick. */
  readonly weights: readonly number[];
  /** Where zeros are skipped: the ticks of the PE that takes longest, and what all PEs multiply. */
  readonly kept?: { readonly ticks: number; readonly multiplies: number };
}

/** The work of a fold's filters in a step. */
export type WorkAt = (fold: FilterFold, step: number) => StepWork;

/** Steps of a fold that are alike. */
export interface LockSteps extends StepWork {
  times: number;
  /** A column has a channel to work on. */
  readonly works: boolean;
  /** A window enters at column 0 when the step is over. */
  readonly loads: boolean;
  /** Windows that move on to the next column then. */
  readonly passed: number;
  /** Weights of the step after this one. */
  readonly nextWeights: number;
}

/** The steps of fold `index`: those before step 0, in which windows fill the columns, belong to the first fold. */
export function lockSteps(
  shape: PassShape,
  folds: readonly FilterFold[],
  index: number,
  workAt: WorkAt,
): LockSteps[] {
  const rotation = rotationOf(shape);
  const fold = folds[index];
  const next: FilterFold | undefined = folds[index + 1];
  const alike = new Map<string, LockSteps>();
  let work = index === 0 ? idle : workAt(fold, 0);
  for (let step = index === 0 ? -fold.columns : 0; step < rotation.steps; step++) {
    const isLast = step + 1 === rotation.steps;
    const isOver = isLast && next === undefined;
    const columns = isLast ? (next?.columns ?? 0) : Math.min(fold.columns, step + 1 + fold.columns);
    const windows = isOver ? 0 : rotation.windowsOn(step + 1, columns);
    const loads = !isOver && rotation.channelAt(step + 1, 0) !== undefined;
    const nextWork = isOver || step + 1 < 0 ? idle : isLast ? workAt(next, 0) : workAt(fold, step + 1);
    const passed = windows - (loads ? 1 : 0);
    const works = step >= 0 && rotation.windowsOn(step, fold.columns) > 0;
    const nextWeights = nextWork.weights.reduce((sum, weights) => sum + weights, 0);
    const { ticks, multiplies } = work.kept ?? { ticks: work.weights.length, multiplies: 0 };
    const key = [ticks, multiplies, works, loads, passed, nextWeights, ...work.weights].join(' ');
    const known = alike.get(key);
    if (known === undefined) alike.set(key, { ...work, times: 1, works, loads, passed, nextWeights });
    else known.times++;
    work = nextWork;
  }
  return [...alike.values()];
}

const idle: StepWork = { weights: [] };

/** Every weight is multiplied in every row. */
export function fullWork(shape: PassShape, { macLanes }: ArrayContext): WorkAt {
  const { streamed, filterStart, channelStart } = shape;
  const { assignment } = streamed;
  const rotation = rotationOf(shape);
  const lengths = streamed.patterns.map((pattern) => pattern.reduce((sum, tap) => sum + tap, 0));
  if (assignment.kind !== 'per-kernel') {
    return ({ first, columns }, step) => {
      const kernel = patternIndex(streamed, filterStart + first, channelStart + step);
      return { weights: addList([], lengths[kernel], rotation.windowsOn(step, columns), macLanes) };
    };
  }
  return ({ first, columns }, step) => {
    const weights: number[] = [];
    for (let column = 0; column < columns; column++) {
      const channel = rotation.channelAt(step, column);
      if (channel === undefined) continue;
      const kernel = patternIndex(streamed, filterStart + first + column, channelStart + channel);
      addList(weights, lengths[kernel], 1, macLanes);
    }
    return { weights };
  };
}

/** Adds to each tick the weights of `columns` columns with a list of `length` taps. */
function addList(weights: number[], length: number, columns: number, macLanes: number): number[] {
  if (columns === 0) return weights;
  for (let tick = 0; tick * macLanes < length; tick++)
    weights[tick] = (weights[tick] ?? 0) + Math.min(macLanes, length - tick * macLanes) * columns;
  return weights;
}

/** Each PE leaves out the taps whose window value is zero. */
export function workWithoutZeros(
  shape: PassShape,
  { macLanes }: ArrayContext,
  { start, rows }: RowFold,
  isZero: IsZero,
): WorkAt {
  const rotation = rotationOf(shape);
  const ifmapOperand = ifmapOperands(shape);
  const { streamed, filterStart, channelStart } = shape;
  const known = new Map<number, KeptTaps>();
  const keptTaps = (filter: number, channel: number): KeptTaps => {
    const pattern = patternIndex(streamed, filterStart + filter, channelStart + channel);
    const key = channel * streamed.patterns.length + pattern;
    let kept = known.get(key);
    if (kept === undefined) {
      const taps = kernelTaps(shape, filter, channel);
      const ofRow = Array.from({ length: rows }, (_, row) =>
        taps.reduce((sum, exists, tap) => {
          return sum + (exists > 0 && !isZero(ifmapOperand(start + row, channel, tap)) ? 1 : 0);
        }, 0),
      );
      kept = {
        list: taps.reduce((sum, exists) => sum + exists, 0),
        most: Math.max(...ofRow),
        sum: ofRow.reduce((sum, count) => sum + count, 0),
      };
      known.set(key, kept);
    }
    return kept;
  };
  return ({ first, columns }, step) => {
    let weights = 0;
    let most = 0;
    let multiplies = 0;
    for (let column = 0; column < columns; column++) {
      const channel = rotation.channelAt(step, column);
      if (channel === undefined) continue;
      const kept = keptTaps(first + column, channel);
      weights += kept.list;
      most = Math.max(most, kept.most);
      multiplies += kept.sum;
    }
    return { weights: [weights], kept: { ticks: Math.ceil(most / macLanes), multiplies } };
  };
}

/** Of one kernel, over the rows of a fold. */
interface KeptTaps {
  readonly list: number;
  readonly most: number;
  readonly sum: number;
}
