import type { Footprint, Slots } from '../mapping/footprint.js';
import type { KeptPlace, KeptPlaces } from '../mapping/keptPlaces.js';
import type { MachineMemory } from './memory.js';
import { bytesOf, viewElements } from '../tensor/precision.js';
import type { ElementArray, Precision } from '../tensor/precision.js';

/** The bytes of one tensor's slots in its SRAM. */
export interface SlotMemory {
  /** Slot by slot. */
  readonly slots: readonly Uint8Array[];
}

export interface BufferMemory {
  readonly ifmap: SlotMemory;
  readonly weight: SlotMemory;
  readonly psum: SlotMemory;
  readonly ofmap: SlotMemory;
  readonly pooled: SlotMemory;
}

/**
 * Lays a layer's slots out in the SRAM, one tensor after the other, unless the ofmap takes the psums' place. Whatever lies there
 * stays.
 *
 * @param slotsFrom by buffer, bytes before the first slot; none unless given
 * @throws Error when a slot would end beyond its buffer
 */
export function placeSlots(
  footprint: Footprint,
  sram: MachineMemory['sram'],
  slotsFrom: KeptPlaces['slotsFrom'] = {},
): BufferMemory {
  const used = new Map(Object.entries(slotsFrom));
  const place = (slots: Slots | undefined): SlotMemory => {
    if (slots === undefined) return { slots: [] };
    const { name } = slots.buffer;
    const bytes = sram.get(name);
    if (bytes === undefined) throw new Error(`no memory for buffer ${name}`);
    const start = used.get(name) ?? 0;
    const end = start + slots.count * slots.slotBytes;
    if (end > bytes.length) throw new Error(`slots end ${end - bytes.length} bytes beyond buffer ${name}`);
    used.set(name, end);
    return {
      slots: Array.from({ length: slots.count }, (_, slot) =>
        bytes.subarray(start + slot * slots.slotBytes, start + (slot + 1) * slots.slotBytes),
      ),
    };
  };
  const ifmap = place(footprint.ifmap);
  const weight = place(footprint.weight);
  const psum = place(footprint.psum);
  const ofmap = footprint.ofmapInPlace ? psum : place(footprint.ofmap);
  return { ifmap, weight, psum, ofmap, pooled: place(footprint.pooled) };
}

/** The bytes of a map that stays on chip. */
export function keptBytes({ buffer, offset, bytes }: KeptPlace, sram: MachineMemory['sram']): Uint8Array {
  const own = sram.get(buffer);
  if (own === undefined) throw new Error(`no memory for buffer ${buffer}`);
  return own.subarray(offset, offset + bytes);
}

/** A slot's bytes as elements. */
export function elementsIn(bytes: Uint8Array, precision: Precision): ElementArray {
  return viewElements(precision, bytes.buffer, bytes.byteOffset, bytes.byteLength / bytesOf(precision));
}
