import type { Accelerator } from '../accelerator/accelerator.js';
import { createAccessTable } from '../dataflow/counters.js';
import type { AccessTable, DramAccess } from '../dataflow/counters.js';
import type { DramActivity } from '../dram/activity.js';
import { dmaProgram } from '../schedule/dmaProgram.js';
import type { DmaWait } from '../schedule/dmaProgram.js';
import { countFill } from '../schedule/fills.js';
import { portsOf } from '../accelerator/arrayContext.js';
import type { Schedule } from '../schedule/schedule.js';
import type { CompressedMap } from '../schedule/compressedMap.js';
import { compressedTransfer } from '../schedule/compressedTransfer.js';
import { burstsOf, indexBurstsOf } from '../schedule/transfer.js';
import type { Region, Transfer } from '../schedule/transfer.js';
import type { CodecWork } from '../storage/activations/activationFormat.js';
import { tensors } from '../tensor/dataSpace.js';
import type { Tensor } from '../tensor/dataSpace.js';
import { countCopy, keptPorts } from '../schedule/keptTransfer.js';
import { createCopyPath } from './copyPath.js';
import { addressesOfLayer } from './dram/addresses.js';
import type { LayerAddresses } from './dram/addresses.js';
import { createDram } from './dram/createDram.js';
import type { Dram } from './dram/dram.js';

/** When a layer's steps happen, and what its DMA moves. */
export interface Timeline {
  readonly endPs: number;
  /** Core cycles until `endPs`, rounded up. */
  readonly cycles: number;
  /** Cycles of the passes themselves, poolings and port stalls included. */
  readonly passCycles: number;
  /** Cycles that the array waits for the results of the pass before to leave. */
  readonly drainCycles: number;
  /** Cycles that the array waits for the DMA: for DRAM, or for copies of maps that stay on chip. */
  readonly dramCycles: number;
  /** Of these, those before the first pass, and those after the last results have left the array. */
  readonly firstLoadCycles: number;
  readonly lastStoreCycles: number;
  readonly dram: Readonly<Record<Tensor, DramAccess>>;
  /** Bytes that the DMA copies between slots and maps that stay on chip. */
  readonly copiedBytes: Readonly<Record<Tensor, number>>;
  /** What a command-level DRAM did from the layer's start to its end. */
  readonly dramActivity?: DramActivity;
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

/** Where and when a layer runs. */
export interface TimelineOptions {
  /** Those of the layer's maps that lie compressed; their sizes are known only after the layer has run. */
  readonly maps?: CompressedMaps;
  /** As the layers before left it; one of its own unless given. */
  readonly dram?: Dram;
  /** Where the layer's regions lie; as if it were alone in the DRAM unless given. */
  readonly addresses?: LayerAddresses;
}

/** Whether a layer that ends at this time or later, in ps from its start, is of no interest. */
export type IsTooLate = (endPs: number) => boolean;

/**
 * Runs the schedule against the clock. The DMA engine hands its transfers to the DRAM in the order of its program, each as soon
 * as it is known when it may start, so that the DRAM sees what is to come. Copies to and from maps that stay on chip go by a
 * path of their own, in the program's order, too; the two paths wait for each other only where a transfer has to. A pass starts
 * on a clock edge, when its loads are in, the array is free and its ofmap slot has been stored, which is also the slot of its
 * partial sums where finished tiles take their place. A fused pooling starts when its tile is complete and the slot of its outputs
 * has been stored, and the array waits for it.
 *
 * @throws UserError when the layer alone does not fit the DRAM
 */
export function runTimeline(
  schedule: Schedule,
  accelerator: Accelerator,
  options?: TimelineOptions,
): Timeline {
  const timeline = runTimelineUnless(() => false, schedule, accelerator, options);
  if (timeline === undefined) throw new Error('a timeline that is never too late has an end');
  return timeline;
}

/**
 * As `runTimeline`, given up as soon as it is known that the layer ends too late: the passes that are left follow the last one
 * without a gap at best.
 *
 * @returns undefined when given up; the DRAM is then of no use any more
 */
export function runTimelineUnless(
  isTooLate: IsTooLate,
  schedule: Schedule,
  accelerator: Accelerator,
  {
    maps = {},
    dram = createDram(accelerator.dram),
    addresses = addressesOfLayer(schedule, accelerator, maps),
  }: TimelineOptions = {},
): Timeline | undefined {
  const { periodPs } = accelerator;
  const { problem, steps } = schedule;
  const { burstBytes } = accelerator.dram;
  const program = dmaProgram(schedule);
  const ports = portsOf(accelerator);
  const fills = createAccessTable(accelerator.buffers.length);
  const accesses = emptyDramAccesses();
  const codec = { entries: 0, maskBits: 0 };
  const copiedBytes = { ifmap: 0, weight: 0, index: 0, psum: 0, ofmap: 0 };
  /** By operation of the program, the number of its last request; -1 for a copy. */
  const requests: number[] = [];
  const passEndPs = new Float64Array(steps.length);
  const drainEndPs = new Float64Array(steps.length);
  let passesRun = 0;
  let arrayFreePs = 0;
  let drainedPs = 0;
  let passCycles = 0;
  let drainCycles = 0;
  let firstStartPs = 0;
  const allPassCycles = steps.reduce(
    (sum, { pass, pooling }) => sum + pass.cycles + (pooling?.cycles ?? 0),
    0,
  );

  const request = (transfer: Transfer, address: number, eligiblePs: number): number => {
    const { indexBytes = 0 } = transfer;
    const indexBursts = indexBurstsOf(transfer, burstBytes);
    const bursts = burstsOf(transfer, burstBytes);
    const access = accesses[transfer.tensor];
    if (transfer.write) {
      access.writeBytes += transfer.bytes - indexBytes;
      access.writeBursts += bursts - indexBursts;
    } else {
      access.readBytes += transfer.bytes - indexBytes;
      access.readBursts += bursts - indexBursts;
    }
    accesses.index.readBytes += indexBytes;
    accesses.index.readBursts += indexBursts;
    return dram.request(transfer, address, eligiblePs);
  };
  const start = (transfer: Transfer, eligiblePs: number): number => {
    countFill(fills, transfer, problem, ports);
    const { region } = transfer;
    const address = addresses[region];
    const map = compressedMapOf(maps, region);
    if (map === undefined || transfer.box === undefined) return request(transfer, address, eligiblePs);
    const { pointers, units, entries, maskBits } = compressedTransfer(transfer, transfer.box, map);
    codec.entries += entries;
    codec.maskBits += maskBits;
    const pointerAddress = address + map.layout.regionBytes;
    // A reader has to know where units begin; a writer knows only when they are written.
    if (transfer.write) {
      const written = request(units, address, eligiblePs);
      return request(pointers, pointerAddress, dram.endPs(written));
    }
    const known = request(pointers, pointerAddress, eligiblePs);
    return request(units, address, dram.endPs(known));
  };
  const kept = keptPorts(problem, accelerator);
  const copies = createCopyPath(schedule, program, accelerator, kept);
  const isPassKnown = (wait: DmaWait): boolean =>
    wait.kind === 'nothing' || wait.kind === 'operation' || wait.step < passesRun;
  const isKnown = (wait: DmaWait): boolean =>
    wait.kind === 'operation' ? copies.isKnown(wait.operation, isPassKnown) : isPassKnown(wait);
  const clockOf = (wait: DmaWait): number => {
    switch (wait.kind) {
      case 'nothing':
        return 0;
      case 'pass':
        return passEndPs[wait.step];
      case 'drain':
        return drainEndPs[wait.step];
      case 'operation':
        return endOf(wait.operation);
    }
  };
  const endOf = (operation: number): number =>
    copies.has(operation) ? copies.endPs(operation, clockOf) : dram.endPs(requests[operation]);
  const startAllKnown = (): void => {
    while (requests.length < program.operations.length) {
      const { transfer, waitsFor } = program.operations[requests.length];
      const map = kept[transfer.region];
      if (map !== undefined) {
        countFill(fills, transfer, problem, ports);
        countCopy(fills, transfer, map);
        copiedBytes[transfer.tensor] += transfer.bytes;
        requests.push(-1);
        continue;
      }
      if (!isKnown(waitsFor)) return;
      requests.push(start(transfer, clockOf(waitsFor)));
    }
  };

  for (const [index, { pass, pooling }] of steps.entries()) {
    startAllKnown();
    const { first, last, slotStore } = program.steps[index];
    const slotFreePs = (): number => (slotStore < 0 ? 0 : endOf(slotStore));
    let readyPs = pooling === undefined ? slotFreePs() : 0;
    for (let load = first; load < last; load++) readyPs = Math.max(readyPs, endOf(load));
    const startPs = Math.ceil(Math.max(readyPs, arrayFreePs) / periodPs) * periodPs;
    if (index === 0) firstStartPs = startPs;
    const waitPs = Math.max(0, drainedPs - (startPs + pass.firstFoldCycles * periodPs));
    arrayFreePs = startPs + pass.cycles * periodPs + waitPs;
    drainedPs = arrayFreePs + pass.tailDrainCycles * periodPs;
    passCycles += pass.cycles;
    drainCycles += waitPs / periodPs;
    passEndPs[index] = arrayFreePs;
    if (pooling !== undefined) {
      const poolingPs = Math.max(drainedPs, Math.ceil(slotFreePs() / periodPs) * periodPs);
      drainCycles += pass.tailDrainCycles;
      passCycles += pooling.cycles;
      arrayFreePs = drainedPs = poolingPs + pooling.cycles * periodPs;
    }
    drainEndPs[index] = drainedPs;
    passesRun++;
    if (isTooLate(arrayFreePs + (allPassCycles - passCycles) * periodPs)) return undefined;
  }
  startAllKnown();

  const exposedDrainCycles = (drainedPs - arrayFreePs) / periodPs;
  const endPs = Math.max(dram.finishRequests(), drainedPs, copies.finish(clockOf));
  const cycles = Math.ceil(endPs / periodPs);
  const dramActivity = dram.endLayer(cycles * periodPs);
  return {
    endPs,
    cycles,
    passCycles,
    drainCycles: drainCycles + exposedDrainCycles,
    dramCycles: cycles - passCycles - drainCycles - exposedDrainCycles,
    firstLoadCycles: firstStartPs / periodPs,
    lastStoreCycles: cycles - drainedPs / periodPs,
    dram: accesses,
    copiedBytes,
    ...(dramActivity && { dramActivity }),
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
