import { countRead } from './counters.js';
import { countLeaving, leavingDemands, streamStep } from './leaving.js';
import type { StreamCause } from './leaving.js';
import type { ArrayContext, PassCost, PassShape } from './pass.js';
import type { Beside, Leaving, OperandTensor, PeArray } from './peArray.js';
import { wordsOf } from './ports.js';
import { skew } from './systolic.js';

/**
 * A fold of a systolic array in which one operand stays: its values are loaded row by row from the top, the other
 * operand's move right, and the sums move down and leave at the bottom, one row of columns per step of the stream.
 */
export interface StationaryFold {
  /** Operands that each row in use holds, over all columns and lanes. */
  readonly held: ArrayLike<number>;
  readonly columns: number;
  /** Taps that the rows hold, over all lanes. */
  readonly taps: number;
  /** The stream: so many steps, each of which fetches so many operands. */
  readonly steps: ReadonlyArray<{ readonly times: number; readonly operands: number }>;
  readonly macs: number;
  readonly leaving: Leaving;
}

/** Rows that hold `taps`, `macLanes` in each; one row hands on the (zero) sums of a fold without taps. */
export function rowsFor(taps: number, { macLanes }: ArrayContext): number {
  return Math.max(1, Math.ceil(taps / macLanes));
}

/** A reduction without taps still hands on its (zero) sums. */
export function tapFoldsOf(taps: number, { rows, macLanes }: ArrayContext): number {
  return Math.max(1, Math.ceil(taps / (rows * macLanes)));
}

/** Sums come back for every tap fold but the first, and are complete after the last. */
export function leavingOf(
  { firstChannels, lastChannels }: PassShape,
  tapFold: number,
  tapFolds: number,
): Leaving {
  return { first: firstChannels && tapFold === 0, last: lastChannels && tapFold === tapFolds - 1 };
}

/** Bits of the pattern table that a fold's address generator reads. */
export function patternBits(
  { readsPatternTable, streamed }: PassShape,
  phases: number,
  taps: number,
): number {
  return readsPatternTable ? phases * Math.ceil(taps / streamed.taps) * streamed.taps : 0;
}

/** Adds folds to a pass one after the other, each `times` times. */
export function stationaryCosts(
  stays: OperandTensor,
  cost: PassCost,
  shape: PassShape,
  context: ArrayContext,
): (fold: StationaryFold, times: number) => void {
  const moves = stays === 'weight' ? 'ifmap' : 'weight';
  const bits = { ifmap: shape.ifmapBits, weight: shape.weightBits };
  const { accesses } = cost;
  const none = { port: context.ports[stays], words: 0 };
  let bodyBefore = 0;

  return ({ held, columns, taps, steps, macs, leaving }, folds) => {
    const stayPort = context.ports[stays];
    const movePort = context.ports[moves];
    const rows = held.length;
    let heldOperands = 0;
    let heldWords = 0;
    let loadStalls = 0;
    let loadShifts = 0;
    for (let row = 0; row < rows; row++) {
      const words = wordsOf(stayPort, held[row], bits[stays]);
      heldOperands += held[row];
      heldWords += words;
      loadStalls += Math.max(0, Math.ceil(words / stayPort.ports) - 1);
      loadShifts += held[row] * row;
    }

    const leavingWords = leavingDemands(columns, leaving, shape, context);
    const stalls: Record<StreamCause, number> = { ifmap: 0, 'weight-load': 0, psum: 0, drain: 0 };
    let length = 0;
    let moved = 0;
    let movedWords = 0;
    for (const { times, operands } of steps) {
      const words = wordsOf(movePort, operands, bits[moves]);
      const demand = { port: movePort, words };
      const [ifmap, weight] = moves === 'ifmap' ? [demand, none] : [none, demand];
      const step = streamStep(ifmap, weight, leavingWords);
      stalls[step.cause] += (step.cycles - 1) * times;
      length += step.cycles * times;
      moved += operands * times;
      movedWords += words * times;
    }
    const stepCount = steps.reduce((sum, { times }) => sum + times, 0);

    const preload = (context.fill === 'array' ? context.rows : rows) + loadStalls;
    const body = length + skew(rows, columns, context);
    for (let fold = 0; fold < folds; fold++) {
      const exposed = hidesPreload(stays, context) ? Math.max(0, preload - bodyBefore) : preload;
      const loadCause = stays === 'weight' ? 'weightLoadStalls' : 'ifmapStalls';
      cost[loadCause] += Math.min(loadStalls, exposed);
      if (cost.cycles === 0) cost.firstFoldCycles = exposed + body;
      cost.cycles += exposed + body;
      bodyBefore = body;
    }
    cost.ifmapStalls += stalls.ifmap * folds;
    cost.weightLoadStalls += stalls['weight-load'] * folds;
    cost.psumStalls += stalls.psum * folds;
    cost.drainStalls += stalls.drain * folds;

    const heldReads = heldOperands * folds;
    const movedReads = moved * folds;
    countRead(accesses, stayPort.buffer, stays, heldReads, heldWords * folds, (heldReads * bits[stays]) / 8);
    countRead(
      accesses,
      movePort.buffer,
      moves,
      movedReads,
      movedWords * folds,
      (movedReads * bits[moves]) / 8,
    );
    countLeaving(accesses, columns, stepCount * folds, leaving, shape, context);

    if (folds > 0) cost.activePes = Math.max(cost.activePes, rows * columns);
    cost.macs += macs * folds;
    cost.idleMacSlots += (taps * columns * stepCount - macs) * folds;
    const [stayRegister, moveRegister] =
      stays === 'weight'
        ? [cost.weightRegister, cost.ifmapRegister]
        : [cost.ifmapRegister, cost.weightRegister];
    stayRegister.writes += (heldOperands + loadShifts) * folds;
    stayRegister.reads += (macs + loadShifts) * folds;
    moveRegister.writes += movedReads * columns;
    moveRegister.reads += movedReads * columns;
    cost.psumRegister.writes += rows * columns * stepCount * folds;
    cost.psumRegister.reads += rows * columns * stepCount * folds;
    if (leaving.last) cost.postProcessorOperations += columns * stepCount * folds;
  };
}

/** Loading hides behind the fold before only where it has its buffer's port for itself. */
export function hidesPreload(stays: OperandTensor, { preload, ports }: ArrayContext): boolean {
  const others = [stays === 'weight' ? ports.ifmap : ports.weight, ports.psum, ports.ofmap];
  return preload === 'overlapped' && others.every(({ buffer }) => buffer !== ports[stays].buffer);
}

/** A fold as the array is driven through it. Lanes without an operand are undefined. */
export interface DrivenFold {
  readonly rows: number;
  readonly columns: number;
  readonly held: (row: number, lane: number, column: number) => number | undefined;
  readonly steps: number;
  readonly streamed: (step: number, row: number, lane: number) => number | undefined;
  readonly output: (step: number, column: number) => number;
  readonly leaving: Leaving;
  readonly patternBits: number;
}

export function driveStationary(
  stays: OperandTensor,
  folds: readonly DrivenFold[],
  context: ArrayContext,
  array: PeArray,
): void {
  const hides = hidesPreload(stays, context);
  folds.forEach((fold, index) => {
    if (!hides || index === 0) array.start(loadHeld(stays, fold, context, array));
    array.finish(
      stays === 'weight' ? 'weight-load' : 'ifmap',
      context.fill === 'array' ? context.rows : fold.rows,
    );
    array.use(fold.rows, fold.columns);
    array.swapShadow(stays);
    if (hides && index + 1 < folds.length) array.start(loadHeld(stays, folds[index + 1], context, array));
    stream(stays, fold, context, array);
    array.endFold();
  });
}

/** The last row's operands enter first and move down past the others' places. */
function* loadHeld(
  stays: OperandTensor,
  { rows, columns, held }: DrivenFold,
  context: ArrayContext,
  array: PeArray,
): Beside {
  for (let row = rows; row < context.rows && context.fill === 'array'; row++) yield;
  for (let row = rows - 1; row >= 0; row--) {
    array.shiftShadow(stays);
    const operands: number[] = [];
    for (let column = 0; column < columns; column++) {
      for (let lane = 0; lane < context.macLanes; lane++) {
        const operand = held(row, lane, column);
        if (operand === undefined) continue;
        operands.push(operand);
      }
    }
    const cycles = array.fetchBeside(stays, operands);
    for (let column = 0; column < columns; column++) {
      for (let lane = 0; lane < context.macLanes; lane++) {
        const operand = held(row, lane, column);
        if (operand !== undefined) array.latchShadow(stays, 0, column, lane, operand);
      }
    }
    for (let cycle = 0; cycle < Math.max(1, cycles); cycle++) yield;
  }
}

function stream(stays: OperandTensor, fold: DrivenFold, context: ArrayContext, array: PeArray): void {
  const { rows, columns, steps, streamed, output, leaving } = fold;
  const { macLanes } = context;
  const moves = stays === 'weight' ? 'ifmap' : 'weight';
  array.readPatternTable(fold.patternBits);
  for (let tick = 0; tick < steps + skew(rows, columns, context); tick++) {
    if (tick < steps) {
      for (let row = 0; row < rows; row++) {
        for (let lane = 0; lane < macLanes; lane++) {
          const operand = streamed(tick, row, lane);
          if (operand !== undefined) array.fetch(moves, operand);
        }
      }
      array.leave(columns, leaving);
    }
    array.shift(moves, 'right');
    array.shiftSums();
    // Row r is r cycles behind, column c another c, so that a step's products meet its sums.
    for (let row = 0; row < rows; row++) {
      const step = tick - row;
      if (step < 0 || step >= steps) continue;
      for (let lane = 0; lane < macLanes; lane++) {
        const operand = streamed(step, row, lane);
        if (operand !== undefined) array.latch(moves, row, 0, lane, operand);
      }
    }
    for (let column = 0; column < columns; column++) {
      const step = tick - column;
      if (step >= 0 && step < steps) array.open(0, column, 0, output(step, column));
    }
    multiply(array, fold, macLanes);
    for (let column = 0; column < columns; column++) {
      const step = tick - column - (rows - 1);
      if (step >= 0 && step < steps) array.emit(rows - 1, column, 0);
    }
    array.tick();
  }
}

function multiply(array: PeArray, { rows, columns }: DrivenFold, lanes: number): void {
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      if (!array.isOpen(row, column, 0)) continue;
      for (let lane = 0; lane < lanes; lane++) {
        const ifmap = array.holds('ifmap', row, column, lane);
        const weight = array.holds('weight', row, column, lane);
        if (ifmap && weight) array.multiply(row, column, lane, lane, 0);
        else if (ifmap) array.idle(1);
      }
    }
  }
}
