import type { Stretch } from '../counts/passActivity.js';
import { energyOf } from './charge.js';
import type { Charge } from './charge.js';
import { chipCharges } from './chipCharges.js';
import type { EnergyModel } from './evaluate.js';
import { idleCharges } from './idleCharges.js';
import type { Energy } from './layerEnergy.js';
import type { Prices } from './prices.js';

/**
 * The most that the chip draws while one of a layer's stretches lasts, in mW; 0 for a layer that takes no time. What is charged
 * beside the stretches, which is the DMA and the words that it moves in buffers, counts as spread evenly over the layer, like
 * leakage and clock; so it is never less than the layer's average. The DRAM is another chip.
 */
export function peakChipPower(
  stretches: readonly Stretch[],
  { totalPj, componentsPj, latencyPs }: Pick<Energy, 'totalPj' | 'componentsPj' | 'latencyPs'>,
  { accelerator, precision }: EnergyModel,
  prices: Prices,
): number {
  if (latencyPs === 0) return 0;
  let mostPjPerPs = 0;
  let workPj = 0;
  for (const { activity, cycles, times } of stretches) {
    const pj = sum(chipCharges(activity, accelerator, precision, prices));
    workPj += pj * times;
    if (cycles > 0) mostPjPerPs = Math.max(mostPjPerPs, pj / (cycles * accelerator.periodPs));
  }
  const idlePj = sum(idleCharges(latencyPs, accelerator, prices));
  const besidesPj = totalPj - componentsPj.dram - idlePj - workPj;
  // pJ per ps is a watt.
  return (mostPjPerPs + (idlePj + besidesPj) / latencyPs) * 1000;
}

function sum(charges: readonly Charge[]): number {
  return charges.reduce((total, charge) => total + energyOf(charge), 0);
}
