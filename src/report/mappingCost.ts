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
 * How far a mapping may be from the best: `no mapping costs less than 11.9 uJ*ms (gap 3.7 %, ...)`. The bound is given in the unit of
 * the cost, in which the search need not have counted.
 */
export function gapText(objective: MappingObjective, cost: number, search: SearchOutcome): string {
  const { judged, bounded, isProven } = search;
  const tried = `${formatCount(judged)} mappings judged, ${formatCount(bounded)} bounded`;
  if (isProven) return `the best there is (${tried})`;
  const gap = search.cost / search.bound - 1;
  return `no mapping costs less than ${costText(objective, cost / (1 + gap))} (gap ${figure(100 * gap)} %; ${tried})`;
}

function figure(value: number): string {
  return Number(value.toPrecision(5)).toString();
}
