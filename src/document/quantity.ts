import { z } from 'zod';
import { describeValue, quote } from './describeValue.js';
import { specOf } from './dimension.js';
import type { Dimension } from './dimension.js';
import { evaluateFormula, wantedText } from './formula.js';
import { UserError } from './userError.js';

export type { Dimension } from './dimension.js';

export interface QuantityOptions {
  /** Smallest value, in the base unit; unless told, anything above zero. */
  readonly min?: number;
  /** Largest value, in the base unit; unless told, the dimension's own bound. */
  readonly max?: number;
  /** Zero makes sense here. */
  readonly zero?: boolean;
}

/**
 * A schema for a quantity with its unit, such as `108 KiB`, read as a number of the dimension's base unit:
 * bytes B, bits bit, frequency Hz, bandwidth B/s, time ps, energy pJ, energyPerBit pJ/bit, power mW, length nm,
 * area um^2, voltage V, current mA. Sizes in bytes may be plain integers, too; everything else needs its unit.
 */
export function quantity(
  dimension: Dimension,
  options: QuantityOptions = {},
): z.ZodType<number, string | number> {
  const { noun, base, example, units } = specOf(dimension);
  const wanted = wantedText(dimension);
  const error = ({ input }: { readonly input?: unknown }): string => {
    const unitless = typeof input === 'number' && dimension !== 'bytes' ? ' without a unit' : '';
    return `expected ${wanted}, got ${describeValue(input)}${unitless}`;
  };
  const text = z.string({ error }).meta({
    description: `${noun} with its unit, one of ${units.join(', ')}`,
    examples: [example],
  });
  const count = z
    .number({ error })
    .int({ error })
    .meta({ description: `${noun} in ${base}` });
  const given = dimension === 'bytes' ? z.union([text, count], { error }) : text;

  return given.transform((input, context) => {
    const found = typeof input === 'number' ? input : valueOf(input, dimension, wanted);
    const fault = typeof found === 'string' ? found : rangeFault(found, input, dimension, options);
    if (typeof found === 'number' && fault === undefined) return found;
    context.addIssue({ code: 'custom', message: fault ?? `expected ${wanted}` });
    return z.NEVER;
  });
}

/** The number of base units, or what is wrong with the text. */
function valueOf(text: string, dimension: Dimension, wanted: string): number | string {
  if (/^[\s\d.,+-]+$/.test(text)) return `expected ${wanted}, got ${quote(text)} without a unit`;
  if (!/\d/.test(text)) return `expected ${wanted}, got ${quote(text)} without a number`;
  try {
    return evaluateFormula(text, {}, dimension);
  } catch (error) {
    if (error instanceof UserError) return error.message;
    throw error;
  }
}

function rangeFault(
  value: number,
  input: string | number,
  dimension: Dimension,
  { min, max, zero = false }: QuantityOptions,
): string | undefined {
  const { noun, base, max: ownMax, whole } = specOf(dimension);
  const got = typeof input === 'number' ? String(input) : quote(input);
  const lowest = min ?? 0;
  const highest = max ?? evaluateFormula(ownMax, {}, dimension);
  if (value < 0 || (value === 0 && !zero && lowest <= 0)) {
    return `expected ${zero ? 'non-negative' : 'positive'} ${noun}, got ${got}`;
  }
  if (value < lowest) return `expected ${noun} of at least ${lowest} ${base}, got ${got}`;
  if (value > highest) {
    return `expected ${noun} of at most ${max === undefined ? ownMax : `${max} ${base}`}, got ${got}`;
  }
  if (whole && !Number.isInteger(value))
    return `expected ${noun} in whole ${base}, got ${got} (${value} ${base})`;
  return undefined;
}
