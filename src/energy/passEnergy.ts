import type { ChipActivity } from '../counts/passActivity.js';
import type { RegisterEntries } from '../dataflow/dataflow.js';
import { energyOf } from './charge.js';
import { chipCharges } from './chipCharges.js';
import type { EnergyModel } from './evaluate.js';

/** What the chip's components are charged for a pass, in pJ; leakage, clock, DMA and DRAM are left out. */
export function passEnergyPj(
  activity: ChipActivity,
  registerEntries: RegisterEntries,
  model: EnergyModel,
): number {
  const prices = model.pricesFor({ registerEntries });
  let pj = 0;
  for (const charge of chipCharges(activity, model.accelerator, model.precision, prices))
    pj += energyOf(charge);
  return pj;
}
