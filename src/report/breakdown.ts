/** What `psconv run --breakdown` can show: energy by layer and one of the first three, or area by component. */
export const breakdowns = ['component', 'level', 'tensor', 'area'] as const;

export type Breakdown = (typeof breakdowns)[number];
