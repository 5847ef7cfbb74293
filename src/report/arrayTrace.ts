import type { PassShape } from '../dataflow/pass.js';
import { patchOf } from '../dataflow/passWindow.js';
import type { ArrayState } from '../machine/register/arrayState.js';
import type { RegisterPlane } from '../machine/register/registerPlane.js';

/** PEs and cycles that a trace shows; ends are exclusive. */
export interface TraceWindow {
  readonly rows: readonly [start: number, end: number];
  readonly columns: readonly [start: number, end: number];
  readonly cycles: readonly [start: number, end: number];
}

/** Collects a trace cycle by cycle. */
export interface TraceWriter {
  observe(state: ArrayState): void;
  text(): string;
}

/**
 * The text trace of a pass: for every cycle, what each PE of the window holds at its end. `ifmap 5 @c0 y1 x2` is the value 5 of
 * channel 0, row 1, column 2 of the ifmap tile; `weight -3 @f0 c0 t4` is that of filter 0, channel 0, tap 4; `psum 7 @f0 p9` is a
 * sum of filter 0 at output position 9, all counted within the pass. `next` registers are filled for the next fold, `out` is a sum
 * that has left the PE. `*` marks PEs that multiplied, as often as they did.
 */
export function createTextTrace(shape: PassShape, window: TraceWindow): TraceWriter {
  const lines: string[] = [];
  return {
    observe(state) {
      if (!isInside(state.cycle, window.cycles)) return;
      lines.push(`cycle ${state.cycle}${remark(state)}`);
      forEachPe(state, window, (row, column, pe) => {
        const held = [
          ...registers('ifmap', state.ifmap, pe, ifmapName(shape)),
          ...registers('weight', state.weight, pe, weightName(shape)),
          ...registers('psum', state.psum, pe, outputName(shape)),
          ...registers('next ifmap', state.nextIfmap, pe, ifmapName(shape)),
          ...registers('next weight', state.nextWeight, pe, weightName(shape)),
          ...state.left
            .filter((sum) => sum.row === row && sum.column === column)
            .map(({ value, output }) => `out ${value} @${outputName(shape)(output)}`),
        ];
        if (held.length === 0) return;
        const marks = '*'.repeat(state.products[pe]);
        lines.push(`  PE(${row},${column})  ${held.join('  ')}${marks === '' ? '' : `  ${marks}`}`);
      });
    },
    text: () => `${lines.join('\n')}\n`,
  };
}

function remark({ stall, isAfterPass }: ArrayState): string {
  if (isAfterPass) return '  after the pass: sums leave';
  return stall === undefined ? '' : `  stalled: ${stall}`;
}

export function isInside(value: number, [start, end]: readonly [number, number]): boolean {
  return value >= start && value < end;
}

/** Visits the PEs of a window, row by row. */
export function forEachPe(
  { ifmap: { rows, columns } }: ArrayState,
  window: TraceWindow,
  visit: (row: number, column: number, pe: number) => void,
): void {
  for (let row = window.rows[0]; row < Math.min(rows, window.rows[1]); row++) {
    for (let column = window.columns[0]; column < Math.min(columns, window.columns[1]); column++) {
      visit(row, column, row * columns + column);
    }
  }
}

function registers(
  name: string,
  plane: RegisterPlane,
  pe: number,
  operandName: (operand: number) => string,
): string[] {
  const held: string[] = [];
  for (let entry = 0; entry < plane.entries; entry++) {
    const at = pe * plane.entries + entry;
    const operand = plane.operands[at];
    if (operand < 0) continue;
    const numbered = plane.entries === 1 ? name : `${name}[${entry}]`;
    held.push(`${numbered} ${plane.values[at]} @${operandName(operand)}`);
  }
  return held;
}

/** Where an ifmap value lies in the tile. */
function ifmapName({ window, channelCount }: PassShape): (operand: number) => string {
  const { height, width } = patchOf(window);
  return (operand) => {
    const x = operand % width;
    const y = Math.floor(operand / width) % height;
    const map = Math.floor(operand / (width * height));
    const image = Math.floor(map / channelCount);
    return `${window.images > 1 ? `i${image} ` : ''}c${map % channelCount} y${y} x${x}`;
  };
}

function weightName({ streamed: { taps }, channelCount }: PassShape): (operand: number) => string {
  return (operand) => {
    const kernel = Math.floor(operand / taps);
    return `f${Math.floor(kernel / channelCount)} c${kernel % channelCount} t${operand % taps}`;
  };
}

function outputName({ positions }: PassShape): (output: number) => string {
  return (output) => `f${Math.floor(output / positions)} p${output % positions}`;
}
