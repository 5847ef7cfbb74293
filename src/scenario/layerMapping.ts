import { z } from 'zod';
import { describeValue, quote } from '../document/describeValue.js';
import { positiveInteger } from '../document/integer.js';
import { didYouMean } from '../document/suggest.js';
import { text } from '../document/words.js';

/** The loops of a tiling; `order` names each once, the outermost first. Images may be left out: then they are outermost. */
export const loopNames = ['images', 'filters', 'channels', 'rows', 'columns'] as const;
type LoopName = (typeof loopNames)[number];

const orderError = ({ input }: { readonly input?: unknown }): string =>
  `expected filters, channels, rows, columns and, with a batch, images, each once, outermost first, got ${describeValue(input)}`;
const order = z
  .string({ error: orderError })
  .meta({
    description: 'Loops from the outermost to the innermost',
    examples: ['filters rows columns channels'],
  })
  .transform((given, context): readonly LoopName[] => {
    const named = given
      .trim()
      .split(/[\s,]+/)
      .filter((word) => word !== '');
    const words = named.includes('images') ? named : ['images', ...named];
    const fault = orderFault(words);
    if (fault === undefined) return words as LoopName[];
    context.addIssue({ code: 'custom', message: `${orderError({ input: given })}; ${fault}` });
    return z.NEVER;
  });

/** What is wrong with an order, loop by loop. */
function orderFault(words: readonly string[]): string | undefined {
  const strange = words.find((word) => !loopNames.some((loop) => loop === word));
  if (strange !== undefined)
    return [`${quote(strange)} is no loop`, didYouMean(strange, loopNames)].filter(Boolean).join(', ');
  const twice = loopNames.filter((loop) => words.indexOf(loop) !== words.lastIndexOf(loop));
  if (twice.length > 0) return `${twice.join(' and ')} ${twice.length === 1 ? 'stands' : 'stand'} twice`;
  const missing = loopNames.filter((loop) => !words.includes(loop));
  if (missing.length > 0) return `${missing.join(' and ')} ${missing.length === 1 ? 'is' : 'are'} missing`;
  return undefined;
}

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

/** What is prescribed for one layer: a tiling, or Eyeriss's mapping. */
const layerMapping = z.union([tiling, z.strictObject({ rowStationary })]);

/** By the layer's name. */
export const layerMappings = z.record(z.string(), layerMapping);
