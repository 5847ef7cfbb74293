import { loadScenario } from '../explore/scenario.js';
import { explainScenario } from '../explore/explain.js';
import { explainText } from '../report/explainReport.js';
import { toJson } from '../report/writeResults.js';
import type { MappingObjective } from '../scenario/objective.js';
import { interruptible } from './interruptible.js';
import { createProgressBar } from './progressBar.js';
import { jobsOf, searchOverride } from './searchOptions.js';
import type { SearchArguments } from './searchOptions.js';

/** Options of `psconv explain`, as the command line gives them. */
export interface ExplainArguments extends SearchArguments {
  readonly layer?: readonly string[];
  readonly variants?: readonly string[];
  readonly storage?: readonly string[];
  readonly dataflow?: readonly string[];
  readonly dram?: string;
  readonly objective?: MappingObjective;
  readonly json?: boolean;
}

/** Says what bounds a scenario's layers, and which one change of the machine would help most. Nothing is written. */
export async function printExplanation(file: string, options: ExplainArguments): Promise<void> {
  const { layer: layers, variants, storage, dataflow: dataflows, dram, objective } = options;
  const search = searchOverride(options);
  const loaded = await loadScenario(file, { variants, storage, dataflows, dram, search });
  const isChosen = [variants, storage, dataflows].some((each) => each !== undefined);
  const scenario = isChosen ? loaded : { ...loaded, cells: loaded.cells.slice(0, 1) };
  const bar = createProgressBar();
  try {
    const result = await interruptible((signal) =>
      explainScenario(scenario, { layers, objective, onProgress: bar.update, signal, jobs: jobsOf(options) }),
    );
    bar.stop();
    console.log(options.json === true ? toJson(result).trimEnd() : explainText(result));
  } finally {
    bar.stop();
  }
}
