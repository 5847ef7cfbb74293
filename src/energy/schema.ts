import { z } from 'zod';
import { quantity } from '../document/quantity.js';
import { accumulatorPrecisions, precisions } from '../tensor/precision.js';
import { layerKinds } from './actionCosts.js';

const text = z.string().trim().min(1);

/** One value or a list of values. */
function oneOrMore<T extends string>(values: readonly T[]) {
  const one = z.enum(values);
  return z.union([one, z.array(one).min(1)]).transform((given): readonly T[] => [given].flat() as T[]);
}

/** A formula is kept as text: its value depends on the precision. A bare number reads as one without a unit. */
const formula = z.union([text, z.number()]).transform(String);

export const energyEntrySchema = z.strictObject({
  component: z.enum(['mac', 'register-file', 'pattern-table', 'decoder', 'post-processor', 'pe']),
  action: text,
  when: z
    .strictObject({
      weight: oneOrMore(precisions).optional(),
      ifmap: oneOrMore(precisions).optional(),
      accumulator: oneOrMore(accumulatorPrecisions).optional(),
      layer: oneOrMore(layerKinds).optional(),
    })
    .optional(),
  energy: formula.optional(),
  power: formula.optional(),
  technology: quantity('length'),
  voltage: quantity('voltage').optional(),
  source: text,
  derived: text.optional(),
  family: text.optional(),
});

/** The YAML kind `energy-table`. */
export const energyTableSchema = z.strictObject({
  kind: z.literal('energy-table'),
  name: text,
  description: z.string().default(''),
  technology: quantity('length'),
  family: text,
  sram: text,
  entries: z.array(energyEntrySchema).min(1),
});

/** What the numbers of a point are, in their order. */
export const pointColumns =
  'capacity B, word bit, read pJ, write pJ, leakage mW, area mm2, access ns' as const;

/** The YAML kind `sram-table`. */
export const sramTableSchema = z.strictObject({
  kind: z.literal('sram-table'),
  name: text,
  description: z.string().default(''),
  source: text,
  family: text,
  columns: z.literal(pointColumns),
  cells: z
    .array(z.strictObject({ cell: text, technology: quantity('length'), points: z.array(text).min(1) }))
    .min(1),
});
