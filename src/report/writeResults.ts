import { writeFilesAtomically } from '../document/writeAtomically.js';
import { layersCsv, summaryCsv } from './csv.js';
import { summaryRecord } from './records.js';
import type { ScenarioResult } from './result.js';

/**
 * Writes `layers.csv`, `summary.csv`, `summary.json` and `manifest.json` into a folder.
 *
 * @param manifest what the result can be made again from
 * @throws UserError when the folder cannot be written; nothing half-written is left behind
 */
export async function writeResults(
  folder: string,
  result: ScenarioResult,
  manifest: Readonly<Record<string, unknown>>,
): Promise<void> {
  await writeFilesAtomically(folder, {
    'layers.csv': layersCsv(result),
    'summary.csv': summaryCsv(result),
    'summary.json': toJson(summaryRecord(result)),
    'manifest.json': toJson(manifest),
  });
}

export function toJson(value: unknown): string {
  return `${JSON.stringify(value, undefined, 2)}\n`;
}
