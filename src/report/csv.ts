import { stringify } from 'csv-stringify/sync';
import { flatten, layerRecord, variantRecord } from './records.js';
import type { RowRecord } from './records.js';
import type { ScenarioResult } from './result.js';

/** `layers.csv`: one row per variant and layer. */
export function layersCsv(result: ScenarioResult): string {
  return table(
    result.variants.flatMap((variant) => variant.layers.map((layer) => layerRecord(result, variant, layer))),
  );
}

/** `summary.csv`: one row per variant. */
export function summaryCsv(result: ScenarioResult): string {
  return table(result.variants.map((variant) => variantRecord(result, variant)));
}

/** Columns in the order in which the rows name them; what a row lacks stays empty. */
function table(records: readonly RowRecord[]): string {
  const rows = records.map((record) => flatten(record));
  const columns = [...new Set(rows.flatMap((row) => [...row.keys()]))];
  return stringify(
    rows.map((row) => columns.map((column) => row.get(column) ?? '')),
    { header: true, columns },
  );
}
