import { z } from 'zod';
import { describeValue, quote } from '../document/describeValue.js';
import { quantity } from '../document/quantity.js';
import { clocksOfAtLeast, clocksOfAtMost } from './clocks.js';

/** A timing as a file gives it: clocks, or a time in picoseconds. */
export type TimingValue = { readonly clocks: number } | { readonly ps: number };

/** Longest timing taken for meant, in clocks: a refresh interval at 10 GHz. */
const mostClocks = 1_000_000;
const longestPs = 1e9;

export interface TimingOptions {
  readonly mayBeZero?: boolean;
}

/** A schema for a timing: whole clocks (`29 clk`) or a time (`13.75 ns`). */
export function timingValue({ mayBeZero = false }: TimingOptions = {}): z.ZodType<
  TimingValue,
  string | number
> {
  const wanted = 'time such as "13.75 ns" or clocks such as "29 clk"';
  const error = ({ input }: { readonly input?: unknown }): string =>
    `expected ${wanted}, got ${describeValue(input)}${typeof input === 'number' ? ' without a unit' : ''}`;
  const time = quantity('time', { zero: mayBeZero, max: longestPs });
  return z
    .string({ error })
    .meta({
      description: 'Clocks of the device (clk), or a time (ps, ns, us)',
      examples: ['29 clk', '13.75 ns'],
    })
    .transform((text, context): TimingValue => {
      const refuse = (message: string): never => {
        context.addIssue({ code: 'custom', message });
        return z.NEVER;
      };
      const clocks = /^\s*([^\s]*)\s*(?:clk|nCK|tCK)\s*$/.exec(text)?.[1];
      if (clocks !== undefined) {
        const count = Number(clocks);
        const lowest = mayBeZero ? 0 : 1;
        if (/^\d+$/.test(clocks) && count >= lowest && count <= mostClocks) return { clocks: count };
        return refuse(`expected whole clocks from ${lowest} to ${mostClocks}, got ${quote(text)}`);
      }
      if (!/\d\s*[a-z]/i.test(text)) {
        return refuse(
          `expected ${wanted}, got ${quote(text)}${/^[\s\d.,+-]+$/.test(text) ? ' without a unit' : ''}`,
        );
      }
      const read = time.safeParse(text);
      return read.success ? { ps: read.data } : refuse(read.error.issues[0]?.message ?? `expected ${wanted}`);
    });
}

/** In clocks, rounded as the standard says. */
export function timingClocks(value: TimingValue, tCKPs: number, atMost = false): number {
  if ('clocks' in value) return value.clocks;
  return atMost ? clocksOfAtMost(value.ps, tCKPs) : clocksOfAtLeast(value.ps, tCKPs);
}

export function timingPs(value: TimingValue, tCKPs: number): number {
  return 'ps' in value ? value.ps : value.clocks * tCKPs;
}

/** As people write it: `13.75 ns`, `29 clk`. */
export function showTiming(value: TimingValue): string {
  return 'ps' in value ? `${Number((value.ps / 1000).toFixed(6))} ns` : `${value.clocks} clk`;
}
