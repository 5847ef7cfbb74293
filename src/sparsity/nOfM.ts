import type { ConvLayer } from '../network/layer.js';
import { createRandom, deriveSeed } from '../tensor/random.js';
import type { Supports } from './supports.js';
import { supportsOfMask } from './supportsOfMask.js';
import type { NOfMRule } from './variant.js';

/**
 * The supports that keep the n largest of every m weights along a group's channels, for each filter and tap on its own.
 * Blocks begin at channel 0; a last one of only L channels keeps min(n, L). Of equal weights the earlier stays.
 *
 * @param weights (filters, channelsPerGroup, taps); `undefined` to choose at random
 */
export function nOfMSupports(
  rule: NOfMRule,
  { name, geometry }: ConvLayer,
  seed: number,
  weights: ArrayLike<number> | undefined,
): Supports {
  const { filters, channelsPerGroup: channels, kernelHeight, kernelWidth } = geometry;
  const taps = kernelHeight * kernelWidth;
  const mask = new Uint8Array(filters * channels * taps);
  const random = createRandom(deriveSeed(seed, `n of m of ${name}`));
  const scoreAt = weights === undefined ? () => random.next() : (at: number) => Math.abs(weights[at]);
  const scores = new Float64Array(rule.m);
  for (let filter = 0; filter < filters; filter++) {
    for (let begin = 0; begin < channels; begin += rule.m) {
      const length = Math.min(rule.m, channels - begin);
      for (let tap = 0; tap < taps; tap++) {
        const first = (filter * channels + begin) * taps + tap;
        for (let i = 0; i < length; i++) scores[i] = scoreAt(first + i * taps);
        for (let i = 0; i < length; i++) {
          if (rankOf(i, scores, length) < rule.n) mask[first + i * taps] = 1;
        }
      }
    }
  }
  return supportsOfMask(filters, channels, taps, mask);
}

/** How many of the scores go before this one. */
function rankOf(index: number, scores: Float64Array, length: number): number {
  const own = scores[index];
  let rank = 0;
  for (let i = 0; i < index; i++) if (scores[i] >= own) rank++;
  for (let i = index + 1; i < length; i++) if (scores[i] > own) rank++;
  return rank;
}
