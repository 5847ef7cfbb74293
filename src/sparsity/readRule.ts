import { quote } from '../document/describeValue.js';
import type { UserError } from '../document/userError.js';
import { fillSlots, patternOf } from './patterns.js';
import type { SparsityFile } from './schema.js';
import type { SupportRule } from './variant.js';

type FaultAt = (path: ReadonlyArray<string | number>, message: string) => UserError;
type OwnRule = Exclude<SupportRule, { readonly kind: 'dense' }>;

/**
 * The rule that a file gives itself, by patterns or at random; `undefined` when it takes that of another variant.
 *
 * @throws UserError (of `fault`) unless exactly one of the three is there, with the keys that belong to it
 */
export function readRule(file: SparsityFile, fault: FaultAt): OwnRule | undefined {
  const ways = (['patterns', 'random', 'variant'] as const).filter((key) => file[key] !== undefined);
  const [way, second] = ways;
  if (way === undefined) throw fault([], 'expected one of the keys patterns, random and variant, got none');
  if (second !== undefined) {
    throw fault(
      [second],
      `expected one of the keys patterns, random and variant, got both ${way} and ${second}`,
    );
  }
  const allowed: readonly string[] = {
    patterns: ['kernel', 'period', 'boost'],
    random: ['kernel'],
    variant: [],
  }[way];
  for (const key of ['kernel', 'period', 'boost'] as const) {
    if (file[key] !== undefined && !allowed.includes(key)) throw fault([key], `does not go with ${way}`);
  }
  const kernel = file.kernel ?? [3, 3];
  if (file.patterns !== undefined) return readPatterns(file, file.patterns, kernel, fault);
  if (file.random === undefined) return undefined;
  const { taps } = file.random;
  if (taps > kernel[0] * kernel[1]) {
    throw fault(
      ['random', 'taps'],
      `expected at most the ${kernel[0] * kernel[1]} taps of a ${kernel.join('x')} kernel, got ${taps}`,
    );
  }
  return { kind: 'random', kernel, taps };
}

function readPatterns(
  { boost = 'none', period: given }: SparsityFile,
  written: NonNullable<SparsityFile['patterns']>,
  kernel: readonly [number, number],
  fault: FaultAt,
): OwnRule {
  const patterns = written.map((each, index) => {
    const patternFault = (message: string): UserError => fault(['patterns', index], message);
    return typeof each === 'string'
      ? readPicture(each, kernel, patternFault)
      : readTaps(each, kernel, patternFault);
  });
  if (patterns.every((pattern) => !pattern.includes(1))) {
    throw fault(['patterns'], 'expected at least one tap that exists, got none in any pattern');
  }
  const least = patterns.length + (boost === 'none' ? 0 : 1);
  const period = given ?? least;
  if (period < least) {
    const slots = boost === 'none' ? 'patterns' : 'patterns and the boosted slot';
    throw fault(['period'], `expected a period of at least ${least}, to hold all ${slots}, got ${period}`);
  }
  if (typeof boost === 'number' && boost >= period) {
    throw fault(['boost'], `expected a slot from 0 to ${period - 1}, "last" or "none", got ${boost}`);
  }
  const boosted = boost === 'none' ? undefined : boost === 'last' ? period - 1 : boost;
  return { kind: 'periodic', kernel, patterns: fillSlots(patterns, period, boosted) };
}

function readTaps(
  taps: readonly number[],
  kernel: readonly [number, number],
  fault: (message: string) => UserError,
): Uint8Array {
  const size = kernel[0] * kernel[1];
  const outside = taps.find((tap) => tap >= size);
  if (outside !== undefined) {
    throw fault(`expected taps from 0 to ${size - 1}, for kernels of ${kernel.join('x')}, got ${outside}`);
  }
  const repeated = taps.find((tap, index) => taps.indexOf(tap) < index);
  if (repeated !== undefined) throw fault(`expected each tap once, got ${repeated} again`);
  return patternOf(taps, size);
}

/** Rows of "x" (a tap that exists) and "." (none), with spaces between them. */
function readPicture(
  picture: string,
  [height, width]: readonly [number, number],
  fault: (message: string) => UserError,
): Uint8Array {
  const rows = picture.trim().split(/\s+/);
  if (rows.length !== height || rows.some((row) => row.length !== width || /[^x.]/.test(row))) {
    const example = Array.from({ length: height }, () => `x${'.'.repeat(width - 1)}`).join(' ');
    const shown = example.length > 40 ? '' : ` such as "${example}"`;
    throw fault(`expected ${height} rows of ${width} characters "x" or "."${shown}, got ${quote(picture)}`);
  }
  return Uint8Array.from(rows.join(''), (character) => (character === 'x' ? 1 : 0));
}
