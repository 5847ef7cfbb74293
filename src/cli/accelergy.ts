import { basename, dirname, resolve } from 'node:path';
import { displayPath } from '../document/userError.js';
import { refuseUnwritable, writeFilesAtomically } from '../document/writeAtomically.js';
import { readActionCounts } from '../energy/accelergy/actionCounts.js';
import { readArt } from '../energy/accelergy/areaReferenceTable.js';
import { readErt } from '../energy/accelergy/energyReferenceTable.js';
import { accelergyFiles } from '../energy/accelergy/exportMachine.js';
import { energyEstimation, evaluateCounts } from '../energy/accelergy/evaluateCounts.js';
import { writeEnergyEstimation } from '../energy/accelergy/write.js';
import { formatFixed } from '../report/format.js';
import { accelergyBreakdown, accelergyTable } from '../report/accelergyTable.js';
import { exportAccelergy } from '../explore/exportAccelergy.js';
import { loadScenario } from '../explore/scenario.js';
import { toJson } from '../report/writeResults.js';
import { interruptible } from './interruptible.js';

/** Options of `psconv accelergy evaluate`, as the command line gives them. */
export interface EvaluateArguments {
  readonly ert: string;
  readonly counts: string;
  readonly art?: string;
  readonly out?: string;
  readonly json?: boolean;
}

/** Evaluates Accelergy's action counts by its energy reference table, and prints the energy of each component. */
export async function evaluateFiles({ ert, counts, art, out, json }: EvaluateArguments): Promise<void> {
  const files = { ert: resolve(ert), counts: resolve(counts) };
  const energies = await readErt(files.ert);
  const actionCounts = await readActionCounts(files.counts);
  const areas = art === undefined ? undefined : await readArt(resolve(art));
  const evaluated = evaluateCounts(energies, actionCounts, files);
  const breakdown = accelergyBreakdown(evaluated, areas);
  if (out !== undefined) {
    await writeFilesAtomically(dirname(resolve(out)), {
      [basename(out)]: writeEnergyEstimation(energyEstimation(evaluated)),
    });
  }
  if (json === true) {
    console.log(toJson({ ...breakdown, components: evaluated.components }).trimEnd());
    return;
  }
  console.log(`${displayPath(files.counts)} by ${displayPath(files.ert)}`);
  console.log(accelergyTable(breakdown));
  if (out !== undefined) console.log(`\nwritten: ${displayPath(resolve(out))}`);
}

/** Options of `psconv accelergy export`, as the command line gives them. */
export interface ExportArguments {
  readonly variant?: string;
  readonly storage?: string;
  readonly dataflow?: string;
  readonly layer?: string;
  readonly out: string;
}

/** Writes what a scenario's machine costs and does as Accelergy's reference tables and action counts. */
export async function exportFiles(file: string, options: ExportArguments): Promise<void> {
  const only = (name: string | undefined): string[] | undefined => (name === undefined ? undefined : [name]);
  const scenario = await loadScenario(file, {
    variants: only(options.variant),
    storage: only(options.storage),
    dataflows: only(options.dataflow),
    layers: only(options.layer),
  });
  const folder = resolve(options.out);
  await refuseUnwritable(folder);
  const exported = await interruptible((signal) => exportAccelergy(scenario, { signal }));
  await writeFilesAtomically(folder, accelergyFiles(exported));
  const { layers, variant, storage, dataflow, estimation } = exported;
  const [first] = layers;
  console.log(
    `${layers.length === 1 ? `layer ${first}` : `${layers.length} layers`}, ${variant} stored as ${storage}, ${dataflow}: ` +
      `${formatFixed(estimation.totalPj / 1e6, 3)} uJ: ${displayPath(folder)}`,
  );
}
