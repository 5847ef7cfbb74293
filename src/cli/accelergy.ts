import { basename, dirname, resolve } from 'node:path';
import { displayPath } from '../document/userError.js';
import { writeFilesAtomically } from '../document/writeAtomically.js';
import { readActionCounts } from '../energy/accelergy/actionCounts.js';
import { readArt } from '../energy/accelergy/areaReferenceTable.js';
import { readErt } from '../energy/accelergy/energyReferenceTable.js';
import { energyEstimation, evaluateCounts } from '../energy/accelergy/evaluateCounts.js';
import { writeEnergyEstimation } from '../energy/accelergy/write.js';
import { accelergyBreakdown, accelergyTable } from '../report/accelergyTable.js';
import { toJson } from '../report/writeResults.js';

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
