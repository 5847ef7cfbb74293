import { patchOf } from '../../src/dataflow/passWindow.js';
import { denseSupports } from '../../src/sparsity/supports.js';
import { drawArray } from './arrayDrawing.js';
import { numbered } from './operands.js';
import type { Naming, OfRegister } from './operands.js';
import { passOf, size, snapshotsOf } from './snapshots.js';
import { arrow, pill } from './svg.js';

export function drawRowStationary(): string {
  const shape = passOf(denseSupports(1, 1, 9), [size, size], [3, 3]);
  const { width } = patchOf(shape.window);
  const snapshots = snapshotsOf('row-stationary', shape);
  const places: Readonly<Record<OfRegister, Naming>> = {
    ifmap: (operand) => `x${Math.floor(operand / width)}.${operand % width}`,
    weight: (operand) => `w${Math.floor(operand / 3)}.${operand % 3}`,
    psum: (output) => `s${Math.floor(output / size)}.${output % size}`,
  };
  // The second output column: the first cycle in which PEs hold the ifmap value right of their first window.
  const cycle = 1 + snapshots.findIndex((snapshot) => snapshot.held('ifmap', 0, 0).includes(3));
  const now = snapshots[cycle];
  const sorted = (tensor: OfRegister, row: number, column: number): string =>
    [...now.held(tensor, row, column)]
      .sort((a, b) => a - b)
      .map(places[tensor])
      .join(' ');
  const tensors = [
    ['ifmap', false],
    ['weight', true],
    ['psum', false],
  ] as const;
  /** The value that a PE has at the next output column and does not have yet. */
  const next = (row: number, column: number): string => {
    const held = new Set(now.held('ifmap', row, column));
    const later = snapshots
      .slice(cycle + 1)
      .map((snapshot) => snapshot.held('ifmap', row, column).filter((operand) => !held.has(operand)));
    return (later.find((operands) => operands.length > 0) ?? []).map(places.ifmap).join(' ');
  };
  const leaving = (column: number): string => sorted('psum', 0, column);
  return drawArray({
    title: 'Row stationary: a 3x3 kernel on 3x3 PEs, at the second column of the ofmap',
    rowLabels: numbered('kernel row'),
    columnLabels: numbered('ofmap row'),
    registers: (row, column) =>
      tensors.map(([tensor, stays]) => ({ ink: tensor, words: sorted(tensor, row, column), stays })),
    multiplies: (row, column) => now.products(row, column) > 0,
    links: [
      { ink: 'weight', way: 'bus-right' },
      { ink: 'ifmap', way: 'bus-up-right' },
      { ink: 'psum', way: 'up' },
    ],
    above: {
      height: 28,
      draw: (column, x, y) => [
        pill(x - 24, y, 48, leaving(column), 'psum', false),
        arrow(x, y + 54, x, y + 22, 'psum'),
      ],
    },
    corners: { ink: 'ifmap', words: next },
    notes: [
      'wr.s: weight at row r, column s of the kernel. xy.x: ifmap value, row y, column x. sy.x: part of an output.',
      'PEs of a row share a kernel row, PEs of a diagonal an ifmap row, and the parts in a column add up to the output.',
      'For each output a PE multiplies its row tap by tap; then the next ifmap value comes in and the oldest goes.',
    ],
  });
}
