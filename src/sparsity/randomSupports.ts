import { createRandom } from '../tensor/random.js';
import type { Random } from '../tensor/random.js';
import { patternOf } from './patterns.js';
import type { Supports } from './supports.js';

/** Bounds the memory that the patterns of large kernels take. */
const mostPatterns = 65_536;

/**
 * A support of `kept` taps for each kernel, independent and uniform over all supports of that size. Where there are more
 * than 65,536 of them, each kernel draws from 65,536 that were drawn first.
 */
export function randomSupports(
  filters: number,
  channels: number,
  taps: number,
  kept: number,
  seed: number,
): Supports {
  const random = createRandom(seed);
  const patterns =
    choices(taps, kept) <= mostPatterns
      ? allPatterns(taps, kept)
      : Array.from({ length: mostPatterns }, () => randomPattern(taps, kept, random));
  const ids = Uint32Array.from({ length: filters * channels }, () => random.integer(patterns.length));
  return { filters, channels, taps, patterns, assignment: { kind: 'per-kernel', ids } };
}

/** The binomial coefficient, as far as 2^53. */
function choices(taps: number, kept: number): number {
  let count = 1;
  for (let i = 1; i <= Math.min(kept, taps - kept); i++) {
    count = (count * (taps - i + 1)) / i;
    if (count > mostPatterns) return count;
  }
  return count;
}

/** In lexicographic order of their taps. */
function allPatterns(taps: number, kept: number): Uint8Array[] {
  const patterns: Uint8Array[] = [];
  const chosen = Array.from({ length: kept }, (_, i) => i);
  for (;;) {
    patterns.push(patternOf(chosen, taps));
    let last = kept - 1;
    while (last >= 0 && chosen[last] === taps - kept + last) last--;
    if (last < 0) return patterns;
    chosen[last]++;
    for (let i = last + 1; i < kept; i++) chosen[i] = chosen[i - 1] + 1;
  }
}

/** The first `kept` places of a shuffle (Fisher and Yates). */
function randomPattern(taps: number, kept: number, random: Random): Uint8Array {
  const places = Array.from({ length: taps }, (_, i) => i);
  for (let i = 0; i < kept; i++) {
    const other = i + random.integer(taps - i);
    [places[i], places[other]] = [places[other], places[i]];
  }
  return patternOf(places.slice(0, kept), taps);
}
