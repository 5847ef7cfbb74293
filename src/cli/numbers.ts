import { InvalidArgumentError } from 'commander';

export function wholeNumber(text: string): number {
  const value = Number(text);
  if (!/^\d+$/.test(text.trim()) || !Number.isSafeInteger(value)) {
    throw new InvalidArgumentError('expected a whole number from 0.');
  }
  return value;
}

export function positiveNumber(text: string): number {
  const value = wholeNumber(text);
  if (value === 0) throw new InvalidArgumentError('expected a positive whole number.');
  return value;
}

const unitsMs: Readonly<Record<string, number>> = { ms: 1, s: 1000, min: 60_000, h: 3_600_000 };

/** `10s`, `500 ms`, `2min` or `1h`, or so many mappings that are estimated: of each layer. */
export function searchBudget(text: string): { readonly budgetMs: number } | { readonly judgements: number } {
  const [, digits = '', unit = ''] = /^(\d+(?:\.\d+)?|\.\d+)\s*([a-z]*)$/.exec(text.trim()) ?? [];
  const value = Number(digits);
  if (digits !== '' && value > 0) {
    if (unit === '' && Number.isSafeInteger(value)) return { judgements: value };
    if (Object.hasOwn(unitsMs, unit)) return { budgetMs: value * unitsMs[unit] };
  }
  throw new InvalidArgumentError(
    'expected a time above 0 in ms, s, min or h, such as 10s or 2min, or a positive whole number of mappings to estimate.',
  );
}

/** A positive whole number that a machine has threads for. */
export function jobs(text: string): number {
  const value = positiveNumber(text);
  if (value > mostJobs) throw new InvalidArgumentError(`expected at most ${mostJobs} threads.`);
  return value;
}

const mostJobs = 256;

/** `20%`, `20 %` or `0.2`: above nothing and below the whole. */
export function share(text: string): number {
  const match = /^(\d+(?:\.\d+)?|\.\d+)\s*(%?)$/.exec(text.trim());
  const value = match === null ? NaN : Number(match[1]) / (match[2] === '%' ? 100 : 1);
  if (value > 0 && value < 1) return value;
  const meant = value >= 1 && value < 100 && match?.[2] === '' ? `; did you mean ${match[1]}%?` : '';
  throw new InvalidArgumentError(
    `expected a share above 0 % and below 100 %, such as 20% or 0.2${meant || '.'}`,
  );
}

/** `3` or `0-7`, both ends included. */
export function range(text: string): readonly [number, number] {
  const match = /^(\d+)(?:-(\d+))?$/.exec(text.trim());
  if (match === null) throw new InvalidArgumentError('expected a number or a range such as 0-7.');
  const start = Number(match[1]);
  const end = match[2] === undefined ? start : Number(match[2]);
  if (end < start)
    throw new InvalidArgumentError(
      `expected a range that ends where it starts or later, such as ${start}-${start + 7}.`,
    );
  return [start, end];
}
