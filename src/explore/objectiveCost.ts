import type { MappingObjective } from '../scenario/objective.js';

/** What objectives are made of. */
export interface Costs {
  readonly latencyPs: number;
  readonly energyPj: number;
  /** Of whole bursts. */
  readonly dramBytes: number;
}

/** The objective's value, and what decides among equals. */
export type Cost = readonly [value: number, latencyPs: number];

/** The value of an objective: pJ*s, pJ, ps or B. */
export function objectiveValue(
  objective: MappingObjective,
  { latencyPs, energyPj, dramBytes }: Costs,
): number {
  switch (objective) {
    case 'edp':
      return energyPj * latencyPs * 1e-12;
    case 'energy':
      return energyPj;
    case 'latency':
      return latencyPs;
    case 'dram-traffic':
      return dramBytes;
  }
}

export function costOf(objective: MappingObjective, costs: Costs): Cost {
  return [objectiveValue(objective, costs), costs.latencyPs];
}

/** Below 0 where the first one is less. */
export function compareCosts(a: Cost, b: Cost): number {
  return a[0] === b[0] ? a[1] - b[1] : a[0] - b[0];
}

/** Share of a part in the objective of a whole; of a product the mean of its shares in both factors. */
export function shareOfObjective(objective: MappingObjective, part: Costs, whole: Costs): number {
  const share = (key: keyof Costs): number => (whole[key] === 0 ? 0 : part[key] / whole[key]);
  switch (objective) {
    case 'edp':
      return (share('energyPj') + share('latencyPs')) / 2;
    case 'energy':
      return share('energyPj');
    case 'latency':
      return share('latencyPs');
    case 'dram-traffic':
      return share('dramBytes');
  }
}
