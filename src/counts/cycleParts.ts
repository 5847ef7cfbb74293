import type { Accelerator } from '../accelerator/accelerator.js';
import type { Timeline } from '../machine/timeline.js';
import type { Schedule } from '../schedule/schedule.js';
import type { LayerCounts } from './layerCounts.js';

/** What the cycles of a layer go by with, from the array outwards. */
export const cyclePartNames = [
  'ideal',
  'storedZeros',
  'missingTaps',
  'unusedPes',
  'foldEdges',
  'weightLoad',
  'decode',
  'ifmap',
  'psum',
  'drain',
  'firstLoads',
  'dramWait',
  'lastStores',
] as const;
export type CyclePartName = (typeof cyclePartNames)[number];

/**
 * Whole core cycles; all parts of a layer add up to its cycles.
 *
 * - `ideal`: the effectual MACs, or the operations of a layer without MACs, at the peak rate
 * - `storedZeros`: multiplications by zeros that are stored and streamed
 * - `missingTaps`: PEs whose filter lacks the tap that is streamed
 * - `unusedPes`: PEs beyond those in use in the fold that has most of them
 * - `foldEdges`: filling and emptying the array at each fold, folds with fewer PEs, lanes that the last operands leave empty
 * - `weightLoad`, `decode`, `ifmap`, `psum`, `drain`: waiting for a port, the decoder, the post-processor
 * - `firstLoads`, `dramWait`, `lastStores`: waiting for DRAM before the first pass, between passes, after the last
 */
export type CycleParts = Readonly<Record<CyclePartName, number>>;

/** MACs or operations of a layer, and how many the machine can do in a cycle. */
export interface Work {
  readonly unit: 'MAC' | 'operation';
  /** Effectual MACs, or the operands of windows that the post-processor goes through; those that are skipped left out. */
  readonly done: number;
  /** What a dense layer takes. */
  readonly dense: number;
  readonly peakPerCycle: number;
}

/** A convolution works at the PEs' lanes, all else at the post-processor's. */
export function workOf(
  { problem }: Pick<Schedule, 'problem'>,
  { macs }: Pick<LayerCounts, 'macs'>,
  { array, postProcessor }: Accelerator,
): Work {
  if (problem.kind === 'conv') {
    const peakPerCycle = array.rows * array.columns * array.macLanes;
    const done = Math.min(macs.effectual, macs.performed + macs.gated);
    return { unit: 'MAC', done, dense: macs.dense, peakPerCycle };
  }
  const { output, kernelHeight, kernelWidth } = problem.window;
  const operations =
    problem.images * problem.filters * output.height * output.width * kernelHeight * kernelWidth;
  return { unit: 'operation', done: operations, dense: operations, peakPerCycle: postProcessor.lanes };
}

/** Parts of a layer's cycles. Work that ends within a cycle takes all of it. */
export function cyclePartsOf(
  schedule: Schedule,
  timeline: Timeline,
  counts: LayerCounts,
  accelerator: Accelerator,
): CycleParts {
  const { stallCycles: stalls, macs, idleMacSlots, activePes } = counts;
  const work = workOf(schedule, counts, accelerator);
  const passDrain = stalls.drain - timeline.drainCycles;
  const stalled = stalls['weight-load'] + stalls.decode + stalls.ifmap + stalls.psum + passDrain;
  const unstalled = counts.computeCycles - stalled;

  const executed = work.unit === 'MAC' ? macs.performed + macs.gated : work.done;
  const slots = executed + idleMacSlots;
  const usedPerCycle = activePes * accelerator.array.macLanes;
  // Where one part ends and the next one begins, if the array did one after the other.
  const ends = [
    work.done / work.peakPerCycle,
    executed / work.peakPerCycle,
    slots / work.peakPerCycle,
    usedPerCycle === 0 ? slots / work.peakPerCycle : slots / usedPerCycle,
  ].map(Math.ceil);
  const [ideal, streamed, withIdle, used] = ends;
  return {
    ideal,
    storedZeros: streamed - ideal,
    missingTaps: withIdle - streamed,
    unusedPes: used - withIdle,
    foldEdges: unstalled - used,
    weightLoad: stalls['weight-load'],
    decode: stalls.decode,
    ifmap: stalls.ifmap,
    psum: stalls.psum,
    drain: stalls.drain,
    firstLoads: timeline.firstLoadCycles,
    dramWait: timeline.dramCycles - timeline.firstLoadCycles - timeline.lastStoreCycles,
    lastStores: timeline.lastStoreCycles,
  };
}

/** The parts of several layers that run one after the other. */
export function addCycleParts(all: readonly CycleParts[]): CycleParts {
  const sums = cyclePartNames.map((name) => [name, all.reduce((sum, parts) => sum + parts[name], 0)]);
  return Object.fromEntries(sums) as CycleParts;
}
