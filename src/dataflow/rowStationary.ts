import { UserError } from '../document/userError.js';
import type { Dataflow, RegisterEntries } from './dataflow.js';
import type { IsZero } from './operands.js';
import { emptyPassCost } from './pass.js';
import type { ArrayContext, PassCost, PassShape } from './pass.js';
import { chooseRowMapping, rowMappings } from './rowStationary/choice.js';
import { columnKinds, countProcessing, processingCost, unlikeColumns } from './rowStationary/cost.js';
import type { ProcessingCost } from './rowStationary/cost.js';
import { driveRowStationary } from './rowStationary/drive.js';
import { rowLoops } from './rowStationary/loops.js';
import { placementFault } from './rowStationary/mapping.js';
import type { RowStationaryMapping } from './rowStationary/mapping.js';
import { processingPasses } from './rowStationary/processingPasses.js';
import type { ProcessingPass } from './rowStationary/processingPasses.js';
import { rowWork, workWithoutZeros } from './rowStationary/work.js';
import { hidesPreload } from './stationary/preload.js';

/**
 * Row stationary (Eyeriss: Chen et al., JSSC 52(1), 2017): each PE keeps a row of its kernels and slides it along a row
 * of the ifmap. The PEs of a set's column work on the kernel rows of one output row and add up their sums.
 *
 * A processing pass loads its filters, ceil(words / ports) cycles, all but the first of them counted as stalls. Then
 * each output column of each image takes p x q x (taps of the fullest kernel row) cycles, and its ifmap values and sums
 * move behind these cycles; if the ports take longer, so does the column. A column without any tap takes one cycle.
 * `preload: overlapped` loads behind the processing pass before, where the weight buffer is used by nothing else;
 * `drain: serial` lets the array wait until the sums of a column have left.
 *
 * Sums of a pass add up in the psum buffer over groups of channels and of kernel rows. On their way out of the array
 * each PE adds its own to its neighbour's, which takes a read of its register and no write.
 */
export const rowStationary: Dataflow = {
  name: 'row-stationary',
  description:
    'Each PE keeps kernel rows and slides them along ifmap rows; sums add up over the PEs of a column (Eyeriss).\nA processing pass takes p*q*n*F*(taps of the fullest kernel row) cycles after its filters are loaded.',
  groupsPhases: false,
  spillsPsums: true,
  gates: { weightReads: true, psumAccesses: true },
  registerEntries,
  chosenFor: (shape, context) => ({ ...rowMappingOf(shape, context) }),
  weightRounds: (shape, context) => Math.ceil(shape.window.rows / rowMappingOf(shape, context).e),
  peSets: rowMappings,
  loopsOf: (shape, context) => rowLoops(shape, context, rowMappingOf(shape, context)),
  passCost,
  drive: (shape, context, array) => {
    driveRowStationary(shape, context, rowMappingOf(shape, context), array);
  },
};

/**
 * The mapping that is prescribed for a pass, or chosen for it.
 *
 * @throws UserError when the prescribed one does not fit the array
 */
export function rowMappingOf(shape: PassShape, context: ArrayContext): RowStationaryMapping {
  const { rowStationary: given, window } = shape;
  if (given !== undefined) {
    const fault = placementFault(given, window.kernelHeight, context);
    if (fault !== undefined) throw new UserError(fault);
    return given;
  }
  return chooseRowMapping(shape, context);
}

/** The filters' kernel rows, the ifmap values under them, and a sum for each filter. */
function registerEntries(shape: PassShape, context: ArrayContext): RegisterEntries {
  const { p, q } = rowMappingOf(shape, context);
  const { kernelWidth, dilation } = shape.window;
  return {
    ifmap: q * ((kernelWidth - 1) * dilation[1] + 1),
    weight: p * q * kernelWidth * (context.preload === 'overlapped' ? 2 : 1),
    psum: p,
  };
}

function passCost(shape: PassShape, context: ArrayContext, isZero?: IsZero): PassCost {
  const mapping = rowMappingOf(shape, context);
  const cost = emptyPassCost(context.bufferCount);
  const skipped = context.skip === 'activation' ? isZero : undefined;
  const costOf = processingCosts(shape, context, mapping, skipped);
  const hides = hidesPreload('weight', context);
  const times = new Map<ProcessingCost, number>();
  let before = 0;
  for (const pass of processingPasses(shape, context, mapping)) {
    const processing = costOf(pass);
    const { load, cycles } = processing;
    const exposed = hides ? Math.max(0, load - before) : load;
    cost.weightLoadStalls += Math.max(0, Math.min(load - 1, exposed));
    if (cost.cycles === 0) cost.firstFoldCycles = exposed + cycles;
    cost.cycles += exposed + cycles;
    before = cycles;
    times.set(processing, (times.get(processing) ?? 0) + 1);
  }
  for (const [processing, count] of times) countProcessing(cost, processing, count, shape, context, mapping);
  return cost;
}

/** Costs of processing passes; those that are alike are worked out once. */
function processingCosts(
  shape: PassShape,
  context: ArrayContext,
  mapping: RowStationaryMapping,
  isZero: IsZero | undefined,
): (pass: ProcessingPass) => ProcessingCost {
  const workOf = rowWork(shape, context, mapping);
  if (isZero !== undefined) {
    return (pass) => {
      const kinds = unlikeColumns(shape, workWithoutZeros(shape, context, mapping, pass, isZero));
      return processingCost(shape, context, pass, workOf(pass).weights, kinds);
    };
  }
  const known = new Map<string, ProcessingCost>();
  return (pass) => {
    const work = workOf(pass);
    const { strip, filters, channels, kernelRows, leaving } = pass;
    const key = [
      ...[strip.count, filters.count, channels.count, kernelRows.count],
      ...[leaving.first, leaving.last, work.ticks, work.weights],
    ].join(' ');
    const cost =
      known.get(key) ?? processingCost(shape, context, pass, work.weights, columnKinds(shape, pass, work));
    known.set(key, cost);
    return cost;
  };
}
