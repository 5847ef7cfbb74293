import { stringify } from 'csv-stringify/sync';
import { titlesOf } from './sensitivityResult.js';
import type { SensitivityResult } from './sensitivityResult.js';
import { sensitivityTable } from './sensitivityTable.js';
import { verdictOf } from './sensitivityVerdict.js';

/** `sensitivity.csv`: one row per variant and figure, in the order of the figures' swing. */
export function sensitivityCsv({ scenario, energyTable, variants }: SensitivityResult): string {
  const rows = variants.flatMap((variant) =>
    variant.figures.map((each, index) => ({
      scenario,
      energyTable,
      variant: variant.variant,
      storage: variant.storage,
      dataflow: variant.dataflow,
      'dense.variant': variant.dense.variant,
      'dense.storage': variant.dense.storage,
      metric: variant.metric,
      changePercent: percent(variant.by),
      rank: index + 1,
      figure: each.figure,
      denseEnergyPj: each.densePj,
      sparseEnergyPj: each.sparsePj,
      denseSharePercent: percent(each.denseShare),
      sparseSharePercent: percent(each.sparseShare),
      ratio: variant.ratio,
      ratioAtLow: each.ratioAtLow,
      ratioAtHigh: each.ratioAtHigh,
      swing: each.swing,
      ratioWorst: variant.together.lowest,
      ratioBest: variant.together.highest,
      breakEvenPercent: variant.breakEvenX === null ? '' : percent(variant.breakEvenX),
      latencyRatio: variant.latencyRatio,
      family: each.source.family,
      source: each.source.source,
      derived: String(each.source.derived),
      foreign: String(each.source.foreign),
    })),
  );
  return stringify(rows, { header: true });
}

/** Without the digits that only binary fractions have, such as those of 0.07 x 100. */
function percent(share: number): number {
  return Number((share * 100).toPrecision(15));
}

/**
 * The result for people: a tornado table and a verdict for each variant, then what they must know to read it.
 *
 * @param top how many figures each table shows
 */
export function sensitivityText(result: SensitivityResult, top: number): string {
  const { scenario, network, accelerator, energyTable, metric, by, variants } = result;
  const change = `${percent(by)} %`;
  const titles = titlesOf(variants);
  const blocks = variants.map((variant, index) =>
    [
      sensitivityTable(variant, titles[index], change, top),
      ...verdictOf(variant, titles[index], change),
    ].join('\n'),
  );
  const heading =
    `${scenario}: ${network} on ${accelerator}, energy table ${energyTable}; ` +
    `how ${metric === 'edp' ? 'EDP' : 'energy'}, dense / variant, moves when figures change by ${change}`;
  const notes = [mappingNote(result), ...result.notes].map((note) => `  ${note}`);
  return [heading, ...blocks, notes.join('\n')].join('\n\n');
}

function mappingNote({ objective }: SensitivityResult): string {
  return objective === 'energy' || objective === 'edp'
    ? `mappings stay those of the given table: they were searched for least ${objective === 'edp' ? 'EDP' : 'energy'} with its figures, and are not searched again with changed ones`
    : `mappings are not searched again with changed figures; searched for least ${objective === 'latency' ? 'latency' : 'DRAM traffic'}, they do not go by them`;
}
