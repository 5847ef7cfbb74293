import { quote } from './describeValue.js';
import { specOf } from './dimension.js';
import type { Dimension } from './dimension.js';
import { describeDimension, evaluate, FormulaFault, ratioTo } from './formulaValue.js';
import { UserError } from './userError.js';

/**
 * The value of a formula such as `0.2 pJ * (bits / 8)^2`, as a number of the dimension's base unit: B, bit, Hz, B/s,
 * ps, pJ, pJ/bit, mW, nm, um^2, V, mA; or as it is for a plain `number`.
 *
 * @param variables plain numbers by name; a variable hides the unit of the same name
 * @throws UserError, without a location, when the text is no arithmetic, is of another dimension or not finite
 */
export function evaluateFormula(
  text: string,
  variables: Readonly<Record<string, number>>,
  dimension: Dimension | 'number',
): number {
  try {
    return inBaseUnit(evaluate(text, variables, unitsOf(dimension)), dimension);
  } catch (error) {
    if (!(error instanceof FormulaFault)) throw error;
    throw new UserError(`expected ${wantedText(dimension)}, got ${quote(text)}: ${error.message}`);
  }
}

/** Names of the units that a dimension's own are made of. */
function unitsOf(dimension: Dimension | 'number'): string[] {
  return dimension === 'number'
    ? []
    : specOf(dimension).units.flatMap((unit) => unit.match(/[a-z]+/gi) ?? []);
}

/** `frequency such as "1 GHz" (Hz, kHz, MHz, GHz)` */
export function wantedText(dimension: Dimension | 'number'): string {
  if (dimension === 'number') return 'plain number';
  const { noun, example, units } = specOf(dimension);
  return `${noun} such as "${example}" (${units.join(', ')})`;
}

function inBaseUnit(value: ReturnType<typeof evaluate>, dimension: Dimension | 'number'): number {
  const number = dimension === 'number' ? value : ratioTo(specOf(dimension).base, value);
  if (typeof number !== 'number') {
    throw new FormulaFault(`that is ${describeDimension(value)}`);
  }
  if (!Number.isFinite(number)) throw new FormulaFault(`it comes to ${number}`);
  return number;
}
