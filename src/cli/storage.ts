import { join, resolve } from 'node:path';
import type { Precision } from '../tensor/precision.js';
import { displayPath } from '../document/userError.js';
import { refuseUnwritable, writeFilesAtomically } from '../document/writeAtomically.js';
import { loadScenario } from '../explore/scenario.js';
import { surveyStorage } from '../explore/surveyStorage.js';
import { storageCsv, storageTable } from '../report/storageSurvey.js';
import { toJson } from '../report/writeResults.js';

/** Options of `psconv storage`, as the command line gives them. */
export interface StorageArguments {
  readonly out?: string;
  readonly json?: boolean;
  readonly variants?: readonly string[];
  readonly formats?: readonly string[];
  readonly precision?: Precision;
  readonly layers?: readonly string[];
}

/** Surveys a scenario's storage, writes `storage.csv` and prints a table. */
export async function printStorage(file: string, options: StorageArguments): Promise<void> {
  const { variants, layers, formats, precision } = options;
  const scenario = await loadScenario(file, { variants, layers, precision });
  const folder = options.out ?? join('results', scenario.settings.name);
  await refuseUnwritable(folder);
  const survey = await surveyStorage(scenario, formats);
  await writeFilesAtomically(folder, { 'storage.csv': storageCsv(survey) });
  console.log(options.json === true ? toJson(survey).trimEnd() : storageTable(survey));
  if (options.json !== true) console.log(`\nresults: ${displayPath(resolve(folder, 'storage.csv'))}`);
}
