import { dirname, resolve } from 'node:path';
import type { z } from 'zod';
import { faultAt } from '../document/document.js';
import type { YamlDocument } from '../document/document.js';
import { quote } from '../document/describeValue.js';
import { displayPath, UserError } from '../document/userError.js';
import { describeAction } from './accelergy/action.js';
import { readArt } from './accelergy/areaReferenceTable.js';
import type { ComponentArea } from './accelergy/areaReferenceTable.js';
import { readErt } from './accelergy/energyReferenceTable.js';
import type { ComponentEnergies } from './accelergy/energyReferenceTable.js';
import { createComponentFinder, findAction } from './accelergy/lookUp.js';
import type { LookupMessages } from './accelergy/lookUp.js';
import { keyOf, nameOf } from './action.js';
import type { Action } from './action.js';
import type { energyEntrySchema } from './schema.js';

type GivenEntry = z.output<typeof energyEntrySchema>;

/** The reference tables that an energy table's entries take their figures from. */
export interface ReferenceTables {
  readonly ert?: ReferenceTable<ComponentEnergies>;
  readonly art?: ReferenceTable<ComponentArea>;
}

interface ReferenceTable<T> {
  readonly file: string;
  /** As the energy table names it. */
  readonly path: string;
  /** Throws UserError, without a location, for a component that there is not. */
  readonly componentOf: (name: string) => T;
  readonly messages: LookupMessages;
}

/** A figure of a reference table as entries hold one. */
export interface ReferenceFigure {
  readonly formula: string;
  readonly source: string;
  readonly derived: string;
}

/** Where figures of reference tables come from unless entries say otherwise. */
export const referenceFamily = 'accelergy';

/**
 * Reads the tables that an energy table names as `ert` and `art`, relative to its own file.
 *
 * @throws UserError at the key when there is no such file, and at the fault of a file that is no such table
 */
export async function loadReferenceTables(
  document: YamlDocument,
  given: { readonly ert?: string | undefined; readonly art?: string | undefined },
): Promise<ReferenceTables> {
  const load = async <T extends { readonly name: string }>(
    key: 'ert' | 'art',
    read: (path: string) => Promise<{ readonly tables: readonly T[] }>,
  ): Promise<ReferenceTable<T> | undefined> => {
    const path = given[key];
    if (path === undefined) return undefined;
    const file = resolve(dirname(document.file), path);
    const messages = { table: displayPath(file), fault: (message: string) => new UserError(message) };
    try {
      const { tables } = await read(file);
      return { file, path, componentOf: createComponentFinder(tables, messages), messages };
    } catch (error) {
      if (!(error instanceof UserError) || error.location?.line !== undefined) throw error;
      throw faultAt(document, [key], `expected path of an Accelergy ${key.toUpperCase()}: ${error.message}`);
    }
  };
  const ert = await load('ert', readErt);
  const art = await load('art', readArt);
  return { ...(ert && { ert }), ...(art && { art }) };
}

/**
 * The figure that an entry takes from a reference table; undefined where it gives one of its own.
 *
 * Energies are taken by the action, energies per bit divided by the bits of `width` (of a register file by those of its word), and
 * leakage, which Accelergy gives by the cycle, divided by `cycle`.
 *
 * @throws UserError, without a location: no such table, component or action, or several; a `width` or `cycle` that is missing or means
 *   nothing
 */
export function referenceFigure(
  { ert, art }: GivenEntry,
  action: Action,
  tables: ReferenceTables,
): ReferenceFigure | undefined {
  const key = ert === undefined ? 'art' : 'ert';
  const wanted = action.kind === 'area' ? 'art' : 'ert';
  if (ert === undefined && art === undefined) return undefined;
  if (key !== wanted || (ert !== undefined && art !== undefined)) {
    throw new UserError(`expected only "${wanted}" or "${keyOf(action.kind)}" for ${nameOf(action)}`);
  }
  if (ert !== undefined) return energyFigure(ert, action, needed(tables.ert, key));
  if (art === undefined) return undefined;
  const table = needed(tables.art, key);
  const { name, areaUm2 } = table.componentOf(art.component);
  return {
    formula: `${areaUm2} um^2`,
    source: `Accelergy area reference table ${table.path}`,
    derived: `${quote(name)} of ${table.path}`,
  };
}

function energyFigure(
  { component, action: name, arguments: given, width, cycle }: NonNullable<GivenEntry['ert']>,
  action: Action,
  { path, componentOf, messages }: ReferenceTable<ComponentEnergies>,
): ReferenceFigure {
  const row = componentOf(component);
  const { energyPj, arguments: found } = findAction({ component, name, arguments: given }, row, messages);
  const hasOwnWidth = action.component === 'register-file';
  const wanted = {
    width: action.kind === 'energy-per-bit' && !hasOwnWidth,
    cycle: action.kind === 'power',
  };
  check('width', width, wanted.width, 'the bits that the action moves, such as width: 64 bit', action);
  check('cycle', cycle, wanted.cycle, "the clock period of Accelergy's leakage, such as cycle: 2 ns", action);
  const divisor = divisorOf(width, cycle, action);
  return {
    formula: divisor === undefined ? `${energyPj} pJ` : `${energyPj} pJ / ${divisor.formula}`,
    source: `Accelergy energy reference table ${path}`,
    derived:
      `${describeAction(name, found)} of ${quote(row.name)} of ${path}` +
      (divisor === undefined ? '' : `, divided by ${divisor.text}`),
  };
}

function divisorOf(
  width: number | undefined,
  cycle: number | undefined,
  { component, action, kind }: Action,
): { readonly formula: string; readonly text: string } | undefined {
  if (width !== undefined) return { formula: `(${width} bit)`, text: `${width} bits` };
  if (cycle !== undefined) return { formula: `(${cycle} ps)`, text: `a cycle of ${cycle} ps` };
  if (kind !== 'energy-per-bit') return undefined;
  if (component !== 'register-file') throw new Error(`${nameOf({ component, action })} has no width`);
  return { formula: '(bits * 1 bit)', text: 'the bits of a word' };
}

function check(
  key: string,
  given: number | undefined,
  isWanted: boolean,
  meaning: string,
  action: Action,
): void {
  if (given === undefined && isWanted) {
    throw new UserError(`expected ${key} for ${nameOf(action)}: ${meaning}`);
  }
  if (given !== undefined && !isWanted) {
    throw new UserError(`expected no ${key} for ${nameOf(action)}, got ${given}; leave it out`);
  }
}

function needed<T>(table: ReferenceTable<T> | undefined, key: 'ert' | 'art'): ReferenceTable<T> {
  if (table !== undefined) return table;
  throw new UserError(
    `expected ${quote(key)} at the top of the table, the path of the file to take the figure from, got none`,
  );
}
