import type { Accelerator } from '../accelerator/accelerator.js';
import { UserError } from '../document/userError.js';
import type { PrecisionSet } from '../model/model.js';
import { actionNamed, nameOf } from './action.js';
import { coveredPrecisions, gapAt } from './checkEntries.js';
import { precisionKey } from './energyTable.js';
import type { EnergyEntry, EnergyTable, FigureSource } from './energyTable.js';
import { createFigureReader } from './figure.js';
import type { PriceReader } from './price.js';
import { entriesFor, precisionVariables } from './pricedCase.js';
import { factorOf, factorsFor } from './scale.js';

/**
 * Looks figures up in a table's entries, works them out, and brings them to the accelerator's node and voltage where it asks for that.
 *
 * @returns a function that throws UserError at the entry when its formula comes to no figure with the variables given, or at the
 *   accelerator when the scaling method does not cover the entry's node or voltage
 */
export function createPriceReader(
  accelerator: Accelerator,
  precision: PrecisionSet,
  table: EnergyTable,
): PriceReader {
  const figureOf = createFigureReader();
  const common = precisionVariables(precision);
  return (component, action, variables = {}, at = {}) => {
    const found = entriesFor(table.entries, { component, action }, { precision, ...at }).at(0);
    if (found === undefined) return undefined;
    const value = figureOf(found, { ...common, ...variables });
    const factors = factorsFor(accelerator, found);
    const factor = factors && factorOf(factors, actionNamed(component, action).kind);
    return {
      value: value * (factor ?? 1),
      figure: figureName(found),
      source: sourceOf(found, table, factor),
    };
  };
}

/** The action, and what tells its entries apart in one run: kinds of layers, register files. */
function figureName(entry: EnergyEntry): string {
  const { layer, tensor } = entry.when;
  const narrowed = [...(tensor ?? []), ...(layer ?? [])];
  return narrowed.length === 0 ? nameOf(entry) : `${nameOf(entry)} (${narrowed.join(', ')})`;
}

function sourceOf(entry: EnergyEntry, table: EnergyTable, factor: number | undefined): FigureSource {
  return {
    component: entry.component,
    family: entry.family,
    source: entry.source,
    technologyNm: entry.technologyNm,
    ...(entry.voltage !== undefined && { voltage: entry.voltage }),
    foreign: entry.family !== table.family,
    derived: entry.derived !== undefined,
    ...(factor !== undefined && { scaledBy: factor }),
  };
}

/** @throws UserError always, with what the table does cover */
export function refusePrecision(table: EnergyTable, precision: PrecisionSet): never {
  const covered = coveredPrecisions(table.entries).map(precisionKey);
  const gap = gapAt(table.entries, precision)?.action;
  // The entries that there are for the action are those to widen, or to add one beside.
  const place = gap && table.entries.find((entry) => nameOf(entry) === nameOf(gap))?.place;
  throw new UserError(
    `energy table "${table.name}" does not cover ${precisionKey(precision)}` +
      `${gap === undefined ? '' : `, for which it has no ${nameOf(gap)}`}; ` +
      (covered.length === 0 ? 'it covers no set of precisions in full' : `it covers ${covered.join('; ')}`) +
      '. Add entries for it, or choose another precision',
    place ?? { file: table.file },
  );
}
