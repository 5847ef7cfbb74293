import type { BufferSpec } from '../accelerator/accelerator.js';
import type { Footprint, Slots } from '../mapping/footprint.js';
import type { KeptPlace, KeptPlaces } from '../mapping/keptPlaces.js';
import { bytesOf, viewElements } from '../tensor/precision.js';
import type { ElementArray, Precision } from '../tensor/precision.js';

/** The bytes of one tensor's slots in its SRAM. */
export interface SlotMemory {
  /** Slot by slot. */
  readonly slots: ReadonlyArray<Uint8Array<ArrayBuffer>>;
}

export interface BufferMemory {
  readonly ifmap: SlotMemory;
  readonly weight: SlotMemory;
  readonly psum: SlotMemory;
  readonly ofmap: SlotMemory;
  readonly pooled: SlotMemory;
}

/** SRAM of an accelerator: as many bytes as its buffers have, and not one more. */
export function createBuffers(buffers: readonly BufferSpec[]): ReadonlyMap<string, ArrayBuffer> {
  return new Map(buffers.map(({ name, capacityBytes }) => [name, new ArrayBuffer(capacityBytes)]));
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
  memory: ReadonlyMap<string, ArrayBuffer>,
  slotsFrom: KeptPlaces['slotsFrom'] = {},
): BufferMemory {
  const used = new Map(Object.entries(slotsFrom));
  const place = (slots: Slots | undefined): SlotMemory => {
    if (slots === undefined) return { slots: [] };
    const { name } = slots.buffer;
    const bytes = memory.get(name);
    if (bytes === undefined) throw new Error(`no memory for buffer ${name}`);
    const start = used.get(name) ?? 0;
    used.set(name, start + slots.count * slots.slotBytes);
    return {
      slots: Array.from(
        { length: slots.count },
        (_, slot) => new Uint8Array(bytes, start + slot * slots.slotBytes, slots.slotBytes),
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
export function keptBytes(
  { buffer, offset, bytes }: KeptPlace,
  memory: ReadonlyMap<string, ArrayBuffer>,
): Uint8Array<ArrayBuffer> {
  const sram = memory.get(buffer);
  if (sram === undefined) throw new Error(`no memory for buffer ${buffer}`);
  return new Uint8Array(sram, offset, bytes);
}

/** A slot's bytes as elements. */
export function elementsIn(bytes: Uint8Array<ArrayBuffer>, precision: Precision): ElementArray {
  return viewElements(precision, bytes.buffer, bytes.byteOffset, bytes.byteLength / bytesOf(precision));
}
