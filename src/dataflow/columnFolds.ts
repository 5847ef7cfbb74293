import { existingTaps } from '../storage/existingTaps.js';
import type { PassShape } from './pass.js';

/**
 * Filters that share the array's columns, and the taps that are streamed for them: the union of their supports over
 * the pass's channels, in order channel, tap.
 */
export interface ColumnFold {
  /** How many folds in a row are alike. */
  readonly repeat: number;
  readonly columns: number;
  /** Per streamed tap, how many of the columns hold a weight for it; its length is the reduction length K. */
  readonly stream: Uint32Array;
  /** Sum of `stream`. */
  readonly weights: number;
  /** Rows of the pattern table that the address generator combines for each channel. */
  readonly phases: number;
}

/**
 * What the folds of `filterFolds` stream, counted: no filter is looked at on its own where supports repeat, and
 * neighbouring folds that are alike are one.
 */
export function columnFolds(shape: PassShape, columns: number): ColumnFold[] {
  const { assignment } = shape.streamed;
  if (assignment.kind === 'dense') return denseFolds(shape, columns);
  if (assignment.kind === 'periodic') return periodicFolds(shape, columns, assignment.period);
  return perKernelFolds(shape, columns, assignment.ids);
}

function denseFolds(shape: PassShape, columns: number): ColumnFold[] {
  const length = shape.channelCount * shape.streamed.taps;
  const fold = (repeat: number, used: number): ColumnFold => ({
    repeat,
    columns: used,
    stream: new Uint32Array(length).fill(used),
    weights: length * used,
    phases: 0,
  });
  const full = Math.floor(shape.filterCount / columns);
  const rest = shape.filterCount % columns;
  return [...(full > 0 ? [fold(full, columns)] : []), ...(rest > 0 ? [fold(1, rest)] : [])];
}

function periodicFolds(shape: PassShape, columns: number, period: number): ColumnFold[] {
  const filtersOfPhase = new Uint32Array(period);
  for (let i = 0; i < shape.filterCount; i++) filtersOfPhase[(shape.filterStart + i) % period]++;

  const folds: ColumnFold[] = [];
  for (let first = 0; first < period; first += shape.phasesPerGroup) {
    const last = Math.min(first + shape.phasesPerGroup, period);
    let taken = new Uint32Array(period);
    let used = 0;
    for (let phase = first; phase < last; phase++) {
      let left = filtersOfPhase[phase];
      while (left > 0) {
        const take = Math.min(left, columns - used);
        taken[phase] += take;
        used += take;
        left -= take;
        if (used === columns) {
          appendFold(folds, shape, taken, used);
          taken = new Uint32Array(period);
          used = 0;
        }
      }
    }
    if (used > 0) appendFold(folds, shape, taken, used);
  }
  return mergeAlike(folds);
}

function appendFold(folds: ColumnFold[], shape: PassShape, taken: Uint32Array, columns: number): void {
  const { streamed, channelStart, channelCount } = shape;
  const { taps, patterns } = streamed;
  const period = patterns.length;
  const phases = Array.from(taken.keys()).filter((phase) => taken[phase] > 0);
  const stream = new Uint32Array(channelCount * taps);
  /** Where the taps of each channel of a period begin, and where they end. */
  const starts = [0];
  let length = 0;
  for (let channel = 0; channel < Math.min(period, channelCount); channel++) {
    for (let tap = 0; tap < taps; tap++) {
      let holders = 0;
      for (const phase of phases)
        holders += taken[phase] * patterns[(phase + channelStart + channel) % period][tap];
      if (holders > 0) stream[length++] = holders;
    }
    starts.push(length);
  }
  // All further channels repeat the period.
  const periodLength = length;
  if (channelCount > period)
    length = Math.floor(channelCount / period) * periodLength + starts[channelCount % period];
  for (let at = periodLength; at < length; at++) stream[at] = stream[at - periodLength];
  let weights = 0;
  for (let at = 0; at < length; at++) weights += stream[at];
  folds.push({
    repeat: 1,
    columns,
    stream: stream.slice(0, length),
    weights,
    phases: phases.length,
  });
}

function perKernelFolds(shape: PassShape, columns: number, ids: Uint32Array): ColumnFold[] {
  const { streamed, filterStart, filterCount, channelStart, channelCount } = shape;
  const { ofPattern } = existingTaps(streamed);
  const folds: ColumnFold[] = [];
  for (let first = 0; first < filterCount; first += columns) {
    const used = Math.min(columns, filterCount - first);
    const holders = new Uint32Array(channelCount * streamed.taps);
    let weights = 0;
    for (let column = 0; column < used; column++) {
      const kernels = (filterStart + first + column) * streamed.channels + channelStart;
      for (let channel = 0; channel < channelCount; channel++) {
        const taps = ofPattern[ids[kernels + channel]];
        const at = channel * streamed.taps;
        for (let i = 0; i < taps.length; i++) holders[at + taps[i]]++;
        weights += taps.length;
      }
    }
    folds.push({
      repeat: 1,
      columns: used,
      stream: holders.filter((count) => count > 0),
      weights,
      phases: used,
    });
  }
  return folds;
}

function mergeAlike(folds: readonly ColumnFold[]): ColumnFold[] {
  const merged: ColumnFold[] = [];
  for (const fold of folds) {
    const previous = merged[merged.length - 1];
    if (previous !== undefined && alike(previous, fold)) {
      merged[merged.length - 1] = { ...previous, repeat: previous.repeat + fold.repeat };
    } else {
      merged.push(fold);
    }
  }
  return merged;
}

function alike(a: ColumnFold, b: ColumnFold): boolean {
  return (
    a.columns === b.columns &&
    a.phases === b.phases &&
    a.weights === b.weights &&
    isSameStream(a.stream, b.stream)
  );
}

function isSameStream(a: Uint32Array, b: Uint32Array): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}
