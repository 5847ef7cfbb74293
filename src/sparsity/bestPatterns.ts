import type { ConvLayer } from '../network/layer.js';
import { keepLargest } from './keepLargest.js';
import type { Supports } from './supports.js';
import { distinctPatterns } from './supportsOfMask.js';
import type { BestPatternsRule } from './variant.js';

/**
 * The supports of a layer whose kernels share a few patterns, as PatDNN chooses them (Niu et al., "PatDNN: Achieving
 * Real-Time DNN Execution on Mobile Devices with Pattern-based Weight Pruning", ASPLOS 2020). A kernel's
 * natural pattern is that of its largest magnitudes, the middle tap always among them when the rule says so. The most
 * frequent natural patterns make the layer's set, and each kernel takes the one of the set that keeps the largest sum
 * of squares.
 *
 * Ties: of equal weights the earlier tap stays, of equally frequent patterns the one that appears first, of patterns that
 * keep equally much the more frequent one.
 *
 * @param weights (filters, channelsPerGroup, taps)
 */
export function bestPatternSupports(
  rule: BestPatternsRule,
  { geometry }: ConvLayer,
  weights: ArrayLike<number>,
): Supports {
  const { filters, channelsPerGroup: channels, kernelHeight, kernelWidth } = geometry;
  const taps = kernelHeight * kernelWidth;
  const hasCentre = rule.keepCentre && kernelHeight % 2 === 1 && kernelWidth % 2 === 1;
  const natural = naturalPatterns(weights, taps, rule.taps, hasCentre ? (taps - 1) / 2 : undefined);
  const patterns = mostFrequent(natural, taps, rule.count);
  const ids = closestPatterns(weights, taps, patterns);
  return { filters, channels, taps, patterns, assignment: { kind: 'per-kernel', ids } };
}

/** @returns (kernels, taps) */
function naturalPatterns(
  weights: ArrayLike<number>,
  taps: number,
  kept: number,
  centre: number | undefined,
): Uint8Array {
  const mask = new Uint8Array(weights.length);
  const scores = new Float64Array(taps);
  for (let at = 0; at < mask.length; at += taps) {
    for (let tap = 0; tap < taps; tap++) scores[tap] = Math.abs(weights[at + tap]);
    if (centre !== undefined) scores[centre] = Infinity;
    mask.set(keepLargest(scores, kept), at);
  }
  return mask;
}

function mostFrequent(mask: Uint8Array, taps: number, count: number): Uint8Array[] {
  const { patterns, ids } = distinctPatterns(mask, taps);
  const kernels = new Float64Array(patterns.length);
  for (const id of ids) kernels[id]++;
  // Sorting is stable: of equally frequent patterns the one that appears first stays first.
  const order = [...patterns.keys()].sort((a, b) => kernels[b] - kernels[a]);
  return order.slice(0, count).map((id) => patterns[id]);
}

function closestPatterns(
  weights: ArrayLike<number>,
  taps: number,
  patterns: readonly Uint8Array[],
): Uint32Array {
  const existing = patterns.map((pattern) =>
    Uint32Array.from(pattern.keys()).filter((tap) => pattern[tap] === 1),
  );
  const squares = new Float64Array(taps);
  const ids = new Uint32Array(weights.length / taps);
  for (let kernel = 0; kernel < ids.length; kernel++) {
    for (let tap = 0; tap < taps; tap++) squares[tap] = weights[kernel * taps + tap] ** 2;
    let best = -1;
    existing.forEach((tapsOfPattern, id) => {
      let sum = 0;
      for (const tap of tapsOfPattern) sum += squares[tap];
      if (sum <= best) return;
      best = sum;
      ids[kernel] = id;
    });
  }
  return ids;
}
