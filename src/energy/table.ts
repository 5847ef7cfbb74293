import type { z } from 'zod';
import type { Accelerator } from '../accelerator/accelerator.js';
import { expectKind, faultAt, parseDocument, readDocument } from '../document/document.js';
import { evaluateFormula } from '../document/formula.js';
import { resolveReference, resolveReferenceAt } from '../document/library.js';
import { UserError } from '../document/userError.js';
import type { PrecisionSet } from '../model/model.js';
import {
  actionCosts,
  actions,
  entriesFor,
  formulaVariables,
  layerKinds,
  precisionSets,
  type Action,
  type FigureKind,
} from './actionCosts.js';
import { precisionKey, type ActionCosts, type EnergyEntry, type EnergyTable } from './energyTable.js';
import { energyTableSchema, type energyEntrySchema } from './schema.js';
import { loadSramTable } from './sramTable.js';

type Fail = (entry: number, key: string | undefined, message: string) => never;

/**
 * Reads an energy table and the SRAM table that it names, and works out its formulas for every precision.
 *
 * @param reference a name such as `edge-45nm`, or a path relative to `fromFile`
 * @throws UserError with file, line and column: an unknown or unpriced action, a missing source, a unit or dimension
 *   that does not fit, a negative figure, or two entries for the same case
 */
export async function loadEnergyTable(reference: string, fromFile?: string): Promise<EnergyTable> {
  const document = await readDocument(await resolveReference(reference, 'energy-table', fromFile));
  expectKind(document, 'energy-table');
  const { name, description, technology, family, sram, ...given } = parseDocument(
    document,
    energyTableSchema,
  );

  const fail: Fail = (entry, key, message) => {
    throw faultAt(document, key === undefined ? ['entries', entry] : ['entries', entry, key], message);
  };
  const entries = given.entries.map((entry, index) => readEntry(entry, index, family, fail));
  checkOverlaps(entries, fail);
  const unpriced = actions.filter((action) => !entries.some((entry) => prices(entry, action)));
  if (unpriced.length > 0) {
    const message = `expected an entry for each action, got none for ${unpriced.map(nameOf).join(', ')}`;
    throw faultAt(document, ['entries'], message);
  }

  const costs = new Map<string, ActionCosts>();
  const figures = figureReader(entries, fail);
  for (const precision of precisionSets) {
    const priced = actionCosts(entries, family, precision, figures);
    if (priced !== undefined) costs.set(precisionKey(precision), priced);
  }
  if (costs.size === 0) {
    const message = `expected entries that cover at least one set of precisions in full; ${gapsOf(entries)}`;
    throw faultAt(document, ['entries'], message);
  }
  return {
    name,
    description,
    file: document.file,
    technologyNm: technology,
    family,
    entries,
    costs,
    sram: await loadSramTable(await resolveReferenceAt(document, ['sram'], sram, 'sram-table')),
  };
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

function nameOf(action: Action): string {
  return `${action.component} ${action.action}`;
}

function prices(entry: EnergyEntry, action: Action): boolean {
  return entry.component === action.component && entry.action === action.action;
}

function readEntry(
  entry: z.output<typeof energyEntrySchema>,
  index: number,
  tableFamily: string,
  fail: Fail,
): EnergyEntry {
  const { component, action, when = {}, energy, power, technology, voltage, source, derived, family } = entry;
  const known = actions.filter((each) => each.component === component);
  const priced =
    known.find((each) => each.action === action) ??
    fail(
      index,
      'action',
      `expected an action of ${component} (${known.map((each) => each.action).join(', ')}), got "${action}"`,
    );
  const [wanted, unwanted] = priced.figure === 'power' ? ['power', 'energy'] : ['energy', 'power'];
  const formula =
    (wanted === 'power' ? power : energy) ??
    fail(index, undefined, `expected "${wanted}" for ${nameOf(priced)}, got none`);
  if ((unwanted === 'power' ? power : energy) !== undefined) {
    fail(index, unwanted, `expected only "${wanted}" for ${nameOf(priced)}`);
  }
  if (when.layer !== undefined && component !== 'post-processor') {
    fail(index, 'when', `expected "layer" on entries of post-processor only, got it on ${component}`);
  }
  const { weight, ifmap, accumulator, layer } = when;
  return {
    component,
    action,
    when: {
      ...(weight && { weight }),
      ...(ifmap && { ifmap }),
      ...(accumulator && { accumulator }),
      ...(layer && { layer }),
    },
    formula,
    technologyNm: technology,
    ...(voltage !== undefined && { voltage }),
    source,
    ...(derived !== undefined && { derived }),
    family: family ?? tableFamily,
  };
}

/** Every entry must apply to something, and nothing may have two entries. */
function checkOverlaps(entries: readonly EnergyEntry[], fail: Fail): void {
  const used = new Set<EnergyEntry>();
  for (const precision of precisionSets) {
    for (const action of actions) {
      for (const layer of layerKinds) {
        const [first, second] = entriesFor(entries, action, precision, layer);
        if (second !== undefined) {
          const of = action.component === 'post-processor' ? `${layer}, ` : '';
          const message = `expected one entry for ${nameOf(action)} (${of}${precisionKey(precision)}), got a second one; narrow "when"`;
          fail(entries.indexOf(second), undefined, message);
        }
        if (first !== undefined) used.add(first);
      }
    }
  }
  const idle = entries.findIndex((entry) => !used.has(entry));
  if (idle >= 0) {
    fail(
      idle,
      'when',
      'expected precisions that occur together (all integers, or all float32); this entry never applies',
    );
  }
}

/** Figures are in the dimensions' base units: pJ, pJ/bit, mW. */
const dimensionOf = { energy: 'energy', 'energy-per-bit': 'energyPerBit', power: 'power' } as const;

/** Evaluates entries' formulas, each once per set of values of the variables that it uses. */
function figureReader(
  entries: readonly EnergyEntry[],
  fail: Fail,
): (entry: EnergyEntry, kind: FigureKind, precision: PrecisionSet) => number {
  const done = new Map<string, number>();
  return (entry, kind, precision) => {
    const variables = formulaVariables(precision);
    const used = Object.entries(variables).filter(([variable]) => entry.formula.includes(variable));
    const index = entries.indexOf(entry);
    const key = `${index} ${used.join(' ')}`;
    const before = done.get(key);
    if (before !== undefined) return before;

    const at = kind === 'power' ? 'power' : 'energy';
    let figure: number;
    try {
      figure = evaluateFormula(entry.formula, variables, dimensionOf[kind]);
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      return fail(index, at, error.message);
    }
    if (!Number.isFinite(figure) || figure < 0) {
      fail(
        index,
        at,
        `expected a figure that is not negative, got ${entry.formula} at ${precisionKey(precision)}`,
      );
    }
    done.set(key, figure);
    return figure;
  };
}

function gapsOf(entries: readonly EnergyEntry[]): string {
  return precisionSets
    .map((precision) => {
      const gap = actions.find((action) =>
        layerKinds.some((layer) => entriesFor(entries, action, precision, layer).length === 0),
      );
      return gap && `${precisionKey(precision)} lacks ${nameOf(gap)}`;
    })
    .join('; ');
}
