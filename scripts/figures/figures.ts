import { kernelTaps } from '../../src/dataflow/operands.js';
import type { PassShape } from '../../src/dataflow/pass.js';
import { patchOf } from '../../src/dataflow/passWindow.js';
import { denseSupports } from '../../src/sparsity/supports.js';
import type { Supports } from '../../src/sparsity/supports.js';
import { drawArray } from './arrayDrawing.js';
import type { Held, Queue } from './arrayDrawing.js';
import { passOf, size, snapshotsOf } from './snapshots.js';
import type { Snapshot } from './snapshots.js';
import { arrow, pill, square } from './svg.js';

/** Drawings of the dataflows by name. All operands in them are what the register execution holds in that cycle. */
const drawings: Readonly<Record<string, () => string>> = {
  'output-stationary': drawOutputStationary,
  'weight-stationary': () => drawStationary('weight'),
  'input-stationary': () => drawStationary('ifmap'),
  'row-stationary': drawRowStationary,
  'lock-step': drawLockStep,
};

/** SVG files by dataflow. */
export function figures(): Map<string, string> {
  return new Map(Object.entries(drawings).map(([name, draw]) => [name, draw()]));
}

const sides = Array.from({ length: size }, (_, side) => side);

function numbered(what: string): string[] {
  return sides.map((side) => `${what} ${side}`);
}

/** `taps` channels of 1x1 kernels; filter 1 lacks tap 1. */
function oneTapMissing(filters: number, taps: number): Supports {
  const ids = new Uint32Array(filters * taps);
  ids[taps + 1] = 1;
  return {
    filters,
    channels: taps,
    taps: 1,
    patterns: [Uint8Array.of(1), Uint8Array.of(0)],
    assignment: { kind: 'per-kernel', ids },
  };
}

/** Names of the operands of a pass with 1x1 kernels, whose channels are its taps. */
function matrixNames({ positions, channelCount }: PassShape): Readonly<Record<OfRegister, Naming>> {
  return {
    ifmap: (operand) => `x${operand % positions}.${Math.floor(operand / positions)}`,
    weight: (operand) => `w${Math.floor(operand / channelCount)}.${operand % channelCount}`,
    psum: (output) => `s${output % positions}.${Math.floor(output / positions)}`,
  };
}

type OfRegister = 'ifmap' | 'weight' | 'psum';
type Naming = (operand: number) => string;

function heldBy(
  snapshot: Snapshot,
  tensor: OfRegister,
  row: number,
  column: number,
  nameOf: Naming,
  stays: boolean,
): Held {
  const words = snapshot.held(tensor, row, column).map(nameOf).join(' ');
  return { ink: tensor, words, stays };
}

/** What enters a PE at the edge in the cycles to come, the next one first. */
function coming(
  snapshots: readonly Snapshot[],
  cycle: number,
  count: number,
  tensor: 'ifmap' | 'weight',
  edge: 'row' | 'column',
  nameOf: Naming,
): Queue {
  return {
    ink: tensor,
    words: sides.map((side) =>
      snapshots.slice(cycle + 1, cycle + 1 + count).map((snapshot) => {
        const [row, column] = edge === 'row' ? [side, 0] : [0, side];
        return snapshot.held(tensor, row, column).map(nameOf).join(' ');
      }),
    ),
  };
}

function drawOutputStationary(): string {
  const shape = passOf(oneTapMissing(size, 6), [1, size], [1, 1]);
  const names = matrixNames(shape);
  const snapshots = snapshotsOf('output-stationary', shape);
  const cycle = 3;
  const now = snapshots[cycle];
  return drawArray({
    title: `Output stationary: cycle ${cycle} of a fold of K = 6 taps on 3x3 PEs`,
    rowLabels: numbered('position'),
    columnLabels: numbered('filter'),
    registers: (row, column) => [
      heldBy(now, 'ifmap', row, column, names.ifmap, false),
      heldBy(now, 'weight', row, column, names.weight, false),
      heldBy(now, 'psum', row, column, names.psum, true),
    ],
    multiplies: (row, column) => now.products(row, column) > 0,
    left: coming(snapshots, cycle, 3, 'ifmap', 'row', names.ifmap),
    top: coming(snapshots, cycle, 3, 'weight', 'column', names.weight),
    links: [
      { ink: 'ifmap', way: 'right' },
      { ink: 'weight', way: 'down' },
    ],
    notes: [
      'xp.k: ifmap value that position p meets at tap k. wf.k: weight of filter f for tap k. sp.f: their sum.',
      'Row r and column c are r and c cycles late. Filter 1 lacks tap 1, which the others need:',
      'its column is idle for a cycle, row by row. The wave has not reached the last PE yet.',
    ],
  });
}

function drawStationary(stays: 'weight' | 'ifmap'): string {
  const isWeight = stays === 'weight';
  const [moves, streamed, column] = isWeight
    ? (['ifmap', 'position', 'filter'] as const)
    : (['weight', 'filter', 'position'] as const);
  const steps = 6;
  const shape = passOf(oneTapMissing(isWeight ? size : steps, size), [1, isWeight ? steps : size], [1, 1]);
  const names = matrixNames(shape);
  const name = isWeight ? 'weight-stationary' : 'input-stationary';
  const snapshots = snapshotsOf(name, shape);
  const tick = 3;
  const cycle = size + tick;
  const now = snapshots[cycle];
  /** The sum that the last row has just let go, with those before it. */
  const leftBy = (at: number, ofColumn: number): string =>
    snapshots[at].left
      .filter(({ column: from }) => from === ofColumn)
      .map(({ output }) => names.psum(output))
      .join(' ');
  const leaving: Queue = {
    ink: 'psum',
    words: sides.map((each) => [leftBy(cycle, each), leftBy(cycle - 1, each)]),
  };
  const letter = isWeight ? 'M' : 'N';
  return drawArray({
    title: `${isWeight ? 'Weight' : 'Input'} stationary: cycle ${cycle} of a fold of ${letter} = ${steps} ${streamed}s on 3x3 PEs`,
    rowLabels: numbered('tap'),
    columnLabels: numbered(column),
    registers: (row, at) => {
      const sum = heldBy(now, 'psum', row, at, names.psum, false);
      const held = heldBy(now, stays, row, at, names[stays], true);
      const moving = heldBy(now, moves, row, at, names[moves], false);
      const made = row === size - 1 ? { ...sum, words: leftBy(cycle, at) } : sum;
      return isWeight ? [moving, held, made] : [held, moving, made];
    },
    multiplies: (row, at) => now.products(row, at) > 0,
    left: coming(snapshots, cycle, 3, moves, 'row', names[moves]),
    bottom: leaving,
    links: [
      { ink: moves, way: 'right' },
      { ink: 'psum', way: 'down' },
    ],
    notes: [
      'xp.k: ifmap value that position p meets at tap k. wf.k: weight of filter f for tap k. sp.f: their sum.',
      `Cycles 0 to 2 loaded what stays. Row r and column c are r and c cycles late, so that the parts of a sum meet.`,
      isWeight
        ? 'Filter 1 lacks tap 1, which the others need: its register is empty, and the PE hands on the sum as it is.'
        : 'Filter 1 lacks tap 1, which the others need: no weight comes in, and the PEs hand on its sums as they are.',
    ],
  });
}

function drawLockStep(): string {
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

function drawRowStationary(): string {
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
