import { kernelTaps } from '../../src/dataflow/operands.js';
import { patchOf } from '../../src/dataflow/passWindow.js';
import type { Supports } from '../../src/sparsity/supports.js';
import { drawArray } from './arrayDrawing.js';
import { heldBy, numbered, sides } from './operands.js';
import type { Naming } from './operands.js';
import { passOf, size, snapshotsOf } from './snapshots.js';
import { square } from './svg.js';

export function drawLockStep(): string {
  const patterns = [Uint8Array.of(1, 1, 0, 0), Uint8Array.of(0, 1, 0, 1), Uint8Array.of(1, 1, 1, 1)];
  const supports: Supports = {
    filters: 2 * size,
    channels: size,
    taps: 4,
    patterns,
    assignment: { kind: 'periodic', period: patterns.length },
  };
  const shape = passOf(supports, [1, size], [2, 2]);
  const { height, width } = patchOf(shape.window);
  const snapshots = snapshotsOf('lock-step', shape);
  const channelOf: Naming = (operand) => `ch ${Math.floor(operand / (height * width))}`;
  const kernelOf = (weight: number) => {
    const kernel = Math.floor(weight / 4);
    return { filter: Math.floor(kernel / size), channel: kernel % size, tap: weight % 4 };
  };
  const windowAt = (at: number, row: number, column: number): string =>
    [...new Set(snapshots[at].held('ifmap', row, column).map(channelOf))].join(' ');
  // Three cycles fill the columns; step 0 has two taps, so that step 1 is at its second one.
  const cycle = 6;
  const now = snapshots[cycle];
  const next = (row: number): string[] => {
    const windows: string[] = [];
    let last = windowAt(cycle, row, 0);
    for (let at = cycle + 1; at < snapshots.length && windows.length < 3; at++) {
      const window = windowAt(at, row, 0);
      if (window !== last) windows.push(window);
      last = window;
    }
    return windows;
  };
  const pictogram = (column: number, x: number, y: number): string[] => {
    const { filter, channel, tap } = kernelOf(now.held('weight', 0, column)[0]);
    return [...kernelTaps(shape, filter, channel)].flatMap((exists, at) => {
      const [left, top] = [x - 18 + (at % 2) * 18, y + Math.floor(at / 2) * 18];
      const isNow = at === tap ? [square(left + 5, top + 5, 8, 'weight', true)] : [];
      return [square(left, top, 18, exists > 0 ? 'weight' : 'plain', exists > 0), ...isNow];
    });
  };
  return drawArray({
    title: 'Lock step: step t = 1, second tap, on 3x3 PEs; 3 channels, period 3, kernels of 2x2',
    rowLabels: numbered('position'),
    columnLabels: numbered('filter'),
    registers: (row, column) => [
      { ink: 'ifmap', words: `window ${windowAt(cycle, row, column)}`, stays: false },
      heldBy(now, 'weight', row, column, weightName, false),
      heldBy(now, 'psum', row, column, (output) => `s${output % size}.${Math.floor(output / size)}`, true),
    ],
    multiplies: (row, column) => now.products(row, column) > 0,
    left: { ink: 'ifmap', words: sides.map(next) },
    top: {
      ink: 'weight',
      words: sides.map((column) => now.held('weight', 0, column).map(weightName)),
    },
    above: { height: 40, draw: pictogram },
    links: [
      { ink: 'ifmap', way: 'right' },
      { ink: 'weight', way: 'bus-down' },
    ],
    notes: [
      'Column j is on channel (t - j) mod 3, so that all columns have a kernel of slot 1: one tap list is broadcast,',
      "and each column's bus brings its own weight, wf.c.t, filter f, channel c, tap t, to all rows. sp.f: the sum.",
      'A window is the k x k ifmap values that a position sees of a channel; windows move right after the step.',
    ],
  });

  function weightName(weight: number): string {
    const { filter, channel, tap } = kernelOf(weight);
    return `w${filter}.${channel}.${tap}`;
  }
}
