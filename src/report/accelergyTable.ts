import Table from 'cli-table3';
import type { AreaReferenceTable } from '../energy/accelergy/areaReferenceTable.js';
import { componentLookup } from '../energy/accelergy/componentLookup.js';
import { instancesOf, instancesWithin } from '../energy/accelergy/componentName.js';
import type { EvaluatedCounts } from '../energy/accelergy/evaluateCounts.js';
import { formatCount, formatFixed, formatPercent } from './format.js';

/** What the instances of one entry of a reference table come to. */
export interface BreakdownLine {
  /** As the reference tables name it, with its ranges. */
  readonly table: string;
  readonly instances: number;
  /** Of all counted actions of all instances; null where nothing was counted. */
  readonly energyPj: number | null;
  /** Of the total energy, from 0 to 1; null where there is none. */
  readonly share: number | null;
  /** Of all instances; null where the area table does not have it. */
  readonly areaUm2: number | null;
}

/** Energy and area by entry of the reference tables. Plain data. */
export interface AccelergyBreakdown {
  readonly tables: readonly BreakdownLine[];
  readonly totalPj: number;
  /** Sum over the lines; null without an area table. */
  readonly totalUm2: number | null;
}

/** Sums over the instances of each component; those of the area table that nothing was counted for come last. */
export function accelergyBreakdown(
  { components, totalPj }: EvaluatedCounts,
  art: AreaReferenceTable | undefined,
): AccelergyBreakdown {
  const energies = new Map<string, number>();
  for (const { table, energyPj } of components) energies.set(table, (energies.get(table) ?? 0) + energyPj);

  const areaOf = componentLookup(art?.tables ?? []);
  const placed = new Set<string>();
  const counted = [...energies].map(([table, energyPj]): BreakdownLine => {
    const { found } = areaOf(table);
    if (found !== undefined) placed.add(found.name);
    const instances = found === undefined ? instancesOf(table) : instancesWithin(table, found.name);
    return {
      table,
      instances,
      energyPj,
      share: totalPj === 0 ? null : energyPj / totalPj,
      areaUm2: found === undefined ? null : found.areaUm2 * instances,
    };
  });
  const idle = (art?.tables ?? [])
    .filter(({ name }) => !placed.has(name))
    .map(({ name, areaUm2 }): BreakdownLine => {
      const instances = instancesOf(name);
      return { table: name, instances, energyPj: null, share: null, areaUm2: areaUm2 * instances };
    });
  const tables = [...counted, ...idle];
  const totalUm2 = art === undefined ? null : tables.reduce((sum, { areaUm2 }) => sum + (areaUm2 ?? 0), 0);
  return { tables, totalPj, totalUm2 };
}

/** The breakdown for people. */
export function accelergyTable({ tables, totalPj, totalUm2 }: AccelergyBreakdown): string {
  const hasAreas = totalUm2 !== null;
  const digits = digitsFor(totalPj);
  const table = new Table({
    head: ['component', 'instances', 'energy pJ', 'share', ...(hasAreas ? ['area um^2'] : [])],
    colAligns: ['left', 'right', 'right', 'right', ...(hasAreas ? ['right' as const] : [])],
    style: { head: [], border: [], compact: true },
  });
  const area = (um2: number | null): string[] =>
    hasAreas ? [orDash(um2, (value) => formatFixed(value, 1))] : [];
  for (const { table: name, instances, energyPj, share, areaUm2 } of tables) {
    table.push([
      name,
      formatCount(instances),
      orDash(energyPj, (value) => formatFixed(value, digits)),
      orDash(share, formatPercent),
      ...area(areaUm2),
    ]);
  }
  table.push(['total', '', formatFixed(totalPj, digits), '', ...area(totalUm2)]);
  return table.toString();
}

/** Digits behind the point that show at least six of the total's. */
function digitsFor(totalPj: number): number {
  if (totalPj === 0) return 3;
  return Math.min(Math.max(3, 5 - Math.floor(Math.log10(totalPj))), 15);
}

function orDash(value: number | null, format: (value: number) => string): string {
  return value === null ? '-' : format(value);
}
