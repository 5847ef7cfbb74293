import { quote } from '../../document/describeValue.js';
import { didYouMean } from '../../document/suggest.js';
import type { UserError } from '../../document/userError.js';
import { describeAction } from './action.js';
import type { ActionArguments } from './action.js';
import { componentLookup } from './componentLookup.js';
import { nameWithoutRanges } from './componentName.js';
import type { ActionEnergy, ComponentEnergies } from './energyReferenceTable.js';

/** How messages about a lookup are worded and where they point. */
export interface LookupMessages {
  /** The table as messages name it. */
  readonly table: string;
  readonly fault: (message: string) => UserError;
}

/**
 * Looks up components of a reference table: the one of exactly the name, else the one whose ranges it lies within.
 *
 * @returns a function that throws the messages' fault when the table lacks the component, or has several that it may be
 */
export function createComponentFinder<T extends { readonly name: string }>(
  entries: readonly T[],
  { table, fault }: LookupMessages,
): (name: string) => T {
  const lookUp = componentLookup(entries);
  return (name) => {
    const { found, candidates } = lookUp(name);
    if (found !== undefined) return found;
    const given = `component ${quote(name)}`;
    if (candidates.length > 0) {
      const names = listed(candidates.map((each) => quote(each.name)));
      throw fault(`expected ${given} within one component of ${table}, which has ${names}`);
    }
    const words = nameWithoutRanges(name);
    const known = new Map(entries.map((each) => [nameWithoutRanges(each.name), each.name]));
    const hint = didYouMean(words, [...known.keys()]);
    throw fault(
      `${given} is not in ${table}; ${hint === '' ? `it has ${listed([...known.values()].map(quote))}` : hint}`,
    );
  };
}

/** An action that is asked for. */
export interface WantedAction {
  /** As it is asked for, with or without ranges. */
  readonly component: string;
  readonly name: string;
  readonly arguments: ActionArguments;
}

/**
 * The row of an action: that of exactly its arguments, else the only one that has them among others.
 *
 * @throws the messages' fault when the component lacks the action, or has several that it may be
 */
export function findAction(
  { component, name, arguments: given }: WantedAction,
  { name: tableName, actions }: ComponentEnergies,
  { table, fault }: LookupMessages,
): ActionEnergy {
  const named = actions.filter((each) => each.name === name);
  const size = Object.keys(given).length;
  const fitting = named.filter((each) => hasArguments(each.arguments, given));
  const exact = fitting.find((each) => Object.keys(each.arguments).length === size);
  const [only, second] = exact === undefined ? fitting : [exact];
  if (only !== undefined && second === undefined) return only;

  const action = `action ${describeAction(name, given)} of ${quote(component)}`;
  const entry = `${quote(tableName)} in ${table}`;
  if (named.length === 0) {
    const names = [...new Set(actions.map((each) => each.name))];
    const hint = didYouMean(name, names);
    throw fault(`${action} is not of ${entry}; ${hint === '' ? `it has ${listed(names.map(quote))}` : hint}`);
  }
  const offered = listed(named.map((each) => describeAction(name, each.arguments)));
  throw fault(
    second === undefined
      ? `${action} has other arguments than ${entry}, which has ${offered}`
      : `${action} may be several of ${entry}: expected the arguments of one of ${offered}`,
  );
}

function hasArguments(all: ActionArguments, wanted: ActionArguments): boolean {
  return Object.entries(wanted).every(([key, value]) => Object.hasOwn(all, key) && all[key] === value);
}

const mostListed = 6;

function listed(names: readonly string[]): string {
  const more = names.length - mostListed;
  const shown = names.slice(0, mostListed).join(', ') || 'nothing';
  return more > 0 ? `${shown} and ${more} more` : shown;
}
