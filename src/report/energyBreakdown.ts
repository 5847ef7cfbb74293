import Table from 'cli-table3';
import type { Energy } from '../energy/layerEnergy.js';
import type { Breakdown } from './breakdown.js';
import { componentParts, levelParts, tensorParts } from './energyParts.js';
import type { EnergyPart } from './energyParts.js';
import { digitsFor, formatNoneOr, formatPercent } from './format.js';
import type { ScenarioResult, VariantResult } from './result.js';
import { variantTitle } from './variantTitle.js';

/** What an energy is split by. */
export type EnergySplit = Exclude<Breakdown, 'area'>;

/**
 * A table for each variant: its reported layers (rows) by component, level or tensor (columns), in uJ of one batch, with totals and
 * shares of the variant's total. Parts that take nothing in any of its layers are left out; 0 is none at all.
 *
 * All tables have equally many digits, so that variants compare at a glance.
 */
export function energyBreakdown(result: Pick<ScenarioResult, 'variants'>, split: EnergySplit): string {
  const most = Math.max(0, ...result.variants.map(({ energy }) => energy.totalPj / pjPerUj));
  const digits = digitsFor(most, 2);
  return result.variants
    .map((variant) => {
      const title = `${variantTitle(variant, result).join(', ')}: energy by layer and ${split}, uJ`;
      return `${title}\n${layerTable(variant, split, digits)}`;
    })
    .join('\n\n');
}

function layerTable({ layers, energy }: VariantResult, split: EnergySplit, digits: number): string {
  const parts = partsOf(split, energy).filter(({ pj }) => layers.some((layer) => pj(layer.energy) !== 0));
  const table = new Table({
    head: ['layer', ...parts.map(({ name }) => inLines(name)), 'total', 'share'],
    colAligns: ['left', ...parts.map(() => 'right' as const), 'right', 'right'],
    style: { head: [], border: [], compact: true },
  });
  const shareOf = (pj: number): string => (energy.totalPj === 0 ? '-' : formatPercent(pj / energy.totalPj));
  const row = (name: string, of: Energy): string[] => [
    name,
    ...parts.map(({ pj }) => formatNoneOr(pj(of) / pjPerUj, digits)),
    formatNoneOr(of.totalPj / pjPerUj, digits),
    shareOf(of.totalPj),
  ];
  for (const { counts, energy: own } of layers) table.push(row(counts.layer, own));
  table.push(row('total', energy));
  table.push(['share', ...parts.map(({ pj }) => shareOf(pj(energy))), shareOf(energy.totalPj), '']);
  return table.toString();
}

function partsOf(split: EnergySplit, energy: Energy): readonly EnergyPart[] {
  if (split === 'component') return componentParts([energy]);
  return split === 'level' ? levelParts : tensorParts;
}

/** A word a line: columns no wider than their figures, where there are many. */
function inLines(name: string): string {
  return name.replace(/ |(?<=-)(?=.)/g, '\n');
}

const pjPerUj = 1e6;
