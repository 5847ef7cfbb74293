import type { Accelerator } from '../accelerator/accelerator.js';
import { expectKind, faultAt, parseDocument, readDocument } from '../document/document.js';
import { resolveReference, resolveReferenceAt } from '../document/library.js';
import { UserError } from '../document/userError.js';
import { loadReferenceTables } from './accelergyFigures.js';
import { nameOf } from './action.js';
import { checkEntries, unpriced } from './checkEntries.js';
import type { EnergyEntry, EnergyTable } from './energyTable.js';
import { readEntry } from './readEntry.js';
import { energyTableSchema } from './schema.js';
import { loadSramTable } from './sramTable.js';

/**
 * Reads an energy table, the tables that it extends, the SRAM table and the reference tables that it names, and tries its formulas at every precision.
 *
 * @param reference a name such as `edge-45nm`, or a path relative to `fromFile`
 * @throws UserError with file, line and column: an unknown or unpriced action, a missing source, a unit or dimension
 *   that does not fit, a negative figure, two entries for the same case, tables that extend each other in a circle
 */
export async function loadEnergyTable(reference: string, fromFile?: string): Promise<EnergyTable> {
  return load(await resolveReference(reference, 'energy-table', fromFile), []);
}

async function load(path: string, extending: readonly string[]): Promise<EnergyTable> {
  const document = await readDocument(path);
  expectKind(document, 'energy-table');
  const given = parseDocument(document, energyTableSchema);
  const { name, description, technology: technologyNm, voltage, family } = given;

  const defaults = { technologyNm, voltage, family };
  const tables = await loadReferenceTables(document, given);
  const own = given.entries.map((entry, index) => readEntry(entry, index, defaults, document, tables));
  checkEntries(own, document);

  let base: EnergyTable | undefined;
  if (given.extends !== undefined) {
    const file = await resolveReferenceAt(document, ['extends'], given.extends, 'energy-table');
    if (file === path || extending.includes(file)) {
      throw faultAt(
        document,
        ['extends'],
        `expected another table, got ${given.extends}, which extends this one`,
      );
    }
    base = await load(file, [...extending, path]);
  }
  const sram =
    given.sram === undefined
      ? base?.sram
      : await loadSramTable(await resolveReferenceAt(document, ['sram'], given.sram, 'sram-table'));
  const entries = [...own, ...(base === undefined ? [] : inherited(base.entries, own))];
  const missing = unpriced(entries, sram !== undefined);
  if (missing.length > 0) {
    throw faultAt(
      document,
      ['entries'],
      `expected an entry for each action, got none for ${missing.map(nameOf).join(', ')}; ` +
        `add them, or name a table to take them from, such as extends: edge-45nm`,
    );
  }
  return {
    name,
    description,
    file: document.file,
    technologyNm,
    family,
    entries,
    ...(given.note !== undefined && { note: given.note }),
    files: [
      document.file,
      ...[tables.ert, tables.art].flatMap((table) => (table === undefined ? [] : [table.file])),
      ...(base?.files ?? []),
    ],
    ...(sram && { sram }),
  };
}

/** Entries of a base for actions that the table itself does not price at all: an action's figures stay those of one table. */
function inherited(base: readonly EnergyEntry[], own: readonly EnergyEntry[]): EnergyEntry[] {
  const priced = new Set(own.map(nameOf));
  return base.filter((entry) => !priced.has(nameOf(entry)));
}

/**
 * The table that an accelerator names.
 *
 * @throws UserError where the accelerator names one that there is not, and as `loadEnergyTable` does
 */
export async function energyTableOf({ energyTable, file, places }: Accelerator): Promise<EnergyTable> {
  try {
    return await loadEnergyTable(energyTable, file);
  } catch (error) {
    if (!(error instanceof UserError) || error.location !== undefined) throw error;
    throw new UserError(`energyTable: ${error.message}`, places?.energyTable ?? { file });
  }
}
