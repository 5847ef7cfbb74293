import type { Accelerator, BufferSpec } from '../accelerator/accelerator.js';
import { footprint, shortage } from './footprint.js';
import type { Footprint } from './footprint.js';
import { mappedTensors } from './mapping.js';
import type { Mapping } from './mapping.js';
import type { LayerProblem } from './problem.js';
import { registerShortage } from './registerFiles.js';

/** Whether buffers and register files have room for a mapping. */
export function fits(problem: LayerProblem, mapping: Mapping, accelerator: Accelerator): boolean {
  return (
    shortage(footprint(problem, mapping, accelerator)) === undefined &&
    registerShortage(problem, mapping, accelerator) === undefined
  );
}

/**
 * What a mapping needs more than there is, such as `needs 2,304 B of buffer glb (ifmap 2 x 512 B + ofmap 1 x 1,280 B), 256 B more
 * than its 2,048 B`; undefined when it fits.
 */
export function describeShortage(
  problem: LayerProblem,
  mapping: Mapping,
  accelerator: Accelerator,
): string | undefined {
  const room = footprint(problem, mapping, accelerator);
  const lack = shortage(room);
  if (lack !== undefined) {
    const { buffer, neededBytes } = lack;
    return (
      `needs ${bytes(neededBytes)} of buffer ${buffer.name} (${describeNeed(room, buffer)}), ` +
      `${bytes(neededBytes - buffer.capacityBytes)} more than its ${bytes(buffer.capacityBytes)}`
    );
  }
  const overflow = registerShortage(problem, mapping, accelerator);
  if (overflow === undefined) return undefined;
  const { file, neededBytes, capacityBytes } = overflow;
  return (
    `needs ${bytes(neededBytes)} of the ${file} register file of each PE, ` +
    `${bytes(neededBytes - capacityBytes)} more than its ${bytes(capacityBytes)}`
  );
}

/** Which tensor takes how much of a buffer: `ifmap 2 x 18,496 B + psum 1 x 4,096 B (the ofmap takes its place)`. */
export function describeNeed(room: Footprint, buffer: BufferSpec): string {
  const kept = room.keptBytes.get(buffer) ?? 0;
  const parts = mappedTensors.flatMap((tensor) => {
    const slots = room[tensor];
    if (slots?.buffer !== buffer || (tensor === 'ofmap' && room.ofmapInPlace)) return [];
    const inPlace = tensor === 'psum' && room.ofmapInPlace ? ' (the ofmap takes its place)' : '';
    return [`${tensor} ${slots.count} x ${bytes(slots.slotBytes)}${inPlace}`];
  });
  return [...parts, ...(kept > 0 ? [`maps kept on chip ${bytes(kept)}`] : [])].join(' + ');
}

/** `18,496 B` */
export function bytes(count: number): string {
  return `${count.toLocaleString('en-US')} B`;
}
