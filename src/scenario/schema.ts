import { z } from 'zod';
import { describeValue } from '../document/describeValue.js';
import { positiveInteger, nonNegativeInteger, seedInteger } from '../document/integer.js';
import { safeName, text } from '../document/words.js';
import { executions } from './execution.js';
import { mappingObjectives } from './objective.js';
import { accumulatorPrecisions, precisions } from '../tensor/precision.js';
import type { AccumulatorPrecision, Precision } from '../tensor/precision.js';

/** The loops of a tiling; `order` names each once, the outermost first. Images may be left out: then they are outermost. */
export const loopNames = ['images', 'filters', 'channels', 'rows', 'columns'] as const;
type LoopName = (typeof loopNames)[number];

const defaultSeed = 1;

const reference = (kind: string) =>
  text(`name or path of ${kind}`).meta({
    description: `Name in the library, or path relative to this file, of ${kind}`,
  });

const precisionSet = z
  .strictObject({
    ifmap: z.enum(precisions),
    weight: z.enum(precisions),
    accumulator: z.enum(accumulatorPrecisions).optional(),
  })
  .meta({ description: 'Precision by tensor; the accumulator follows from the wider operand unless given' });

const precision = z
  .union([z.enum(precisions), precisionSet])
  .default('int8')
  .transform((given, context) => {
    const { ifmap, weight, accumulator } =
      typeof given === 'string' ? { ifmap: given, weight: given, accumulator: undefined } : given;
    const set = { ifmap, weight, accumulator: accumulator ?? accumulatorFor(ifmap, weight) };
    const floats = Object.values(set).filter((each) => each === 'float32').length;
    if (floats === 0 || floats === 3) return set;
    context.addIssue({
      code: 'custom',
      message:
        'expected float32 for ifmap, weight and accumulator together or for none of them, ' +
        `got ifmap ${ifmap}, weight ${weight}, accumulator ${set.accumulator}`,
    });
    return z.NEVER;
  });

/** The set that a single precision stands for. */
export function precisionSetOf(precision: Precision): {
  readonly ifmap: Precision;
  readonly weight: Precision;
  readonly accumulator: AccumulatorPrecision;
} {
  return { ifmap: precision, weight: precision, accumulator: accumulatorFor(precision, precision) };
}

function accumulatorFor(ifmap: Precision, weight: Precision): AccumulatorPrecision {
  if (ifmap === 'float32' && weight === 'float32') return 'float32';
  return ifmap === 'int16' || weight === 'int16' ? 'int48' : 'int32';
}

const weights = z
  .union([
    z.strictObject({ seed: seedInteger().optional() }),
    z.strictObject({ file: text('path of an .npz or .npy file') }),
  ])
  .default({})
  .meta({
    description:
      'Seeded initial weights, or those of a NumPy file, relative to this file: .npz with an array per parameter, or .npy with ' +
      'the weights of the only layer that has any. Arrays of integers are operands as they are',
  });

const images = z
  .union([
    z.strictObject({ seed: seedInteger().optional(), count: positiveInteger().optional() }),
    z.strictObject({
      file: text('path of a file of images'),
      count: positiveInteger().optional(),
      first: nonNegativeInteger().default(0),
    }),
  ])
  .default({})
  .meta({
    description:
      "Seeded images, a batch unless counted, or those of a file, relative to this file: CIFAR-10's binary format, or .npy with an " +
      "array of the network's input, normalised already. Arrays of integers are operands as they are",
  });

const orderError = ({ input }: { readonly input?: unknown }): string =>
  `expected filters, channels, rows, columns and, with a batch, images, each once, outermost first, got ${describeValue(input)}`;
const order = z
  .string({ error: orderError })
  .meta({
    description: 'Loops from the outermost to the innermost',
    examples: ['filters rows columns channels'],
  })
  .transform((given, context): readonly LoopName[] => {
    const named = given.trim().split(/[\s,]+/);
    const words = named.includes('images') ? named : ['images', ...named];
    const loops = loopNames.filter((name) => words.includes(name));
    if (words.length === loopNames.length && loops.length === loopNames.length) return words as LoopName[];
    context.addIssue({ code: 'custom', message: orderError({ input: given }) });
    return z.NEVER;
  });

const buffering = z.enum(['single', 'double', 'resident']).optional().meta({
  description: 'One tile at a time; one coming in while another is in use; all tiles, each moved once',
});

const tiling = z.strictObject({
  dataflow: text('dataflow').optional().meta({ description: 'Of an array that can be set to several' }),
  tile: z.strictObject({
    images: positiveInteger().default(1),
    filters: positiveInteger(),
    channels: positiveInteger(),
    rows: positiveInteger(),
    columns: positiveInteger(),
  }),
  order,
  phasesPerGroup: positiveInteger().optional(),
  buffering: z
    .strictObject({
      ifmap: buffering,
      weight: buffering,
      psum: buffering,
      ofmap: z.enum(['single', 'double']).optional(),
    })
    .optional()
    .meta({
      description: 'Slots of each tensor with several tiles; double where the buffer is, unless given',
    }),
  peSets: z
    .strictObject({
      e: positiveInteger().meta({ description: 'Output rows of a PE set' }),
      p: positiveInteger().meta({ description: 'Filters of a PE set' }),
      q: positiveInteger().meta({ description: 'Channels of a PE set' }),
      r: positiveInteger().meta({ description: 'PE sets for different channels' }),
      t: positiveInteger().meta({ description: 'PE sets for different filters' }),
    })
    .optional()
    .meta({
      description: 'How a row-stationary array runs the passes of the tiles; its own choice unless given',
    }),
});

const rowStationary = z
  .strictObject({
    m: positiveInteger().meta({ description: 'Filters whose partial sums are kept' }),
    n: positiveInteger().default(1).meta({ description: 'Images of the batch that are worked on together' }),
    e: positiveInteger().meta({ description: 'Output rows of a PE set' }),
    p: positiveInteger().meta({ description: 'Filters of a PE set' }),
    q: positiveInteger().meta({ description: 'Channels of a PE set' }),
    r: positiveInteger().meta({ description: 'PE sets for different channels' }),
    t: positiveInteger().meta({ description: 'PE sets for different filters' }),
  })
  .meta({ description: "In place of a tiling: Eyeriss's mapping, for a row-stationary array" });

const layerMapping = z.union([tiling, z.strictObject({ rowStationary })]);

/** A list of which no entry stands twice. */
function uniqueTexts(what: string) {
  return z
    .array(text(what))
    .min(1, { error: () => `expected list of at least 1 ${what}, got empty list` })
    .max(1000)
    .superRefine((entries, context) => {
      entries.forEach((entry, index) => {
        if (entries.indexOf(entry) < index) {
          context.addIssue({
            code: 'custom',
            path: [index],
            message: `expected each ${what} once, got ${describeValue(entry)} again`,
          });
        }
      });
    });
}

const format = text('storage format').meta({
  description: 'auto, or the name of a storage format',
  examples: ['auto', 'dense', 'periodic', 'csr'],
});
const formats = z
  .union([format, uniqueTexts('storage format')])
  .transform((given): readonly string[] => (typeof given === 'string' ? [given] : given));

const density = z.number().min(0).max(1).meta({ description: 'Share of elements that are not zero' });

/** The YAML kind `scenario`. */
export const scenarioSchema = z
  .strictObject({
    kind: z.literal('scenario'),
    name: safeName('name'),
    description: z.string().default(''),
    network: reference('a network'),
    accelerator: reference('an accelerator'),
    energy: reference('an energy table').optional(),
    variants: uniqueTexts('variant')
      .optional()
      .meta({
        description:
          'Names of variants (psconv variants lists them) or paths of sparsity files. as-given stands for the weights of the ' +
          'file that are not zero',
      }),
    compare: z
      .array(
        z.strictObject({
          variant: text('name of a variant or path of a sparsity file'),
          storage: formats.optional(),
        }),
      )
      .min(1)
      .max(1000)
      .optional()
      .meta({ description: 'Variants side by side, each under the storage formats that are named for it' }),
    dataflows: uniqueTexts('dataflow')
      .optional()
      .meta({
        description: "Dataflows to compare, in place of the accelerator's; see psconv dataflows",
        examples: [['output-stationary', 'weight-stationary']],
      }),
    precision,
    weights,
    execution: z.enum(executions).default('tile').meta({
      description:
        'register: every register in every cycle; tile: real data, tile by tile; estimate: no data, nothing is checked',
    }),
    activationDensity: z
      .union([density, z.record(z.string(), density)])
      .optional()
      .meta({
        description:
          'For the execution estimate: share of the elements that are not zero, of all feature maps or by the name of the layer ' +
          'that makes the map (input for the image)',
      }),
    batch: positiveInteger().default(1).meta({ description: 'Images that a layer takes together' }),
    images,
    calibrationImages: positiveInteger({ max: 10_000 }).default(8),
    storage: format.default('auto'),
    activations: text('format of activations')
      .default('dense')
      .meta({
        description: 'How feature maps lie in DRAM',
        examples: ['dense', 'bitmask', 'run-length'],
      }),
    layout: text('layout of feature maps')
      .default('NCHW')
      .meta({
        description: 'Order of the elements of feature maps in DRAM; NCHW16c has blocks of 16 channels',
        examples: ['NCHW', 'NHWC', 'NCHW16c'],
      }),
    mapping: z.union([z.literal('auto'), z.record(z.string(), layerMapping)]).default('auto'),
    keep: z
      .union([z.enum(['none', 'auto']), z.record(z.string(), text('buffer'))])
      .default('none')
      .meta({
        description:
          'Feature maps that stay on chip from the layer that makes them to the last one that reads them: none, as the objective asks for, or the ' +
          'buffer of each by the name of the map or of its layer',
        examples: ['none', 'auto', { 'layer1.0.conv1': 'ifmap-buffer' }],
      }),
    objective: z.enum(mappingObjectives).default('edp'),
    layers: uniqueTexts('layer').optional(),
    seed: seedInteger().optional(),
    check: z
      .strictObject({
        enabled: z.boolean().default(true),
        backend: z.enum(['wasm', 'cpu', 'node', 'auto']).default('wasm'),
      })
      .default({ enabled: true, backend: 'wasm' }),
  })
  .transform(({ seed = defaultSeed, weights: weightsFrom, images: imagesFrom, ...rest }) => ({
    ...rest,
    seed,
    weights: 'file' in weightsFrom ? weightsFrom : { seed: weightsFrom.seed ?? seed },
    images: 'file' in imagesFrom ? imagesFrom : { ...imagesFrom, seed: imagesFrom.seed ?? seed },
  }));
