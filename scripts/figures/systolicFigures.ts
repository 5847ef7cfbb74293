import type { PassShape } from '../../src/dataflow/pass.js';
import type { Supports } from '../../src/sparsity/supports.js';
import { drawArray } from './arrayDrawing.js';
import type { Queue } from './arrayDrawing.js';
import { heldBy, numbered, sides } from './operands.js';
import type { Naming, OfRegister } from './operands.js';
import { passOf, size, snapshotsOf } from './snapshots.js';
import type { Snapshot } from './snapshots.js';

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

export function drawOutputStationary(): string {
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

export function drawStationary(stays: 'weight' | 'ifmap'): string {
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
