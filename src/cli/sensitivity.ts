import { join, resolve } from 'node:path';
import { displayPath } from '../document/userError.js';
import { refuseUnwritable, writeFilesAtomically } from '../document/writeAtomically.js';
import type { SensitivityMetric } from '../energy/sensitivityMetric.js';
import { loadScenario } from '../explore/scenario.js';
import { analyseSensitivity } from '../explore/sensitivity.js';
import { sensitivityCsv, sensitivityText } from '../report/sensitivityReport.js';
import { toJson } from '../report/writeResults.js';
import { interruptible } from './interruptible.js';
import { createProgressBar } from './progressBar.js';

/** Options of `psconv sensitivity`, as the command line gives them. */
export interface SensitivityArguments {
  readonly by: number;
  readonly metric: SensitivityMetric;
  readonly top: number;
  readonly out?: string;
  readonly json?: boolean;
  readonly variants?: readonly string[];
  readonly storage?: readonly string[];
  readonly dataflow?: readonly string[];
  readonly dram?: string;
  readonly layers?: readonly string[];
}

/** Says how far a scenario's comparisons depend on its energy tables, and writes `sensitivity.csv`. */
export async function printSensitivity(file: string, options: SensitivityArguments): Promise<void> {
  const { by, metric, top, variants, storage, dataflow, dram, layers } = options;
  const scenario = await loadScenario(file, { variants, storage, dataflows: dataflow, dram, layers });
  const folder = options.out ?? join('results', scenario.settings.name);
  await refuseUnwritable(folder);
  const bar = createProgressBar();
  try {
    const result = await interruptible(async (signal) => {
      const analysed = await analyseSensitivity(scenario, { by, metric, onProgress: bar.update, signal });
      bar.stop();
      await writeFilesAtomically(folder, { 'sensitivity.csv': sensitivityCsv(analysed) });
      return analysed;
    });
    console.log(options.json === true ? toJson(result).trimEnd() : sensitivityText(result, top));
    if (options.json !== true) console.log(`\nresults: ${displayPath(resolve(folder, 'sensitivity.csv'))}`);
  } finally {
    bar.stop();
  }
}
