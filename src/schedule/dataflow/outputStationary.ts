import { columnFolds } from '../columnFolds.js';
import type { ColumnFold } from '../columnFolds.js';
import { countRead } from '../counters.js';
import { emptyPassCost } from '../pass.js';
import type { ArrayContext, PassCost, PassShape } from '../pass.js';
import { cyclesOf, wordsOf } from '../ports.js';
import { countDrain, drainCycles, drainReadCycles } from './drain.js';
import type { Dataflow } from './dataflow.js';

/**
 * Output stationary, systolic: row r of a fold works on output position r, column c on filter c, and the taps of the
 * fold's stream pass by one per cycle. Ifmap values move right, weights move down, sums stay.
 *
 * A fold takes K + R + C - 2 cycles, R x C the whole array (Samajdar et al., SCALE-Sim, ISPASS 2020); its results leave
 * behind the next fold. A tap whose operands need more port words than there are ports holds the stream up.
 */
export const outputStationary: Dataflow = {
  name: 'output-stationary',
  description:
    "Rows hold output positions, columns hold filters; ifmap and weights stream, sums stay in the PEs until complete.\nA fold streams the union of its filters' supports: K + R + C - 2 cycles.",
  passCost,
};

interface FoldCost {
  readonly cycles: number;
  readonly ifmapStalls: number;
  readonly weightLoadStalls: number;
  readonly psumStalls: number;
  readonly drain: number;
}

function passCost(shape: PassShape, context: ArrayContext): PassCost {
  const cost = emptyPassCost(context.bufferCount);
  const fullRowFolds = Math.floor(shape.positions / context.rows);
  const restRows = shape.positions % context.rows;
  let previousDrain = 0;
  let foldIndex = 0;

  const advance = (fold: FoldCost, times: number): void => {
    for (let i = 0; i < times; i++) {
      const wait = Math.max(0, previousDrain - fold.cycles);
      cost.drainStalls += wait;
      cost.cycles += fold.cycles + wait;
      if (foldIndex === 0) cost.firstFoldCycles = fold.cycles;
      previousDrain = fold.drain;
      foldIndex++;
    }
    cost.ifmapStalls += fold.ifmapStalls * times;
    cost.weightLoadStalls += fold.weightLoadStalls * times;
    cost.psumStalls += fold.psumStalls * times;
  };

  for (const columnFold of columnFolds(shape, context.columns)) {
    const full = foldCost(columnFold, context.rows, shape, context);
    const rest = foldCost(columnFold, restRows, shape, context);
    for (let i = 0; i < columnFold.repeat; i++) {
      advance(full, fullRowFolds);
      if (restRows > 0) advance(rest, 1);
    }
    countFolds(cost, columnFold, context.rows, columnFold.repeat * fullRowFolds, shape, context);
    if (restRows > 0) countFolds(cost, columnFold, restRows, columnFold.repeat, shape, context);
  }
  cost.tailDrainCycles = previousDrain;
  cost.weightRounds = Math.ceil(shape.positions / context.rows);
  return cost;
}

function foldCost(fold: ColumnFold, rows: number, shape: PassShape, context: ArrayContext): FoldCost {
  const { ifmap, weight } = context.ports;
  const ifmapDemand = { port: ifmap, words: wordsOf(ifmap, rows, shape.ifmapBits) };
  const ifmapCycles = cyclesOf(ifmapDemand);
  let ifmapStalls = 0;
  let weightLoadStalls = 0;
  tapsByHolders(fold, context.columns).forEach((taps, holders) => {
    if (taps === 0) return;
    const weightDemand = { port: weight, words: wordsOf(weight, holders, shape.weightBits) };
    const stalls = taps * Math.max(0, cyclesOf(ifmapDemand, weightDemand) - 1);
    if (ifmapCycles >= cyclesOf(weightDemand)) ifmapStalls += stalls;
    else weightLoadStalls += stalls;
  });
  const outputs = rows * fold.columns;
  const psumStalls = drainCompetesWithStream(context) ? drainReadCycles(outputs, shape, context) : 0;
  const length = fold.stream.length;
  const unstalled = length === 0 ? 0 : length + context.rows + context.columns - 2;
  return {
    cycles: unstalled + ifmapStalls + weightLoadStalls + psumStalls,
    ifmapStalls,
    weightLoadStalls,
    psumStalls,
    drain: drainCycles(outputs, shape, context),
  };
}

/** How many streamed taps have h columns holding a weight, for every h up to the array's columns. */
function tapsByHolders(fold: ColumnFold, columns: number): Uint32Array {
  const taps = new Uint32Array(columns + 1);
  for (const holders of fold.stream) taps[holders]++;
  return taps;
}

/** Whether sums are read back through the ports that the stream uses, so that draining cannot hide behind it. */
function drainCompetesWithStream({ ports }: ArrayContext): boolean {
  return [ports.psum, ports.ofmap].some(
    ({ buffer }) => buffer === ports.ifmap.buffer || buffer === ports.weight.buffer,
  );
}

/** Counts what `times` folds of `rows` used rows access. */
function countFolds(
  cost: PassCost,
  fold: ColumnFold,
  rows: number,
  times: number,
  shape: PassShape,
  context: ArrayContext,
): void {
  if (times === 0) return;
  const { ports } = context;
  const length = fold.stream.length;
  const ifmapElements = length * rows * times;
  countRead(
    cost.accesses,
    ports.ifmap.buffer,
    'ifmap',
    ifmapElements,
    length * wordsOf(ports.ifmap, rows, shape.ifmapBits) * times,
    (ifmapElements * shape.ifmapBits) / 8,
  );
  let weightWords = 0;
  tapsByHolders(fold, context.columns).forEach((taps, holders) => {
    weightWords += taps * wordsOf(ports.weight, holders, shape.weightBits);
  });
  const weightElements = fold.weights * times;
  countRead(
    cost.accesses,
    ports.weight.buffer,
    'weight',
    weightElements,
    weightWords * times,
    (weightElements * shape.weightBits) / 8,
  );
  const outputs = rows * fold.columns;
  countDrain(cost.accesses, outputs, times, shape, context);

  const slots = length * rows * fold.columns * times;
  const macs = fold.weights * rows * times;
  cost.macs += macs;
  cost.idleMacSlots += slots - macs;
  cost.ifmapRegister.writes += slots;
  cost.ifmapRegister.reads += slots;
  cost.weightRegister.writes += macs;
  cost.weightRegister.reads += macs;
  cost.psumRegister.writes += macs;
  cost.psumRegister.reads += macs + outputs * times;
  if (shape.readsPatternTable) {
    cost.patternTableReadBits += fold.phases * shape.channelCount * shape.streamed.taps * times;
  }
  if (shape.lastChannels) cost.postProcessorOperations += outputs * times;
}
