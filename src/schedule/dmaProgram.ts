import type { Schedule, SlotTransfer } from './schedule.js';
import type { Transfer } from './transfer.js';

/** What a transfer waits for. */
export type DmaWait =
  | { readonly kind: 'nothing' }
  /** The array has done with the operands of a pass; its results have left the array. */
  | { readonly kind: 'pass'; readonly step: number }
  | { readonly kind: 'drain'; readonly step: number }
  /** An earlier operation of the program is through. */
  | { readonly kind: 'operation'; readonly operation: number };

/** One transfer, and when it may start. */
export interface DmaOperation {
  readonly transfer: Transfer;
  readonly waitsFor: DmaWait;
}

/** What a step waits for before its pass starts. */
export interface StepOperations {
  /** The step's own loads: these operations, the first included, the last not. */
  readonly first: number;
  readonly last: number;
  /** Stores that have to leave the slot of its results: up to this operation, not included. */
  readonly stored: number;
  /** The last store out of that slot, or -1. Where a pooling is fused it is the pooling that waits for it, not the pass. */
  readonly slotStore: number;
}

/**
 * Everything that the DMA engine does for a layer, in its order. The engine works through one queue: the loads of a step are requested
 * as soon as the slots that they fill are free; stores queue behind the loads that may run ahead of them.
 */
export interface DmaProgram {
  readonly operations: readonly DmaOperation[];
  readonly steps: readonly StepOperations[];
}

interface PendingStore {
  readonly step: number;
  readonly store: SlotTransfer;
}

const nothing: DmaWait = { kind: 'nothing' };

export function dmaProgram({ steps, footprint }: Schedule): DmaProgram {
  const lookahead = footprint.ifmap.count > 1 || (footprint.weight?.count ?? 1) > 1 ? 2 : 1;
  const operations: DmaOperation[] = [];
  const ifmapFree: DmaWait[] = Array.from({ length: footprint.ifmap.count }, () => nothing);
  const weightFree: DmaWait[] = Array.from({ length: footprint.weight?.count ?? 1 }, () => nothing);
  const psumReady: DmaWait[] = Array.from({ length: footprint.psum?.count ?? 1 }, () => nothing);
  const leaving = footprint.pooled ?? footprint.ofmap;
  const leavingFree: DmaWait[] = Array.from({ length: leaving.count }, () => nothing);
  /** Of ofmap slots that are pooled and not stored. */
  const pooledOf: DmaWait[] = Array.from({ length: footprint.ofmap.count }, () => nothing);
  const pending: PendingStore[] = [];

  const add = (transfer: Transfer, waitsFor: DmaWait): DmaWait => {
    operations.push({ transfer, waitsFor });
    return { kind: 'operation', operation: operations.length - 1 };
  };
  const flushOldest = (): void => {
    const oldest = pending.shift();
    if (oldest === undefined) return;
    const { step, store } = oldest;
    leavingFree[store.slot] = add(store.transfer, { kind: 'drain', step });
  };
  const flushSlot = (slot: number): void => {
    while (pending.some(({ store }) => store.slot === slot)) flushOldest();
  };
  const before = ({ transfer, slot }: SlotTransfer): void => {
    switch (transfer.region) {
      case 'input':
        add(transfer, ifmapFree[slot]);
        return;
      case 'weights':
        add(transfer, weightFree[slot]);
        return;
      case 'psum':
        psumReady[slot] = add(transfer, psumReady[slot]);
        return;
      case 'residual':
        if (footprint.pooled !== undefined) {
          add(transfer, pooledOf[slot]);
          return;
        }
        flushSlot(slot);
        add(transfer, leavingFree[slot]);
        return;
      default:
        add(transfer, nothing);
    }
  };

  const stepOperations = steps.map((step, index): StepOperations => {
    const { slots, store, transfersBefore } = step;
    const loads: [number, number] = [operations.length, operations.length];
    for (const transfer of transfersBefore) {
      before(transfer);
      loads[1] = operations.length;
    }
    while (pending.length > 0 && pending[0].step <= index - lookahead) flushOldest();
    // Partial sums must not overwrite a finished tile in their slot before it has been stored.
    const storesPsumSlot = footprint.ofmapInPlace && footprint.pooled === undefined;
    const leavingSlot = store?.slot ?? (storesPsumSlot ? 0 : undefined);
    let slotStore = -1;
    if (leavingSlot !== undefined) {
      flushSlot(leavingSlot);
      const free = leavingFree[leavingSlot];
      if (free.kind === 'operation') slotStore = free.operation;
    }
    const operands: DmaWait = { kind: 'pass', step: index };
    ifmapFree[slots.ifmap] = operands;
    if (slots.weight >= 0) weightFree[slots.weight] = operands;
    if (slots.psum >= 0) psumReady[slots.psum] = { kind: 'drain', step: index };
    if (slots.ofmap >= 0) pooledOf[slots.ofmap] = { kind: 'drain', step: index };
    if (store !== undefined) pending.push({ step: index, store });
    return { first: loads[0], last: loads[1], stored: operations.length, slotStore };
  });
  while (pending.length > 0) flushOldest();
  return { operations, steps: stepOperations };
}
