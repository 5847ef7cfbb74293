import { countRead } from '../counters.js';
import { hopsToEdge } from '../hopsToEdge.js';
import { countLeaving, streamStep } from '../leaving.js';
import type { LockSteps } from './steps.js';
import type { ArrayContext, PassCost, PassShape } from '../pass.js';
import { cyclesOf, wordsOf } from '../ports.js';
import type { FilterFold } from './rotation.js';
import type { RowFold } from './rowFolds.js';

/** What a fold takes, its sums' leaving left out. */
export interface FoldCost {
  cycles: number;
  ifmapStalls: number;
  weightLoadStalls: number;
  ticks: number;
  multiplies: number;
  /** Windows read, each for all rows, and the words of them. */
  windows: number;
  ifmapWords: number;
  /** Windows that moved on one column. */
  passed: number;
  weights: number;
  weightWords: number;
  /** Steps in which a column has a channel. */
  workingSteps: number;
}

export function foldCost(
  steps: readonly LockSteps[],
  rowFold: RowFold,
  shape: PassShape,
  context: ArrayContext,
): FoldCost {
  const cost: FoldCost = {
    cycles: 0,
    ifmapStalls: 0,
    weightLoadStalls: 0,
    ticks: 0,
    multiplies: 0,
    windows: 0,
    ifmapWords: 0,
    passed: 0,
    weights: 0,
    weightWords: 0,
    workingSteps: 0,
  };
  for (const step of steps) addSteps(cost, step, rowFold, shape, context);
  return cost;
}

function addSteps(
  cost: FoldCost,
  steps: LockSteps,
  { rows, elements }: RowFold,
  shape: PassShape,
  { ports, skip }: ArrayContext,
): void {
  const { times, works, loads, passed, nextWeights } = steps;
  const weightDemand = (weights: number) => ({
    port: ports.weight,
    words: wordsOf(ports.weight, weights, shape.weightBits),
  });
  const none = { port: ports.ifmap, words: 0 };
  const readsAhead = skip === 'activation';
  const perTick = readsAhead ? [] : steps.weights;
  const weightsAhead = weightDemand(readsAhead ? nextWeights : 0);
  const window = { port: ports.ifmap, words: loads ? wordsOf(ports.ifmap, elements, shape.ifmapBits) : 0 };

  let weights = readsAhead ? nextWeights : 0;
  let weightWords = weightsAhead.words;
  let weightStalls = 0;
  for (const tick of perTick) {
    const demand = weightDemand(tick);
    weights += tick;
    weightWords += demand.words;
    weightStalls += streamStep(none, demand).cycles - 1;
  }
  const allWeights = steps.weights.reduce((sum, tick) => sum + tick, 0);
  const { ticks, multiplies } = steps.kept ?? { ticks: steps.weights.length, multiplies: allWeights * rows };
  const unhurried = Math.max(ticks, loads || passed > 0 ? 1 : 0) + weightStalls;
  // What is read for the next step takes what the ticks leave of the ports.
  const cycles = Math.max(unhurried, cyclesOf(window, { port: ports.weight, words: weightWords }));
  const awaitsWeights = streamStep(window, weightsAhead).cause === 'weight-load';

  cost.cycles += cycles * times;
  cost.weightLoadStalls += (weightStalls + (awaitsWeights ? cycles - unhurried : 0)) * times;
  cost.ifmapStalls += (awaitsWeights ? 0 : cycles - unhurried) * times;
  cost.ticks += ticks * times;
  cost.multiplies += multiplies * times;
  cost.windows += loads ? times : 0;
  cost.ifmapWords += window.words * times;
  cost.passed += passed * times;
  cost.weights += weights * times;
  cost.weightWords += weightWords * times;
  cost.workingSteps += works ? times : 0;
}

/** Counts what `times` folds do. */
export function countFolds(
  cost: PassCost,
  fold: FoldCost,
  { rows, elements }: RowFold,
  { columns }: FilterFold,
  times: number,
  shape: PassShape,
  context: ArrayContext,
): void {
  const { ports, macLanes } = context;
  const { streamed, ifmapBits, weightBits } = shape;
  const { accesses } = cost;
  const ifmaps = fold.windows * elements * times;
  const weights = fold.weights * times;
  const macs = fold.multiplies * times;
  const outputs = rows * columns * times;
  countRead(accesses, ports.ifmap.buffer, 'ifmap', ifmaps, fold.ifmapWords * times, (ifmaps * ifmapBits) / 8);
  countRead(
    accesses,
    ports.weight.buffer,
    'weight',
    weights,
    fold.weightWords * times,
    (weights * weightBits) / 8,
  );
  const leaving = { first: shape.firstChannels, last: shape.lastChannels };
  countLeaving(accesses, rows * columns, times, leaving, shape, context);

  const windowValues = rows * streamed.taps * times;
  cost.ifmapStalls += fold.ifmapStalls * times;
  cost.weightLoadStalls += fold.weightLoadStalls * times;
  cost.activePes = Math.max(cost.activePes, rows * columns);
  cost.macs += macs;
  cost.idleMacSlots += fold.ticks * macLanes * outputs - macs;
  cost.ifmapRegister.writes += (fold.windows + fold.passed) * windowValues;
  cost.ifmapRegister.reads += fold.passed * windowValues + macs;
  cost.weightRegister.writes += weights * rows;
  cost.weightRegister.reads += macs;
  cost.psumRegister.writes += macs;
  cost.psumRegister.reads += macs + outputs;
  // Windows of neighbouring rows share values, which go down column 0 to all of them.
  cost.hops.ifmap += (fold.windows + fold.passed) * windowValues - ifmaps;
  cost.hops.weight += weights * (rows - 1);
  cost.hops.psum += hopsToEdge(rows, columns, context) * times;
  if (shape.lastChannels) cost.postProcessorOperations += outputs;
  if (shape.readsPatternTable)
    cost.patternTableReadBits += lookups(fold, columns, shape) * streamed.taps * times;
}

/** Patterns that a fold looks up: one for all columns where supports are periodic, one for each of its kernels otherwise. */
function lookups({ workingSteps }: FoldCost, columns: number, { streamed, channelCount }: PassShape): number {
  const { kind } = streamed.assignment;
  if (kind === 'dense') return 0;
  return kind === 'periodic' ? workingSteps : columns * channelCount;
}
