import type { Dataflow } from './dataflow.js';
import { foldDrain, foldSequence } from './drainBehind.js';
import { driveLockStep } from './lockStep/drive.js';
import { countFolds, foldCost } from './lockStep/fold.js';
import type { FoldCost } from './lockStep/fold.js';
import { fullWork, lockSteps, workWithoutZeros } from './lockStep/steps.js';
import type { IsZero } from './operands.js';
import { emptyPassCost } from './pass.js';
import type { ArrayContext, PassCost, PassShape } from './pass.js';
import { cutInto, each, largestOf, partsOf } from './passLoops.js';
import type { PassLoop } from './passLoops.js';
import { consecutiveFolds, rotationOf } from './lockStep/rotation.js';
import type { FilterFold } from './lockStep/rotation.js';
import { rowFolds } from './lockStep/rowFolds.js';
import type { RowFold } from './lockStep/rowFolds.js';

/**
 * Lock step: row r of a fold works on output position r, column j on filter o0 + j, and on another channel than its
 * neighbours: at step t on channel (t - j) mod Ci. With periodic supports (Kundu et al., IEEE TC 2020) all columns then
 * have a kernel of the same slot, (o0 + c0 + t) mod P, so that one list of taps is broadcast and no PE waits for another.
 * The dataflow is of the family of Heo et al., "Sparse Periodic Systolic Dataflow", ISLPED 2022 (arXiv 2207.00068).
 *
 * Each PE holds the k*k ifmap values of one channel that its position looks at. When a step is over the windows move on
 * one column, over links as wide as a window, and that of the channel after enters column 0; it has been read during the
 * step, each element once for all rows, through what the ports have to spare. So a PE has room for two windows. Where the
 * period does not divide Ci, empty channels make up for it. Before the first filters of a set of positions the windows
 * move into their places, one column per cycle; for the filters after these they are there again. `preload` and `fill`
 * do not matter.
 *
 * A step takes as many ticks as its longest list (one tap per MAC lane), one cycle at least if windows move; columns with
 * a shorter list or an empty channel are idle. In each tick a column's bus brings the weight of its filter to all its
 * rows. With `skip: activation` every PE leaves out the taps that meet a zero and the step lasts until the last PE is
 * done. PEs of a column are then at different taps: all weights of a step are read during the step before, too, into a
 * register file that holds two kernels.
 */
export const lockStep: Dataflow = {
  name: 'lock-step',
  description:
    "Rows hold output positions, columns neighbouring filters, each column a channel behind the one before; ifmap windows move right, sums stay.\nPeriodic supports: one tap list for all columns at each step. A fold takes the sum of its steps' lists, with C cycles to fill the columns once.",
  groupsPhases: false,
  spillsPsums: false,
  gates: { weightReads: true, psumAccesses: true },
  registerEntries: ({ streamed: { taps } }, { macLanes, skip }) => ({
    ifmap: 2 * taps,
    weight: skip === 'activation' ? 2 * taps : macLanes,
    psum: 1,
  }),
  registersByLayer: true,
  weightRounds: ({ positions }, { rows }) => Math.ceil(positions / rows),
  leastCycles: ({ positions, filters, leastStream }, { rows, columns, macLanes }) =>
    Math.ceil(positions / rows) * Math.ceil(filters / columns) * Math.ceil(leastStream(1) / macLanes),
  loopsOf,
  passCost,
  drive: driveLockStep,
};

function loopsOf(shape: PassShape, context: ArrayContext): PassLoop[] {
  const { channelCount, streamed } = shape;
  const positions = partsOf(rowFolds(shape.window, context.rows).map(({ rows }) => rows));
  const filters = partsOf(consecutiveFolds(shape, context.columns).map(({ columns }) => columns));
  const { steps } = rotationOf(shape);
  const lists = streamed.patterns.map((pattern) => pattern.reduce((sum, tap) => sum + tap, 0));
  const longest = Math.max(...lists);
  const empty = steps === channelCount ? '' : `, ${steps - channelCount} more steps with empty channels`;
  return [
    { over: 'positions', place: 'time', parts: positions },
    { over: 'filters', place: 'time', parts: filters },
    { over: 'positions', place: 'rows', parts: each(largestOf(positions)) },
    { over: 'filters', place: 'columns', parts: each(largestOf(filters)) },
    {
      ...{ over: 'channels', place: 'time', parts: each(channelCount), inPe: true },
      remark: `column j is j channels behind column 0${empty}`,
    },
    {
      ...{ over: 'taps', place: 'time', parts: cutInto(longest, context.macLanes), inPe: true },
      remark:
        `of ${streamed.taps}` +
        (new Set(lists).size === 1 ? '' : `, ${Math.min(...lists)} to ${longest} by slot`),
    },
    { over: 'taps', place: 'lanes', parts: each(Math.min(longest, context.macLanes)), inPe: true },
  ];
}

function passCost(shape: PassShape, context: ArrayContext, isZero?: IsZero): PassCost {
  const cost = emptyPassCost(context.bufferCount);
  const sequence = foldSequence(cost, context);
  const folds = consecutiveFolds(shape, context.columns);
  const add = (fold: FoldCost, { rows }: RowFold, { columns }: FilterFold): void => {
    const drain = foldDrain(rows * columns, shape, context);
    sequence.add(fold.cycles + drain.held, drain, 1);
    cost.psumStalls += drain.held;
  };

  if (context.skip === 'activation' && isZero !== undefined) {
    for (const rowFold of rowFolds(shape.window, context.rows)) {
      const work = workWithoutZeros(shape, context, rowFold, isZero);
      folds.forEach((filters, index) => {
        const fold = foldCost(lockSteps(shape, folds, index, work), rowFold, shape, context);
        add(fold, rowFold, filters);
        countFolds(cost, fold, rowFold, filters, 1, shape, context);
      });
    }
  } else {
    const kinds = foldKinds(shape, folds);
    const work = fullWork(shape, context);
    const steps = kinds.map((kind, index) =>
      kind === index ? lockSteps(shape, folds, index, work) : undefined,
    );
    const known = new Map<number, { readonly fold: FoldCost; readonly rowFold: RowFold; times: number }>();
    for (const rowFold of rowFolds(shape.window, context.rows)) {
      folds.forEach((filters, index) => {
        const key = rowFold.kind * folds.length + kinds[index];
        let alike = known.get(key);
        if (alike === undefined) {
          const fold = foldCost(steps[kinds[index]] ?? [], rowFold, shape, context);
          alike = { fold, rowFold, times: 0 };
          known.set(key, alike);
        }
        alike.times++;
        add(alike.fold, rowFold, filters);
      });
    }
    for (const [key, { fold, rowFold, times }] of known)
      countFolds(cost, fold, rowFold, folds[key % folds.length], times, shape, context);
  }
  sequence.end();
  return cost;
}

/** For each fold of filters the first one that takes the same steps. */
function foldKinds(shape: PassShape, folds: readonly FilterFold[]): number[] {
  const { assignment } = shape.streamed;
  const period = assignment.kind === 'periodic' ? assignment.period : 1;
  const firstOf = new Map<string, number>();
  return folds.map(({ first, columns }, index) => {
    const slot = assignment.kind === 'per-kernel' ? index : first % period;
    const key = [slot, columns, index === 0 ? 1 : 0, folds[index + 1]?.columns ?? 0].join(' ');
    const known = firstOf.get(key) ?? index;
    firstOf.set(key, known);
    return known;
  });
}
