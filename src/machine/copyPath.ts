import type { Accelerator } from '../accelerator/accelerator.js';
import { portsOf } from '../accelerator/arrayContext.js';
import type { DmaProgram, DmaWait } from '../schedule/dmaProgram.js';
import { copyCycles } from '../schedule/keptTransfer.js';
import type { KeptPorts } from '../schedule/keptTransfer.js';
import type { Schedule } from '../schedule/schedule.js';

/** The clock of something waited for, in ps from the layer's start. */
type ClockOf = (wait: DmaWait) => number;

/**
 * The DMA's way between slots and maps that stay on chip: one copy after the other in the order of the program, each from a
 * clock edge on, when what it waits for is over. Times are worked out when they are asked for, so that nobody asks the DRAM for
 * the end of a request before it has to.
 */
export interface CopyPath {
  /** Whether an operation of the program is a copy. */
  has(operation: number): boolean;
  /** Whether the end of an operation can be asked for: no copy up to it waits for a pass that has not run. */
  isKnown(operation: number, isPassKnown: (wait: DmaWait) => boolean): boolean;
  /** When a copy is through, from the layer's start. */
  endPs(operation: number, clockOf: ClockOf): number;
  /** When the last copy is through; 0 without any. */
  finish(clockOf: ClockOf): number;
}

export function createCopyPath(
  { problem }: Schedule,
  { operations }: DmaProgram,
  accelerator: Accelerator,
  kept: KeptPorts,
): CopyPath {
  if (Object.keys(kept).length === 0) return nothingCopied;
  const ports = portsOf(accelerator);
  const { periodPs } = accelerator;
  /** The copies' places in the program, and of an operation its place among the copies, or -1. */
  const copies: number[] = [];
  const place = operations.map(({ transfer }, operation) =>
    kept[transfer.region] === undefined ? -1 : copies.push(operation) - 1,
  );
  const endsPs: number[] = [];
  let known = 0;
  let freePs = 0;

  const runUpTo = (last: number, clockOf: ClockOf): void => {
    while (endsPs.length <= last) {
      const { transfer, waitsFor } = operations[copies[endsPs.length]];
      const map = kept[transfer.region];
      if (map === undefined) throw new Error('a transfer by way of the DRAM is no copy');
      const startPs = Math.ceil(Math.max(clockOf(waitsFor), freePs) / periodPs) * periodPs;
      freePs = startPs + copyCycles(transfer, problem, ports, map) * periodPs;
      endsPs.push(freePs);
    }
  };
  return {
    has: (operation) => place[operation] >= 0,
    isKnown(operation, isPassKnown) {
      while (known <= place[operation] && isPassKnown(operations[copies[known]].waitsFor)) known++;
      return known > place[operation];
    },
    endPs(operation, clockOf) {
      runUpTo(place[operation], clockOf);
      return endsPs[place[operation]];
    },
    finish(clockOf) {
      runUpTo(copies.length - 1, clockOf);
      return freePs;
    },
  };
}

/** Of a layer whose maps all lie in DRAM, as most mappings that a search looks at. */
const nothingCopied: CopyPath = {
  has: () => false,
  isKnown: () => true,
  endPs: () => {
    throw new Error('an operation by way of the DRAM is no copy');
  },
  finish: () => 0,
};
