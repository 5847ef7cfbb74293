import type { Accelerator } from '../accelerator/accelerator.js';
import { createAccessTable } from '../dataflow/counters.js';
import type { AccessTable, DramAccess } from '../dataflow/counters.js';
import { countFill } from '../schedule/fills.js';
import { portsOf } from '../accelerator/arrayContext.js';
import type { Schedule, SlotTransfer, Step } from '../schedule/schedule.js';
import type { CompressedMap } from '../schedule/compressedMap.js';
import { compressedTransfer } from '../schedule/compressedTransfer.js';
import { indexBurstsOf } from '../schedule/transfer.js';
import type { Region, Transfer } from '../schedule/transfer.js';
import type { CodecWork } from '../storage/activations/activationFormat.js';
import { tensors } from '../tensor/dataSpace.js';
import type { Tensor } from '../tensor/dataSpace.js';
import { createDram } from './dram/createDram.js';

/** When a layer's steps happen, and what its DMA moves. */
export interface Timeline {
  readonly endPs: number;
  /** Core cycles until `endPs`, rounded up. */
  readonly cycles: number;
  /** Cycles of the passes themselves, port stalls included. */
  readonly passCycles: number;
  /** Cycles that the array waits for the results of the pass before to leave. */
  readonly drainCycles: number;
  /** Cycles that the array waits for DRAM. */
  readonly dramCycles: number;
  readonly dram: Readonly<Record<Tensor, DramAccess>>;
  /** What the DMA does at the buffers. */
  readonly fills: AccessTable;
  /** What the DMA encodes and decodes. */
  readonly codec: Readonly<CodecWork>;
}

/** Maps of a layer that lie compressed in DRAM. */
export interface CompressedMaps {
  readonly input?: CompressedMap | undefined;
  readonly residual?: CompressedMap | undefined;
  readonly output?: CompressedMap | undefined;
}

interface PendingStore {
  readonly step: number;
  readonly store: SlotTransfer;
  readonly readyPs: number;
}

/**
 * Runs the schedule against the clock. The DMA engine works through one queue: the loads of a step are requested as
 * soon as the slots that they fill are free, stores queue behind the loads that may run ahead of them. A pass starts
 * on a clock edge, when its loads are in, the array is free and its ofmap slot has been stored, which is also the slot of its
 * partial sums where finished tiles take their place.
 *
 * @param maps those of the layer's maps that lie compressed; their sizes are known only after the layer has run
 */
export function runTimeline(
  schedule: Schedule,
  accelerator: Accelerator,
  maps: CompressedMaps = {},
): Timeline {
  const { periodPs } = accelerator;
  const { problem, steps, footprint } = schedule;
  const dram = createDram(accelerator.dram);
  const ports = portsOf(accelerator);
  const fills = createAccessTable(accelerator.buffers.length);
  const accesses = emptyDramAccesses();
  const codec = { entries: 0, maskBits: 0 };
  const lookahead = footprint.ifmap.count === 2 || footprint.weight?.count === 2 ? 2 : 1;

  const ifmapFreePs = new Float64Array(footprint.ifmap.count);
  const weightFreePs = new Float64Array(footprint.weight?.count ?? 1);
  const psumReadyPs = new Float64Array(footprint.psum?.count ?? 1);
  const ofmapFreePs = new Float64Array(footprint.ofmap.count);
  const pending: PendingStore[] = [];
  let arrayFreePs = 0;
  let drainedPs = 0;
  let lastDmaPs = 0;
  let passCycles = 0;
  let drainCycles = 0;

  const onBus = (transfer: Transfer, eligiblePs: number): number => {
    const { indexBytes = 0 } = transfer;
    const indexBursts = indexBurstsOf(transfer, accelerator.dram.burstBytes);
    const access = accesses[transfer.tensor];
    if (transfer.write) {
      access.writeBytes += transfer.bytes - indexBytes;
      access.writeBursts += dram.bursts(transfer) - indexBursts;
    } else {
      access.readBytes += transfer.bytes - indexBytes;
      access.readBursts += dram.bursts(transfer) - indexBursts;
    }
    accesses.index.readBytes += indexBytes;
    accesses.index.readBursts += indexBursts;
    return dram.transfer(transfer, eligiblePs);
  };
  const move = (transfer: Transfer, eligiblePs: number): number => {
    countFill(fills, transfer, problem, ports);
    const map = compressedMapOf(maps, transfer.region);
    let endPs: number;
    if (map === undefined || transfer.box === undefined) {
      endPs = onBus(transfer, eligiblePs);
    } else {
      const { pointers, units, entries, maskBits } = compressedTransfer(transfer, transfer.box, map);
      // A reader has to know where units begin; a writer knows only when they are written.
      const [first, second] = transfer.write ? [units, pointers] : [pointers, units];
      endPs = onBus(second, onBus(first, eligiblePs));
      codec.entries += entries;
      codec.maskBits += maskBits;
    }
    lastDmaPs = Math.max(lastDmaPs, endPs);
    return endPs;
  };
  const flushOldest = (): void => {
    const oldest = pending.shift();
    if (oldest === undefined) return;
    ofmapFreePs[oldest.store.slot] = move(oldest.store.transfer, oldest.readyPs);
  };
  const flushSlot = (slot: number): void => {
    while (pending.some(({ store }) => store.slot === slot)) flushOldest();
  };
  const before = ({ transfer, slot }: SlotTransfer): number => {
    switch (transfer.region) {
      case 'input':
        return move(transfer, ifmapFreePs[slot]);
      case 'weights':
        return move(transfer, weightFreePs[slot]);
      case 'psum':
        return (psumReadyPs[slot] = move(transfer, psumReadyPs[slot]));
      case 'residual':
        flushSlot(slot);
        return move(transfer, ofmapFreePs[slot]);
      default:
        return move(transfer, 0);
    }
  };
  const runPass = (step: Step, readyPs: number): void => {
    const { pass, slots } = step;
    const startPs = Math.ceil(Math.max(readyPs, arrayFreePs) / periodPs) * periodPs;
    const waitPs = Math.max(0, drainedPs - (startPs + pass.firstFoldCycles * periodPs));
    arrayFreePs = startPs + pass.cycles * periodPs + waitPs;
    drainedPs = arrayFreePs + pass.tailDrainCycles * periodPs;
    passCycles += pass.cycles;
    drainCycles += waitPs / periodPs;
    ifmapFreePs[slots.ifmap] = arrayFreePs;
    if (slots.weight >= 0) weightFreePs[slots.weight] = arrayFreePs;
    if (slots.psum >= 0) psumReadyPs[slots.psum] = drainedPs;
  };

  steps.forEach((step, index) => {
    let readyPs = 0;
    for (const transfer of step.transfersBefore) readyPs = Math.max(readyPs, before(transfer));
    while (pending.length > 0 && pending[0].step <= index - lookahead) flushOldest();
    // Partial sums must not overwrite a finished tile in their slot before it has been stored.
    const ofmapSlot = step.store?.slot ?? (footprint.ofmapInPlace ? 0 : undefined);
    if (ofmapSlot !== undefined) {
      flushSlot(ofmapSlot);
      readyPs = Math.max(readyPs, ofmapFreePs[ofmapSlot]);
    }
    runPass(step, readyPs);
    if (step.store !== undefined) pending.push({ step: index, store: step.store, readyPs: drainedPs });
  });
  while (pending.length > 0) flushOldest();

  const exposedDrainCycles = (drainedPs - arrayFreePs) / periodPs;
  const endPs = Math.max(lastDmaPs, drainedPs);
  const cycles = Math.ceil(endPs / periodPs);
  return {
    endPs,
    cycles,
    passCycles,
    drainCycles: drainCycles + exposedDrainCycles,
    dramCycles: cycles - passCycles - drainCycles - exposedDrainCycles,
    dram: accesses,
    fills,
    codec,
  };
}

function compressedMapOf(maps: CompressedMaps, region: Region): CompressedMap | undefined {
  return region === 'input' || region === 'residual' || region === 'output' ? maps[region] : undefined;
}

function emptyDramAccesses(): Record<Tensor, DramAccess> {
  const entries = tensors.map(
    (tensor) => [tensor, { readBytes: 0, writeBytes: 0, readBursts: 0, writeBursts: 0 }] as const,
  );
  return Object.fromEntries(entries) as Record<Tensor, DramAccess>;
}
