import { countRead } from '../../dataflow/counters.js';
import type { RegisterAccess, StallCause } from '../../dataflow/counters.js';
import type { RegisterEntries } from '../../dataflow/dataflow.js';
import { countLeaving, leavingDemands, streamStep } from '../../dataflow/leaving.js';
import type { LeavingDemands } from '../../dataflow/leaving.js';
import type { Output } from '../../dataflow/operands.js';
import { emptyPassCost } from '../../dataflow/pass.js';
import type { ArrayContext, PassCost, PassShape } from '../../dataflow/pass.js';
import type { Beside, Leaving, OperandTensor, PeArray } from '../../dataflow/peArray.js';
import { wordsOf } from '../../dataflow/ports.js';
import type { Demand } from '../../dataflow/ports.js';
import type { ElementArray } from '../../tensor/precision.js';
import { splitDemands } from '../../dataflow/drainBehind.js';
import { allDemands } from '../../dataflow/leaving.js';
import { createDrainUnit } from './drainUnit.js';
import { add, clearPlane, createPlane, registerAt, shiftPlane } from './registerPlane.js';
import type { RegisterPlane } from './registerPlane.js';

/** What a pass works on. */
export interface PassOperands {
  /** The ifmap tile: (images, channels, height, width) with its padding. */
  readonly ifmap: ElementArray;
  /** The decoded weight tile: (filters, channels, taps). */
  readonly weights: ElementArray;
  /** (filters, positions): what leaves the array is added here, as it is at the array's edge. */
  readonly sums: Int32Array | Float64Array | Float32Array;
  /** Called with a sum that a PE has just made: may refuse it. */
  readonly watch?: ((sum: number, output: Output) => void) | undefined;
}

/** What can be seen of the array at the end of a cycle. */
export interface ArrayState {
  readonly cycle: number;
  /** Why the array stood still in this cycle. */
  readonly stall: StallCause | undefined;
  /** The pass is over, and its last sums are on their way. */
  readonly isAfterPass: boolean;
  readonly ifmap: RegisterPlane;
  readonly weight: RegisterPlane;
  /** The registers that are filled for the next fold. */
  readonly nextIfmap: RegisterPlane;
  readonly nextWeight: RegisterPlane;
  /** Operands are output numbers here. */
  readonly psum: RegisterPlane;
  /** Sums that have left PEs since the cycle before. */
  readonly left: readonly LeftSum[];
  /** By PE: products that it made in this cycle. */
  readonly products: Uint16Array;
}

/** A sum as it leaves its PE. */
export interface LeftSum {
  readonly row: number;
  readonly column: number;
  readonly output: Output;
  readonly value: number;
}

export interface RegisterArray extends PeArray {
  /** Waits for nothing any more, and says what the pass took. */
  finishPass(): PassCost;
  /** How often each operand was read from its buffer. */
  readonly fetches: Readonly<Record<OperandTensor, Uint32Array>>;
}

/**
 * The array of one pass with all its registers: what a dataflow drives, values and counts included.
 *
 * @param observe called at the end of every cycle, stalls included
 */
export function createRegisterArray(
  shape: PassShape,
  context: ArrayContext,
  entries: RegisterEntries,
  { ifmap, weights, sums, watch }: PassOperands,
  observe?: (state: ArrayState) => void,
): RegisterArray {
  const { rows, columns, ports } = context;
  const cost = emptyPassCost(context.bufferCount);
  const plane = (count: number): RegisterPlane => createPlane(rows, columns, count);
  const planes = { ifmap: plane(entries.ifmap), weight: plane(entries.weight) };
  const shadows = { ifmap: plane(entries.ifmap), weight: plane(entries.weight) };
  const psums = plane(entries.psum);
  const registers: Record<OperandTensor, RegisterAccess> = {
    ifmap: cost.ifmapRegister,
    weight: cost.weightRegister,
  };
  const buffers = { ifmap, weight: weights };
  const bits = { ifmap: shape.ifmapBits, weight: shape.weightBits };
  const fetches = { ifmap: new Uint32Array(ifmap.length), weight: new Uint32Array(weights.length) };
  /** Operands that move on in this cycle: the read that multiplies them hands them on, too. */
  let moving = { ifmap: false, weight: false };
  const isFloat = sums instanceof Float32Array;
  /** PEs that have had a sum in this fold. */
  const working = new Uint8Array(rows * columns);
  const endWork = (): void => {
    cost.activePes = Math.max(
      cost.activePes,
      working.reduce((count, each) => count + each, 0),
    );
    working.fill(0);
  };
  const products = new Uint16Array(rows * columns);
  const noProducts = new Uint16Array(rows * columns);
  const drainUnit = createDrainUnit(ports);
  const heldUnit = createDrainUnit(ports);

  let used = { rows, columns };
  let fetched = { ifmap: 0, weight: 0 };
  let leaving: LeavingDemands | undefined;
  let sumsMove = false;
  let isAfterPass = false;
  let left: LeftSum[] = [];
  let span = { ticks: 1, left: 1 };
  let folds = 0;
  /** Words that are read for later: as asked for together, and still to come from each buffer. */
  let ahead = { ifmap: 0, weight: 0 };
  const wordsAhead = new Map<number, number>();
  let beside: { readonly work: Beside; cycles: number } | undefined;

  const cycle = (stall?: StallCause): void => {
    observe?.({
      cycle: cost.cycles,
      stall,
      isAfterPass,
      ifmap: planes.ifmap,
      weight: planes.weight,
      nextIfmap: shadows.ifmap,
      nextWeight: shadows.weight,
      psum: psums,
      left,
      products: stall === undefined ? products : noProducts,
    });
    left = [];
    cost.cycles++;
    drainUnit.step();
    if (beside !== undefined) {
      beside.cycles++;
      if (beside.work.next().done === true) beside = undefined;
    }
  };
  const stalled = (cause: 'ifmap' | 'weight-load' | 'psum' | 'drain'): void => {
    if (cause === 'ifmap') cost.ifmapStalls++;
    else if (cause === 'weight-load') cost.weightLoadStalls++;
    else if (cause === 'psum') cost.psumStalls++;
    else cost.drainStalls++;
    cycle(cause);
  };
  const endTick = (): void => {
    products.fill(0);
    moving = { ifmap: false, weight: false };
    sumsMove = false;
  };
  const countFetches = (tensor: OperandTensor, operands: number): number => {
    const words = wordsOf(ports[tensor], operands, bits[tensor]);
    countRead(cost.accesses, ports[tensor].buffer, tensor, operands, words, (operands * bits[tensor]) / 8);
    return words;
  };
  const aheadIsIn = (): boolean => [...wordsAhead.values()].every((words) => words === 0);
  /** In so many cycles, those ports read ahead that `demands` leave free. */
  const readAhead = (cycles: number, ...demands: readonly Demand[]): void => {
    for (const [buffer, words] of wordsAhead) {
      const taken = demands.reduce(
        (sum, demand) => sum + (demand.port.buffer === buffer ? demand.words : 0),
        0,
      );
      wordsAhead.set(buffer, Math.max(0, words - (cycles * portsOf(buffer) - taken)));
    }
  };
  const portsOf = (buffer: number): number =>
    buffer === ports.ifmap.buffer ? ports.ifmap.ports : ports.weight.ports;
  const put = (target: RegisterPlane, tensor: OperandTensor, at: number, operand: number): void => {
    if (fetches[tensor][operand] === 0)
      throw new Error(`${tensor} ${operand} was not read before it was latched`);
    target.operands[at] = operand;
    target.values[at] = buffers[tensor][operand];
    add(registers[tensor], moving[tensor] ? 1 : 0, 1);
  };
  const takeOut = (...parts: readonly number[]): void => {
    const output = psums.operands[parts[0]];
    if (output < 0) throw new Error('a sum that is not there leaves the array');
    let sum = 0;
    for (const at of parts) {
      if (psums.operands[at] !== output) throw new Error('parts of different sums are added up');
      sum += psums.values[at];
      if (isFloat) sum = Math.fround(sum);
      watch?.(sum, output);
      psums.operands[at] = -1;
      add(cost.psumRegister, 1, 0);
    }
    const made = sum;
    sum += sums[output];
    watch?.(sum, output);
    sums[output] = sum;
    if (observe !== undefined) {
      const pe = Math.floor(parts[0] / psums.entries);
      left.push({ row: Math.floor(pe / columns), column: pe % columns, output, value: made });
    }
  };
  const countLeft = (count: number, which: Leaving): void => {
    countLeaving(cost.accesses, count, 1, which, shape, context);
    if (which.last) cost.postProcessorOperations += count;
  };
  /** Sums leave behind the next fold, as far as they do not need the ports that it streams from. */
  const leaveTogether = (count: number, which: Leaving): void => {
    const demands = leavingDemands(count, which, shape, context);
    const { competing, others } = splitDemands(demands, context);
    if (context.drain === 'serial') {
      drainUnit.begin(allDemands(demands), demands.laneCycles);
      while (drainUnit.isBusy()) stalled('drain');
    } else {
      heldUnit.begin(competing, 0);
      while (heldUnit.isBusy()) {
        heldUnit.step();
        stalled('psum');
      }
    }
    if (folds++ === 0) cost.firstFoldCycles = cost.cycles;
    if (context.drain === 'serial') return;
    while (drainUnit.isBusy()) stalled('drain');
    drainUnit.begin(others, demands.laneCycles);
  };

  return {
    fetches,
    use(usedRows, usedColumns) {
      used = { rows: usedRows, columns: usedColumns };
      clearPlane(planes.ifmap);
      clearPlane(planes.weight);
      clearPlane(psums);
    },
    narrow(columnsLeft) {
      used = { rows: used.rows, columns: columnsLeft };
    },
    fetch(tensor, operand) {
      fetches[tensor][operand]++;
      fetched[tensor]++;
    },
    fetchBeside(tensor, operands) {
      for (const operand of operands) fetches[tensor][operand]++;
      return Math.ceil(countFetches(tensor, operands.length) / ports[tensor].ports);
    },
    fetchAhead(tensor, operands) {
      for (const operand of operands) fetches[tensor][operand]++;
      const words = countFetches(tensor, operands.length);
      const { buffer } = ports[tensor];
      ahead[tensor] += words;
      wordsAhead.set(buffer, (wordsAhead.get(buffer) ?? 0) + words);
    },
    awaitAhead() {
      const demand = (tensor: OperandTensor) => ({ port: ports[tensor], words: ahead[tensor] });
      const { cause } = streamStep(demand('ifmap'), demand('weight'));
      while (!aheadIsIn()) {
        readAhead(1);
        stalled(cause);
      }
      ahead = { ifmap: 0, weight: 0 };
    },
    readPatternTable(patternBits) {
      cost.patternTableReadBits += patternBits;
    },
    latch(tensor, row, column, entry, operand) {
      put(planes[tensor], tensor, registerAt(planes[tensor], row, column, entry), operand);
    },
    pass(tensor, from, to) {
      const target = planes[tensor];
      const source = registerAt(target, from.row, from.column, from.entry);
      const at = registerAt(target, to.row, to.column, to.entry);
      target.operands[at] = target.operands[source];
      target.values[at] = target.values[source];
      add(registers[tensor], 1, 1);
    },
    shift(tensor, direction) {
      const moved = shiftPlane(planes[tensor], direction, used.rows, used.columns);
      add(registers[tensor], moved, moved);
      moving[tensor] = true;
    },
    handOn(tensor, direction) {
      const moved = shiftPlane(planes[tensor], direction, used.rows, used.columns);
      add(registers[tensor], moved, moved);
    },
    latchShadow(tensor, row, column, entry, operand) {
      put(shadows[tensor], tensor, registerAt(shadows[tensor], row, column, entry), operand);
    },
    shiftShadow(tensor) {
      const moved = shiftPlane(shadows[tensor], 'down', rows, columns);
      add(registers[tensor], moved, moved);
    },
    swapShadow(tensor) {
      [planes[tensor], shadows[tensor]] = [shadows[tensor], planes[tensor]];
      clearPlane(shadows[tensor]);
    },
    holds(tensor, row, column, entry) {
      const target = planes[tensor];
      return target.operands[registerAt(target, row, column, entry)] >= 0;
    },
    open(row, column, entry, output) {
      const at = registerAt(psums, row, column, entry);
      if (psums.operands[at] >= 0)
        throw new Error(`PE (${row}, ${column}) has not handed on its sum ${entry}`);
      psums.operands[at] = output;
      psums.values[at] = 0;
      working[row * columns + column] = 1;
      if (sumsMove) add(cost.psumRegister, 0, 1);
    },
    isOpen(row, column, entry) {
      return psums.operands[registerAt(psums, row, column, entry)] >= 0;
    },
    shiftSums() {
      const moved = shiftPlane(psums, 'down', used.rows, used.columns);
      add(cost.psumRegister, moved, moved);
      psums.operands.forEach((output, at) => {
        if (output >= 0) working[Math.floor(at / psums.entries)] = 1;
      });
      sumsMove = true;
    },
    multiply(row, column, ifmapEntry, weightEntry, psumEntry) {
      const ifmapAt = registerAt(planes.ifmap, row, column, ifmapEntry);
      const weightAt = registerAt(planes.weight, row, column, weightEntry);
      const psumAt = registerAt(psums, row, column, psumEntry);
      if (
        planes.ifmap.operands[ifmapAt] < 0 ||
        planes.weight.operands[weightAt] < 0 ||
        psums.operands[psumAt] < 0
      )
        throw new Error(`PE (${row}, ${column}) multiplies what it does not hold`);
      const activation = planes.ifmap.values[ifmapAt];
      if (!moving.ifmap) add(cost.ifmapRegister, 1, 0);
      products[row * columns + column]++;
      if (context.gate === 'activation' && activation === 0) {
        cost.gatedMacs++;
        return;
      }
      cost.macs++;
      if (!moving.weight) add(cost.weightRegister, 1, 0);
      if (!sumsMove) add(cost.psumRegister, 1, 1);
      const product = activation * planes.weight.values[weightAt];
      const sum = psums.values[psumAt] + (isFloat ? Math.fround(product) : product);
      psums.values[psumAt] = isFloat ? Math.fround(sum) : sum;
      watch?.(psums.values[psumAt], psums.operands[psumAt]);
    },
    idle(slots) {
      cost.idleMacSlots += slots;
    },
    isZero: (operand) => ifmap[operand] === 0,
    together(ticks) {
      span = { ticks, left: ticks };
    },
    tick() {
      span.left--;
      if (span.left > 0) {
        cycle();
        endTick();
        return;
      }
      const demand = (tensor: OperandTensor) => ({
        port: ports[tensor],
        words: fetched[tensor] === 0 ? 0 : countFetches(tensor, fetched[tensor]),
      });
      const fetching = [demand('ifmap'), demand('weight')] as const;
      const step = streamStep(...fetching, leaving);
      readAhead(step.cycles, ...fetching);
      for (let held = span.ticks; held < step.cycles; held++) stalled(step.cause);
      cycle();
      fetched = { ifmap: 0, weight: 0 };
      leaving = undefined;
      span = { ticks: 1, left: 1 };
      endTick();
    },
    start(work) {
      if (beside !== undefined) throw new Error('something else goes on beside the array');
      if (work.next().done !== true) beside = { work, cycles: 0 };
    },
    finish(cause, unstalled) {
      if (beside === undefined) return;
      const work = beside;
      let waited = 0;
      while (work === beside) {
        cycle();
        waited++;
      }
      const stalls = Math.min(waited, work.cycles - unstalled);
      if (cause === 'ifmap') cost.ifmapStalls += stalls;
      else cost.weightLoadStalls += stalls;
    },
    leave(count, which) {
      leaving = leavingDemands(count, which, shape, context);
      countLeft(count, which);
    },
    leaveWaiting(count, which) {
      const demands = leavingDemands(count, which, shape, context);
      drainUnit.begin(allDemands(demands), demands.laneCycles);
      while (drainUnit.isBusy()) stalled('drain');
      countLeft(count, which);
    },
    emitSum(parts) {
      takeOut(...parts.map(({ row, column, entry }) => registerAt(psums, row, column, entry)));
    },
    emit(row, column, entry) {
      takeOut(registerAt(psums, row, column, entry));
    },
    drain(which) {
      endWork();
      let count = 0;
      psums.operands.forEach((output, at) => {
        if (output < 0) return;
        takeOut(at);
        count++;
      });
      countLeft(count, which);
      leaveTogether(count, which);
    },
    endFold() {
      endWork();
      if (folds++ === 0) cost.firstFoldCycles = cost.cycles;
    },
    finishPass() {
      const { cycles } = cost;
      isAfterPass = true;
      while (drainUnit.isBusy()) cycle();
      cost.tailDrainCycles = cost.cycles - cycles;
      cost.cycles = cycles;
      return cost;
    },
  };
}
