import { z } from 'zod';
import { flatDramKeys } from '../dram/schema.js';
import { largestWindow } from '../dram/controllerFault.js';
import type { ControllerSettings } from '../dram/controllerSettings.js';
import { pagePolicies, refreshPolicies, schedulers } from '../dram/controllerSettings.js';
import { nonNegativeInteger, positiveInteger } from '../document/integer.js';
import { quantity } from '../document/quantity.js';
import { text } from '../document/words.js';

const flatDram = z.strictObject({ kind: z.literal('flat'), ...flatDramKeys });

const requests = (words: string) =>
  z
    .strictObject({
      high: positiveInteger({ max: largestWindow }),
      low: nonNegativeInteger({ max: largestWindow }),
    })
    .meta({ description: words });

/** What is left out is the default of `defaultController`. */
const partDram = z.strictObject({
  part: text('name or path of a DRAM part'),
  channels: positiveInteger({ max: 256 }).optional().meta({ description: 'A power of two' }),
  ranks: positiveInteger({ max: 16 }).optional().meta({ description: 'Of each channel, a power of two' }),
  addressMap: text('address map')
    .optional()
    .meta({
      description: 'Fields of an address from the most significant bits down',
      examples: ['row-rank-bank-column-bankgroup-channel'],
    }),
  scheduler: z.enum(schedulers).optional().meta({ description: 'Which request goes first' }),
  window: positiveInteger({ max: largestWindow }).optional().meta({
    description:
      "Reads of a channel that wait for room in their bank's queue, and writes in its write buffer, at most",
  }),
  bankQueue: positiveInteger({ max: largestWindow })
    .optional()
    .meta({ description: 'Requests of a bank that are chosen among' }),
  writeDrain: requests(
    'Writes go out when so many wait (high), or when nothing is to be read and more than so few wait (low)',
  ).optional(),
  page: z.enum(pagePolicies).optional().meta({ description: 'When a row closes' }),
  pageTimeout: quantity('time', { max: 1e9 })
    .optional()
    .meta({ description: 'After which a row closes, with page: timeout' }),
  maxRowHits: positiveInteger({ max: 65536 })
    .optional()
    .meta({ description: 'Reads and writes after which an open row gives way to an older request' }),
  refresh: z.enum(refreshPolicies).optional(),
  powerDown: quantity('time', { max: 1e9 })
    .optional()
    .meta({ description: 'Without requests for so long a rank goes to power-down; never unless given' }),
  energy: quantity('energyPerBit', { zero: true })
    .optional()
    .meta({ description: "In place of the part's currents" }),
  source: text('source of the energy figure').optional(),
});

/** The key `dram` of an accelerator: the name of a DRAM, or one with what is said of it. */
export const dramKeySchema = z.union([
  text('name or path of a DRAM').meta({ description: 'Name or path of a file of kind dram' }),
  flatDram,
  partDram,
]);

export type DramKey = z.output<typeof dramKeySchema>;
export type PartKeys = z.output<typeof partDram>;

/** Settings whose key is not their name. */
const otherKeys: { readonly [setting in keyof ControllerSettings]?: readonly string[] } = {
  writeHigh: ['writeDrain', 'high'],
  writeLow: ['writeDrain', 'low'],
  pageTimeoutClocks: ['pageTimeout'],
  powerDownClocks: ['powerDown'],
};

/** Where in `dram` a setting stands. */
export function settingPath(setting: keyof ControllerSettings): readonly string[] {
  return otherKeys[setting] ?? [setting];
}
