import { z } from 'zod';
import { positiveInteger } from '../document/integer.js';
import { quantity } from '../document/quantity.js';
import { safeName, text } from '../document/words.js';
import { dramKeySchema } from './dramSchema.js';
import { fills, overlaps } from '../dataflow/arraySettings.js';
import { dataflowNameFault, dataflowNames } from '../dataflow/dataflows.js';

/** More PEs along one side than any array that has been built. */
const longestSide = 4096;

/** What a user says to hold; indices lie with the weights. */
export const heldTensors = ['ifmap', 'weight', 'psum', 'ofmap'] as const;

const buffer = z.strictObject({
  name: safeName('name'),
  holds: z.array(z.enum(heldTensors)).min(1),
  capacity: quantity('bytes').meta({ description: 'Both halves together if double buffered' }),
  word: quantity('bits', { min: 8, max: 8192 }).meta({ description: 'Width of a port word, whole bytes' }),
  banks: positiveInteger({ max: 1024 }).default(1),
  ports: positiveInteger({ max: 1024 })
    .default(1)
    .meta({ description: 'Words that the array can read, and can write, per cycle' }),
  sharedPorts: z
    .boolean()
    .default(false)
    .meta({ description: 'Reads and writes share the ports, as in a single-ported SRAM' }),
  doubleBuffered: z.boolean().default(true),
  cell: text('cell type of the SRAM table, such as itrs-lop'),
  extrapolate: z
    .boolean()
    .default(false)
    .meta({ description: 'Price banks and words beyond the measured ones, by continuing the power law' }),
});

const dataflowName = z
  .string()
  .meta({ description: 'Name of a dataflow, see psconv dataflows', examples: dataflowNames() })
  .superRefine((name, { addIssue }) => {
    const message = dataflowNameFault(name);
    if (message !== undefined) addIssue({ code: 'custom', message });
  });

const dataflow = z.union([dataflowName, z.array(dataflowName).min(1)]).meta({
  description:
    'A dataflow, or all that the array can be set to: the mapping then chooses from layer to layer',
});

/** The YAML kind `accelerator`. */
export const acceleratorSchema = z.strictObject({
  kind: z.literal('accelerator'),
  name: safeName('name'),
  description: z.string().default(''),
  technology: quantity('length', { max: 1000 }).meta({ description: 'Node, the one of the energy table' }),
  scaling: z
    .strictObject({
      method: z.literal('stillmaker-baas'),
      voltage: quantity('voltage', { max: 5 }).meta({ description: 'That the accelerator runs at' }),
      flavour: z
        .enum(['hp', 'lp'])
        .default('hp')
        .meta({ description: 'High performance or low power, below 65 nm' }),
    })
    .optional()
    .meta({ description: "Have figures of other nodes and voltages brought to the accelerator's" }),
  clock: quantity('frequency', { min: 1e6, max: 1e11 }),
  array: z.strictObject({
    rows: positiveInteger({ max: longestSide }),
    columns: positiveInteger({ max: longestSide }),
    dataflow,
    macLanes: positiveInteger({ max: 1024 })
      .default(1)
      .meta({ description: 'Multiplications of one PE in a cycle' }),
    preload: z.enum(overlaps).default('serial').meta({
      description: 'Loading what stays in the array: before each fold, or behind the one before',
    }),
    drain: z.enum(overlaps).default('overlapped').meta({
      description: 'Sums leaving the array after a fold: before the next one, or behind it',
    }),
    fill: z.enum(fills).default('array').meta({
      description: 'Whether a wave runs through the whole array or through the PEs in use',
    }),
    gate: z.enum(['none', 'activation']).default('none').meta({
      description:
        'Multiplications that are left out, their cycle going by: those with a zero activation, or none',
    }),
    skip: z.enum(['none', 'activation']).default('none').meta({
      description:
        'Multiplications whose cycle is given to the next one: those with a zero activation, or none',
    }),
    pePitch: quantity('length', { max: 1e8 })
      .optional()
      .meta({ description: 'Side of a PE, for the length of wires; follows from its area unless given' }),
    registerFiles: z
      .strictObject({
        ifmap: quantity('bytes').optional(),
        weight: quantity('bytes').optional(),
        psum: quantity('bytes').optional(),
      })
      .default({})
      .meta({ description: 'Register files of a PE; as large as the dataflow needs unless given' }),
  }),
  buffers: z.array(buffer).min(1).max(heldTensors.length),
  postProcessor: z.strictObject({ lanes: positiveInteger({ max: 65536 }) }),
  decoder: z
    .strictObject({ entriesPerCycle: positiveInteger({ max: 65536 }) })
    .optional()
    .meta({
      description:
        'Entries per cycle of formats that are decoded one entry after the other; as many as there are columns unless given',
    }),
  dram: dramKeySchema,
  energyTable: text('name or path of an energy table'),
});
