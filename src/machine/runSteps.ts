import type { Schedule, SlotTransfer, Step } from '../schedule/schedule.js';
import type { DmaEngine } from './dmaEngine.js';
import type { FusedPooling } from './fusedPooling.js';
import type { LayerPasses, MeasuredPass } from './layerPasses.js';

/**
 * Takes a layer through its steps. While other threads are at a pass, this one brings what the next step needs, as the machine's DMA does:
 * all transfers happen in their order but for the store of the finished tile, which comes before the next transfer that touches
 * a slot of the pass, or before the next pass.
 *
 * @param mayOverlap false where each step is to be over before the next begins
 * @returns step by step what passes cost where that shows only now
 */
export function runSteps(
  { steps, footprint }: Schedule,
  dma: DmaEngine,
  passes: LayerPasses,
  pooling: FusedPooling | undefined,
  mayOverlap: boolean,
): MeasuredPass[] {
  let pending: Step | undefined;
  const settle = (): void => {
    if (pending === undefined) return;
    passes.finish?.();
    pooling?.run(pending);
    if (pending.store !== undefined) dma.bring(pending, pending.store);
    pending = undefined;
  };
  const measured = steps.map((step, index) => {
    for (const transfer of step.transfersBefore) {
      if (pending !== undefined && touches(transfer, pending, footprint.ofmapInPlace)) settle();
      dma.bring(step, transfer);
    }
    passes.prepare?.(step);
    settle();
    const pass = passes.begin(step, index);
    pending = step;
    if (!mayOverlap) settle();
    return pass;
  });
  settle();
  return measured;
}

/** Whether a transfer needs a slot that a step's pass works on. */
function touches({ transfer, slot }: SlotTransfer, { slots }: Step, ofmapInPlace: boolean): boolean {
  switch (transfer.region) {
    case 'input':
      return slot === slots.ifmap;
    case 'weights':
      return slot === slots.weight;
    case 'psum':
      return slot === slots.psum || (ofmapInPlace && slot === slots.ofmap);
    case 'residual':
      return slot === slots.ofmap || (ofmapInPlace && slot === slots.psum);
    case 'table':
    case 'output':
    case 'pointers':
      return true;
  }
}
