/** What the search for mappings minimises. */
export const mappingObjectives = ['edp', 'energy', 'latency', 'dram-traffic'] as const;
export type MappingObjective = (typeof mappingObjectives)[number];
