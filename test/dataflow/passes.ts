import type { PassCost } from '../../src/dataflow/pass.js';
import type { ArrayContext, PassShape } from '../../src/dataflow/pass.js';
import { denseSupports } from '../../src/sparsity/supports.js';

/** SCALE-Sim's settings. */
export const plainArray = {
  macLanes: 1,
  preload: 'serial',
  drain: 'overlapped',
  fill: 'array',
  gate: 'none',
  skip: 'none',
  registerFiles: {},
} as const;

/** An array whose ports never hold it up, unless changed. */
export function context(rows: number, columns: number, change: Partial<ArrayContext> = {}): ArrayContext {
  const wide = (buffer: number) => ({ buffer, wordBits: 1e6, ports: 8, isShared: false });
  return {
    rows,
    columns,
    ...plainArray,
    ports: { ifmap: wide(0), weight: wide(1), psum: wide(2), ofmap: wide(2) },
    bufferCount: 3,
    postProcessorLanes: 1e6,
    entriesPerCycle: 1e6,
    ...change,
  };
}

/** A matrix product of M x K by K x N as a pass. */
export function matrixPass(m: number, n: number, k: number, change: Partial<PassShape> = {}): PassShape {
  return {
    window: {
      images: 1,
      rows: 1,
      columns: m,
      kernelHeight: 1,
      kernelWidth: 1,
      stride: [1, 1],
      dilation: [1, 1],
    },
    positions: m,
    filterStart: 0,
    filterCount: n,
    channelStart: 0,
    channelCount: k,
    streamed: denseSupports(n, k, 1),
    readsPatternTable: true,
    phasesPerGroup: 1,
    firstChannels: true,
    lastChannels: true,
    residual: false,
    ifmapBits: 8,
    weightBits: 8,
    psumBits: 32,
    ofmapBits: 8,
    ...change,
  };
}

/** Cycles from the first operand to the last result's leaving. */
export function cyclesWithDrain(cost: PassCost): number {
  return cost.cycles + cost.tailDrainCycles;
}
