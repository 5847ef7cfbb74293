import { z } from 'zod';
import { describeValue } from './describeValue.js';

export interface IntegerOptions {
  /** Largest value that makes sense here; anything above is taken for a slip. */
  readonly max?: number;
}

const defaultMax = 1_000_000;

/** A whole number from 1 to `max` (a million unless told). */
export function positiveInteger({ max = defaultMax }: IntegerOptions = {}) {
  return integerFrom(1, max, 'positive integer');
}

/** A whole number from 0 to `max` (a million unless told). */
export function nonNegativeInteger({ max = defaultMax }: IntegerOptions = {}) {
  return integerFrom(0, max, 'non-negative integer');
}

/** The seed of a pseudo-random stream: any whole number from 0 that a double holds exactly. */
export function seedInteger() {
  return nonNegativeInteger({ max: Number.MAX_SAFE_INTEGER });
}

function integerFrom(min: number, max: number, words: string) {
  const error = ({ input }: { readonly input?: unknown }): string => {
    const tooLarge = typeof input === 'number' && Number.isFinite(input) && input > max;
    const wanted = tooLarge ? `${words} of at most ${max}` : words;
    return `expected ${wanted}, got ${describeValue(input)}`;
  };
  return z.number({ error }).int({ error }).min(min, { error }).max(max, { error });
}
