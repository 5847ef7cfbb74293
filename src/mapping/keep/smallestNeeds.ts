import type { Accelerator } from '../../accelerator/accelerator.js';
import { footprint } from '../footprint.js';
import { loopNames } from '../problem.js';
import type { LayerProblem } from '../problem.js';

/** By buffer, the bytes that the slots of a layer need at least: those of a tile of one output and one channel. */
export function smallestNeeds(problem: LayerProblem, accelerator: Accelerator): Map<string, number> {
  const tile = { images: 1, filters: 1, channels: 1, rows: 1, columns: 1 };
  const buffering = { ifmap: 'single', weight: 'single', psum: 'single', ofmap: 'single' } as const;
  const room = footprint(problem, { tile, order: loopNames, phasesPerGroup: 1, buffering }, accelerator);
  const needs = new Map<string, number>();
  for (const slots of [room.ifmap, room.weight, room.psum, room.ofmapInPlace ? undefined : room.ofmap]) {
    if (slots === undefined) continue;
    const { name } = slots.buffer;
    needs.set(name, (needs.get(name) ?? 0) + slots.count * slots.slotBytes);
  }
  return needs;
}
