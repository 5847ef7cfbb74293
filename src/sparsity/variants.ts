import type { FamilySize } from './families.js';
import { supportFamily } from './families.js';
import { fillSlots } from './patterns.js';
import type { SparsityVariant, SupportRule } from './variant.js';
import { traitsOf } from './variant.js';

const shapes: Readonly<Record<FamilySize, string>> = {
  4: '4 taps, a 2x2 square',
  2: '2 taps, a horizontal domino',
  1: '1 tap',
};
const kernel: readonly [number, number] = [3, 3];

const asGiven: SupportRule = { kind: 'as-given' };

/**
 * The variants of Kundu et al., "Pre-defined Sparsity for Low-Complexity Convolutional Neural Networks", IEEE
 * Transactions on Computers 69(7), 2020: pSCn (random), PSn_Pp (periodic), PSDn_Pp (periodic, the last slot full).
 */
export const publishedVariants: readonly SparsityVariant[] = [
  variant(
    'pSC9',
    { kind: 'dense' },
    'Dense: every kernel has all its taps. The baseline, also called "dense".',
    'dense',
  ),
  random(4),
  random(2),
  random(1),
  periodic(4),
  periodic(2),
  periodic(1),
  boosted(4, 8),
  boosted(4, 16),
  boosted(2, 8),
  boosted(2, 16),
  boosted(1, 8),
  boosted(1, 16),
];

/** The published variants, and one for operands of the user's own. */
export const builtInVariants: readonly SparsityVariant[] = [
  ...publishedVariants,
  {
    ...variant(
      'as-given',
      asGiven,
      "The taps that exist are the weights of the scenario's file that are not zero, in every layer.\n" +
        'Needs a file of weights; its zeros set the density.',
    ),
    // Fully connected layers and the first convolution, too, which no other built-in variant makes sparse.
    overrides: [{ layers: [{ glob: '*' }], variant: 'as-given', rule: asGiven }],
  },
];

/** The built-in variant of exactly this name or alias. */
export function findBuiltIn(name: string): SparsityVariant | undefined {
  return builtInVariants.find((each) => each.name === name || each.alias === name);
}

function random(size: FamilySize): SparsityVariant {
  return variant(
    `pSC${size}`,
    { kind: 'random', kernel, taps: size },
    `Each 3x3 kernel has ${size} of 9 taps, drawn at random for each kernel on its own.\n` +
      `Density ${percent(size / 9)}; no period, so that no table of patterns can describe it.`,
  );
}

function periodic(size: FamilySize): SparsityVariant {
  const patterns = supportFamily(size);
  const period = patterns.length;
  return variant(
    `PS${size}_P${period}`,
    { kind: 'periodic', kernel, patterns },
    `Each 3x3 kernel has ${shapes[size]}; the supports repeat every ${period} channels.\n` +
      `Density ${percent(size / 9)}; no full kernels.`,
  );
}

function boosted(size: FamilySize, period: number): SparsityVariant {
  return variant(
    `PSD${size}_P${period}`,
    { kind: 'periodic', kernel, patterns: fillSlots(supportFamily(size), period, period - 1) },
    `Of every ${period} 3x3 kernels along the channels, ${period - 1} have ${shapes[size]}, and the last is full.\n` +
      `Density ${percent(((period - 1) * size + 9) / (9 * period))}.`,
  );
}

function variant(name: string, rule: SupportRule, description: string, alias?: string): SparsityVariant {
  return {
    name,
    ...(alias === undefined ? {} : { alias }),
    description,
    rule,
    exclude: [],
    firstConvolution: 'dense',
    overrides: [],
    ...traitsOf(rule),
  };
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}
