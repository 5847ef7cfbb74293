import { z } from 'zod';
import { describeValue } from '../document/describeValue.js';
import { nonNegativeInteger, positiveInteger } from '../document/integer.js';
import { safeName, text } from '../document/words.js';

/** Kernel sides and periods beyond these are taken for a slip. */
const largestKernel = 64;
const longestPeriod = 1024;

const side = positiveInteger({ max: largestKernel });
const kernel = z
  .union([side, z.tuple([side, side])], {
    error: ({ input }) =>
      `expected kernel: one positive integer of at most ${largestKernel} or two, [height, width], got ${describeValue(input)}`,
  })
  .transform((given): readonly [number, number] => (typeof given === 'number' ? [given, given] : given));

const pattern = z
  .union([z.array(nonNegativeInteger({ max: largestKernel ** 2 })), z.string()], {
    error: ({ input }) =>
      `expected a pattern: a list of taps such as [0, 1, 3, 4], or a picture such as "xx. xx. ...", got ${describeValue(input)}`,
  })
  .meta({
    description:
      'Taps that exist, numbered row-major from 0; or a picture, row by row, "x" for a tap that exists',
    examples: [[0, 1, 3, 4], 'xx. xx. ...'],
  });

const layerNames = z
  .array(text('name of a layer').meta({ description: '"*" stands for any characters, "?" for one' }))
  .min(1)
  .max(1000);
const variantName = text('name of a variant or path of a sparsity file');

/** The YAML kind `sparsity`. */
export const sparsitySchema = z.strictObject({
  kind: z.literal('sparsity'),
  name: safeName('name'),
  description: z.string().trim().default(''),
  kernel: kernel.optional().meta({ description: 'Kernels that the patterns are for, 3 unless given' }),
  patterns: z.array(pattern).min(1).max(longestPeriod).optional(),
  period: positiveInteger({ max: longestPeriod }).optional().meta({
    description: 'Slots after which the supports repeat; as many as there are patterns unless given',
  }),
  boost: z
    .union([z.enum(['none', 'last']), nonNegativeInteger({ max: longestPeriod - 1 })])
    .optional()
    .meta({ description: 'The slot whose kernels are full' }),
  random: z
    .strictObject({ taps: positiveInteger({ max: largestKernel ** 2 }) })
    .optional()
    .meta({ description: 'Supports of so many taps, drawn for each kernel' }),
  variant: variantName.optional().meta({ description: 'The supports of another variant' }),
  layers: z
    .strictObject({
      include: layerNames.optional(),
      exclude: layerNames.optional(),
      firstConvolution: z.enum(['dense', 'sparse']).default('dense'),
    })
    .default({ firstConvolution: 'dense' }),
  overrides: z
    .array(z.strictObject({ layers: layerNames, variant: variantName }))
    .max(1000)
    .default([]),
});

export type SparsityFile = z.output<typeof sparsitySchema>;
