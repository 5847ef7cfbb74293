/** What the search for mappings minimises. */
export const mappingObjectives = ['edp', 'energy', 'latency', 'dram-traffic'] as const;
export type ObjectiveName = (typeof mappingObjectives)[number];

/** A sum of energy in pJ, latency in ps and bytes moved to and from DRAM, each times its weight. */
export interface WeightedObjective {
  readonly energy?: number | undefined;
  readonly latency?: number | undefined;
  readonly dramBytes?: number | undefined;
}

export type MappingObjective = ObjectiveName | WeightedObjective;

/** Mappings among which the best one is searched for: each name stands for more of them than the one before. */
export const searchSpaces = ['halved', 'aligned', 'full'] as const;
export type SearchSpace = (typeof searchSpaces)[number];

/** What objectives are made of. */
export interface ObjectiveSums {
  readonly latencyPs: number;
  readonly energyPj: number;
  /** Of whole bursts. */
  readonly dramBytes: number;
}

/** The objective's value: pJ x ps, pJ, ps, bytes, or what weights make of them. It grows with each of the three. */
export function valueOf(
  objective: MappingObjective,
  { latencyPs, energyPj, dramBytes }: ObjectiveSums,
): number {
  switch (objective) {
    case 'energy':
      return energyPj;
    case 'latency':
      return latencyPs;
    case 'edp':
      return energyPj * latencyPs;
    case 'dram-traffic':
      return dramBytes;
    default: {
      const { energy = 0, latency = 0, dramBytes: perByte = 0 } = objective;
      return energy * energyPj + latency * latencyPs + perByte * dramBytes;
    }
  }
}

/** Below 0 where the first costs less in the objective, or as much and takes less time. */
export function compareSums(objective: MappingObjective, a: ObjectiveSums, b: ObjectiveSums): number {
  return valueOf(objective, a) - valueOf(objective, b) || a.latencyPs - b.latencyPs;
}

export function addSums(all: readonly ObjectiveSums[]): ObjectiveSums {
  return all.reduce(
    (sum, each) => ({
      latencyPs: sum.latencyPs + each.latencyPs,
      energyPj: sum.energyPj + each.energyPj,
      dramBytes: sum.dramBytes + each.dramBytes,
    }),
    { latencyPs: 0, energyPj: 0, dramBytes: 0 },
  );
}

/** Whether prices have a say in the objective. */
export function needsEnergy(objective: MappingObjective): boolean {
  if (typeof objective === 'string') return objective === 'energy' || objective === 'edp';
  return (objective.energy ?? 0) > 0;
}

/** An objective as it is written; weights in short. */
export function objectiveText(objective: MappingObjective): string {
  if (typeof objective === 'string') return objective;
  return (['energy', 'latency', 'dramBytes'] as const)
    .flatMap((key) => {
      const weight = objective[key] ?? 0;
      return weight === 0 ? [] : [`${String(weight)} x ${key}`];
    })
    .join(' + ');
}
