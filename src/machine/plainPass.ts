import { arrayContext } from '../accelerator/arrayContext.js';
import type { Accelerator } from '../accelerator/accelerator.js';
import { dependsOnActivations, passCostWith } from '../dataflow/activations.js';
import { mappedDataflow } from '../mapping/mappedDataflow.js';
import type { IsZero } from '../dataflow/operands.js';
import { passShape } from '../mapping/passShape.js';
import type { ModelLayer } from '../model/model.js';
import type { Schedule, Step } from '../schedule/schedule.js';
import { placedWeightTile } from '../schedule/schedule.js';
import { inputPatch } from '../mapping/tiles.js';
import type { WeightTile } from '../storage/format.js';
import type { ElementArray } from '../tensor/precision.js';
import { allocateElements } from '../tensor/precision.js';
import { withDecoding } from '../schedule/decode.js';
import { checkSums, convolveWatched, createSums, isSafeFromOverflow, watchSums } from './accumulate.js';
import { elementsIn } from './buffers.js';
import type { BufferMemory } from './buffers.js';
import type { DmaEngine } from './dmaEngine.js';
import type { ComputingExecution, ObserveCycle } from './execution.js';
import { runRegisterPass } from './register/registerPass.js';
import { convolveTile, createTapScratch } from './kernels/scalar.js';
import type { ConvTile } from './kernels/scalar.js';
import type { LayerPasses, MeasuredPass } from './layerPasses.js';
import { packPsums, unpackPsums } from './packedPsums.js';
import { finishConvolution } from './postProcessor.js';

export interface PassOptions {
  readonly execution: ComputingExecution;
  readonly observe?: ObserveCycle | undefined;
}

/**
 * Passes in plain TypeScript, or through the registers of the array: the definition of what a pass computes, and the way where sums
 * have to be watched.
 */
export function createPlainPass(
  modelLayer: ModelLayer,
  schedule: Schedule,
  accelerator: Accelerator,
  slots: BufferMemory,
  dma: DmaEngine,
  { execution, observe }: PassOptions,
): LayerPasses {
  const { problem, mapping } = schedule;
  const { layer, operands } = modelLayer;
  if (problem.kind !== 'conv' || operands === undefined)
    throw new Error(`layer ${layer.name} is no convolution`);
  const { accumulator, storage, window } = problem;
  const { descriptor, format } = storage;
  const { tile } = mapping;
  const isSafe = isSafeFromOverflow(modelLayer, problem.precision, accumulator);
  const sums = createSums(accumulator, isSafe, tile.images * tile.filters * tile.rows * tile.columns);
  const scratch = createTapScratch();
  const decoded = slots.weight.slots.map(() =>
    allocateElements(descriptor.precision, tile.filters * tile.channels * descriptor.taps),
  );
  const decodedFill = new Uint32Array(decoded.length);
  const ifmaps = slots.ifmap.slots.map((bytes) => elementsIn(bytes, problem.precision));
  const ofmaps = slots.ofmap.slots.map((bytes) => elementsIn(bytes, problem.precision));
  const psums = slots.psum.slots.map(
    (bytes) => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength),
  );

  const weightsOf = (slot: number, weightTile: WeightTile): ElementArray => {
    if (decodedFill[slot] !== dma.weightFills[slot]) {
      const { size } = placedWeightTile(schedule, weightTile);
      format.decodeTile(slots.weight.slots[slot], dma.table, descriptor, weightTile, size, decoded[slot]);
      decodedFill[slot] = dma.weightFills[slot];
    }
    return decoded[slot];
  };

  const context = arrayContext(accelerator);
  const dataflow = mappedDataflow(accelerator, mapping);
  const measures = execution === 'register' || dependsOnActivations(context);

  const begin = ({ tile: at, slots: where }: Step, index: number): MeasuredPass => {
    const patch = inputPatch(problem, at);
    const positions = at.rowCount * at.columnCount;
    const outputs = at.filterCount * positions;
    const count = at.imageCount * outputs;
    const patchElements = at.channelCount * patch.height * patch.width;
    const convTile = {
      patchHeight: patch.height,
      patchWidth: patch.width,
      weights: weightsOf(where.weight, at),
      filters: at.filterCount,
      channels: at.channelCount,
      kernelHeight: window.kernelHeight,
      kernelWidth: window.kernelWidth,
      stride: window.stride,
      dilation: window.dilation,
      rows: at.rowCount,
      columns: at.columnCount,
    } satisfies Omit<ConvTile, 'ifmap'>;
    if (at.firstChannels) sums.fill(0, 0, count);
    else unpackPsums(psums[where.psum], count, accumulator, sums);

    const place = { layer: layer.name, filterStart: at.filterStart };
    const shape = measures ? passShape(problem, mapping, at) : undefined;
    const isZero: IsZero = (operand) => ifmaps[where.ifmap][operand] === 0;
    const measured =
      shape &&
      (execution === 'register'
        ? runRegisterPass(
            {
              shape,
              dataflow,
              ifmap: ifmaps[where.ifmap],
              weights: convTile.weights,
              sums,
              watch: isSafe || accumulator === 'float32' ? undefined : watchSums(accumulator, place),
            },
            context,
            observe &&
              ((state) => {
                observe(index, state);
              }),
          )
        : passCostWith(dataflow, shape, context, isZero));
    if (measured !== undefined && shape !== undefined)
      withDecoding(measured, problem, shape, dataflow, context);
    for (let image = 0; image < at.imageCount; image++) {
      const ifmap = ifmaps[where.ifmap].subarray(image * patchElements);
      const own = sums.subarray(image * outputs);
      if (execution === 'register') {
        // Summed already, in all images.
      } else if (isSafe || accumulator === 'float32') convolveTile({ ...convTile, ifmap }, own, scratch);
      else convolveWatched({ ...convTile, ifmap }, own, accumulator, place);
      if (!at.lastChannels) continue;
      if (!isSafe) checkSums(own, positions, outputs, accumulator, operands.bias, place);
      finishConvolution(modelLayer, at, problem.residual, own, ofmaps[where.ofmap].subarray(image * outputs));
    }
    if (!at.lastChannels) packPsums(sums, count, accumulator, psums[where.psum]);
    return measured;
  };
  return { begin };
}
