/** What two variants are compared by. */
export const sensitivityMetrics = ['energy', 'edp'] as const;

export type SensitivityMetric = (typeof sensitivityMetrics)[number];
