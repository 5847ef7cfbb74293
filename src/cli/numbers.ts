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
