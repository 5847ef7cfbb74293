import { displayPath, UserError } from '../../document/userError.js';
import type { ActionCount, ActionCounts } from './actionCounts.js';
import type { EnergyReferenceTable } from './energyReferenceTable.js';
import { createComponentFinder, findAction } from './lookUp.js';
import type { LookupMessages } from './lookUp.js';
import { newestVersion } from './section.js';

export interface EvaluatedAction extends ActionCount {
  /** Of one action. */
  readonly energyPerActionPj: number;
  /** Of all of them. */
  readonly energyPj: number;
}

export interface EvaluatedComponent {
  /** As the counts name it. */
  readonly name: string;
  /** The energy table's entry that was used. */
  readonly table: string;
  readonly actions: readonly EvaluatedAction[];
  /** Sum over the actions. */
  readonly energyPj: number;
}

export interface EvaluatedCounts {
  /** In the order of the counts. */
  readonly components: readonly EvaluatedComponent[];
  /** Sum over the components. */
  readonly totalPj: number;
}

/** Accelergy's `energy_estimation.yaml`. */
export interface EnergyEstimation {
  readonly version: string;
  readonly components: ReadonlyArray<{ readonly name: string; readonly energyPj: number }>;
  readonly totalPj: number;
}

/** Files that messages name. */
export interface CountedFiles {
  readonly ert: string;
  readonly counts: string;
}

/**
 * Energy = sum over components and actions of (count x energy of the action), as Accelergy computes it: counts are of all
 * instances, so that no range multiplies them.
 *
 * A component takes the table of exactly its name, else the one whose ranges it lies within. An action takes the entry of
 * exactly its arguments, else the only one that has them among others.
 *
 * @throws UserError when the table lacks a component or an action, or has several that it may be
 */
export function evaluateCounts(
  ert: EnergyReferenceTable,
  counts: ActionCounts,
  files?: CountedFiles,
): EvaluatedCounts {
  const messages: LookupMessages = {
    table: files === undefined ? 'the energy table' : displayPath(files.ert),
    fault: (message) => new UserError(message, files === undefined ? undefined : { file: files.counts }),
  };
  const componentOf = createComponentFinder(ert.tables, messages);
  const components = counts.components.map(({ name, actions }) => {
    const table = componentOf(name);
    const evaluated = actions.map((action) => {
      const { energyPj } = findAction({ component: name, ...action }, table, messages);
      return { ...action, energyPerActionPj: energyPj, energyPj: action.count * energyPj };
    });
    return { name, table: table.name, actions: evaluated, energyPj: sumPj(evaluated) };
  });
  const totalPj = sumPj(components);
  if (!Number.isFinite(totalPj)) {
    throw messages.fault(`expected energies that add up, got ${totalPj} pJ`);
  }
  return { components, totalPj };
}

/** What Accelergy writes of an evaluation. */
export function energyEstimation({ components, totalPj }: EvaluatedCounts): EnergyEstimation {
  return {
    version: newestVersion,
    components: components.map(({ name, energyPj }) => ({ name, energyPj })),
    totalPj,
  };
}

function sumPj(parts: ReadonlyArray<{ readonly energyPj: number }>): number {
  return parts.reduce((sum, { energyPj }) => sum + energyPj, 0);
}
