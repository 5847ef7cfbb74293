import { z } from 'zod';
import { describeValue } from '../document/describeValue.js';
import { nonNegativeInteger, positiveInteger } from '../document/integer.js';
import { safeName, text } from '../document/words.js';

/** Channels, rows, columns, filters: larger ones are taken for a slip. */
const largestSize = 65_536;
/** The largest public classifiers have some hundreds of nodes. */
const mostNodes = 2048;

const size = () => positiveInteger({ max: largestSize });
const padSize = nonNegativeInteger({ max: largestSize });

/** One number for both axes, or [height, width]. */
function pair(what: string) {
  const error = ({ input }: { readonly input?: unknown }): string =>
    `expected ${what}: one positive integer of at most ${largestSize} or two, [height, width], got ${show(input)}`;
  return z
    .union([size(), z.tuple([size(), size()])], { error })
    .transform((given): readonly [number, number] => (typeof given === 'number' ? [given, given] : given))
    .meta({ description: `${what}: one number, or [height, width]` });
}

const paddingError = ({ input }: { readonly input?: unknown }): string =>
  `expected padding: one integer from 0 to ${largestSize}, [height, width] or [top, bottom, left, right], got ${show(input)}`;
const padding = z
  .union([padSize, z.tuple([padSize, padSize]), z.tuple([padSize, padSize, padSize, padSize])], {
    error: paddingError,
  })
  .default(0)
  .transform((given): readonly [number, number, number, number] => {
    if (typeof given === 'number') return [given, given, given, given];
    return given.length === 2 ? [given[0], given[0], given[1], given[1]] : given;
  })
  .meta({ description: 'Zeros around the map: one number, [height, width] or [top, bottom, left, right]' });

/** Lists in full, as it is their entries that were wrong. */
function show(input: unknown): string {
  if (!Array.isArray(input) || input.length === 0 || input.length > 8) return describeValue(input);
  return `[${input.map(describeValue).join(', ')}]`;
}

const mapName = text('name of a node, or "input"').meta({ description: 'Name of a node, or "input"' });

const name = safeName('name of a node').meta({ description: 'Unique; the weights of an .npz file go by it' });
const input = mapName
  .optional()
  .meta({ description: 'What the node reads; the node before it unless given' });

const pool = {
  name,
  input,
  kernel: pair('kernel'),
  stride: pair('stride').optional().meta({ description: 'The kernel unless given' }),
  padding,
};

const node = z.discriminatedUnion('type', [
  z.strictObject({
    name,
    type: z.literal('conv2d'),
    input,
    filters: size(),
    kernel: pair('kernel'),
    stride: pair('stride').default([1, 1]),
    padding,
    dilation: pair('dilation').default([1, 1]),
    groups: size().default(1),
    bias: z.boolean().default(false),
  }),
  z.strictObject({
    name,
    type: z.literal('fully-connected'),
    input,
    filters: size().meta({ description: 'Outputs' }),
    bias: z.boolean().default(true),
  }),
  z.strictObject({
    name,
    type: z.literal('batch-norm'),
    input,
    epsilon: z.number().positive().max(1).default(1e-5),
  }),
  z.strictObject({ name, type: z.literal('relu'), input }),
  z.strictObject({ ...pool, type: z.literal('max-pool') }),
  z.strictObject({ ...pool, type: z.literal('average-pool') }),
  z.strictObject({ name, type: z.literal('global-average-pool'), input }),
  z.strictObject({
    name,
    type: z.literal('add'),
    inputs: z.tuple([mapName, mapName], {
      error: (issue) => `expected the two maps to be added, [a, b], got ${show(issue.input)}`,
    }),
  }),
]);

const channelValues = (each: z.ZodNumber) => z.array(each).min(1).max(largestSize).optional();

/** The YAML kind `network`. */
export const networkSchema = z.strictObject({
  kind: z.literal('network'),
  name: safeName('name'),
  description: z.string().default(''),
  source: text('source: the publication or model definition that the shapes come from'),
  input: z.strictObject({ channels: size(), height: size(), width: size() }),
  normalization: z
    .strictObject({
      mean: channelValues(z.number().min(-1e6).max(1e6)),
      standardDeviation: channelValues(z.number().min(1e-6).max(1e6)),
    })
    .default({})
    .meta({ description: 'Of pixels in 0..1, per channel: (pixel - mean) / standardDeviation' }),
  nodes: z.array(node).min(1).max(mostNodes),
  output: text('name of a node').optional().meta({ description: 'The result; the last node unless given' }),
});

export type NetworkFile = z.output<typeof networkSchema>;
/** A node as it is written, defaults filled in. */
export type NodeSpec = z.output<typeof node>;
export type NodeOf<T extends NodeSpec['type']> = Extract<NodeSpec, { readonly type: T }>;
