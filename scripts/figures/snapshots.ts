import { dataflowOf } from '../../src/dataflow/dataflows.js';
import { kernelTaps, weightOperand } from '../../src/dataflow/operands.js';
import type { ArrayContext, PassShape } from '../../src/dataflow/pass.js';
import { patchOf } from '../../src/dataflow/passWindow.js';
import { createRegisterArray } from '../../src/machine/register/registerArray.js';
import type { LeftSum } from '../../src/machine/register/arrayState.js';
import type { RegisterPlane } from '../../src/machine/register/registerPlane.js';
import type { Supports } from '../../src/sparsity/supports.js';

/** What the registers of an array hold at the end of a cycle: operands by row, column and entry. */
export interface Snapshot {
  held(tensor: 'ifmap' | 'weight' | 'psum', row: number, column: number): number[];
  products(row: number, column: number): number;
  /** Sums that left their PEs in this cycle. */
  readonly left: readonly LeftSum[];
}

/** Rows and columns of the arrays that are drawn. */
export const size = 3;

const port = (buffer: number) => ({ buffer, wordBits: 1e6, ports: 8, isShared: false });
const context: ArrayContext = {
  rows: size,
  columns: size,
  macLanes: 1,
  preload: 'serial',
  drain: 'overlapped',
  fill: 'array',
  gate: 'none',
  skip: 'none',
  registerFiles: {},
  ports: { ifmap: port(0), weight: port(1), psum: port(2), ofmap: port(2) },
  bufferCount: 3,
  postProcessorLanes: 1e6,
  entriesPerCycle: 1e6,
};

/** A pass of one image with kernels of so many rows and columns. */
export function passOf(
  streamed: Supports,
  output: readonly [rows: number, columns: number],
  kernel: readonly [height: number, width: number],
): PassShape {
  return {
    window: {
      images: 1,
      rows: output[0],
      columns: output[1],
      kernelHeight: kernel[0],
      kernelWidth: kernel[1],
      stride: [1, 1],
      dilation: [1, 1],
    },
    positions: output[0] * output[1],
    filterStart: 0,
    filterCount: streamed.filters,
    channelStart: 0,
    channelCount: streamed.channels,
    streamed,
    readsPatternTable: true,
    phasesPerGroup: 1,
    firstChannels: true,
    lastChannels: true,
    residual: false,
    ifmapBits: 8,
    weightBits: 8,
    psumBits: 32,
    ofmapBits: 8,
  };
}

/** Drives a dataflow through a pass and keeps what the registers hold, cycle by cycle. Every operand that exists is 1. */
export function snapshotsOf(dataflowName: string, shape: PassShape): Snapshot[] {
  const dataflow = dataflowOf(dataflowName);
  const { height, width } = patchOf(shape.window);
  const ifmap = new Int8Array(shape.channelCount * height * width).fill(1);
  const weights = new Int8Array(shape.filterCount * shape.channelCount * shape.streamed.taps);
  for (let filter = 0; filter < shape.filterCount; filter++) {
    for (let channel = 0; channel < shape.channelCount; channel++) {
      kernelTaps(shape, filter, channel).forEach((exists, tap) => {
        weights[weightOperand(shape, filter, channel, tap)] = exists;
      });
    }
  }
  const sums = new Float64Array(shape.filterCount * shape.positions);
  const snapshots: Snapshot[] = [];
  const entries = dataflow.registerEntries(shape, context);
  const array = createRegisterArray(shape, context, entries, { ifmap, weights, sums }, (state) => {
    const planes = {
      ifmap: holdersOf(state.ifmap),
      weight: holdersOf(state.weight),
      psum: holdersOf(state.psum),
    };
    const products = state.products.slice();
    snapshots.push({
      held: (tensor, row, column) => planes[tensor](row, column),
      products: (row, column) => products[row * size + column],
      left: state.left,
    });
  });
  dataflow.drive(shape, context, array);
  array.finishPass();
  return snapshots;
}

function holdersOf(plane: RegisterPlane): (row: number, column: number) => number[] {
  const { columns, entries } = plane;
  const operands = plane.operands.slice();
  return (row, column) => {
    const first = (row * columns + column) * entries;
    return [...operands.subarray(first, first + entries)].filter((operand) => operand >= 0);
  };
}
