import type { RegisterAccess } from '../../dataflow/counters.js';
import type { RegisterEntries } from '../../dataflow/dataflow.js';
import type { ArrayContext, PassCost } from '../../dataflow/pass.js';
import type { OperandTensor, PeArray, RegisterPlace } from '../../dataflow/peArray.js';
import type { ArrayState, LeftSum, PassOperands } from './arrayState.js';
import { add, clearPlane, createPlane, registerAt, shiftPlane } from './registerPlane.js';
import type { RegisterPlane } from './registerPlane.js';

type Held =
  | 'use'
  | 'narrow'
  | 'latch'
  | 'shift'
  | 'handOn'
  | 'latchShadow'
  | 'shiftShadow'
  | 'swapShadow'
  | 'holds'
  | 'open'
  | 'isOpen'
  | 'shiftSums'
  | 'multiply'
  | 'idle'
  | 'isZero'
  | 'emit'
  | 'emitSum';

/** What the PEs hold, and what they do with it within a cycle. */
export interface ArrayRegisters extends Pick<PeArray, Held> {
  /** Takes all open sums out. Returns how many there were. */
  emitAll(): number;
  /** Forgets what happened in a cycle. */
  endCycle(): void;
  endFold(): void;
  /** What can be seen; sums that have left are shown once. */
  show(
    isStalled: boolean,
  ): Pick<ArrayState, 'ifmap' | 'weight' | 'nextIfmap' | 'nextWeight' | 'psum' | 'left' | 'products'>;
}

/**
 * @param cost where register accesses and multiplications are counted
 * @param fetches how often each operand has been read from its buffer: nothing else may enter a register
 */
export function createArrayRegisters(
  { rows, columns, gate }: ArrayContext,
  entries: RegisterEntries,
  { ifmap, weights, sums, watch }: PassOperands,
  cost: PassCost,
  fetches: Readonly<Record<OperandTensor, Uint32Array>>,
): ArrayRegisters {
  const plane = (count: number): RegisterPlane => createPlane(rows, columns, count);
  const planes = { ifmap: plane(entries.ifmap), weight: plane(entries.weight) };
  const shadows = { ifmap: plane(entries.ifmap), weight: plane(entries.weight) };
  const psums = plane(entries.psum);
  const registers: Record<OperandTensor, RegisterAccess> = {
    ifmap: cost.ifmapRegister,
    weight: cost.weightRegister,
  };
  const buffers = { ifmap, weight: weights };
  const isFloat = sums instanceof Float32Array;
  const products = new Uint16Array(rows * columns);
  const noProducts = new Uint16Array(rows * columns);
  /** PEs that have had a sum in this fold. */
  const working = new Uint8Array(rows * columns);
  /** Operands that move on in this cycle: the read that multiplies them hands them on, too. */
  let moving = { ifmap: false, weight: false };
  let sumsMove = false;
  let used = { rows, columns };
  let left: LeftSum[] = [];

  /** How often an operand that was read has come to a PE: to each one after the first it goes on from PE to PE. */
  const arrivals = { ifmap: new Uint32Array(ifmap.length), weight: new Uint32Array(weights.length) };
  const { hops } = cost;

  const put = (target: RegisterPlane, tensor: OperandTensor, at: number, operand: number): void => {
    if (fetches[tensor][operand] === 0)
      throw new Error(`${tensor} ${operand} was not read before it was latched`);
    target.operands[at] = operand;
    target.values[at] = buffers[tensor][operand];
    if (arrivals[tensor][operand] < fetches[tensor][operand]) arrivals[tensor][operand]++;
    else hops[tensor]++;
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
    const pe = Math.floor(parts[0] / psums.entries);
    left.push({ row: Math.floor(pe / columns), column: pe % columns, output, value: made });
  };

  return {
    use(usedRows, usedColumns) {
      used = { rows: usedRows, columns: usedColumns };
      clearPlane(planes.ifmap);
      clearPlane(planes.weight);
      clearPlane(psums);
    },
    narrow(columnsLeft) {
      used = { rows: used.rows, columns: columnsLeft };
    },
    latch(tensor, row, column, entry, operand) {
      put(planes[tensor], tensor, registerAt(planes[tensor], row, column, entry), operand);
    },
    shift(tensor, direction) {
      const moved = shiftPlane(planes[tensor], direction, used.rows, used.columns);
      add(registers[tensor], moved, moved);
      hops[tensor] += moved;
      moving[tensor] = true;
    },
    handOn(tensor, direction) {
      const moved = shiftPlane(planes[tensor], direction, used.rows, used.columns);
      add(registers[tensor], moved, moved);
      hops[tensor] += moved;
    },
    latchShadow(tensor, row, column, entry, operand) {
      put(shadows[tensor], tensor, registerAt(shadows[tensor], row, column, entry), operand);
    },
    shiftShadow(tensor) {
      const moved = shiftPlane(shadows[tensor], 'down', rows, columns);
      add(registers[tensor], moved, moved);
      hops[tensor] += moved;
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
      hops.psum += moved;
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
      if (gate === 'activation' && activation === 0) {
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
    emitSum(parts) {
      takeOut(...parts.flat().map(({ row, column, entry }) => registerAt(psums, row, column, entry)));
      parts.forEach((list, index) => {
        for (let i = 1; i < list.length; i++) hops.psum += distance(list[i], list[i - 1]);
        hops.psum += index === 0 ? list[0].row : distance(list[0], parts[index - 1][0]);
      });
    },
    emit(row, column, entry) {
      hops.psum += rows - 1 - row;
      takeOut(registerAt(psums, row, column, entry));
    },
    emitAll() {
      let count = 0;
      psums.operands.forEach((output, at) => {
        if (output < 0) return;
        takeOut(at);
        hops.psum += rows - 1 - Math.floor(at / (columns * psums.entries));
        count++;
      });
      return count;
    },
    endCycle() {
      products.fill(0);
      moving = { ifmap: false, weight: false };
      sumsMove = false;
    },
    endFold() {
      const pes = working.reduce((count, each) => count + each, 0);
      cost.activePes = Math.max(cost.activePes, pes);
      working.fill(0);
    },
    show(isStalled) {
      const shown = left;
      left = [];
      return {
        ifmap: planes.ifmap,
        weight: planes.weight,
        nextIfmap: shadows.ifmap,
        nextWeight: shadows.weight,
        psum: psums,
        left: shown,
        products: isStalled ? noProducts : products,
      };
    },
  };
}

/** PEs that a value passes to, along rows and columns, on its way from one to another. */
function distance(from: RegisterPlace, to: RegisterPlace): number {
  return Math.abs(from.row - to.row) + Math.abs(from.column - to.column);
}
