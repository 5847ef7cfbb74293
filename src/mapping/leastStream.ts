import type { Supports } from '../sparsity/supports.js';

/**
 * Taps that filters of so many neighbouring phases stream at least over so many channels, wherever these begin: the union of their
 * supports, channel by channel. Of supports without a period, what the emptiest kernels stream.
 */
export function leastStreamOf(supports: Supports): (phases: number, channels: number) => number {
  const { assignment, patterns, taps } = supports;
  if (assignment.kind === 'dense') return (_, channels) => channels * taps;
  if (assignment.kind === 'per-kernel') {
    const fewest = patterns.reduce((least, pattern) => Math.min(least, countTaps(pattern)), taps);
    return (_, channels) => channels * fewest;
  }
  const { period } = assignment;
  // Over a whole period of channels the phases of any neighbours come to the same.
  const unions = Array.from({ length: period }, (_, index) => unionsOf(patterns, period, index + 1));
  return (phases, channels) => {
    const { perPeriod, least } = unions[phases - 1];
    return Math.floor(channels / period) * perPeriod + (channels % period) * least;
  };
}

function unionsOf(
  patterns: ReadonlyArray<ArrayLike<number>>,
  period: number,
  phases: number,
): { readonly perPeriod: number; readonly least: number } {
  let perPeriod = 0;
  let least = Infinity;
  for (let first = 0; first < period; first++) {
    let union = 0;
    for (let tap = 0; tap < patterns[0].length; tap++) {
      for (let phase = first; phase < first + phases; phase++) {
        if (patterns[phase % period][tap] === 0) continue;
        union++;
        break;
      }
    }
    perPeriod += union;
    least = Math.min(least, union);
  }
  return { perPeriod, least };
}

function countTaps(pattern: ArrayLike<number>): number {
  let count = 0;
  for (let tap = 0; tap < pattern.length; tap++) if (pattern[tap] !== 0) count++;
  return count;
}
