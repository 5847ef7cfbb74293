import { inputPatch } from '../mapping/tiles.js';
import type { Tile } from '../mapping/tiles.js';
import type { ConvProblem } from '../mapping/problem.js';
import type { ModelLayer } from '../model/model.js';
import type { Schedule, Step } from '../schedule/schedule.js';
import { bitsOf, bytesOf } from '../tensor/precision.js';
import { sumsStayBelow } from './accumulate.js';
import type { BufferMemory } from './buffers.js';
import type { DmaEngine } from './dmaEngine.js';
import { createFilterGroups } from './kernels/filterGroups.js';
import type { WeightStreams } from './kernels/filterGroups.js';
import { blockPositions, passJobBytes, writeJob } from './kernels/passJob.js';
import { createPassSharing } from './kernels/passSharing.js';
import type { PassWork } from './kernels/passSharing.js';
import type { LayerPasses } from './layerPasses.js';
import type { MachineMemory } from './memory.js';
import { createWeightStreams } from './weightStreams.js';
import type { Arithmetic } from './weightStreams.js';

/** Below so many positions lanes hold taps, not positions. */
const fewPositions = blockPositions / 2;

/**
 * Passes by the compiled kernels; undefined for layers whose sums may overflow, or are too large for doubles once they are scaled.
 * Weights are read where they lie in their slot if the format stores nothing but the values of its taps, and decoded once per fill otherwise.
 */
export function createCompiledPass(
  modelLayer: ModelLayer,
  schedule: Schedule,
  slots: BufferMemory,
  memory: MachineMemory,
  dma: DmaEngine,
): LayerPasses | undefined {
  const { problem } = schedule;
  const { kernels } = memory;
  if (problem.kind !== 'conv' || kernels === undefined) return undefined;
  const arithmetic = arithmeticOf(modelLayer, problem);
  if (arithmetic === undefined) return undefined;
  const { mapping } = schedule;
  const { window, precision, accumulator } = problem;
  const { tile } = mapping;
  const elementBytes = bytesOf(precision);
  const mostBlocks = Math.ceil((tile.rows * tile.columns) / blockPositions);
  const columnBytes = arithmetic === 'floats' ? 4 : 2;
  const taps = tile.channels * window.kernelHeight * window.kernelWidth;
  const sharing = createPassSharing(
    kernels,
    memory,
    (taps + 1) * blockPositions * columnBytes,
    fewPositions * (taps + blockPositions) * 2,
  );
  const sumBytes = arithmetic === 'wide' ? 8 : 4;
  const sums = memory.allocate(tile.filters * mostBlocks * blockPositions * sumBytes).byteOffset;
  const finish = writeFinishes(modelLayer, problem, memory);
  const groupsOf = createFilterGroups(memory, columnBytes);
  const highHalves = tile.filters * taps * 2 + blockPositions * 2;
  const weights = createWeightStreams(schedule, slots, memory, dma, kernels, { arithmetic, highHalves });

  const { requantization, layer } = modelLayer;
  const ofLayer = {
    elementBytes,
    kernelHeight: window.kernelHeight,
    kernelWidth: window.kernelWidth,
    strideRows: window.stride[0],
    strideColumns: window.stride[1],
    dilationRows: window.dilation[0],
    dilationColumns: window.dilation[1],
    sums,
    hasResidual: Number(problem.residual),
    least: requantization?.min ?? 0,
    most: requantization?.max ?? 0,
    relu: Number(layer.relu),
    psumBytes: bytesOf(accumulator),
    highHalves,
  };
  /** Other threads may still read one while the next step's is written. */
  const jobs = [0, 1].map(() => {
    const { buffer, byteOffset } = memory.allocate(passJobBytes);
    const job = new Int32Array(buffer, byteOffset, passJobBytes / 4);
    writeJob(job, ofLayer);
    return job;
  });
  const blockKernel = blockKernels[arithmetic];
  /** Finished sums take the place of partial ones that another thread might not have fetched yet. */
  const mayOverwrite = schedule.footprint.ofmapInPlace;
  const streamsOf = ({ tile: at, slots: where }: Step): WeightStreams => weights(at, where.weight, isFew(at));
  const isFew = ({ rowCount, columnCount }: Tile): boolean =>
    arithmetic === 'integers' && rowCount * columnCount < fewPositions;
  let turn = 0;

  const begin = (step: Step): void => {
    const { tile: at, slots: where } = step;
    const patch = inputPatch(problem, at);
    const positions = at.rowCount * at.columnCount;
    const blocks = Math.ceil(positions / blockPositions);
    const streams = streamsOf(step);
    const groups = groupsOf(at, streams);
    const patchBytes = at.channelCount * patch.height * patch.width * elementBytes;
    const outputs = at.filterCount * positions;
    const job = jobs[turn++ % jobs.length];
    writeJob(job, {
      patchWidth: patch.width,
      channelElements: patch.height * patch.width,
      channels: at.channelCount,
      columns: at.columnCount,
      positions,
      sumPitch: blocks * blockPositions,
      groups: groups.address,
      begins: Number(at.firstChannels),
      ends: Number(at.lastChannels),
      finish: finish + at.filterStart * finishBytes,
    });
    const products = outputs * at.channelCount * window.kernelHeight * window.kernelWidth;
    const work: PassWork = {
      job: job.byteOffset,
      kernel: isFew(at) ? 'passFewPositions' : blockKernel,
      blocks,
      groups: groups.count,
      weightBytes: streams.valueBytes,
      mayShare:
        products >= memory.fewestSharedProducts && !(mayOverwrite && !at.firstChannels && at.lastChannels),
    };
    for (let image = 0; image < at.imageCount; image++) {
      if (image > 0) sharing.finish();
      writeJob(job, {
        ifmap: slots.ifmap.slots[where.ifmap].byteOffset + image * patchBytes,
        ...(where.psum >= 0 && {
          psums: slots.psum.slots[where.psum].byteOffset + image * outputs * bytesOf(accumulator),
        }),
        ...(where.ofmap >= 0 && {
          ofmap: slots.ofmap.slots[where.ofmap].byteOffset + image * outputs * elementBytes,
        }),
      });
      sharing.begin(work);
    }
  };
  return {
    prepare(step) {
      groupsOf(step.tile, streamsOf(step));
    },
    begin(step) {
      begin(step);
      return undefined;
    },
    finish: sharing.finish,
  };
}

const blockKernels = { integers: 'passIntegers', wide: 'passWide', floats: 'passFloats' } as const;

/** Of integers, sums whose products with a 16-bit multiplier 64 bits hold, and residuals' products that doubles hold beside others. */
const widestSum = 2 ** 46;
const widestResidual = 2 ** 52;

function arithmeticOf(
  modelLayer: ModelLayer,
  { precision, accumulator }: ConvProblem,
): Arithmetic | undefined {
  if (accumulator === 'float32') return 'floats';
  const { requantization } = modelLayer;
  if (requantization === undefined) return undefined;
  const largestResidual = 2 ** (bitsOf(precision) - 1);
  if (requantization.residualMultiplier.some((factor) => Math.abs(factor) * largestResidual > widestResidual))
    return undefined;
  const accumulatorLimit = 2 ** (bitsOf(accumulator) - 1);
  if (sumsStayBelow(modelLayer, precision, Math.min(accumulatorLimit, 2 ** 31))) return 'integers';
  return sumsStayBelow(modelLayer, precision, Math.min(accumulatorLimit, widestSum)) ? 'wide' : undefined;
}

/** Bytes of `FilterFinish` in `assembly/passJob.ts`: bias, multiplier, residual multiplier and scale as float64. */
const finishBytes = 32;

const knownFinishes = new WeakMap<ModelLayer, Float64Array>();

/** @returns the address of what finishes the sums of each of the layer's filters */
function writeFinishes(modelLayer: ModelLayer, { filters }: ConvProblem, memory: MachineMemory): number {
  const finishes = knownFinishes.get(modelLayer) ?? finishesOf(modelLayer, filters);
  knownFinishes.set(modelLayer, finishes);
  const { buffer, byteOffset } = memory.allocate(finishes.byteLength);
  new Float64Array(buffer, byteOffset, finishes.length).set(finishes);
  return byteOffset;
}

function finishesOf({ operands, requantization }: ModelLayer, filters: number): Float64Array {
  const finishes = new Float64Array((filters * finishBytes) / 8);
  for (let filter = 0; filter < filters; filter++) {
    const at = filter * 4;
    finishes[at] = operands?.bias[filter] ?? 0;
    if (requantization === undefined) continue;
    const { multiplier, residualMultiplier, shift } = requantization;
    const own = multiplier.length === 1 ? 0 : filter;
    finishes[at + 1] = multiplier[own];
    finishes[at + 2] = residualMultiplier[own];
    finishes[at + 3] = 2 ** -shift[own];
  }
  return finishes;
}
