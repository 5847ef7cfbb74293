import type { Traffic } from '../counts/compulsoryTraffic.js';
import { energyOf } from './charge.js';
import type { Charge } from './charge.js';

/** What no mapping of a layer on this machine can do without, in pJ. */
export interface CompulsoryEnergy {
  /** The multiplications of weights that exist. */
  readonly macPj: number;
  /** Reading and writing each tensor once; rows opened, refreshes and standing by left out. */
  readonly dramPj: number;
}

/**
 * The least energy of a layer's MACs and DRAM traffic, by the prices at which it was charged. Of a tensor whose least traffic is
 * not known, all that it was charged.
 *
 * @param workShare of the multiplications that were carried out, those whose weight exists
 */
export function compulsoryEnergy(
  charges: readonly Charge[],
  traffic: Traffic,
  workShare: number,
): CompulsoryEnergy {
  let macPj = 0;
  let dramPj = 0;
  for (const charge of charges) {
    const { component, action, tensor } = charge;
    if (component.part === 'mac') macPj += energyOf(charge) * workShare;
    if (component.part !== 'dram' || tensor === undefined || (action !== 'read' && action !== 'write'))
      continue;
    const { burstBytes, compulsoryBytes } = traffic[tensor];
    const share = burstBytes === 0 ? 0 : Math.min(1, (compulsoryBytes ?? burstBytes) / burstBytes);
    dramPj += energyOf(charge) * share;
  }
  return { macPj, dramPj };
}
