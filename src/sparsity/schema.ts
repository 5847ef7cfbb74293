import { z } from 'zod';
import { describeValue } from '../document/describeValue.js';
import { nonNegativeInteger, positiveInteger } from '../document/integer.js';
import { safeName, text } from '../document/words.js';

/** Kernel sides and periods beyond these are taken for a slip. */
const largestKernel = 64;
const longestPeriod = 1024;
/** Kernels are compared with every pattern of their layer, weights with every other of their block. */
const mostPatterns = 256;
const largestBlock = 64;

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

const choice = z
  .enum(['magnitude', 'random'])
  .default('magnitude')
  .meta({ description: 'Whether the largest magnitudes stay, or those that are drawn' });

function share(what: string) {
  const error = ({ input }: { readonly input?: unknown }): string =>
    `expected ${what}: a number above 0 and at most 1, or the name of a variant or path of a sparsity file, got ${describeValue(input)}`;
  return z.union([z.number({ error }).gt(0, { error }).max(1, { error }), variantName], { error });
}

const fraction = (what: string) => {
  const error = ({ input }: { readonly input?: unknown }): string =>
    `expected ${what}: a number above 0 and at most 1, got ${describeValue(input)}`;
  return z.number({ error }).gt(0, { error }).max(1, { error });
};

const block = z.strictObject({ filters: positiveInteger(), channels: positiveInteger() });

const prune = z.strictObject({
  unit: z
    .union([z.enum(['weight', 'kernel']), block], {
      error: ({ input }) =>
        `expected unit: "weight", "kernel", or a block such as { filters: 4, channels: 4 }, got ${describeValue(input)}`,
    })
    .default('weight')
    .meta({ description: 'What stays or goes as a whole; blocks lie at multiples of their sides' }),
  by: choice,
  density: share('density').meta({
    description: 'Share of the units that stays; of a variant: as many weights as that keeps',
  }),
  scope: z.enum(['layer', 'global']).default('layer').meta({
    description: 'Whether each layer keeps the share, or all layers that the rule is for together',
  }),
});

const nOfM = z.strictObject({
  n: positiveInteger({ max: largestBlock }),
  m: positiveInteger({ max: largestBlock }),
  by: choice,
});

const bestPatterns = z.strictObject({
  taps: positiveInteger({ max: largestKernel ** 2 }).meta({ description: 'Weights that each kernel keeps' }),
  count: positiveInteger({ max: mostPatterns }).meta({ description: 'Patterns in a layer, at most' }),
  keepCentre: z.boolean().default(true).meta({ description: 'Whether every pattern has the middle tap' }),
});

const channels = z.strictObject({
  keep: fraction('keep').optional().meta({ description: 'Share of the channels of each map that stays' }),
  macs: share('macs').optional().meta({
    description: "Share of the dense network's MACs that stays; of a variant: as many as it leaves",
  }),
  by: choice,
});

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
  variant: variantName
    .optional()
    .meta({ description: 'The supports of another variant, such as PSD4_P8 or as-given' }),
  prune: prune.optional().meta({ description: 'Weights, kernels or blocks of kernels that are removed' }),
  nOfM: nOfM.optional().meta({ description: 'n of every m weights along the channels stay, at each tap' }),
  bestPatterns: bestPatterns.optional().meta({
    description: "Supports chosen for each layer from its weights' most frequent ones",
  }),
  channels: channels.optional().meta({
    description: 'Whole channels are removed: the network becomes narrower',
  }),
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
