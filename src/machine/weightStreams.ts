import { placedWeightTile } from '../schedule/schedule.js';
import type { Schedule } from '../schedule/schedule.js';
import type { WeightTile } from '../storage/format.js';
import { bytesOf, viewElements } from '../tensor/precision.js';
import type { BufferMemory } from './buffers.js';
import type { DmaEngine } from './dmaEngine.js';
import type { CompiledKernels } from './kernels/compiled.js';
import type { WeightStreams } from './kernels/filterGroups.js';
import type { MachineMemory } from './memory.js';

/** The arithmetic of a layer's passes: int32 sums, sums of up to 53 bits, or float32. */
export type Arithmetic = 'integers' | 'wide' | 'floats';

/**
 * The weights of a slot as streams for the kernels, prepared once per fill: as they lie in the slot where that will do, as int16 or in
 * two halves where the kernels need it. Tiles of formats that store more than values are decoded before, and then hold all taps.
 *
 * @param highHalves bytes from a filter's low halves to its high ones
 * @returns of a tile in a slot its streams; `asStored` asks for values of the precision's own width
 */
export function createWeightStreams(
  schedule: Schedule,
  slots: BufferMemory,
  memory: MachineMemory,
  dma: DmaEngine,
  kernels: CompiledKernels,
  { arithmetic, highHalves }: { readonly arithmetic: Arithmetic; readonly highHalves: number },
): (tile: WeightTile, slot: number, asStored: boolean) => WeightStreams {
  const { problem, mapping } = schedule;
  if (problem.kind !== 'conv') throw new Error(`layer ${problem.name} has no weights`);
  const { format, descriptor } = problem.storage;
  const { precision, taps } = descriptor;
  const ownBytes = bytesOf(precision);
  const mostValues = mapping.tile.filters * mapping.tile.channels * taps;
  const isWidened = arithmetic === 'wide' || (arithmetic === 'integers' && ownBytes === 1);
  const room = (bytes: number, isNeeded: boolean): readonly Uint8Array[] =>
    slots.weight.slots.map(() => memory.allocate(isNeeded ? bytes : 0));
  const isPlain = format.tapRows !== undefined;
  const decoded = room(mostValues * ownBytes, !isPlain);
  const widened = room(2 * highHalves, isWidened);
  const decodedFill = new Uint32Array(decoded.length);
  const widenedFill = new Uint32Array(widened.length);
  let rows: readonly Uint16Array[] | undefined;

  const storedAt = (tile: WeightTile, slot: number): number => {
    if (isPlain) return slots.weight.slots[slot].byteOffset;
    const { buffer, byteOffset } = decoded[slot];
    if (decodedFill[slot] !== dma.weightFills[slot]) {
      const { size } = placedWeightTile(schedule, tile);
      const out = viewElements(precision, buffer, byteOffset, mostValues);
      format.decodeTile(slots.weight.slots[slot], dma.table, descriptor, tile, size, out);
      decodedFill[slot] = dma.weightFills[slot];
    }
    return byteOffset;
  };
  const widenedAt = (tile: WeightTile, slot: number): number => {
    const { byteOffset } = widened[slot];
    if (widenedFill[slot] !== dma.weightFills[slot]) {
      const count = isPlain
        ? placedWeightTile(schedule, tile).size.valueBytes / ownBytes
        : tile.filterCount * tile.channelCount * taps;
      const from = storedAt(tile, slot);
      if (arithmetic === 'wide') kernels.splitWeights(from, count, ownBytes, byteOffset, highHalves);
      else kernels.widenWeights(from, count, byteOffset);
      widenedFill[slot] = dma.weightFills[slot];
    }
    return byteOffset;
  };

  return (tile, slot, asStored) => {
    rows ??= format.tapRows?.(dma.table, descriptor) ?? [Uint16Array.from({ length: taps }, (_, tap) => tap)];
    if (isWidened && !asStored) return { rows, taps, address: widenedAt(tile, slot), valueBytes: 2 };
    return { rows, taps, address: storedAt(tile, slot), valueBytes: ownBytes };
  };
}
