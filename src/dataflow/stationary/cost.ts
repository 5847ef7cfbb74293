import { countRead } from '../counters.js';
import { countLeaving, leavingDemands, streamStep } from '../leaving.js';
import type { StreamCause } from '../leaving.js';
import type { ArrayContext, PassCost, PassShape } from '../pass.js';
import type { Leaving, OperandTensor } from '../peArray.js';
import { wordsOf } from '../ports.js';
import { skew } from '../systolic.js';
import { hidesPreload } from './preload.js';

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
    cost.hops[stays] += loadShifts * folds;
    cost.hops[moves] += movedReads * (columns - 1);
    // Sums go on through the rows that are not in use.
    cost.hops.psum += (context.rows - 1) * columns * stepCount * folds;
    if (leaving.last) cost.postProcessorOperations += columns * stepCount * folds;
  };
}
