import { countRead } from '../counters.js';
import { countLeaving, allDemands, leavingDemands, streamStep } from '../leaving.js';
import type { StreamCause } from '../leaving.js';
import type { ArrayContext, PassCost, PassShape } from '../pass.js';
import { cyclesOf, wordsOf } from '../ports.js';
import { hopsOfSums } from './hops.js';
import { distinctPlaces, newPlaces } from './processingPasses.js';
import type { ProcessingPass } from './processingPasses.js';
import type { RowStationaryMapping } from './mapping.js';
import type { ColumnWork, RowWork } from './work.js';

/** Output columns that cost the same. */
export interface ColumnKind {
  readonly times: number;
  /** Columns of the ifmap that come into the PEs. */
  readonly newColumns: number;
  readonly ticks: number;
  readonly macs: number;
}

/** A processing pass worked out. */
export interface ProcessingCost {
  readonly pass: ProcessingPass;
  readonly kinds: readonly ColumnKind[];
  readonly weights: number;
  /** Cycles of loading its filters. */
  readonly load: number;
  /** Cycles after that, stalls included. */
  readonly cycles: number;
  readonly stalls: Readonly<Record<StreamCause, number>>;
}

/** Output columns that all take the same work: those that bring in the whole kernel width, and those after them. */
export function columnKinds({ window }: PassShape, { strip }: ProcessingPass, work: RowWork): ColumnKind[] {
  const { images, columns, kernelWidth, stride, dilation } = window;
  const { whole, later } = newPlaces(kernelWidth, stride[1], dilation[1]);
  const first = Math.min(columns, whole);
  const { ticks } = work;
  const macs = work.weights * strip.count;
  return [
    { times: images * first, newColumns: kernelWidth, ticks, macs },
    { times: images * (columns - first), newColumns: later, ticks, macs },
  ];
}

/** Output columns each with work of its own, image by image. */
export function unlikeColumns({ window }: PassShape, work: readonly ColumnWork[]): ColumnKind[] {
  const { columns, kernelWidth, stride, dilation } = window;
  const { whole, later } = newPlaces(kernelWidth, stride[1], dilation[1]);
  return work.map((each, index) => ({
    ...each,
    times: 1,
    newColumns: index % columns < whole ? kernelWidth : later,
  }));
}

/** Filters come first; then each output column takes as long as its fullest PE, or its words through the ports. */
export function processingCost(
  shape: PassShape,
  context: ArrayContext,
  pass: ProcessingPass,
  weights: number,
  kinds: readonly ColumnKind[],
): ProcessingCost {
  const { ports } = context;
  const weightWords = wordsOf(ports.weight, weights, shape.weightBits);
  const stalls = { ifmap: 0, 'weight-load': 0, psum: 0, drain: 0 };
  const leaving = leavingDemands(sumsOf(pass), pass.leaving, shape, context);
  const isSerial = context.drain === 'serial';
  const drain = isSerial ? Math.max(leaving.laneCycles, cyclesOf(...allDemands(leaving))) : 0;
  const none = { port: ports.weight, words: 0 };
  let cycles = 0;
  for (const { times, newColumns, ticks } of kinds) {
    const words = wordsOf(ports.ifmap, ifmapsOf(shape, pass, newColumns), shape.ifmapBits);
    const step = streamStep({ port: ports.ifmap, words }, none, isSerial ? undefined : leaving);
    const unstalled = Math.max(1, ticks);
    const length = Math.max(unstalled, step.cycles);
    stalls[step.cause] += (length - unstalled) * times;
    stalls.drain += drain * times;
    cycles += (length + drain) * times;
  }
  return { pass, kinds, weights, load: Math.ceil(weightWords / ports.weight.ports), cycles, stalls };
}

/** Counts `times` processing passes of this cost: everything but their cycles. */
export function countProcessing(
  cost: PassCost,
  { pass, kinds, weights, stalls }: ProcessingCost,
  times: number,
  shape: PassShape,
  context: ArrayContext,
  mapping: RowStationaryMapping,
): void {
  const { ports, macLanes } = context;
  const { accesses } = cost;
  const { strip, filters, channels, kernelRows, leaving } = pass;
  const sums = sumsOf(pass);
  const filterSets = Math.ceil(filters.count / mapping.p);
  const depth = kernelRows.count * Math.ceil(channels.count / mapping.q);
  const pes = depth * strip.count * filterSets;
  const sumHops = hopsOfSums(shape.window.kernelHeight, context, mapping, pass);
  cost.activePes = Math.max(cost.activePes, pes);

  const loaded = weights * times;
  const loadWords = wordsOf(ports.weight, weights, shape.weightBits) * times;
  countRead(accesses, ports.weight.buffer, 'weight', loaded, loadWords, (loaded * shape.weightBits) / 8);
  cost.weightRegister.writes += loaded * strip.count;
  cost.hops.weight += loaded * (strip.count - 1);
  cost.patternTableReadBits += patternBits(shape, pass) * times;

  for (const kind of kinds) {
    const columns = kind.times * times;
    const ifmaps = ifmapsOf(shape, pass, kind.newColumns);
    const words = wordsOf(ports.ifmap, ifmaps, shape.ifmapBits);
    const bytes = (ifmaps * columns * shape.ifmapBits) / 8;
    countRead(accesses, ports.ifmap.buffer, 'ifmap', ifmaps * columns, words * columns, bytes);
    countLeaving(accesses, sums, columns, leaving, shape, context);
    const macs = kind.macs * columns;
    cost.macs += macs;
    cost.idleMacSlots += Math.max(1, kind.ticks) * macLanes * pes * columns - macs;
    // Each PE keeps the values of its channels, and there are PEs for all filters that need them.
    const taken = kind.newColumns * channels.count * kernelRows.count * strip.count * filterSets;
    cost.ifmapRegister.writes += taken * columns;
    cost.hops.ifmap += (taken - ifmaps) * columns;
    cost.hops.psum += sumHops * columns;
    cost.ifmapRegister.reads += macs;
    cost.weightRegister.reads += macs;
    cost.psumRegister.reads += macs + sums * depth * columns;
    cost.psumRegister.writes += macs;
    if (leaving.last) cost.postProcessorOperations += sums * columns;
  }
  cost.ifmapStalls += stalls.ifmap * times;
  cost.psumStalls += stalls.psum * times;
  cost.drainStalls += stalls.drain * times;
}

/** Sums that leave the PEs after each output column. */
function sumsOf({ strip, filters }: ProcessingPass): number {
  return strip.count * filters.count;
}

/** Values of so many ifmap columns that the PEs of the pass need; each is read once for all of them. */
function ifmapsOf(
  { window }: PassShape,
  { strip, channels, kernelRows }: ProcessingPass,
  columns: number,
): number {
  const { stride, dilation } = window;
  return columns * channels.count * distinctPlaces(strip.count, kernelRows.count, stride[0], dilation[0]);
}

function patternBits(
  { readsPatternTable, streamed, window }: PassShape,
  { filters, channels, kernelRows }: ProcessingPass,
): number {
  const { assignment } = streamed;
  if (!readsPatternTable || assignment.kind === 'dense') return 0;
  const phases = assignment.kind === 'periodic' ? Math.min(filters.count, assignment.period) : filters.count;
  return phases * channels.count * kernelRows.count * window.kernelWidth;
}
