import { columnFolds } from '../columnFolds.js';
import type { ColumnFold } from '../columnFolds.js';
import { countRead } from '../counters.js';
import { emptyPassCost } from '../pass.js';
import type { ArrayContext, PassCost, PassShape } from '../pass.js';
import { cyclesOf, wordsOf } from '../ports.js';
import { countDrain } from './drain.js';
import type { Dataflow } from './dataflow.js';

/**
 * Weight stationary, systolic: row r of a fold holds tap r of the stream for every column's filter; output positions
 * stream by. Ifmap values move right, partial sums move down and leave at the bottom, one row of columns per cycle.
 *
 * A fold of R taps takes M + 2R + C - 2 cycles for M positions, R of them for loading the weights
 * (Samajdar et al., SCALE-Sim, ISPASS 2020). Sums of earlier folds are read from the psum buffer and added at the edge.
 */
export const weightStationary: Dataflow = {
  name: 'weight-stationary',
  description:
    "Rows hold taps, columns hold filters; weights stay, ifmap values stream, partial sums leave after every fold.\nA fold's rows hold the union of its filters' supports: M + 2R + C - 2 cycles for M output positions.",
  passCost,
};

function passCost(shape: PassShape, context: ArrayContext): PassCost {
  const cost = emptyPassCost(context.bufferCount);
  for (const fold of columnFolds(shape, context.columns)) {
    for (let i = 0; i < fold.repeat; i++) runColumnFold(cost, fold, shape, context);
  }
  cost.weightRounds = 1;
  return cost;
}

/** A fold's reduction, cut into as many taps as the array has rows. */
function runColumnFold(cost: PassCost, fold: ColumnFold, shape: PassShape, context: ArrayContext): void {
  // A fold without taps still hands on its (zero) sums.
  const tapFolds = Math.max(1, Math.ceil(fold.stream.length / context.rows));
  for (let tapFold = 0; tapFold < tapFolds; tapFold++) {
    const start = tapFold * context.rows;
    const taps = fold.stream.subarray(start, start + context.rows);
    const part: PassShape = {
      ...shape,
      firstChannels: shape.firstChannels && tapFold === 0,
      lastChannels: shape.lastChannels && tapFold === tapFolds - 1,
    };
    runFold(cost, fold, taps, part, context);
  }
}

/** One fold: `taps` holds, per used row, how many columns have a weight in it. */
function runFold(
  cost: PassCost,
  fold: ColumnFold,
  taps: Uint16Array,
  shape: PassShape,
  context: ArrayContext,
): void {
  const { ports } = context;
  const { positions } = shape;
  const rows = taps.length;

  let weights = 0;
  let weightWords = 0;
  let loadStalls = 0;
  let shifts = 0;
  for (let row = 0; row < rows; row++) {
    const held = taps[row];
    const words = wordsOf(ports.weight, held, shape.weightBits);
    weights += held;
    weightWords += words;
    loadStalls += Math.max(0, Math.ceil(words / ports.weight.ports) - 1);
    shifts += held * row;
  }

  const ifmapWords = wordsOf(ports.ifmap, rows, shape.ifmapBits);
  const step = streamStep(fold.columns, ifmapWords, shape, context);
  const streamStalls = (step.cycles - 1) * positions;
  const foldCycles = positions * step.cycles + 2 * context.rows + context.columns - 2 + loadStalls;

  if (cost.cycles === 0) cost.firstFoldCycles = foldCycles;
  cost.cycles += foldCycles;
  cost.weightLoadStalls += loadStalls;
  if (step.cause === 'ifmap') cost.ifmapStalls += streamStalls;
  else if (step.cause === 'psum') cost.psumStalls += streamStalls;
  else cost.drainStalls += streamStalls;

  countRead(
    cost.accesses,
    ports.weight.buffer,
    'weight',
    weights,
    weightWords,
    (weights * shape.weightBits) / 8,
  );
  countRead(
    cost.accesses,
    ports.ifmap.buffer,
    'ifmap',
    rows * positions,
    ifmapWords * positions,
    (rows * positions * shape.ifmapBits) / 8,
  );
  countDrain(cost.accesses, fold.columns, positions, shape, context);

  const slots = rows * fold.columns * positions;
  const macs = weights * positions;
  cost.macs += macs;
  cost.idleMacSlots += slots - macs;
  cost.ifmapRegister.writes += slots;
  cost.ifmapRegister.reads += slots;
  cost.weightRegister.writes += weights + shifts;
  cost.weightRegister.reads += macs + shifts;
  cost.psumRegister.writes += slots;
  cost.psumRegister.reads += slots;
  if (shape.readsPatternTable) {
    cost.patternTableReadBits += fold.phases * Math.ceil(rows / shape.streamed.taps) * shape.streamed.taps;
  }
  if (shape.lastChannels) cost.postProcessorOperations += fold.columns * positions;
}

/** Cycles that one output position takes through the ports, and what holds it up if more than one. */
function streamStep(
  columns: number,
  ifmapWords: number,
  shape: PassShape,
  context: ArrayContext,
): { cycles: number; cause: 'ifmap' | 'psum' | 'drain' } {
  const { ports, postProcessorLanes } = context;
  const psumWords = wordsOf(ports.psum, columns, shape.psumBits);
  const ofmapWords = wordsOf(ports.ofmap, columns, shape.ofmapBits);
  const ifmapReads = { port: ports.ifmap, words: ifmapWords };
  const psumReads = { port: ports.psum, words: shape.firstChannels ? 0 : psumWords };
  const residualReads = { port: ports.ofmap, words: shape.lastChannels && shape.residual ? ofmapWords : 0 };
  const ifmap = cyclesOf(ifmapReads);
  const reads = cyclesOf(ifmapReads, psumReads, residualReads);
  const psumWrites = shape.lastChannels ? 0 : cyclesOf({ port: ports.psum, words: psumWords });
  const drain = shape.lastChannels
    ? Math.max(Math.ceil(columns / postProcessorLanes), cyclesOf({ port: ports.ofmap, words: ofmapWords }))
    : 0;
  const cycles = Math.max(1, reads, psumWrites, drain);
  const cause = ifmap === cycles ? 'ifmap' : Math.max(reads, psumWrites) === cycles ? 'psum' : 'drain';
  return { cycles, cause };
}
