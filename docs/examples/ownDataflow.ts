import {
  columnFolds,
  countLeaving,
  countRead,
  emptyPassCost,
  filterFolds,
  foldDrain,
  foldSequence,
  hopsToEdge,
  ifmapOperands,
  phasesOf,
  streamStep,
  unionStream,
  weightOperand,
  wordsOf,
} from 'psconv-sim';
import type { ArrayContext, ColumnFold, Dataflow, PassCost, PassShape, PeArray } from 'psconv-sim';

/**
 * Output stationary without a systolic wave: row r works on output position r, column c on filter c. In each cycle a bus
 * along each row brings an ifmap value to all PEs of the row, and a bus along each column a weight to all PEs of the
 * column. A fold takes ceil(K / lanes) cycles for the K taps of its filters' union; no cycle goes into filling the array.
 */
export const broadcast: Dataflow = {
  name: 'broadcast',
  description:
    "Rows hold output positions, columns hold filters; buses bring operands to all PEs at once, sums stay.\nA fold streams the union of its filters' supports: K cycles.",
  spillsPsums: false,
  groupsPhases: true,
  gates: { weightReads: true, psumAccesses: true },
  cannotSkip: 'its buses bring a tap to all rows in the same cycle, whether it meets a zero there or not',
  registerEntries: (_, { macLanes }) => ({ ifmap: macLanes, weight: macLanes, psum: 1 }),
  weightRounds: ({ positions }, { rows }) => Math.ceil(positions / rows),
  leastCycles: ({ positions, filters, leastStream }, { rows, columns, macLanes }) =>
    Math.ceil(positions / rows) * Math.ceil(filters / columns) * Math.ceil(leastStream(1) / macLanes),
  passCost,
  drive,
};

function passCost(shape: PassShape, context: ArrayContext): PassCost {
  const cost = emptyPassCost(context.bufferCount);
  const sequence = foldSequence(cost, context);
  for (const fold of columnFolds(shape, context.columns)) {
    for (let i = 0; i < fold.repeat; i++) {
      for (const { rows, times } of rowFolds(shape, context)) {
        const cycles = countStream(cost, fold, rows, times, shape, context);
        const drain = foldDrain(rows * fold.columns, shape, context);
        sequence.add(cycles + drain.held, drain, times);
        cost.psumStalls += drain.held * times;
      }
    }
  }
  sequence.end();
  return cost;
}

/** Output positions on the rows: so many full arrays of them, and what is left. */
function rowFolds({ positions }: PassShape, { rows }: ArrayContext): Array<{ rows: number; times: number }> {
  const full = { rows, times: Math.floor(positions / rows) };
  const rest = { rows: positions % rows, times: 1 };
  return [full, rest].filter((fold) => fold.rows > 0 && fold.times > 0);
}

/** Counts what `times` folds do. Returns the cycles of one, its drain left out. */
function countStream(
  cost: PassCost,
  { stream, weights, columns, phases }: ColumnFold,
  rows: number,
  times: number,
  shape: PassShape,
  context: ArrayContext,
): number {
  const { macLanes, ports } = context;
  const outputs = rows * columns;
  let cycles = 0;
  let ifmapWords = 0;
  let weightWords = 0;
  for (let tap = 0; tap < stream.length; tap += macLanes) {
    const taps = stream.subarray(tap, tap + macLanes);
    const held = taps.reduce((sum, holders) => sum + holders, 0);
    const ifmap = { port: ports.ifmap, words: wordsOf(ports.ifmap, taps.length * rows, shape.ifmapBits) };
    const weight = { port: ports.weight, words: wordsOf(ports.weight, held, shape.weightBits) };
    const step = streamStep(ifmap, weight);
    cycles += step.cycles;
    if (step.cause === 'ifmap') cost.ifmapStalls += (step.cycles - 1) * times;
    else cost.weightLoadStalls += (step.cycles - 1) * times;
    ifmapWords += ifmap.words;
    weightWords += weight.words;
    cost.idleMacSlots += (macLanes * columns - held) * rows * times;
  }

  const { accesses } = cost;
  const ifmaps = stream.length * rows * times;
  const weightReads = weights * times;
  const [ifmapBytes, weightBytes] = [(ifmaps * shape.ifmapBits) / 8, (weightReads * shape.weightBits) / 8];
  countRead(accesses, ports.ifmap.buffer, 'ifmap', ifmaps, ifmapWords * times, ifmapBytes);
  countRead(accesses, ports.weight.buffer, 'weight', weightReads, weightWords * times, weightBytes);
  const leaving = { first: shape.firstChannels, last: shape.lastChannels };
  countLeaving(accesses, outputs, times, leaving, shape, context);
  if (shape.lastChannels) cost.postProcessorOperations += outputs * times;
  if (shape.readsPatternTable)
    cost.patternTableReadBits += phases * shape.channelCount * shape.streamed.taps * times;

  const macs = weights * rows * times;
  cost.activePes = Math.max(cost.activePes, outputs);
  cost.macs += macs;
  for (const register of [cost.ifmapRegister, cost.weightRegister, cost.psumRegister]) {
    register.writes += macs;
    register.reads += macs;
  }
  cost.psumRegister.reads += outputs * times;
  // A bus goes past the PEs that take what is on it, one after the other.
  cost.hops.ifmap += macs - ifmaps;
  cost.hops.weight += macs - weightReads;
  cost.hops.psum += hopsToEdge(rows, columns, context) * times;
  return cycles;
}

function drive(shape: PassShape, context: ArrayContext, array: PeArray): void {
  const ifmapOperand = ifmapOperands(shape);
  for (const filters of filterFolds(shape, context.columns)) {
    const stream = unionStream(shape, filters);
    for (let start = 0; start < shape.positions; start += context.rows) {
      const rows = Math.min(context.rows, shape.positions - start);
      array.use(rows, filters.length);
      forEachPe(rows, filters, (row, column) => {
        array.open(row, column, 0, filters[column] * shape.positions + start + row);
      });
      if (shape.readsPatternTable)
        array.readPatternTable(phasesOf(shape, filters) * shape.channelCount * shape.streamed.taps);

      for (let first = 0; first < stream.length; first += context.macLanes) {
        const lanes = stream.slice(first, first + context.macLanes);
        for (const { channel, tap, held } of lanes) {
          for (let row = 0; row < rows; row++) array.fetch('ifmap', ifmapOperand(start + row, channel, tap));
          filters.forEach((filter, column) => {
            if (held[column]) array.fetch('weight', weightOperand(shape, filter, channel, tap));
          });
        }
        forEachPe(rows, filters, (row, column) => {
          array.idle(context.macLanes - lanes.filter(({ held }) => held[column]).length);
          lanes.forEach(({ channel, tap, held }, lane) => {
            if (!held[column]) return;
            array.latch('ifmap', row, column, lane, ifmapOperand(start + row, channel, tap));
            array.latch('weight', row, column, lane, weightOperand(shape, filters[column], channel, tap));
            array.multiply(row, column, lane, lane, 0);
          });
        });
        array.tick();
      }
      array.drain({ first: shape.firstChannels, last: shape.lastChannels });
    }
  }
}

function forEachPe(
  rows: number,
  filters: readonly number[],
  visit: (row: number, column: number) => void,
): void {
  for (let row = 0; row < rows; row++) filters.forEach((_, column) => visit(row, column));
}
