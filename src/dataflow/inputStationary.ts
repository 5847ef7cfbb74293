import type { Dataflow } from './dataflow.js';
import { filterFolds, phasesOf, unionStream } from './filterFolds.js';
import { ifmapOperands, kernelTaps, weightOperand } from './operands.js';
import { emptyPassCost } from './pass.js';
import type { ArrayContext, PassCost, PassShape } from './pass.js';
import { cutInto, each, largestOf, partsOf } from './passLoops.js';
import type { PassLoop } from './passLoops.js';
import type { PeArray } from './peArray.js';
import { leastFilterStreams } from './leastFolds.js';
import { stationaryCosts } from './stationary/cost.js';
import { leastPreload } from './stationary/preload.js';
import type { StationaryFold } from './stationary/cost.js';
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
 * Input stationary, systolic: row r of a fold holds tap r of the stream for every column's output position; filters
 * stream by, one per cycle. Weights move right, partial sums move down and leave at the bottom.
 *
 * A fold takes N + 2R + C - 2 cycles for N filters, R of them for loading the ifmap values (Samajdar et al., SCALE-Sim,
 * ISPASS 2020). The rows hold the union of the supports of a phase group, and only its filters stream by: a filter
 * without a weight for a row leaves that row idle.
 */
export const inputStationary: Dataflow = {
  name: 'input-stationary',
  description:
    'Rows hold taps, columns hold output positions; ifmap values stay, filters stream by, partial sums leave after every fold.\nRows hold the union of the supports of a phase group: N + 2R + C - 2 cycles for its N filters.',
  groupsPhases: true,
  spillsPsums: true,
  gates: { weightReads: false, psumAccesses: false },
  cannotSkip: sumsMoveOn,
  registerEntries: (_, { macLanes, preload }) => ({
    ifmap: macLanes * (preload === 'overlapped' ? 2 : 1),
    weight: macLanes,
    psum: 1,
  }),
  registersByLayer: true,
  weightRounds: ({ positions }, { columns }) => Math.ceil(positions / columns),
  leastCycles: (pass, context) =>
    Math.ceil(pass.positions / context.columns) *
    leastFilterStreams(
      pass,
      context,
      (stream) => tapFoldsOf(stream, context),
      leastPreload('ifmap', context),
    ),
  loopsOf,
  passCost,
  drive,
};

function loopsOf(shape: PassShape, context: ArrayContext): PassLoop[] {
  const { columns, macLanes } = context;
  const groups = filterGroups(shape);
  const filters = partsOf(
    groups.map(({ classes }) => classes.reduce((sum, alike) => sum + alike.filters, 0)),
  );
  const lengths = groups.map(({ length }) => length);
  const folds = cutInto(Math.max(...lengths), context.rows * macLanes);
  const rows = cutInto(largestOf(folds), macLanes);
  const positions = cutInto(shape.positions, columns);
  return [
    { over: 'filters', place: 'time', parts: filters, ...phaseRemark(shape) },
    { over: 'taps', place: 'time', parts: folds, remark: streamRemark(shape, lengths) },
    { over: 'positions', place: 'time', parts: positions },
    { over: 'taps', place: 'rows', parts: rows },
    { over: 'positions', place: 'columns', parts: each(largestOf(positions)) },
    { over: 'filters', place: 'time', parts: each(largestOf(filters)), inPe: true },
    { over: 'taps', place: 'lanes', parts: each(largestOf(rows)), inPe: true },
  ];
}

function passCost(shape: PassShape, context: ArrayContext): PassCost {
  const cost = emptyPassCost(context.bufferCount);
  const add = stationaryCosts('ifmap', cost, shape, context);
  const capacity = context.rows * context.macLanes;
  const fullFolds = Math.floor(shape.positions / context.columns);
  const restColumns = shape.positions % context.columns;
  for (const { length, phases, classes } of filterGroups(shape)) {
    const tapFolds = tapFoldsOf(length, context);
    for (let tapFold = 0; tapFold < tapFolds; tapFold++) {
      const start = tapFold * capacity;
      const taps = Math.min(capacity, length - start);
      const steps = stepsOf(classes, start, start + taps);
      const weights = steps.reduce((sum, { times, operands }) => sum + times * operands, 0);
      const fold = (columns: number): StationaryFold => ({
        held: Float64Array.from({ length: rowsFor(taps, context) }, (_, row) => {
          return Math.max(0, Math.min(context.macLanes, taps - row * context.macLanes)) * columns;
        }),
        columns,
        taps,
        steps,
        macs: weights * columns,
        leaving: leavingOf(shape, tapFold, tapFolds),
      });
      add(fold(context.columns), fullFolds);
      if (restColumns > 0) add(fold(restColumns), 1);
      cost.patternTableReadBits += patternBits(shape, phases, taps) * (fullFolds + (restColumns > 0 ? 1 : 0));
    }
  }
  return cost;
}

/** How many filters fetch how many weights for the taps from `start` to `end`: no more entries than taps, and one. */
function stepsOf(classes: FilterGroup['classes'], start: number, end: number): StationaryFold['steps'] {
  const timesByOperands = new Map<number, number>();
  for (const { filters, heldBefore } of classes) {
    const operands = heldBefore[end] - heldBefore[start];
    timesByOperands.set(operands, (timesByOperands.get(operands) ?? 0) + filters);
  }
  return [...timesByOperands].map(([operands, times]) => ({ times, operands }));
}

/** Filters that stream by together, and the union of their supports. */
interface FilterGroup {
  /** Of the union. */
  readonly length: number;
  readonly phases: number;
  /** Filters with the same support. `heldBefore[i]`: for how many of the union's first i taps they have a weight. */
  readonly classes: ReadonlyArray<{ readonly filters: number; readonly heldBefore: Uint32Array }>;
}

function filterGroups(shape: PassShape): FilterGroup[] {
  const { assignment } = shape.streamed;
  return filterFolds(shape, Infinity).map((filters) => {
    const alike = new Map<number, { filters: number; example: number }>();
    for (const filter of filters) {
      const key =
        assignment.kind === 'dense'
          ? 0
          : assignment.kind === 'periodic'
            ? (shape.filterStart + filter) % assignment.period
            : filter;
      const known = alike.get(key);
      if (known === undefined) alike.set(key, { filters: 1, example: filter });
      else known.filters++;
    }
    const members = [...alike.values()];
    const taps = unionTaps(
      shape,
      members.map(({ example }) => example),
    );
    return {
      length: taps.reduce((count, isStreamed) => count + isStreamed, 0),
      phases: phasesOf(shape, filters),
      classes: members.map(({ filters: count, example }) => ({
        filters: count,
        heldBefore: heldBefore(shape, taps, example),
      })),
    };
  });
}

/** The union of the filters' supports: a one for each tap of (channels, taps) that one of them has. */
function unionTaps(shape: PassShape, filters: readonly number[]): Uint8Array {
  const { taps } = shape.streamed;
  const union = new Uint8Array(shape.channelCount * taps);
  for (const filter of filters) {
    for (let channel = 0; channel < shape.channelCount; channel++) {
      const kernel = kernelTaps(shape, filter, channel);
      for (let tap = 0; tap < taps; tap++) union[channel * taps + tap] |= kernel[tap];
    }
  }
  return union;
}

function heldBefore(shape: PassShape, union: Uint8Array, filter: number): Uint32Array {
  const { taps } = shape.streamed;
  const before = new Uint32Array(union.length + 1);
  let length = 0;
  for (let channel = 0; channel < shape.channelCount; channel++) {
    const kernel = kernelTaps(shape, filter, channel);
    for (let tap = 0; tap < taps; tap++) {
      if (union[channel * taps + tap] === 0) continue;
      before[length + 1] = before[length] + kernel[tap];
      length++;
    }
  }
  return before;
}

function drive(shape: PassShape, context: ArrayContext, array: PeArray): void {
  const ifmapOperand = ifmapOperands(shape);
  const folds: DrivenFold[] = [];
  for (const filters of filterFolds(shape, Infinity)) {
    const stream = unionStream(shape, filters);
    for (const { taps, tapAt, leaving } of tapFoldsOfStream(stream, shape, context)) {
      for (let start = 0; start < shape.positions; start += context.columns) {
        folds.push({
          rows: rowsFor(taps, context),
          columns: Math.min(context.columns, shape.positions - start),
          held: (row, lane, column) => {
            const at = tapAt(row, lane);
            return at && ifmapOperand(start + column, at.channel, at.tap);
          },
          steps: filters.length,
          streamed: (step, row, lane) => {
            const at = tapAt(row, lane);
            return at?.held[step] === true
              ? weightOperand(shape, filters[step], at.channel, at.tap)
              : undefined;
          },
          output: (step, column) => filters[step] * shape.positions + start + column,
          leaving,
          patternBits: patternBits(shape, phasesOf(shape, filters), taps),
        });
      }
    }
  }
  driveStationary('ifmap', folds, context, array);
}
