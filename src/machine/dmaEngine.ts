import type { Schedule, SlotTransfer, Step } from '../schedule/schedule.js';
import type { MapBox } from '../mapping/runs.js';
import { storedBox, storedMap } from '../mapping/storedTile.js';
import { inputPatch, outputBox } from '../mapping/tiles.js';
import { keptIn } from '../schedule/keptTransfer.js';
import type { Transfer } from '../schedule/transfer.js';
import { isPlanar } from '../storage/featureMapLayout.js';
import type { Tensor } from '../tensor/dataSpace.js';
import { bytesOf } from '../tensor/precision.js';
import type { BufferMemory } from './buffers.js';
import { loadCompressed, storeCompressed, unpadded } from './compressedDram.js';
import type { MovedUnits } from './compressedDram.js';
import { createByteMover } from './dma.js';
import type { MachineMemory } from './memory.js';
import type { LayerDram } from './layerDram.js';
import { loadInLayout, storeInLayout } from './layoutDma.js';

/** Moves a layer's bytes between DRAM, or maps that stay on chip, and the slots of the buffers, and counts them. */
export interface DmaEngine {
  /** Carries out a transfer to or from a slot. */
  bring(step: Step, transfer: SlotTransfer): void;
  /** The pattern table as it was loaded. */
  readonly table: Uint8Array;
  /** Per weight slot, how often it was filled. */
  readonly weightFills: Uint32Array;
}

export function createDmaEngine(
  { problem, footprint }: Schedule,
  dram: LayerDram,
  slots: BufferMemory,
  memory: MachineMemory,
  movedBytes: Record<Tensor, number>,
  copiedBytes: Record<Tensor, number>,
): DmaEngine {
  const mover = createByteMover(memory);
  const table = new Uint8Array(dram.regions.table.length);
  const weightFills = new Uint32Array(footprint.weight?.count ?? 0);
  const elementBytes = bytesOf(problem.precision);
  const leaving = footprint.pooled === undefined ? slots.ofmap : slots.pooled;
  const bringCompressed = (step: Step, { region }: Transfer, slot: number): MovedUnits | undefined => {
    const { input, residual, output } = dram.maps;
    if (region === 'input' && input !== undefined) {
      return loadCompressed(input, inputPatch(problem, step.tile), slots.ifmap.slots[slot]);
    }
    if (region === 'residual' && residual !== undefined) {
      return loadCompressed(residual, unpadded(outputBox(step.tile)), slots.ofmap.slots[slot]);
    }
    if (region === 'output' && output !== undefined) {
      return storeCompressed(output, storedBox(problem, step.tile), leaving.slots[slot]);
    }
    return undefined;
  };
  /** Between maps of another layout than NCHW and a slot, which holds elements in the order of NCHW. */
  const bringInLayout = ({ tile }: Step, transfer: Transfer, box: MapBox, slot: number): void => {
    const { layout, window } = problem;
    const region = dram.regions[transfer.region];
    if (transfer.region === 'input') {
      const patch = inputPatch(problem, tile);
      loadInLayout(
        mover,
        transfer,
        layout,
        patch,
        window.input,
        elementBytes,
        region,
        slots.ifmap.slots[slot],
      );
      return;
    }
    if (transfer.region === 'output') {
      storeInLayout(
        mover,
        transfer,
        layout,
        box,
        storedMap(problem),
        elementBytes,
        leaving.slots[slot],
        region,
      );
      return;
    }
    const [memory, bytes] =
      transfer.region === 'psum' ? [slots.psum, bytesOf(problem.accumulator)] : [slots.ofmap, elementBytes];
    if (transfer.write)
      storeInLayout(mover, transfer, layout, box, window.output, bytes, memory.slots[slot], region);
    else
      loadInLayout(mover, transfer, layout, unpadded(box), window.output, bytes, region, memory.slots[slot]);
  };
  const bring = (step: Step, { transfer, slot }: SlotTransfer): void => {
    const compressed = bringCompressed(step, transfer, slot);
    if (compressed !== undefined) {
      movedBytes[transfer.tensor] += compressed.unitBytes;
      movedBytes.index += compressed.pointerBytes;
      return;
    }
    const region = dram.regions[transfer.region];
    const { indexBytes = 0 } = transfer;
    const moved = keptIn(problem.kept, transfer.region) === undefined ? movedBytes : copiedBytes;
    moved[transfer.tensor] += transfer.bytes - indexBytes;
    moved.index += indexBytes;
    if (transfer.box !== undefined && !isPlanar(problem.layout)) {
      bringInLayout(step, transfer, transfer.box, slot);
      return;
    }
    switch (transfer.region) {
      case 'table':
        table.set(region);
        return;
      case 'input':
        mover.loadPatch(
          inputPatch(problem, step.tile),
          problem.window.input,
          elementBytes,
          region,
          slots.ifmap.slots[slot],
        );
        return;
      case 'weights':
        mover.load(transfer, region, slots.weight.slots[slot]);
        weightFills[slot]++;
        return;
      case 'psum':
        if (transfer.write) mover.store(transfer, slots.psum.slots[slot], region);
        else mover.load(transfer, region, slots.psum.slots[slot]);
        return;
      case 'residual':
        mover.load(transfer, region, slots.ofmap.slots[slot]);
        return;
      case 'output':
        mover.store(transfer, leaving.slots[slot], region);
        return;
      case 'pointers':
        throw new Error('pointers move with the units that they point at');
    }
  };
  return { bring, table, weightFills };
}
