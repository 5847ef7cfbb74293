import { z } from 'zod';
import { registerTensors } from '../dataflow/counters.js';
import { quantity } from '../document/quantity.js';
import { accumulatorPrecisions, precisions } from '../tensor/precision.js';
import { argumentsSchema } from './accelergy/action.js';
import { components, layerKinds } from './action.js';

const text = z.string().trim().min(1);

/** One value or a list of values. */
function oneOrMore<T extends string>(values: readonly T[]) {
  const one = z.enum(values);
  return z.union([one, z.array(one).min(1)]).transform((given): readonly T[] => [given].flat() as T[]);
}

/** A formula is kept as text: its value depends on the machine. A bare number reads as one without a unit. */
const formula = z.union([text, z.number()]).transform(String);

const accelergyComponent = text.meta({
  description: 'Its name there; ranges such as [0..167] may be left out',
});

/** A figure of an Accelergy energy reference table, in place of `energy` or `power`. */
const ertFigure = z.strictObject({
  component: accelergyComponent,
  action: text,
  arguments: argumentsSchema.meta({ description: 'Which of several actions of that name' }),
  width: quantity('bits')
    .optional()
    .meta({ description: 'Bits that one action moves, for energies per bit' }),
  cycle: quantity('time').optional().meta({ description: 'Clock period that leakage is given for' }),
});

/** A figure of an Accelergy area reference table, in place of `area`. */
const artFigure = z.strictObject({ component: accelergyComponent });

const names = z.union([text, z.array(text).min(1)]).transform((given): readonly string[] => [given].flat());

export const energyEntrySchema = z.strictObject({
  component: z.enum(components),
  action: text,
  when: z
    .strictObject({
      weight: oneOrMore(precisions).optional(),
      ifmap: oneOrMore(precisions).optional(),
      accumulator: oneOrMore(accumulatorPrecisions).optional(),
      layer: oneOrMore(layerKinds).optional(),
      tensor: oneOrMore(registerTensors).optional(),
      buffer: names.optional().meta({ description: 'Names of buffers in the accelerator' }),
    })
    .optional(),
  energy: formula.optional(),
  power: formula.optional(),
  area: formula.optional(),
  ert: ertFigure.optional(),
  art: artFigure.optional(),
  technology: quantity('length').optional(),
  voltage: quantity('voltage').optional(),
  source: text.optional().meta({ description: 'Required, but beside ert and art, which name their file' }),
  derived: text.optional(),
  family: text.optional(),
});

/** The YAML kind `energy-table`. */
export const energyTableSchema = z.strictObject({
  kind: z.literal('energy-table'),
  name: text,
  description: z.string().default(''),
  technology: quantity('length'),
  voltage: quantity('voltage').optional().meta({ description: 'Of entries that name none' }),
  family: text,
  note: text.optional().meta({ description: 'What must be said below every result' }),
  extends: text
    .optional()
    .meta({ description: 'Name or path of a table that prices what this one does not' }),
  sram: text.optional().meta({ description: 'Name or path of an SRAM table, which prices buffers' }),
  ert: text
    .optional()
    .meta({ description: 'Path of an Accelergy energy reference table, for entries with ert' }),
  art: text
    .optional()
    .meta({ description: 'Path of an Accelergy area reference table, for entries with art' }),
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
