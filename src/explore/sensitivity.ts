import { UserError } from '../document/userError.js';
import { sensitivityOf } from '../energy/sensitivity.js';
import type { SensitivityMetric } from '../energy/sensitivityMetric.js';
import type { SensitivityResult } from '../report/sensitivityResult.js';
import { leavesNothingOut } from './dense.js';
import type { Cell } from './cells.js';
import { densityNotes } from './notes.js';
import { createVariantMaker, loadImages } from './prepare.js';
import type { Scenario } from './scenario.js';
import { simulate } from './simulate.js';
import type { SimulateOptions } from './simulate.js';

export interface SensitivityOptions extends SimulateOptions {
  /** Share of itself, above 0 and below 1, by which a figure is changed. */
  readonly by: number;
  readonly metric?: SensitivityMetric | undefined;
}

/**
 * How far the comparison of each variant with the dense one in the same dataflow depends on the figures of the energy tables.
 * The scenario is estimated, whatever its execution: counts and energies are those of the full simulation.
 *
 * @throws UserError when no variant leaves nothing out, or there is none beside it, when `by` is out of range, and as `simulate`
 *   does
 */
export async function analyseSensitivity(
  scenario: Scenario,
  { by, metric = 'energy', ...options }: SensitivityOptions,
): Promise<SensitivityResult> {
  const { settings, energyTable, cells } = scenario;
  const dense = await findDense(scenario);
  const estimated = { ...scenario, settings: { ...settings, execution: 'estimate' as const } };
  const result = await simulate(estimated, options);
  const denseIn = (dataflow: string): number =>
    cells.findIndex((cell) => isOf(cell, dense) && cell.accelerator.array.dataflow === dataflow);
  return {
    scenario: settings.name,
    network: result.network.name,
    accelerator: result.accelerator.name,
    energyTable: energyTable.name,
    objective: settings.objective,
    metric,
    by,
    notes: [...executionNotes(estimated), ...result.notes],
    variants: result.variants.flatMap(({ variant, storage, dataflow, energy }, index) => {
      const base = denseIn(dataflow);
      if (index === base) return [];
      const against = result.variants[base];
      const sensitivity = sensitivityOf(against.energy, energy, { by, metric });
      return {
        ...{ variant, storage, dataflow },
        dense: { variant: against.variant, storage: against.storage },
        ...sensitivity,
      };
    }),
  };
}

function isOf(cell: Cell, { variant, storage }: Cell): boolean {
  return cell.variant === variant && cell.storage === storage;
}

/** The first cell that leaves nothing out; all dataflows run the same variants. Known before anything is mapped. */
async function findDense(scenario: Scenario): Promise<Cell> {
  const { cells, file, settings } = scenario;
  const maker = createVariantMaker(scenario, await loadImages(scenario));
  const names = [...new Set(cells.map(({ variant }) => variant.name))];
  for (const cell of cells) {
    if (!leavesNothingOut(await maker.sparse(cell.variant))) continue;
    if (cells.some((other) => !isOf(other, cell))) return cell;
    throw new UserError(
      `expected variants to compare with ${names.join(', ')}, got none; add them to the scenario, or name them: ` +
        `--variants ${names.join(',')},PSD4_P8`,
      { file },
    );
  }
  throw new UserError(
    `expected a variant that leaves nothing out, which the others are compared with, got ${names.join(', ')}; ` +
      `add dense to the variants of ${settings.name}, or name it: --variants dense,${names.join(',')}`,
    { file },
  );
}

function executionNotes(estimated: Scenario): string[] {
  const densities = densityNotes(estimated);
  return densities.length === 0
    ? ['estimated; counts and energies are those of the full simulation, so that nothing has to be run']
    : [
        'estimated, nothing was run; counts and energies are those of the full simulation, but for what depends on data',
        ...densities,
      ];
}
