import type { Location } from '../document/userError.js';

/** Which taps the kernels of a layer keep; it holds for layers with kernels of its size, [height, width]. */
export type SupportRule =
  | { readonly kind: 'dense' }
  | {
      readonly kind: 'periodic';
      readonly kernel: readonly [number, number];
      /** One per slot: kernel (filter o, channel c) has the pattern of slot (o + c) mod their number. */
      readonly patterns: readonly Uint8Array[];
    }
  | {
      /** A support of its own for each kernel, drawn at random. */
      readonly kind: 'random';
      readonly kernel: readonly [number, number];
      readonly taps: number;
    };

/** A layer's name, in which "*" stands for any characters and "?" for one, and where the user wrote it. */
export interface LayerPattern {
  readonly glob: string;
  readonly location?: Location;
}

/** A way to make a network sparse. */
export interface SparsityVariant {
  readonly name: string;
  readonly alias?: string;
  /** Two lines at most. */
  readonly description: string;
  /** File that it was read from; built-in variants have none. */
  readonly file?: string;
  readonly rule: SupportRule;
  /** Layers that the rule is for; all unless given. Fully connected layers are never among them. */
  readonly include?: readonly LayerPattern[];
  readonly exclude: readonly LayerPattern[];
  /** Whether the rule is for the network's first convolution, too. */
  readonly firstConvolution: 'dense' | 'sparse';
  /** Rules for single layers of any kind; of several that fit a layer the last one counts. */
  readonly overrides: ReadonlyArray<{
    readonly layers: readonly LayerPattern[];
    /** Name of the variant that the rule was taken from. */
    readonly variant: string;
    readonly rule: SupportRule;
  }>;
  /** Slots after which the supports repeat; absent where none do. */
  readonly period?: number;
  /** Taps of every kernel that is not full (KSS); absent where they differ. */
  readonly kernelSupportSize?: number;
  /** Whether one slot of the period is a full kernel among others that are not. */
  readonly boosted: boolean;
}

/** What follows from a rule: period, KSS and boosting. */
export function traitsOf(
  rule: SupportRule,
): Pick<SparsityVariant, 'period' | 'kernelSupportSize' | 'boosted'> {
  if (rule.kind === 'dense') return { boosted: false };
  if (rule.kind === 'random') return { kernelSupportSize: rule.taps, boosted: false };
  const taps = rule.kernel[0] * rule.kernel[1];
  const sizes = rule.patterns.map((pattern) => pattern.reduce((sum, tap) => sum + tap, 0));
  const sparse = sizes.filter((size) => size < taps);
  const [first = taps] = sparse;
  return {
    period: rule.patterns.length,
    ...(sparse.every((size) => size === first) ? { kernelSupportSize: first } : {}),
    boosted: sparse.length > 0 && sizes.length - sparse.length === 1,
  };
}
