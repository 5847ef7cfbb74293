import type { Accelerator } from '../accelerator/accelerator.js';
import { portOfBuffer } from '../accelerator/arrayContext.js';
import { countRead, countWrite } from '../dataflow/counters.js';
import type { AccessTable } from '../dataflow/counters.js';
import { wordsOf } from '../dataflow/ports.js';
import type { Port, Ports } from '../dataflow/ports.js';
import type { KeptMaps, LayerProblem } from '../mapping/problem.js';
import { bytesOf } from '../tensor/precision.js';
import { slotPortOf } from './fills.js';
import type { Region, Transfer } from './transfer.js';

/** Regions of a layer that may lie in a buffer in place of the DRAM. */
export type KeptRegion = 'input' | 'residual' | 'output';

/** By region: the way to the buffer in which a map lies that stays on chip; absent where it lies in DRAM. */
export type KeptPorts = Readonly<Partial<Record<Region, Port>>>;

/** The ways to the kept maps of a layer. */
export function keptPorts({ kept }: Pick<LayerProblem, 'kept'>, accelerator: Accelerator): KeptPorts {
  const ports: Partial<Record<KeptRegion, Port>> = {};
  for (const region of ['input', 'residual', 'output'] as const) {
    const buffer = keptIn(kept, region);
    if (buffer !== undefined) ports[region] = portOfBuffer(accelerator, buffer);
  }
  return ports;
}

/** Name of the buffer in which the map of a region lies; undefined where it lies in DRAM. */
export function keptIn(kept: KeptMaps | undefined, region: Region): string | undefined {
  return region === 'input' || region === 'residual' || region === 'output' ? kept?.[region] : undefined;
}

/** Counts what a copy does where the kept map lies, in words of that buffer: a load reads it, a store writes it. */
export function countCopy(table: AccessTable, transfer: Transfer, map: Port): void {
  const { tensor, elements, bytes } = transfer;
  const count = transfer.write ? countWrite : countRead;
  count(table, map.buffer, tensor, elements, wordsOf(map, bytes, 8), bytes);
}

/**
 * Core cycles of a copy between a kept map and a slot: one word each, as wide as the narrower of the two buffers' words. The zeros of
 * a patch's padding go into the slot at the same pace.
 */
export function copyCycles(transfer: Transfer, problem: LayerProblem, ports: Ports, map: Port): number {
  const bytes = transfer.bytes + transfer.zeroFillElements * bytesOf(problem.precision);
  const slot = slotPortOf(transfer, ports);
  return wordsOf(slot.wordBits < map.wordBits ? slot : map, bytes, 8);
}
