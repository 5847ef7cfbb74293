import { countRead, countWrite } from './counters.js';
import type { AccessTable } from './counters.js';
import type { ArrayContext, PassShape } from './pass.js';
import type { Leaving } from './peArray.js';
import { cyclesOf, wordsOf } from './ports.js';
import type { Demand } from './ports.js';

/** What sums that leave together ask of the ports. */
export interface LeavingDemands {
  /** Earlier partial sums, to be added at the edge. */
  readonly psumReads: Demand;
  readonly psumWrites: Demand;
  /** The second map of a residual add, which lies where the result will. */
  readonly residualReads: Demand;
  readonly ofmapWrites: Demand;
  /** Cycles that the post-processor takes over them. */
  readonly laneCycles: number;
}

/** Partial sums of earlier channels are read and added at the edge; complete sums pass the post-processor's lanes. */
export function leavingDemands(
  sums: number,
  { first, last }: Leaving,
  shape: PassShape,
  { ports, postProcessorLanes }: ArrayContext,
): LeavingDemands {
  const psumWords = wordsOf(ports.psum, sums, shape.psumBits);
  const ofmapWords = wordsOf(ports.ofmap, sums, shape.ofmapBits);
  return {
    psumReads: { port: ports.psum, words: first ? 0 : psumWords },
    psumWrites: { port: ports.psum, words: last ? 0 : psumWords, write: true },
    residualReads: { port: ports.ofmap, words: last && shape.residual ? ofmapWords : 0 },
    ofmapWrites: { port: ports.ofmap, words: last ? ofmapWords : 0, write: true },
    laneCycles: last ? Math.ceil(sums / postProcessorLanes) : 0,
  };
}

export function allDemands({ psumReads, psumWrites, residualReads, ofmapWrites }: LeavingDemands): Demand[] {
  return [psumReads, psumWrites, residualReads, ofmapWrites];
}

/** Counts the accesses of `sums` leaving together, `times` times. */
export function countLeaving(
  accesses: AccessTable,
  sums: number,
  times: number,
  leaving: Leaving,
  shape: PassShape,
  context: ArrayContext,
): void {
  const { ports } = context;
  const { psumReads, psumWrites, residualReads, ofmapWrites } = leavingDemands(sums, leaving, shape, context);
  const elements = sums * times;
  const psumBytes = (elements * shape.psumBits) / 8;
  const ofmapBytes = (elements * shape.ofmapBits) / 8;
  if (!leaving.first) {
    countRead(accesses, ports.psum.buffer, 'psum', elements, psumReads.words * times, psumBytes);
  }
  if (!leaving.last) {
    countWrite(accesses, ports.psum.buffer, 'psum', elements, psumWrites.words * times, psumBytes);
    return;
  }
  countWrite(accesses, ports.ofmap.buffer, 'ofmap', elements, ofmapWrites.words * times, ofmapBytes);
  if (shape.residual) {
    countRead(accesses, ports.ofmap.buffer, 'ifmap', elements, residualReads.words * times, ofmapBytes);
  }
}

/** Cycles that one step of a stream takes through the ports, and what holds it up if more than one. */
export interface StreamStep {
  readonly cycles: number;
  readonly cause: StreamCause;
}

export type StreamCause = 'ifmap' | 'weight-load' | 'psum' | 'drain';

/** A step that fetches `ifmap` and `weight` words while sums leave. */
export function streamStep(ifmap: Demand, weight: Demand, leaving?: LeavingDemands): StreamStep {
  const operands = cyclesOf(ifmap, weight);
  const operandCause = cyclesOf(ifmap) >= cyclesOf(weight) ? 'ifmap' : 'weight-load';
  if (leaving === undefined) return { cycles: Math.max(1, operands), cause: operandCause };
  const { psumReads, psumWrites, residualReads, ofmapWrites, laneCycles } = leaving;
  const partial = cyclesOf(ifmap, weight, psumReads, residualReads, psumWrites);
  const all = cyclesOf(ifmap, weight, psumReads, residualReads, psumWrites, ofmapWrites);
  const cycles = Math.max(1, all, laneCycles);
  const cause = operands === cycles ? operandCause : partial === cycles ? 'psum' : 'drain';
  return { cycles, cause };
}
