import { resolve } from 'node:path';
import { displayPath } from '../document/userError.js';
import { mapScenario } from '../explore/mapScenario.js';
import { loadScenario } from '../explore/scenario.js';
import { mappedScenarioText } from '../report/loopNestText.js';
import { mappingFileText } from '../report/mappingFileText.js';
import { toJson } from '../report/writeResults.js';
import type { MappingObjective } from '../scenario/objective.js';
import { interruptible } from './interruptible.js';
import { nameOf, refuseExisting, writeNewFile } from './newFile.js';
import { createProgressBar } from './progressBar.js';
import { jobsOf, searchOverride } from './searchOptions.js';
import type { SearchArguments } from './searchOptions.js';

/** Options of `psconv map`, as the command line gives them. */
export interface MapArguments extends SearchArguments {
  readonly layer?: readonly string[];
  readonly variants?: readonly string[];
  readonly storage?: readonly string[];
  readonly dataflow?: readonly string[];
  readonly objective?: MappingObjective;
  readonly out?: string;
  readonly force?: boolean;
  readonly json?: boolean;
}

/** Maps a scenario's layers, prints their loop nests, and writes a mapping file if asked to. */
export async function map(file: string, options: MapArguments): Promise<void> {
  const { layer, variants, storage, dataflow, objective, out, force = false, json = false } = options;
  const scenario = await loadScenario(file, {
    ...{ layers: layer, variants, storage, dataflows: dataflow, objective },
    search: searchOverride(options),
  });
  if (out !== undefined) await refuseExisting(out, force);
  const total = scenario.cells.length * scenario.layers.length;
  const bar = createProgressBar();
  let done = 0;
  try {
    const mapped = await interruptible((signal) =>
      mapScenario(scenario, {
        signal,
        jobs: jobsOf(options),
        onLayer: ({ variant, storage: format, accelerator }, name) => {
          const { dataflow: own } = accelerator.array;
          const activity = `mapping ${name}`;
          bar.update({
            ...{ variant: variant.name, storage: format, dataflow: own, activity, done: ++done, total },
          });
        },
      }),
    );
    bar.stop();
    if (out !== undefined) await writeNewFile(out, mappingFileText(mapped, nameOf(out)), force);
    console.log(json ? toJson(mapped).trimEnd() : mappedScenarioText(mapped));
    if (out !== undefined && !json) console.log(`\nmapping file: ${displayPath(resolve(out))}`);
  } finally {
    bar.stop();
  }
}
