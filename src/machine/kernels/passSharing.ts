import type { MachineMemory } from '../memory.js';
import type { CompiledKernels } from './compiled.js';
import { filtersPerGroup } from './filterGroups.js';
import { blockPositions } from './passJob.js';

/** A pass as the kernels take it. */
export interface PassWork {
  /** Address of its job. */
  readonly job: number;
  readonly kernel: 'passIntegers' | 'passWide' | 'passFloats' | 'passFewPositions';
  readonly blocks: number;
  readonly groups: number;
  /** Of `passFewPositions`. */
  readonly weightBytes: number;
  /** Whether other threads may take parts of it. */
  readonly mayShare: boolean;
}

/** Carries out passes, one after the other, with whatever threads the memory has. */
export interface PassSharing {
  /** Does this thread's part; others may still be at theirs afterwards. */
  begin(work: PassWork): void;
  /** Waits for the others. */
  finish(): void;
}

/** By how much this thread's share changes from pass to pass. */
const shareStep = 1 / 16;

/**
 * @param columnBytes room for a block's columns, and `gatheredBytes` for the inputs of passes with few positions
 */
export function createPassSharing(
  kernels: CompiledKernels,
  { allocate, threads }: MachineMemory,
  columnBytes: number,
  gatheredBytes: number,
): PassSharing {
  const count = threads?.count ?? 1;
  const room = (bytes: number): readonly number[] =>
    Array.from({ length: count }, () => allocate(bytes).byteOffset);
  const columns = room(columnBytes);
  const gathered = room(gatheredBytes);
  let ownShare = 1 / count;
  let isShared = false;

  /** A thread's part of so many units, as they are shared out now; this thread's is the first. */
  const cut = (units: number, part: number): number =>
    part === 0
      ? 0
      : Math.round(units * ownShare + ((units - units * ownShare) * (part - 1)) / Math.max(1, count - 1));
  const runAlone = ({ job, kernel, blocks, groups, weightBytes }: PassWork): void => {
    if (kernel === 'passFewPositions')
      kernels.passFewPositions(job, 0, groups, columns[0], weightBytes, gathered[0]);
    else kernels[kernel](job, 0, blocks, 0, groups, columns[0]);
  };

  return {
    begin(work) {
      const { job, kernel, blocks, groups, weightBytes, mayShare } = work;
      isShared = mayShare && threads !== undefined && count > 1;
      if (!isShared) {
        runAlone(work);
        return;
      }
      if (kernel === 'passFewPositions') {
        for (let part = count - 1; part > 0; part--) {
          const [first, end] = [cut(groups, part), part === count - 1 ? groups : cut(groups, part + 1)];
          if (end > first)
            threads?.begin(part, kernel, job, first, end, columns[part], weightBytes, gathered[part]);
        }
        const own = cut(groups, 1);
        if (own > 0) kernels.passFewPositions(job, 0, own, columns[0], weightBytes, gathered[0]);
        return;
      }
      // Each thread reads all weights if positions are shared out, and lays out all columns if filters are.
      const isByBlocks = blocks * blockPositions >= groups * filtersPerGroup;
      const units = isByBlocks ? blocks : groups;
      for (let part = count - 1; part > 0; part--) {
        const [first, end] = [cut(units, part), part === count - 1 ? units : cut(units, part + 1)];
        if (end === first) continue;
        if (isByBlocks) threads?.begin(part, kernel, job, first, end, 0, groups, columns[part]);
        else threads?.begin(part, kernel, job, 0, blocks, first, end, columns[part]);
      }
      const own = cut(units, 1);
      if (own === 0) return;
      if (isByBlocks) kernels[kernel](job, 0, own, 0, groups, columns[0]);
      else kernels[kernel](job, 0, blocks, 0, own, columns[0]);
    },
    finish() {
      if (!isShared || threads === undefined) return;
      isShared = false;
      // Who is waited for has had too much to do.
      const change = threads.isDone() ? -shareStep : shareStep;
      ownShare = Math.min(Math.max(ownShare + change, 0), 1 / count);
      threads.finish();
    },
  };
}
