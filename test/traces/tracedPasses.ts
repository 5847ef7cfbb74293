import type { ArrayContext, PassShape } from '../../src/dataflow/pass.js';
import { createRegisterArray } from '../../src/machine/register/registerArray.js';
import { dataflowOf } from '../../src/dataflow/dataflows.js';
import { createTextTrace } from '../../src/report/arrayTrace.js';
import type { Supports } from '../../src/sparsity/supports.js';
import { denseSupports } from '../../src/sparsity/supports.js';
import { context } from '../dataflow/passes.js';

/** A pass small enough to be worked out on paper. */
export interface TracedPass {
  /** Of the file in traces/. */
  readonly name: string;
  readonly dataflow: string;
  readonly shape: PassShape;
  readonly context: ArrayContext;
  readonly ifmap: Int8Array;
  readonly weights: Int8Array;
  /** (filters, positions) */
  readonly sums: readonly number[];
  readonly cycles: number;
}

/** One channel of 1 x 3 values, two filters of 1 x 2 taps: two output positions. */
const twoByTwo = (change: Partial<PassShape> = {}): PassShape => ({
  window: {
    images: 1,
    rows: 1,
    columns: 2,
    kernelHeight: 1,
    kernelWidth: 2,
    stride: [1, 1],
    dilation: [1, 1],
  },
  positions: 2,
  filterStart: 0,
  filterCount: 2,
  channelStart: 0,
  channelCount: 1,
  streamed: denseSupports(2, 1, 2),
  readsPatternTable: false,
  phasesPerGroup: 1,
  firstChannels: true,
  lastChannels: true,
  residual: false,
  ifmapBits: 8,
  weightBits: 8,
  psumBits: 32,
  ofmapBits: 8,
  ...change,
});

const dense = {
  shape: twoByTwo(),
  context: context(2, 2),
  ifmap: Int8Array.of(1, 2, 3),
  weights: Int8Array.of(1, 2, 3, 4),
  // 1*1 + 2*2, 1*2 + 2*3; 3*1 + 4*2, 3*2 + 4*3
  sums: [5, 8, 11, 18],
};

/** Two channels, period 2: even slots (o + c) have the left tap, odd ones the right tap. */
const rotating: Supports = {
  filters: 2,
  channels: 2,
  taps: 2,
  patterns: [Uint8Array.of(1, 0), Uint8Array.of(0, 1)],
  assignment: { kind: 'periodic', period: 2 },
};
const periodic = {
  shape: twoByTwo({ channelCount: 2, streamed: rotating }),
  context: context(2, 2),
  ifmap: Int8Array.of(1, 2, 3, 10, 20, 30),
  weights: Int8Array.of(2, 0, 0, 3, 0, 5, 7, 0),
  // filter 0: 2*1 + 3*20, 2*2 + 3*30; filter 1: 5*2 + 7*10, 5*3 + 7*20
  sums: [62, 94, 80, 155],
};

/** One channel of 3 x 2 values, one filter of 2 x 1 taps: two output rows of two positions. */
const rows = {
  shape: twoByTwo({
    window: {
      images: 1,
      rows: 2,
      columns: 2,
      kernelHeight: 2,
      kernelWidth: 1,
      stride: [1, 1],
      dilation: [1, 1],
    },
    positions: 4,
    filterCount: 1,
    streamed: denseSupports(1, 1, 2),
  }),
  context: context(2, 2),
  ifmap: Int8Array.of(1, 2, 3, 4, 5, 6),
  weights: Int8Array.of(2, 3),
  // 2*1 + 3*3, 2*2 + 3*4; 2*3 + 3*5, 2*4 + 3*6
  sums: [11, 16, 21, 26],
};

export const tracedPasses: readonly TracedPass[] = [
  // K + R + C - 2
  { name: 'output-stationary-2x2', dataflow: 'output-stationary', ...dense, cycles: 2 + 2 + 2 - 2 },
  // M + 2R + C - 2
  { name: 'weight-stationary-2x2', dataflow: 'weight-stationary', ...dense, cycles: 2 + 4 + 2 - 2 },
  // N + 2R + C - 2
  { name: 'input-stationary-2x2', dataflow: 'input-stationary', ...dense, cycles: 2 + 4 + 2 - 2 },
  // One cycle for the filter, whose two words a wide port delivers at once, then one for each of two output columns
  { name: 'row-stationary-2x2', dataflow: 'row-stationary', ...rows, cycles: 1 + 2 },
  // Two windows shifted in, then two steps of one tap each
  { name: 'lock-step-2x2', dataflow: 'lock-step', ...periodic, cycles: 2 + 1 + 1 },
  // The two filters are of different phases: two folds, each of two taps (one of each channel), one column in use
  {
    name: 'output-stationary-periodic-2x2',
    dataflow: 'output-stationary',
    ...periodic,
    cycles: 2 * (2 + 2 + 2 - 2),
  },
];

/** Runs a pass on the registers and writes down what they hold. */
export function tracePass({ dataflow: name, shape, context: array, ifmap, weights }: TracedPass): {
  readonly text: string;
  readonly cycles: number;
  readonly sums: number[];
} {
  const dataflow = dataflowOf(name);
  const everything: readonly [number, number] = [0, Infinity];
  const trace = createTextTrace(shape, { rows: everything, columns: everything, cycles: everything });
  const sums = new Float64Array(shape.filterCount * shape.positions);
  const machine = createRegisterArray(
    shape,
    array,
    dataflow.registerEntries(shape, array),
    { ifmap, weights, sums },
    trace.observe,
  );
  dataflow.drive(shape, array, machine);
  const { cycles } = machine.finishPass();
  return { text: trace.text(), cycles, sums: [...sums] };
}
