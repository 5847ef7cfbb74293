import { evaluateFormula } from '../document/formula.js';
import { UserError } from '../document/userError.js';
import { actionNamed, nameOf } from './action.js';
import type { EnergyEntry } from './energyTable.js';
import type { Variables } from './pricedCase.js';

/** Figures are in the dimensions' base units: pJ, pJ/bit, mW, um^2. */
const dimensionOf = {
  energy: 'energy',
  'energy-per-bit': 'energyPerBit',
  power: 'power',
  area: 'area',
} as const;

const baseUnitOf = { energy: 'pJ', 'energy-per-bit': 'pJ/bit', power: 'mW', area: 'um^2' } as const;

/** Far above anything real (1 kJ an action), and small enough that any count of it is still a number. */
const largestFigure = 1e15;

/**
 * Evaluates entries' formulas, each once per set of values of the variables that it uses.
 *
 * @returns a function that throws UserError at the entry's formula: no arithmetic, another dimension, negative, not finite, or
 *   above 1e15 of its base unit
 */
export function createFigureReader(): (entry: EnergyEntry, variables: Variables) => number {
  const done = new Map<EnergyEntry, Map<string, number>>();
  return (entry, variables) => {
    const used = Object.entries(variables).filter(([name]) => entry.formula.includes(name));
    const key = used.join(' ');
    const known = done.get(entry) ?? new Map<string, number>();
    done.set(entry, known);
    const figure = known.get(key) ?? evaluateEntry(entry, variables);
    known.set(key, figure);
    return figure;
  };
}

function evaluateEntry(entry: EnergyEntry, variables: Variables): number {
  const { kind } = actionNamed(entry.component, entry.action);
  let figure: number;
  try {
    figure = evaluateFormula(entry.formula, variables, dimensionOf[kind]);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    throw new UserError(`${nameOf(entry)}: ${error.message}`, entry.place);
  }
  if (figure >= 0 && figure <= largestFigure) return figure;
  const at = Object.entries(variables)
    .filter(([name]) => entry.formula.includes(name))
    .map(([name, value]) => `${name} ${value}`)
    .join(', ');
  throw new UserError(
    `${nameOf(entry)}: expected a figure that is ${figure < 0 ? 'not negative' : `at most ${largestFigure} ${baseUnitOf[kind]}`}, ` +
      `got ${entry.formula}, which comes to ${figure}` +
      (at === '' ? '' : ` at ${at}`),
    entry.place,
  );
}
