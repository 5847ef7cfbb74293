import type { MappingObjective } from '../scenario/objective.js';
import { formatCount } from './format.js';
import type { SearchOutcome } from '../search/mapLayer.js';

/** The value of an objective with its unit: `12.34 uJ*ms` for pJ x ps. */
export function costText(objective: MappingObjective, cost: number): string {
  switch (objective) {
    case 'edp':
      return `${figure(cost / 1e15)} uJ*ms`;
    case 'energy':
      return `${figure(cost / 1e6)} uJ`;
    case 'latency':
      return `${figure(cost / 1e9)} ms`;
    case 'dram-traffic':
      return `${formatCount(cost)} B`;
    default:
      return figure(cost);
  }
}

/**
 * How far a mapping may be from the best: `no mapping of the space aligned costs less than 11.9 uJ*ms (gap 3.7 %, ...)`. The bound is given in the unit of
 * the cost, in which the search need not have counted.
 */
export function gapText(objective: MappingObjective, cost: number, search: SearchOutcome): string {
  const { space, judged, bounded, isProven } = search;
  const tried = `${formatCount(judged)} mappings judged, ${formatCount(bounded)} bounded`;
  if (isProven) return `the best of the space ${space} (${tried})`;
  const gap = search.cost / search.bound - 1;
  const bound = costText(objective, cost / (1 + gap));
  return `no mapping of the space ${space} costs less than ${bound} (gap ${figure(100 * gap)} %; ${tried})`;
}

function figure(value: number): string {
  return Number(value.toPrecision(5)).toString();
}
