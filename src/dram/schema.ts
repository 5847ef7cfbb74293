import { z } from 'zod';
import { positiveInteger } from '../document/integer.js';
import { quantity } from '../document/quantity.js';
import { safeName, text } from '../document/words.js';
import { sharedTimings, timings, timingTable } from './timingNames.js';
import type { GivenTimingName } from './timingNames.js';
import { timingValue } from './timingValue.js';
import type { TimingValue } from './timingValue.js';

/** Keys of a DRAM that has a bandwidth and a latency only. */
export const flatDramKeys = {
  bandwidth: quantity('bandwidth', { min: 1000 }),
  latency: quantity('time', { zero: true, max: 1e9 }),
  burst: quantity('bytes', { max: 4096 }).default(64),
  energy: quantity('energyPerBit', { zero: true })
    .optional()
    .meta({ description: "The energy table's own figure unless given" }),
  source: text('source of the energy figure').optional(),
};

const common = {
  kind: z.literal('dram'),
  name: safeName('name'),
  description: z.string().default(''),
};

/** Which of them must be there depends on one another; `partTiming` says so. */
type TimingKeys = Record<GivenTimingName, z.ZodOptional<z.ZodType<TimingValue, string | number>>>;
const timingKeys = Object.fromEntries([
  ...timings.map((name) => {
    const { mayBeZero = false, description } = timingTable[name];
    return [name, timingValue({ mayBeZero }).optional().meta({ description })];
  }),
  ...Object.entries(sharedTimings).map(([name, both]) => [
    name,
    timingValue()
      .optional()
      .meta({ description: `Both ${both}` }),
  ]),
]) as TimingKeys;

const current = () => quantity('current', { zero: true });

const rail = z.strictObject({
  name: safeName('name of a supply'),
  voltage: quantity('voltage', { max: 10 }),
  IDD0: current().meta({ description: 'One bank activated and precharged every tRC' }),
  IDD2N: current().meta({ description: 'Precharge standby' }),
  IDD2P: current().meta({ description: 'Precharge power-down' }),
  IDD3N: current().meta({ description: 'Active standby' }),
  IDD3P: current().meta({ description: 'Active power-down' }),
  IDD4R: current().meta({ description: 'Reading without pause' }),
  IDD4W: current().meta({ description: 'Writing without pause' }),
  IDD5: current().meta({ description: 'Refreshing all banks without pause (IDD5B, IDD5AB)' }),
});

const flat = z.strictObject({ ...common, model: z.literal('flat'), ...flatDramKeys });

const commands = z.strictObject({
  ...common,
  model: z.literal('commands'),
  standard: text('name of the standard, such as DDR4'),
  source: text('source of organisation and timing'),
  sources: z
    .array(z.strictObject({ of: z.array(text('name of a value')).min(1), source: text('source') }))
    .default([])
    .meta({ description: 'Values that come from elsewhere, and from where' }),
  organisation: z.strictObject({
    width: quantity('bits', { min: 1, max: 1024 }).meta({ description: 'Data bits of one device' }),
    devices: positiveInteger({ max: 64 })
      .default(1)
      .meta({ description: 'Side by side in a rank, sharing the width of the bus' }),
    burstLength: positiveInteger({ max: 64 }).meta({ description: 'Transfers per column command' }),
    bankGroups: positiveInteger({ max: 64 }).default(1),
    banks: positiveInteger({ max: 256 }).meta({ description: 'Of all bank groups together' }),
    rows: positiveInteger({ max: 2 ** 24 }).meta({ description: 'Of a bank' }),
    columns: positiveInteger({ max: 2 ** 20 }).meta({ description: 'Of a row, each as wide as a device' }),
  }),
  timing: z.strictObject({
    tCK: quantity('time', { min: 50, max: 1e5 }).meta({ description: 'Clock period, two transfers' }),
    ...timingKeys,
  }),
  currents: z
    .strictObject({ source: text('source of the currents'), rails: z.array(rail).min(1).max(8) })
    .optional()
    .meta({ description: 'Of one device, by supply; without them an accelerator has to give an energy' }),
});

/** The YAML kind `dram`. */
export const dramSchema = z.discriminatedUnion('model', [flat, commands]);

export type PartFile = z.output<typeof commands>;
/** What an accelerator, too, may write in place. */
export type FlatKeys = Pick<z.output<typeof flat>, keyof typeof flatDramKeys>;
