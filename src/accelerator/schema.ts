import { z } from 'zod';
import { positiveInteger } from '../document/integer.js';
import { quantity } from '../document/quantity.js';
import { safeName, text } from '../document/words.js';
import { dataflowNames } from './accelerator.js';

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
  doubleBuffered: z.boolean().default(true),
  cell: text('cell type of the SRAM table, such as itrs-lop'),
});

const flatDram = z.strictObject({
  kind: z.literal('flat'),
  bandwidth: quantity('bandwidth', { min: 1000 }),
  latency: quantity('time', { zero: true, max: 1e9 }),
  burst: quantity('bytes', { max: 4096 }).default(64),
  energy: quantity('energyPerBit', { zero: true }),
  source: text('source of the energy figure'),
});

/** The YAML kind `accelerator`. */
export const acceleratorSchema = z.strictObject({
  kind: z.literal('accelerator'),
  name: safeName('name'),
  description: z.string().default(''),
  technology: quantity('length', { max: 1000 }).meta({ description: 'Node, the one of the energy table' }),
  clock: quantity('frequency', { min: 1e6, max: 1e11 }),
  array: z.strictObject({
    rows: positiveInteger({ max: longestSide }),
    columns: positiveInteger({ max: longestSide }),
    dataflow: z.enum(dataflowNames),
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
  dram: flatDram,
  energyTable: text('name or path of an energy table'),
});
