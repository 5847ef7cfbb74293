import type { Location } from '../document/userError.js';

/** What decides who stays: the largest magnitudes, or chance. */
export type Choice = 'magnitude' | 'random';

/** What is kept or pruned as a whole: single weights, kernels, or blocks of so many filters and channels with all taps. */
export type PruneUnit = 'weight' | 'kernel' | { readonly filters: number; readonly channels: number };

/** A share in (0, 1], or the variant that sets it. */
export type Share = number | SparsityVariant;

/** Keeps a share of the units of a layer, or of all layers that it is for. */
export interface PruneRule {
  readonly kind: 'prune';
  /** [height, width]; any unless given. */
  readonly kernel?: readonly [number, number];
  readonly unit: PruneUnit;
  readonly by: Choice;
  /** Of a variant: as many weights as that keeps in the same layer, or in all of them. */
  readonly density: Share;
  readonly scope: 'layer' | 'global';
}

/** Keeps n of every m weights along the channels of a group, at each tap on its own. */
export interface NOfMRule {
  readonly kind: 'n-of-m';
  /** [height, width]; any unless given. */
  readonly kernel?: readonly [number, number];
  readonly n: number;
  readonly m: number;
  readonly by: Choice;
}

/** Gives each kernel one of a few patterns, which are chosen for each layer (Niu et al., ASPLOS 2020). */
export interface BestPatternsRule {
  readonly kind: 'best-patterns';
  readonly kernel: readonly [number, number];
  /** Weights that each kernel keeps. */
  readonly taps: number;
  /** Patterns in a layer, at most. */
  readonly count: number;
  /** Whether the tap in the middle is part of every pattern; kernels with an even side have none. */
  readonly keepCentre: boolean;
}

/** Which taps the kernels of a layer keep; one with a `kernel`, [height, width], holds for layers with kernels of that size. */
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
    }
  | {
      /** The weights of the user's file that are not zero, in kernels of any size. */
      readonly kind: 'as-given';
    }
  | PruneRule
  | NOfMRule
  | BestPatternsRule;

/** Removes whole channels of the network's maps, with the filters that make them and the weights that read them. */
export interface ChannelRule {
  readonly kind: 'channels';
  readonly by: Choice;
  /** Share of the channels of each map that stays, or of the dense network's MACs; of a variant: its MACs. */
  readonly target: { readonly keep: number } | { readonly macs: Share };
}

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
  readonly rule: SupportRule | ChannelRule;
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
  rule: SparsityVariant['rule'],
): Pick<SparsityVariant, 'period' | 'kernelSupportSize' | 'boosted'> {
  if (rule.kind === 'random' || rule.kind === 'best-patterns') {
    return { kernelSupportSize: rule.taps, boosted: false };
  }
  if (rule.kind !== 'periodic') return { boosted: false };
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
