import { quote } from '../../document/describeValue.js';
import { didYouMean } from '../../document/suggest.js';
import { displayPath, UserError } from '../../document/userError.js';
import { describeAction } from './action.js';
import type { ActionArguments } from './action.js';
import type { ActionCount, ActionCounts } from './actionCounts.js';
import { componentLookup } from './componentLookup.js';
import type { Lookup } from './componentLookup.js';
import { nameWithoutRanges } from './componentName.js';
import type { ActionEnergy, ComponentEnergies, EnergyReferenceTable } from './energyReferenceTable.js';
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
  const lookUp = componentLookup(ert.tables);
  const context = { ert, lookUp, files };
  const components = counts.components.map(({ name, actions }) => {
    const table = tableOf(name, context);
    const evaluated = actions.map((action) => {
      const { energyPj } = entryOf(name, action, table, context);
      return { ...action, energyPerActionPj: energyPj, energyPj: action.count * energyPj };
    });
    return { name, table: table.name, actions: evaluated, energyPj: sumPj(evaluated) };
  });
  const totalPj = sumPj(components);
  if (!Number.isFinite(totalPj)) throw fault(context, `expected energies that add up, got ${totalPj} pJ`);
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

interface Context {
  readonly ert: EnergyReferenceTable;
  readonly lookUp: (name: string) => Lookup<ComponentEnergies>;
  readonly files: CountedFiles | undefined;
}

function tableOf(name: string, context: Context): ComponentEnergies {
  const { found, candidates } = context.lookUp(name);
  if (found !== undefined) return found;
  const given = `component ${quote(name)}`;
  if (candidates.length > 0) {
    const names = listed(candidates.map((each) => quote(each.name)));
    throw fault(context, `expected ${given} within one component of ${table(context)}, which has ${names}`);
  }
  const words = nameWithoutRanges(name);
  const known = new Map(context.ert.tables.map((each) => [nameWithoutRanges(each.name), each.name]));
  const hint = didYouMean(words, [...known.keys()]);
  throw fault(
    context,
    `${given} is not in ${table(context)}; ${hint === '' ? `it has ${listed([...known.values()].map(quote))}` : hint}`,
  );
}

function entryOf(
  component: string,
  { name, arguments: given }: ActionCount,
  { name: tableName, actions }: ComponentEnergies,
  context: Context,
): ActionEnergy {
  const named = actions.filter((each) => each.name === name);
  const size = Object.keys(given).length;
  const fitting = named.filter((each) => hasArguments(each.arguments, given));
  const exact = fitting.find((each) => Object.keys(each.arguments).length === size);
  const [only, second] = exact === undefined ? fitting : [exact];
  if (only !== undefined && second === undefined) return only;

  const action = `action ${describeAction(name, given)} of ${quote(component)}`;
  const entry = `${quote(tableName)} in ${table(context)}`;
  if (named.length === 0) {
    const names = [...new Set(actions.map((each) => each.name))];
    const hint = didYouMean(name, names);
    const rest = hint === '' ? `it has ${listed(names.map(quote))}` : hint;
    throw fault(context, `${action} is not of ${entry}; ${rest}`);
  }
  const offered = listed(named.map((each) => describeAction(name, each.arguments)));
  throw fault(
    context,
    second === undefined
      ? `${action} has other arguments than ${entry}, which has ${offered}`
      : `${action} may be several of ${entry}: expected the arguments of one of ${offered}`,
  );
}

function hasArguments(all: ActionArguments, wanted: ActionArguments): boolean {
  return Object.entries(wanted).every(([key, value]) => Object.hasOwn(all, key) && all[key] === value);
}

function sumPj(parts: ReadonlyArray<{ readonly energyPj: number }>): number {
  return parts.reduce((sum, { energyPj }) => sum + energyPj, 0);
}

const mostListed = 6;

function listed(names: readonly string[]): string {
  const more = names.length - mostListed;
  const shown = names.slice(0, mostListed).join(', ') || 'nothing';
  return more > 0 ? `${shown} and ${more} more` : shown;
}

function table({ files }: Context): string {
  return files === undefined ? 'the energy table' : displayPath(files.ert);
}

function fault({ files }: Context, message: string): UserError {
  return new UserError(message, files === undefined ? undefined : { file: files.counts });
}
