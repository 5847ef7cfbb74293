import type { MappingObjective, ObjectiveSums } from '../scenario/objective.js';
import { valueOf } from '../scenario/objective.js';

/** Share of a part in the objective of a whole; of a product the mean of its shares in both factors. */
export function shareOfObjective(
  objective: MappingObjective,
  part: ObjectiveSums,
  whole: ObjectiveSums,
): number {
  const share = (key: keyof ObjectiveSums): number => (whole[key] === 0 ? 0 : part[key] / whole[key]);
  switch (objective) {
    case 'edp':
      return (share('energyPj') + share('latencyPs')) / 2;
    case 'energy':
      return share('energyPj');
    case 'latency':
      return share('latencyPs');
    case 'dram-traffic':
      return share('dramBytes');
    default:
      return valueOf(objective, whole) === 0 ? 0 : valueOf(objective, part) / valueOf(objective, whole);
  }
}
