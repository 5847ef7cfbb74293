import type { IsTooLate } from '../machine/timeline.js';
import { needsEnergy, valueOf } from '../scenario/objective.js';
import type { MappingObjective, ObjectiveSums } from '../scenario/objective.js';
import type { RefinedMapping } from './refine.js';

/** Sums of energies are not added up in the order of those that they are compared with. */
const rounding = 1e-9;

/** From when on a mapping is worse than one that is known: it then costs more, or as much in more time. */
export function tooLateFor(
  { least, idlePjPerPs }: RefinedMapping,
  objective: MappingObjective,
  known: { readonly value: number; readonly sums: ObjectiveSums } | undefined,
): IsTooLate {
  if (known === undefined) return () => false;
  const isExact = !needsEnergy(objective);
  const most = isExact ? known.value : known.value * (1 + rounding);
  return (endPs) => {
    const laterPs = endPs - least.latencyPs;
    if (laterPs <= 0) return false;
    const energyPj = least.energyPj + laterPs * idlePjPerPs;
    const value = valueOf(objective, { latencyPs: endPs, energyPj, dramBytes: least.dramBytes });
    return value > most || (isExact && value === most && endPs > known.sums.latencyPs);
  };
}
