import { z } from 'zod';
import { describeValue } from '../document/describeValue.js';
import { positiveInteger, nonNegativeInteger, seedInteger } from '../document/integer.js';
import { safeName, text } from '../document/words.js';
import { executions, kernelNames } from './execution.js';
import { layerMappings } from './layerMapping.js';
import { mappingObjectives, searchSpaces } from './objective.js';
import { accumulatorPrecisions, precisions } from '../tensor/precision.js';
import type { AccumulatorPrecision, Precision } from '../tensor/precision.js';

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

const weight = z.number().min(0).optional();
const weightedObjective = z
  .strictObject({
    energy: weight.meta({ description: 'Per pJ' }),
    latency: weight.meta({ description: 'Per ps' }),
    dramBytes: weight.meta({ description: 'Per byte of bursts to and from DRAM' }),
  })
  .refine((weights) => Object.values(weights).some((each) => each !== undefined && each > 0), {
    error: 'expected a weight above 0 of energy, latency or dramBytes, got none',
  });

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
    kernel: z.enum(kernelNames).default('simd').meta({
      description:
        'Who does the arithmetic of the execution tile: compiled SIMD kernels, or plain TypeScript; both compute the same',
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
    mapping: z
      .union([text('auto, name or path of a mapping file'), layerMappings])
      .default('auto')
      .meta({
        description:
          'auto; name in the library, or path relative to this file, of a mapping file; or what is prescribed, by layer',
      }),
    fuse: z
      .union([z.enum(['none', 'auto']), uniqueTexts('pooling layer')])
      .default('none')
      .meta({
        description:
          'Pooling layers that run on finished tiles of the convolution before them: none, auto where it costs less, or those named',
        examples: ['auto', ['pool1']],
      }),
    keep: z
      .union([z.enum(['none', 'auto']), z.record(z.string(), text('buffer'))])
      .default('none')
      .meta({
        description:
          'Feature maps that stay on chip from the layer that makes them to the last one that reads them: none, as the objective asks for, or the ' +
          'buffer of each by the name of the map or of its layer',
        examples: ['none', 'auto', { 'layer1.0.conv1': 'ifmap-buffer' }],
      }),
    objective: z
      .union([z.enum(mappingObjectives), weightedObjective])
      .default('edp')
      .meta({
        description:
          'What mappings are chosen for: one of the names, or weights of energy, latency and DRAM bytes in a sum',
        examples: ['edp', { energy: 1, latency: 0.5 }],
      }),
    search: z
      .strictObject({
        space: z.enum(searchSpaces).default('halved').meta({
          description:
            'Tiles halved again and again, all that cut loops evenly or suit the array, or everything',
        }),
        judgements: positiveInteger()
          .optional()
          .meta({ description: 'Mappings of a layer that are estimated, at most' }),
        refinements: positiveInteger()
          .optional()
          .meta({ description: 'Mappings of a layer whose passes are worked out, at most' }),
      })
      .optional()
      .meta({ description: 'How thoroughly mappings are searched for; quickly unless given' }),
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
