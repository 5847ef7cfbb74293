import { areaTable } from './areaTable.js';
import type { Breakdown } from './breakdown.js';
import { energyBreakdown } from './energyBreakdown.js';
import type { ScenarioResult } from './result.js';

/** Breakdowns for people, one below the other in the order given: each variant's energy by layer, or the area of all. */
export function breakdownTables(
  result: Pick<ScenarioResult, 'variants'>,
  wanted: readonly Breakdown[],
): string {
  return wanted
    .map((breakdown) => (breakdown === 'area' ? areaTable(result) : energyBreakdown(result, breakdown)))
    .join('\n\n');
}
