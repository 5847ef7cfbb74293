import { quote } from '../document/describeValue.js';
import type { UserError } from '../document/userError.js';
import { fillSlots, patternOf } from './patterns.js';
import type { SparsityFile } from './schema.js';
import type { Share, SparsityVariant } from './variant.js';

type Path = ReadonlyArray<string | number>;
type FaultAt = (path: Path, message: string) => UserError;
type OwnRule = Exclude<SparsityVariant['rule'], { readonly kind: 'dense' }>;
type Kernel = readonly [number, number];

/** The variant that stands at a path of the file. */
export type VariantAt = (path: Path, reference: string) => Promise<SparsityVariant>;

/** The ways to say what is kept, and the keys about kernels that go with each. */
const keysByWay = {
  patterns: ['kernel', 'period', 'boost'],
  random: ['kernel'],
  variant: [],
  prune: ['kernel'],
  nOfM: ['kernel'],
  bestPatterns: ['kernel'],
  channels: [],
} as const satisfies Partial<Record<keyof SparsityFile, ReadonlyArray<keyof SparsityFile>>>;
const ways = ['patterns', 'random', 'variant', 'prune', 'nOfM', 'bestPatterns', 'channels'] as const;
const expected = `expected one of the keys ${ways.slice(0, -1).join(', ')} and ${ways[ways.length - 1]}`;

/**
 * The rule that a file gives itself; `undefined` when it takes that of another variant.
 *
 * @throws UserError (of `fault`) unless exactly one way to say it is there, with the keys that belong to it and values
 *   that go together
 */
export async function readRule(
  file: SparsityFile,
  fault: FaultAt,
  variantAt: VariantAt,
): Promise<OwnRule | undefined> {
  const [way, second] = ways.filter((key) => file[key] !== undefined);
  if (way === undefined) throw fault([], `${expected}, got none`);
  if (second !== undefined) throw fault([second], `${expected}, got both ${way} and ${second}`);
  const allowed: readonly string[] = keysByWay[way];
  for (const key of ['kernel', 'period', 'boost'] as const) {
    if (file[key] !== undefined && !allowed.includes(key)) throw fault([key], `does not go with ${way}`);
  }
  const kernel = file.kernel ?? [3, 3];
  if (file.patterns !== undefined) return readPatterns(file, file.patterns, kernel, fault);
  if (file.random !== undefined) return readRandom(file.random, kernel, fault);
  if (file.prune !== undefined) {
    const density = await shareAt(['prune', 'density'], file.prune.density, fault, variantAt);
    return { kind: 'prune', ...(file.kernel && { kernel: file.kernel }), ...file.prune, density };
  }
  if (file.nOfM !== undefined) return readNOfM(file.nOfM, file.kernel, fault);
  if (file.bestPatterns !== undefined) return readBestPatterns(file.bestPatterns, kernel, fault);
  if (file.channels !== undefined) return readChannels(file, file.channels, fault, variantAt);
  return undefined;
}

function readRandom({ taps }: NonNullable<SparsityFile['random']>, kernel: Kernel, fault: FaultAt): OwnRule {
  if (taps > kernel[0] * kernel[1]) {
    throw fault(
      ['random', 'taps'],
      `expected at most the ${kernel[0] * kernel[1]} taps of a ${kernel.join('x')} kernel, got ${taps}`,
    );
  }
  return { kind: 'random', kernel, taps };
}

function readNOfM(
  written: NonNullable<SparsityFile['nOfM']>,
  kernel: Kernel | undefined,
  fault: FaultAt,
): OwnRule {
  const { n, m } = written;
  if (n < m) return { kind: 'n-of-m', ...(kernel && { kernel }), ...written };
  throw fault(['nOfM', 'n'], `expected fewer than the m = ${m} weights of a block, got ${n}`);
}

function readBestPatterns(
  written: NonNullable<SparsityFile['bestPatterns']>,
  kernel: Kernel,
  fault: FaultAt,
): OwnRule {
  const size = kernel[0] * kernel[1];
  if (written.taps < size) return { kind: 'best-patterns', kernel, ...written };
  throw fault(
    ['bestPatterns', 'taps'],
    `expected fewer than the ${size} taps of a ${kernel.join('x')} kernel, got ${written.taps}; ` +
      'the key kernel says which kernels the patterns are for',
  );
}

async function readChannels(
  { layers }: SparsityFile,
  { keep, macs, by }: NonNullable<SparsityFile['channels']>,
  fault: FaultAt,
  variantAt: VariantAt,
): Promise<OwnRule> {
  if (layers.firstConvolution === 'sparse') {
    throw fault(
      ['layers', 'firstConvolution'],
      'does not go with channels, which remove filters of the first convolution, too; to keep them, name it in exclude',
    );
  }
  if (keep !== undefined && macs !== undefined) {
    throw fault(['channels', 'macs'], 'expected one of the keys keep and macs, got both');
  }
  if (keep !== undefined) return { kind: 'channels', by, target: { keep } };
  if (macs === undefined) throw fault(['channels'], 'expected one of the keys keep and macs, got none');
  return {
    kind: 'channels',
    by,
    target: { macs: await shareAt(['channels', 'macs'], macs, fault, variantAt) },
  };
}

/** A share as it is, or the variant that sets it: one whose network has the layers and shapes of the dense one. */
async function shareAt(
  path: Path,
  written: number | string,
  fault: FaultAt,
  variantAt: VariantAt,
): Promise<Share> {
  if (typeof written === 'number') return written;
  const variant = await variantAt(path, written);
  if (variant.rule.kind !== 'channels') return variant;
  throw fault(
    path,
    `expected a variant that keeps all channels, got ${quote(written)}, which removes some; ` +
      'write the share as a number instead',
  );
}

function readPatterns(
  { boost = 'none', period: given }: SparsityFile,
  written: NonNullable<SparsityFile['patterns']>,
  kernel: Kernel,
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
  kernel: Kernel,
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
  [height, width]: Kernel,
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
