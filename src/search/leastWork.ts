import type { Accelerator } from '../accelerator/accelerator.js';
import type { RegisterEntries } from '../dataflow/dataflow.js';
import { dataflowOf } from '../dataflow/dataflows.js';
import { loopNames, wholeTile } from '../mapping/problem.js';
import type { LayerProblem } from '../mapping/problem.js';
import { registerEntries } from '../mapping/registerFiles.js';
import { nonZeroTaps } from '../sparsity/supports.js';
import { bytesOf } from '../tensor/precision.js';

/** What every mapping of a layer has to do. */
export interface LeastWork {
  readonly macs: number;
  /** Of the post-processor. */
  readonly operations: number;
  readonly outputBytes: number;
  /** With all PEs, or all lanes of the post-processor, at work. */
  readonly cycles: number;
  /** Of a fused pooling, after the passes of the array. */
  readonly poolingCycles: number;
}

export function leastWork(problem: LayerProblem, { array, postProcessor }: Accelerator): LeastWork {
  const whole = wholeTile(problem);
  const positions = whole.images * whole.rows * whole.columns;
  const groups = problem.kind === 'conv' ? problem.groups : 1;
  const outputs = groups * whole.filters * positions;
  const outputBytes = outputs * bytesOf(problem.precision);
  if (problem.kind === 'vector') {
    const { kernelHeight, kernelWidth } = problem.window;
    const elements = outputs * kernelHeight * kernelWidth;
    const operations = elements + (problem.residual ? outputs : 0);
    return {
      macs: 0,
      operations,
      outputBytes,
      cycles: Math.ceil(elements / postProcessor.lanes),
      poolingCycles: 0,
    };
  }
  const macs = nonZeroTaps(problem.storage.supports) * positions;
  const lanes = array.rows * array.columns * array.macLanes;
  const { pool } = problem;
  const windows = pool === undefined ? 0 : pool.window.output.height * pool.window.output.width;
  const pooled =
    windows *
    (pool === undefined ? 0 : pool.window.kernelHeight * pool.window.kernelWidth) *
    groups *
    whole.filters;
  return {
    macs,
    operations: outputs,
    outputBytes,
    cycles: Math.ceil(macs / lanes),
    poolingCycles: Math.ceil((whole.images * pooled) / postProcessor.lanes),
  };
}

/** Entries of the register files where all mappings of a layer in a dataflow have the same; undefined elsewhere. */
export function registersOfAll(
  problem: LayerProblem,
  accelerator: Accelerator,
  dataflow: string,
): RegisterEntries | undefined {
  const { registerFiles } = accelerator.array;
  const areGiven = [registerFiles.ifmap, registerFiles.weight, registerFiles.psum].every(
    (bytes) => bytes !== undefined,
  );
  if (problem.kind === 'vector') return { ifmap: 0, weight: 0, psum: 0 };
  if (!areGiven && dataflowOf(dataflow).registersByLayer !== true) return undefined;
  const tile = { images: 1, filters: 1, channels: 1, rows: 1, columns: 1 };
  return registerEntries(problem, { dataflow, tile, order: loopNames, phasesPerGroup: 1 }, accelerator);
}
