import type { Accelerator } from '../accelerator/accelerator.js';
import type { Timeline } from '../machine/timeline.js';
import { isConv } from '../network/layer.js';
import type { ConvLayer, Layer } from '../network/layer.js';
import { addAccesses, createAccessTable, registerTensors } from '../dataflow/counters.js';
import type { DecodeCounts, RegisterAccess, RegisterTensor } from '../dataflow/counters.js';
import type { PassCost } from '../dataflow/pass.js';
import { registerEntries } from '../mapping/registerFiles.js';
import type { Schedule } from '../schedule/schedule.js';
import { nonZeroTaps } from '../sparsity/supports.js';
import type { Supports } from '../sparsity/supports.js';
import { bytesOf } from '../tensor/precision.js';
import { bufferRecords, deliveredBytes } from './accessRecords.js';
import type { LayerCounts, MacCounts } from './layerCounts.js';
import { effectualMacsWithoutPadding } from './macs.js';
import { registerOf } from './passActivity.js';

/** Adds up what a layer's passes and its timeline cost. */
export function countLayer(
  layer: Layer,
  schedule: Schedule,
  timeline: Timeline,
  accelerator: Accelerator,
): LayerCounts {
  const { problem } = schedule;
  const accesses = createAccessTable(accelerator.buffers.length);
  const registers = emptyRegisters();
  const hops = { ifmap: 0, weight: 0, psum: 0 };
  const decoding: DecodeCounts = { ...timeline.codec, symbols: 0 };
  const sums = {
    macs: 0,
    gated: 0,
    activePes: 0,
    idle: 0,
    tableBits: 0,
    operations: 0,
    pooled: 0,
    weightLoad: 0,
    decode: 0,
    ifmap: 0,
    psum: 0,
    drain: 0,
  };
  for (const [pass, times] of passesOf(schedule)) {
    addAccesses(accesses, pass.accesses, times);
    for (const tensor of registerTensors) {
      addRegister(registers[tensor], registerOf(pass, tensor), times);
      hops[tensor] += pass.hops[tensor] * times;
    }
    sums.macs += pass.macs * times;
    sums.gated += pass.gatedMacs * times;
    sums.activePes = Math.max(sums.activePes, pass.activePes);
    sums.idle += pass.idleMacSlots * times;
    sums.tableBits += pass.patternTableReadBits * times;
    sums.operations += pass.postProcessorOperations * times;
    sums.weightLoad += pass.weightLoadStalls * times;
    sums.decode += pass.decodeStalls * times;
    decoding.entries += pass.decoding.entries * times;
    decoding.maskBits += pass.decoding.maskBits * times;
    decoding.symbols += pass.decoding.symbols * times;
    sums.ifmap += pass.ifmapStalls * times;
    sums.psum += pass.psumStalls * times;
    sums.drain += pass.drainStalls * times;
  }
  for (const { pooling } of schedule.steps) sums.pooled += pooling?.postProcessorOperations ?? 0;
  const pool = problem.kind === 'conv' ? problem.pool : undefined;
  const delivered = deliveredBytes(accesses, accelerator.buffers.length);
  addAccesses(accesses, timeline.fills, 1);
  const supports = problem.kind === 'conv' ? problem.storage.supports : undefined;
  const layout = schedule.weightLayout;
  return {
    layer: layer.name,
    kind: layer.kind,
    macs: isConv(layer) && supports !== undefined ? convMacs(layer, supports, problem.images, sums) : noMacs,
    cycles: timeline.cycles,
    latencyPs: timeline.endPs,
    computeCycles: timeline.passCycles,
    stallCycles: {
      'weight-load': sums.weightLoad,
      decode: sums.decode,
      ifmap: sums.ifmap,
      psum: sums.psum,
      drain: sums.drain + timeline.drainCycles,
      dram: timeline.dramCycles,
    },
    activePes: sums.activePes,
    idleMacSlots: sums.idle,
    dram: timeline.dram,
    copiedBytes: timeline.copiedBytes,
    ...(timeline.dramActivity && { dramActivity: timeline.dramActivity }),
    buffers: bufferRecords(accesses, accelerator),
    delivered,
    registers,
    registerEntries: registerEntries(problem, schedule.mapping, accelerator),
    hops,
    patternTableReadBits: sums.tableBits,
    decoding,
    postProcessorOperations: sums.operations,
    ...(pool && { pooling: { layer: pool.name, kind: pool.kind, operations: sums.pooled } }),
    weightBytes: {
      value: layout?.size.valueBytes ?? 0,
      position: layout?.size.positionBytes ?? 0,
      pointer: layout?.size.pointerBytes ?? 0,
      table: layout?.tableBytes ?? 0,
    },
    weightDenseBytes:
      problem.kind === 'conv'
        ? problem.filters *
          problem.channelsPerGroup *
          problem.storage.descriptor.taps *
          bytesOf(problem.storage.descriptor.precision)
        : 0,
    parameters: isConv(layer) && supports !== undefined ? parametersOf(layer, supports) : 0,
  };
}

const noMacs: MacCounts = { dense: 0, effectual: 0, effectualUnpadded: 0, performed: 0, gated: 0 };

function convMacs(
  layer: ConvLayer,
  supports: Supports,
  images: number,
  { macs, gated }: { readonly macs: number; readonly gated: number },
): MacCounts {
  const { geometry } = layer;
  const positions = images * geometry.output.height * geometry.output.width;
  return {
    dense: geometry.filters * geometry.channelsPerGroup * supports.taps * positions,
    effectual: nonZeroTaps(supports) * positions,
    effectualUnpadded: images * effectualMacsWithoutPadding(geometry, supports),
    performed: macs,
    gated,
  };
}

/** Weights that exist, bias, and batch norm's scale and shift. */
function parametersOf(layer: ConvLayer, supports: Supports): number {
  const { filters } = layer.geometry;
  return (
    nonZeroTaps(supports) + (layer.bias ? filters : 0) + (layer.batchNorm === undefined ? 0 : 2 * filters)
  );
}

function passesOf(schedule: Schedule): Map<PassCost, number> {
  const times = new Map<PassCost, number>();
  for (const { pass, pooling } of schedule.steps) {
    times.set(pass, (times.get(pass) ?? 0) + 1);
    if (pooling !== undefined) times.set(pooling, (times.get(pooling) ?? 0) + 1);
  }
  return times;
}

function emptyRegisters(): Record<RegisterTensor, RegisterAccess> {
  return {
    ifmap: { reads: 0, writes: 0 },
    weight: { reads: 0, writes: 0 },
    psum: { reads: 0, writes: 0 },
  };
}

function addRegister(total: RegisterAccess, part: RegisterAccess, times: number): void {
  total.reads += part.reads * times;
  total.writes += part.writes * times;
}
