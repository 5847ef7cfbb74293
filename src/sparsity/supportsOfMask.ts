import { denseSupports } from './supports.js';
import type { Supports } from './supports.js';

/** Kernels of up to so many taps are told apart by one integer, which stays a small one. */
const tapsPerKey = 25;

/** The different patterns among the kernels of a mask, in the order in which they first appear. */
export interface DistinctPatterns {
  readonly patterns: readonly Uint8Array[];
  /** Index of each kernel's pattern. */
  readonly ids: Uint32Array;
}

/**
 * The supports that a mask leaves, each different pattern once.
 *
 * @param mask (filters, channels, taps), row-major: 1 for a weight that exists, 0 for none
 * @returns dense supports when nothing is missing, else a pattern for each kernel
 * @throws Error when the mask is of another size
 */
export function supportsOfMask(filters: number, channels: number, taps: number, mask: Uint8Array): Supports {
  if (mask.length !== filters * channels * taps) {
    throw new Error(`a mask of ${mask.length} for weights of ${filters} x ${channels} x ${taps}`);
  }
  if (!mask.includes(0)) return denseSupports(filters, channels, taps);
  const { patterns, ids } = distinctPatterns(mask, taps);
  return { filters, channels, taps, patterns, assignment: { kind: 'per-kernel', ids } };
}

/** @param mask (kernels, taps) of zeros and ones */
export function distinctPatterns(mask: Uint8Array, taps: number): DistinctPatterns {
  const ids = new Uint32Array(mask.length / taps);
  const patterns: Uint8Array[] = [];
  const known = new Map<number | string, number>();
  const keyAt = taps <= tapsPerKey ? integerKey : textKey;
  for (let kernel = 0, at = 0; kernel < ids.length; kernel++, at += taps) {
    const key = keyAt(mask, at, at + taps);
    let id = known.get(key);
    if (id === undefined) {
      id = patterns.length;
      known.set(key, id);
      patterns.push(mask.slice(at, at + taps));
    }
    ids[kernel] = id;
  }
  return { patterns, ids };
}

function integerKey(mask: Uint8Array, begin: number, end: number): number {
  let key = 0;
  for (let i = begin; i < end; i++) key = (key << 1) | mask[i];
  return key;
}

function textKey(mask: Uint8Array, begin: number, end: number): string {
  let key = '';
  for (let i = begin; i < end; i += tapsPerKey) {
    key += `${integerKey(mask, i, Math.min(end, i + tapsPerKey))} `;
  }
  return key;
}
