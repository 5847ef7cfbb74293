/**
 * Which taps of each kernel of one layer may be non-zero.
 *
 * `patterns[p]` holds `taps` zeros and ones, taps numbered row-major. Kernel (filter o, channel c), both from 0
 * and c counted within the filter's group, has the pattern
 *   - `patterns[0]` when dense,
 *   - `patterns[(o + c) mod period]` when periodic (Kundu et al., IEEE TC 2020),
 *   - `patterns[ids[o * channels + c]]` when each kernel has its own.
 */
export interface Supports {
  readonly filters: number;
  /** Channels per group. */
  readonly channels: number;
  /** kernelHeight * kernelWidth */
  readonly taps: number;
  readonly patterns: readonly Uint8Array[];
  readonly assignment:
    | { readonly kind: 'dense' }
    | { readonly kind: 'periodic'; readonly period: number }
    | { readonly kind: 'per-kernel'; readonly ids: Uint32Array };
}

export function denseSupports(filters: number, channels: number, taps: number): Supports {
  return {
    filters,
    channels,
    taps,
    patterns: [new Uint8Array(taps).fill(1)],
    assignment: { kind: 'dense' },
  };
}

export function patternIndex(supports: Supports, filter: number, channel: number): number {
  const { assignment } = supports;
  if (assignment.kind === 'dense') return 0;
  if (assignment.kind === 'periodic') return (filter + channel) % assignment.period;
  return assignment.ids[filter * supports.channels + channel];
}

const knownKernels = new WeakMap<Supports, Float64Array>();

/** How many kernels have each of the patterns. Counted once per supports. */
export function kernelsByPattern(supports: Supports): Float64Array {
  const known = knownKernels.get(supports);
  if (known !== undefined) return known;
  const kernels = new Float64Array(supports.patterns.length);
  for (let filter = 0; filter < supports.filters; filter++) {
    for (let channel = 0; channel < supports.channels; channel++) {
      kernels[patternIndex(supports, filter, channel)]++;
    }
  }
  knownKernels.set(supports, kernels);
  return kernels;
}

/** Number of taps that exist, over all kernels: the layer's stored weights. */
export function nonZeroTaps(supports: Supports): number {
  return kernelsByPattern(supports).reduce(
    (total, kernels, index) => total + kernels * supports.patterns[index].reduce((sum, tap) => sum + tap, 0),
    0,
  );
}
