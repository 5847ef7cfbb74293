import type { LeastPass } from './dataflow.js';
import type { ArrayContext } from './pass.js';
import { skewOfFill } from './systolic.js';

/**
 * Cycles of at least so many folds in which filters of a group of phases share the columns.
 *
 * @param cyclesOf all folds of some columns that stream so many taps, the way through the array left out
 */
export function leastColumnFolds(
  { filters, period, phasesPerGroup, leastStream }: LeastPass,
  context: ArrayContext,
  cyclesOf: (stream: number) => { readonly folds: number; readonly cycles: number },
): number {
  const { columns } = context;
  const skew = skewOfFill(context);
  const times = (count: number, phases: number): number => {
    const stream = leastStream(phases);
    if (count === 0 || stream === 0) return 0;
    const { folds, cycles } = cyclesOf(stream);
    return count * folds * (cycles + skew);
  };
  const asOne = times(Math.ceil(filters / columns), 1);
  const least = Math.floor(filters / period);
  if (least === 0) return asOne;
  const most = Math.ceil(filters / period);
  const ofGroup = least * phasesPerGroup;
  // A full fold takes in as many phases as it needs to fill its columns; what is left of a group may be a single one.
  const ofOneGroup =
    most * phasesPerGroup <= columns
      ? times(1, phasesPerGroup)
      : times(Math.floor(ofGroup / columns), Math.min(phasesPerGroup, Math.ceil(columns / most))) +
        times(ofGroup % columns > 0 ? 1 : 0, 1);
  return Math.max(asOne, (period / phasesPerGroup) * ofOneGroup);
}

/** Cycles of at least so many folds through which the filters of a group stream one after the other. */
export function leastFilterStreams(
  { filters, period, phasesPerGroup, leastStream }: LeastPass,
  context: ArrayContext,
  tapFolds: (stream: number) => number,
  besideFilters: number,
): number {
  const beside = besideFilters + skewOfFill(context);
  const cycles = (some: number, phases: number): number => tapFolds(leastStream(phases)) * (some + beside);
  const asOne = cycles(filters, 1);
  const least = Math.floor(filters / period);
  if (least === 0) return asOne;
  return Math.max(asOne, (period / phasesPerGroup) * cycles(least * phasesPerGroup, phasesPerGroup));
}
