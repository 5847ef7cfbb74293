import type { RegisterAccess } from '../../dataflow/counters.js';

/** One register file of every PE: which operand each entry holds, and its value. -1 stands for an empty entry. */
export interface RegisterPlane {
  readonly rows: number;
  readonly columns: number;
  readonly entries: number;
  readonly operands: Int32Array;
  readonly values: Float64Array;
}

export function createPlane(rows: number, columns: number, entries: number): RegisterPlane {
  const size = rows * columns * entries;
  return {
    rows,
    columns,
    entries,
    operands: new Int32Array(size).fill(-1),
    values: new Float64Array(size),
  };
}

export function registerAt(plane: RegisterPlane, row: number, column: number, entry: number): number {
  if (
    row < 0 ||
    row >= plane.rows ||
    column < 0 ||
    column >= plane.columns ||
    entry < 0 ||
    entry >= plane.entries
  )
    throw new Error(`no register ${entry} in PE (${row}, ${column})`);
  return (row * plane.columns + column) * plane.entries + entry;
}

export function clearPlane(plane: RegisterPlane): void {
  plane.operands.fill(-1);
}

/** Moves what the PEs in use hold to the next one; what leaves them is gone. Returns how many values moved. */
export function shiftPlane(
  plane: RegisterPlane,
  direction: 'right' | 'down',
  usedRows: number,
  usedColumns: number,
): number {
  const { columns, entries, operands, values } = plane;
  const [rowStep, columnStep] = direction === 'down' ? [1, 0] : [0, 1];
  let moved = 0;
  for (let row = usedRows - 1; row >= 0; row--) {
    for (let column = usedColumns - 1; column >= 0; column--) {
      const to = (row * columns + column) * entries;
      const hasSource = row >= rowStep && column >= columnStep;
      const from = ((row - rowStep) * columns + column - columnStep) * entries;
      for (let entry = 0; entry < entries; entry++) {
        operands[to + entry] = hasSource ? operands[from + entry] : -1;
        values[to + entry] = hasSource ? values[from + entry] : 0;
        if (operands[to + entry] >= 0) moved++;
      }
    }
  }
  return moved;
}

export function add(access: RegisterAccess, reads: number, writes: number): void {
  access.reads += reads;
  access.writes += writes;
}
