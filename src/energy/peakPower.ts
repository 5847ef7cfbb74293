import type { Stretch } from '../counts/passActivity.js';
import { energyOf } from './charge.js';
import { chipCharges } from './chipCharges.js';
import type { EnergyModel } from './evaluate.js';
import { idleCharges } from './idleCharges.js';
import type { Prices } from './prices.js';

/**
 * The most that the chip draws over one of the stretches, in mW, leakage and clock included; 0 without any. What the DMA moves
 * meanwhile is not in it, nor the DRAM, which is another chip.
 */
export function peakChipPower(
  stretches: readonly Stretch[],
  { accelerator, precision }: EnergyModel,
  prices: Prices,
): number {
  return stretches.reduce((most, { activity, cycles }) => {
    if (cycles === 0) return most;
    const latencyPs = cycles * accelerator.periodPs;
    const charges = [
      ...chipCharges(activity, accelerator, precision, prices),
      ...idleCharges(latencyPs, accelerator, prices),
    ];
    // pJ per ps is a watt.
    const watt = charges.reduce((sum, charge) => sum + energyOf(charge), 0) / latencyPs;
    return Math.max(most, watt * 1000);
  }, 0);
}
