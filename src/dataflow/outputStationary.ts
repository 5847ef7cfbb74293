import { columnFolds } from './columnFolds.js';
import { countRead } from './counters.js';
import type { Dataflow } from './dataflow.js';
import { foldDrain, foldSequence } from './drainBehind.js';
import { filterFolds, phasesOf, unionStream } from './filterFolds.js';
import type { StreamedTap } from './filterFolds.js';
import { leastColumnFolds } from './leastFolds.js';
import { hopsToEdge } from './hopsToEdge.js';
import { countLeaving, streamStep } from './leaving.js';
import { ifmapOperands, weightOperand } from './operands.js';
import type { IsZero } from './operands.js';
import { emptyPassCost } from './pass.js';
import type { ArrayContext, PassCost, PassShape } from './pass.js';
import { cutInto, each, largestOf, partsOf } from './passLoops.js';
import type { PassLoop } from './passLoops.js';
import type { PeArray } from './peArray.js';
import { wordsOf } from './ports.js';
import { phaseRemark, streamRemark } from './streamedTaps.js';
import { multiplySystolic, skew } from './systolic.js';

/**
 * Output stationary, systolic: row r of a fold works on output position r, column c on filter c, and the taps of the
 * fold's stream pass by one per cycle (one per MAC lane). Ifmap values move right, weights move down, sums stay.
 *
 * A fold takes K + R + C - 2 cycles, R x C the whole array (Samajdar et al., SCALE-Sim, ISPASS 2020); its results leave
 * behind the next fold. A tap whose operands need more port words than there are ports holds the stream up. With
 * `skip: activation`, a tap is dropped where the activations of all rows of the fold are zero.
 */
export const outputStationary: Dataflow = {
  name: 'output-stationary',
  description:
    "Rows hold output positions, columns hold filters; ifmap and weights stream, sums stay in the PEs until complete.\nA fold streams the union of its filters' supports: K + R + C - 2 cycles.",
  groupsPhases: true,
  spillsPsums: false,
  gates: { weightReads: false, psumAccesses: true },
  registerEntries: (_, { macLanes }) => ({ ifmap: macLanes, weight: macLanes, psum: 1 }),
  registersByLayer: true,
  weightRounds: ({ positions }, { rows }) => Math.ceil(positions / rows),
  leastCycles: (pass, context) =>
    Math.ceil(pass.positions / context.rows) *
    leastColumnFolds(pass, context, (stream) => ({ folds: 1, cycles: Math.ceil(stream / context.macLanes) })),
  loopsOf,
  passCost,
  drive,
};

function loopsOf(shape: PassShape, { rows, columns, macLanes }: ArrayContext): PassLoop[] {
  const filters = partsOf(filterFolds(shape, columns).map(({ length }) => length));
  const positions = cutInto(shape.positions, rows);
  const lengths = columnFolds(shape, columns).map(({ stream }) => stream.length);
  const most = Math.max(...lengths);
  return [
    { over: 'filters', place: 'time', parts: filters, ...phaseRemark(shape) },
    { over: 'positions', place: 'time', parts: positions },
    { over: 'positions', place: 'rows', parts: each(largestOf(positions)) },
    { over: 'filters', place: 'columns', parts: each(largestOf(filters)) },
    {
      over: 'taps',
      place: 'time',
      parts: cutInto(most, macLanes),
      inPe: true,
      remark: streamRemark(shape, lengths),
    },
    { over: 'taps', place: 'lanes', parts: each(Math.min(most, macLanes)), inPe: true },
  ];
}

/** What a fold streams: for each tap, how many of its columns hold a weight. */
type Stream = ArrayLike<number>;

function passCost(shape: PassShape, context: ArrayContext, isZero?: IsZero): PassCost {
  const cost = emptyPassCost(context.bufferCount);
  const folds = foldSequence(cost, context);
  const add = (
    ticks: readonly TickKind[],
    rows: number,
    columns: number,
    phases: number,
    times: number,
  ): void => {
    if (times === 0) return;
    const fold = streamCost(ticks, rows, columns, shape, context);
    const drain = foldDrain(rows * columns, shape, context);
    folds.add(fold.cycles + drain.held, drain, times);
    cost.ifmapStalls += fold.ifmapStalls * times;
    cost.weightLoadStalls += fold.weightLoadStalls * times;
    cost.psumStalls += drain.held * times;
    countFolds(cost, ticks, rows, columns, times, shape, context);
    if (shape.readsPatternTable)
      cost.patternTableReadBits += phases * shape.channelCount * shape.streamed.taps * times;
  };

  if (context.skip === 'activation' && isZero !== undefined) {
    for (const filters of filterFolds(shape, context.columns)) {
      const stream = unionStream(shape, filters);
      forEachRowFold(shape, context, (start, rows) => {
        const kept = droppingZeros(stream, shape, start, rows, isZero).map(({ held }) => count(held));
        const ticks = tickKinds(kept, filters.length, context);
        add(ticks, rows, filters.length, phasesOf(shape, filters), 1);
      });
    }
  } else {
    const fullRowFolds = Math.floor(shape.positions / context.rows);
    const restRows = shape.positions % context.rows;
    for (const { repeat, columns, stream, phases } of columnFolds(shape, context.columns)) {
      const ticks = tickKinds(stream, columns, context);
      for (let i = 0; i < repeat; i++) {
        add(ticks, context.rows, columns, phases, fullRowFolds);
        if (restRows > 0) add(ticks, restRows, columns, phases, 1);
      }
    }
  }
  folds.end();
  return cost;
}

/** Ticks of a stream that are alike. */
interface TickKind {
  readonly times: number;
  /** One for each lane that has one. */
  readonly taps: number;
  /** Weights of all columns. */
  readonly weights: number;
}

function tickKinds(stream: Stream, columns: number, { macLanes }: ArrayContext): TickKind[] {
  const ticksByWeights = new Uint32Array(columns * macLanes + 1);
  const rest = stream.length % macLanes;
  for (let start = 0; start + macLanes <= stream.length; start += macLanes)
    ticksByWeights[sum(stream, start, macLanes)]++;
  const kinds: TickKind[] = [];
  ticksByWeights.forEach((times, weights) => {
    if (times > 0) kinds.push({ times, taps: macLanes, weights });
  });
  if (rest > 0) kinds.push({ times: 1, taps: rest, weights: sum(stream, stream.length - rest, rest) });
  return kinds;
}

/** Cycles of a fold without its drain. */
function streamCost(
  ticks: readonly TickKind[],
  rows: number,
  columns: number,
  shape: PassShape,
  context: ArrayContext,
): { readonly cycles: number; readonly ifmapStalls: number; readonly weightLoadStalls: number } {
  const { ifmap, weight } = context.ports;
  const stalls = { ifmap: 0, 'weight-load': 0, psum: 0, drain: 0 };
  let length = 0;
  for (const { times, taps, weights } of ticks) {
    const step = streamStep(
      { port: ifmap, words: wordsOf(ifmap, taps * rows, shape.ifmapBits) },
      { port: weight, words: wordsOf(weight, weights, shape.weightBits) },
    );
    stalls[step.cause] += (step.cycles - 1) * times;
    length += times;
  }
  const unstalled = length === 0 ? 0 : length + skew(rows, columns, context);
  return {
    cycles: unstalled + stalls.ifmap + stalls['weight-load'],
    ifmapStalls: stalls.ifmap,
    weightLoadStalls: stalls['weight-load'],
  };
}

/** Counts what `times` folds of `rows` x `columns` used PEs access. */
function countFolds(
  cost: PassCost,
  ticks: readonly TickKind[],
  rows: number,
  columns: number,
  times: number,
  shape: PassShape,
  context: ArrayContext,
): void {
  const { ports } = context;
  const { accesses } = cost;
  let taps = 0;
  let held = 0;
  let ifmapWords = 0;
  let weightWords = 0;
  for (const tick of ticks) {
    taps += tick.taps * tick.times;
    held += tick.weights * tick.times;
    ifmapWords += wordsOf(ports.ifmap, tick.taps * rows, shape.ifmapBits) * tick.times;
    weightWords += wordsOf(ports.weight, tick.weights, shape.weightBits) * tick.times;
  }
  const ifmaps = taps * rows * times;
  const weights = held * times;
  const ifmapBytes = (ifmaps * shape.ifmapBits) / 8;
  const weightBytes = (weights * shape.weightBits) / 8;
  countRead(accesses, ports.ifmap.buffer, 'ifmap', ifmaps, ifmapWords * times, ifmapBytes);
  countRead(accesses, ports.weight.buffer, 'weight', weights, weightWords * times, weightBytes);
  const outputs = rows * columns;
  const leaving = { first: shape.firstChannels, last: shape.lastChannels };
  countLeaving(accesses, outputs, times, leaving, shape, context);

  const slots = ifmaps * columns;
  const macs = weights * rows;
  cost.activePes = Math.max(cost.activePes, outputs);
  cost.macs += macs;
  cost.idleMacSlots += slots - macs;
  cost.ifmapRegister.writes += slots;
  cost.ifmapRegister.reads += slots;
  cost.weightRegister.writes += macs;
  cost.weightRegister.reads += macs;
  cost.psumRegister.writes += macs;
  cost.psumRegister.reads += macs + outputs * times;
  cost.hops.ifmap += ifmaps * (columns - 1);
  cost.hops.weight += weights * (rows - 1);
  cost.hops.psum += hopsToEdge(rows, columns, context) * times;
  if (shape.lastChannels) cost.postProcessorOperations += outputs * times;
}

function drive(shape: PassShape, context: ArrayContext, array: PeArray): void {
  for (const filters of filterFolds(shape, context.columns)) {
    const union = unionStream(shape, filters);
    forEachRowFold(shape, context, (start, rows) => {
      const stream =
        context.skip === 'activation' ? droppingZeros(union, shape, start, rows, array.isZero) : union;
      driveFold(filters, stream, start, rows, shape, context, array);
    });
  }
}

function driveFold(
  filters: readonly number[],
  stream: readonly StreamedTap[],
  start: number,
  rows: number,
  shape: PassShape,
  context: ArrayContext,
  array: PeArray,
): void {
  const { macLanes } = context;
  const columns = filters.length;
  const ifmapOperand = ifmapOperands(shape);
  array.use(rows, columns);
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++)
      array.open(row, column, 0, filters[column] * shape.positions + start + row);
  }
  if (shape.readsPatternTable)
    array.readPatternTable(phasesOf(shape, filters) * shape.channelCount * shape.streamed.taps);

  const steps = Math.ceil(stream.length / macLanes);
  const ticks = steps === 0 ? 0 : steps + skew(rows, columns, context);
  const lanesAt = (step: number): readonly StreamedTap[] =>
    stream.slice(step * macLanes, (step + 1) * macLanes);
  for (let tick = 0; tick < ticks; tick++) {
    for (const { channel, tap, held } of lanesAt(tick)) {
      for (let row = 0; row < rows; row++) array.fetch('ifmap', ifmapOperand(start + row, channel, tap));
      held.forEach((isHeld, column) => {
        if (isHeld) array.fetch('weight', weightOperand(shape, filters[column], channel, tap));
      });
    }
    array.shift('ifmap', 'right');
    array.shift('weight', 'down');
    // Row r and column c are that many cycles behind, so that operands of the same tap meet.
    for (let row = 0; row < Math.min(rows, tick + 1); row++) {
      lanesAt(tick - row).forEach(({ channel, tap }, lane) => {
        array.latch('ifmap', row, 0, lane, ifmapOperand(start + row, channel, tap));
      });
    }
    for (let column = 0; column < Math.min(columns, tick + 1); column++) {
      lanesAt(tick - column).forEach(({ channel, tap, held }, lane) => {
        if (held[column])
          array.latch('weight', 0, column, lane, weightOperand(shape, filters[column], channel, tap));
      });
    }
    multiplySystolic(array, rows, columns, macLanes, 'ifmap');
    array.tick();
  }
  array.drain({ first: shape.firstChannels, last: shape.lastChannels });
}

function forEachRowFold(
  { positions }: PassShape,
  context: ArrayContext,
  visit: (start: number, rows: number) => void,
): void {
  for (let start = 0; start < positions; start += context.rows)
    visit(start, Math.min(context.rows, positions - start));
}

function droppingZeros(
  stream: readonly StreamedTap[],
  shape: PassShape,
  start: number,
  rows: number,
  isZero: IsZero,
): StreamedTap[] {
  const ifmapOperand = ifmapOperands(shape);
  return stream.filter(({ channel, tap }) => {
    for (let row = 0; row < rows; row++) if (!isZero(ifmapOperand(start + row, channel, tap))) return true;
    return false;
  });
}

function sum(values: Stream, start: number, length: number): number {
  let total = 0;
  for (let i = start; i < start + length; i++) total += values[i];
  return total;
}

function count(held: readonly boolean[]): number {
  return held.reduce((total, isHeld) => total + (isHeld ? 1 : 0), 0);
}
