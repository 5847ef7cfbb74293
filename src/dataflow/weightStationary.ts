import { columnFolds } from './columnFolds.js';
import type { ColumnFold } from './columnFolds.js';
import type { Dataflow } from './dataflow.js';
import { filterFolds, phasesOf, unionStream } from './filterFolds.js';
import { ifmapOperands, weightOperand } from './operands.js';
import { emptyPassCost } from './pass.js';
import type { ArrayContext, PassCost, PassShape } from './pass.js';
import { cutInto, each, largestOf, partsOf } from './passLoops.js';
import type { PassLoop } from './passLoops.js';
import type { PeArray } from './peArray.js';
import { leastColumnFolds } from './leastFolds.js';
import { stationaryCosts } from './stationary/cost.js';
import { leastPreload } from './stationary/preload.js';
import { driveStationary } from './stationary/drive.js';
import type { DrivenFold } from './stationary/drive.js';
import {
  leavingOf,
  patternBits,
  rowsFor,
  sumsMoveOn,
  tapFoldsOf,
  tapFoldsOfStream,
} from './stationary/tapFolds.js';
import { phaseRemark, streamRemark } from './streamedTaps.js';

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
  groupsPhases: true,
  spillsPsums: true,
  gates: { weightReads: true, psumAccesses: false },
  cannotSkip: sumsMoveOn,
  registerEntries: (_, { macLanes, preload }) => ({
    ifmap: macLanes,
    weight: macLanes * (preload === 'overlapped' ? 2 : 1),
    psum: 1,
  }),
  registersByLayer: true,
  weightRounds: () => 1,
  leastCycles: (pass, context) =>
    leastColumnFolds(pass, context, (stream) => ({
      folds: tapFoldsOf(stream, context),
      cycles: pass.positions + leastPreload('weight', context),
    })),
  loopsOf,
  passCost,
  drive,
};

function loopsOf(shape: PassShape, context: ArrayContext): PassLoop[] {
  const { macLanes } = context;
  const capacity = context.rows * macLanes;
  const filters = partsOf(filterFolds(shape, context.columns).map(({ length }) => length));
  const folds = columnFolds(shape, context.columns);
  const rowsOf = ({ stream }: ColumnFold): number => rowsFor(Math.min(stream.length, capacity), context);
  const busiest = folds.reduce((most, fold) =>
    rowsOf(fold) * fold.columns > rowsOf(most) * most.columns ? fold : most,
  );
  const tapFolds = cutInto(busiest.stream.length, capacity);
  const rows = cutInto(largestOf(tapFolds), macLanes);
  const remark = streamRemark(
    shape,
    folds.map(({ stream }) => stream.length),
  );
  return [
    { over: 'filters', place: 'time', parts: filters, ...phaseRemark(shape) },
    { over: 'taps', place: 'time', parts: tapFolds, remark },
    { over: 'taps', place: 'rows', parts: rows },
    { over: 'filters', place: 'columns', parts: each(busiest.columns) },
    { over: 'positions', place: 'time', parts: each(shape.positions), inPe: true },
    { over: 'taps', place: 'lanes', parts: each(largestOf(rows)), inPe: true },
  ];
}

function passCost(shape: PassShape, context: ArrayContext): PassCost {
  const cost = emptyPassCost(context.bufferCount);
  const add = stationaryCosts('weight', cost, shape, context);
  const { macLanes } = context;
  const capacity = context.rows * macLanes;
  for (const { repeat, columns, stream, phases } of columnFolds(shape, context.columns)) {
    const tapFolds = tapFoldsOf(stream.length, context);
    for (let i = 0; i < repeat; i++) {
      for (let tapFold = 0; tapFold < tapFolds; tapFold++) {
        const taps = stream.subarray(tapFold * capacity, (tapFold + 1) * capacity);
        const held = new Float64Array(rowsFor(taps.length, context));
        taps.forEach((holders, tap) => (held[Math.floor(tap / macLanes)] += holders));
        add(
          {
            held,
            columns,
            taps: taps.length,
            steps: [{ times: shape.positions, operands: taps.length }],
            macs: held.reduce((sum, each) => sum + each, 0) * shape.positions,
            leaving: leavingOf(shape, tapFold, tapFolds),
          },
          1,
        );
        cost.patternTableReadBits += patternBits(shape, phases, taps.length);
      }
    }
  }
  return cost;
}

function drive(shape: PassShape, context: ArrayContext, array: PeArray): void {
  const ifmapOperand = ifmapOperands(shape);
  const folds: DrivenFold[] = [];
  for (const filters of filterFolds(shape, context.columns)) {
    const stream = unionStream(shape, filters);
    for (const { taps, tapAt, leaving } of tapFoldsOfStream(stream, shape, context)) {
      folds.push({
        rows: rowsFor(taps, context),
        columns: filters.length,
        held: (row, lane, column) => {
          const at = tapAt(row, lane);
          return at?.held[column] === true
            ? weightOperand(shape, filters[column], at.channel, at.tap)
            : undefined;
        },
        steps: shape.positions,
        streamed: (step, row, lane) => {
          const at = tapAt(row, lane);
          return at && ifmapOperand(step, at.channel, at.tap);
        },
        output: (step, column) => filters[column] * shape.positions + step,
        leaving,
        patternBits: patternBits(shape, phasesOf(shape, filters), taps),
      });
    }
  }
  driveStationary('weight', folds, context, array);
}
