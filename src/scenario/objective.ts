/** What the search for mappings minimises. */
export const mappingObjectives = ['edp', 'energy', 'latency', 'dram-traffic'] as const;

/** A sum of energy in pJ, latency in ps and bytes moved to and from DRAM, each times its weight. */
export interface WeightedObjective {
  readonly energy?: number | undefined;
  readonly latency?: number | undefined;
  readonly dramBytes?: number | undefined;
}

export type MappingObjective = (typeof mappingObjectives)[number] | WeightedObjective;
