import { totalStoredBytes } from '../counts/layerCounts.js';
import type { LayerCounts } from '../counts/layerCounts.js';
import { stallCauses } from '../dataflow/counters.js';
import { tensors } from '../tensor/dataSpace.js';
import type { Tensor } from '../tensor/dataSpace.js';
import type { DramBehaviour } from './dramBehaviour.js';
import type { Savings, VariantResult, VariantTotals } from './result.js';

/**
 * Sums of layers that run one after the other on an array that multiplies `macsPerCycle` times in a cycle at most.
 *
 * @param dramBehaviour of all layers together
 */
export function totalsOf(
  layers: readonly LayerCounts[],
  macsPerCycle: number,
  dramBehaviour?: DramBehaviour,
): VariantTotals {
  const sum = (figure: (counts: LayerCounts) => number): number =>
    layers.reduce((total, counts) => total + figure(counts), 0);
  const dram = (tensor: Tensor): number =>
    sum((counts) => counts.dram[tensor].readBytes + counts.dram[tensor].writeBytes);
  const byTensor = {
    ifmap: dram('ifmap'),
    weight: dram('weight'),
    index: dram('index'),
    psum: dram('psum'),
    ofmap: dram('ofmap'),
  };
  const cycles = sum((counts) => counts.cycles);
  const performed = sum((counts) => counts.macs.performed);
  return {
    parameters: sum((counts) => counts.parameters),
    weightBytes: {
      value: sum(({ weightBytes }) => weightBytes.value),
      position: sum(({ weightBytes }) => weightBytes.position),
      pointer: sum(({ weightBytes }) => weightBytes.pointer),
      table: sum(({ weightBytes }) => weightBytes.table),
    },
    weightDenseBytes: sum((counts) => counts.weightDenseBytes),
    dramBytes: { ...byTensor, total: tensors.reduce((total, tensor) => total + byTensor[tensor], 0) },
    ...(dramBehaviour && { dramBehaviour }),
    macs: {
      dense: sum((counts) => counts.macs.dense),
      effectual: sum((counts) => counts.macs.effectual),
      effectualUnpadded: sum((counts) => counts.macs.effectualUnpadded),
      performed,
    },
    cycles,
    computeCycles: sum((counts) => counts.computeCycles),
    latencyPs: sum((counts) => counts.latencyPs),
    utilization: cycles === 0 ? 0 : performed / (cycles * macsPerCycle),
    stallCycles: Object.fromEntries(
      stallCauses.map((cause) => [cause, sum((counts) => counts.stallCycles[cause])]),
    ) as VariantTotals['stallCycles'],
  };
}

type Totalled = Pick<VariantResult, 'totals' | 'energy' | 'metrics'>;

export function savingsOf(variant: Totalled, dense: Totalled): Savings {
  return {
    parameters: ratio(dense.totals.parameters, variant.totals.parameters),
    weightBytes: ratio(
      totalStoredBytes(dense.totals.weightBytes),
      totalStoredBytes(variant.totals.weightBytes),
    ),
    dramBytes: ratio(dense.totals.dramBytes.total, variant.totals.dramBytes.total),
    effectualMacs: ratio(dense.totals.macs.effectual, variant.totals.macs.effectual),
    latency: ratio(dense.totals.latencyPs, variant.totals.latencyPs),
    energy: ratio(dense.energy.totalPj, variant.energy.totalPj),
    edp: ratio(dense.metrics.edpPjS, variant.metrics.edpPjS),
  };
}

/** 1 where neither has any. */
function ratio(dense: number, variant: number): number {
  return dense === variant ? 1 : dense / variant;
}
