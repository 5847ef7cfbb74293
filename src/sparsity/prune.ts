import type { ConvLayer } from '../network/layer.js';
import { createRandom, deriveSeed } from '../tensor/random.js';
import { keepLargest } from './keepLargest.js';
import { nonZeroTaps } from './supports.js';
import type { Supports } from './supports.js';
import { supportsOfMask } from './supportsOfMask.js';
import type { PruneRule, PruneUnit } from './variant.js';

/** A layer's weights as units that stay or go as a whole. */
interface Units {
  readonly layer: ConvLayer;
  readonly taps: number;
  readonly weights: number;
  readonly count: number;
  /** Unit of each kernel; `undefined` when each weight is one. */
  readonly ofKernel: Uint32Array | undefined;
}

export interface PruneOptions {
  readonly seed: number;
  /** Checked weights of a layer; asked for when the rule goes by magnitude. */
  readonly weights: (layer: ConvLayer) => ArrayLike<number>;
  /** Supports under the variant that sets the density, if one does. */
  readonly reference: ReadonlyMap<string, Supports> | undefined;
}

/**
 * The supports that pruning leaves in some layers. A unit's magnitude is the mean of its weights' absolute values, so that
 * ragged blocks and kernels of different sizes compare; of equal ones the earlier stays. Of n units round(density * n)
 * stay, in each layer or in all together. At least one stays in each layer, or nothing would pass through it: with
 * the scope `global` each layer's largest.
 *
 * @param layers that the rule is for; none that the reference leaves dense
 * @returns by layer name
 */
export function pruneLayers(
  rule: PruneRule,
  layers: readonly ConvLayer[],
  options: PruneOptions,
): ReadonlyMap<string, Supports> {
  const units = layers.map((layer) => unitsOf(layer, rule.unit));
  const scores = units.map((each) => scoresOf(each, rule, options));
  const kept =
    rule.scope === 'layer'
      ? units.map((each, i) => keepLargest(scores[i], Math.max(1, keptUnits([each], rule, options))))
      : keepAcross(scores, keptUnits(units, rule, options));
  return new Map(units.map((each, i) => [each.layer.name, supportsOfUnits(each, kept[i])]));
}

function unitsOf(layer: ConvLayer, unit: PruneUnit): Units {
  const { filters, channelsPerGroup: channels, kernelHeight, kernelWidth } = layer.geometry;
  const taps = kernelHeight * kernelWidth;
  const base = { layer, taps, weights: filters * channels * taps };
  if (unit === 'weight') return { ...base, count: base.weights, ofKernel: undefined };
  const block = unit === 'kernel' ? { filters: 1, channels: 1 } : unit;
  const columns = Math.ceil(channels / block.channels);
  const ofKernel = new Uint32Array(filters * channels);
  for (let filter = 0, kernel = 0; filter < filters; filter++) {
    const begin = Math.floor(filter / block.filters) * columns;
    for (let channel = 0; channel < channels; channel++) {
      ofKernel[kernel++] = begin + Math.floor(channel / block.channels);
    }
  }
  return { ...base, count: Math.ceil(filters / block.filters) * columns, ofKernel };
}

function scoresOf(
  { layer, taps, count, ofKernel }: Units,
  rule: PruneRule,
  options: PruneOptions,
): Float64Array {
  const scores = new Float64Array(count);
  if (rule.by === 'random') {
    const random = createRandom(deriveSeed(options.seed, `pruning of ${layer.name}`));
    for (let i = 0; i < count; i++) scores[i] = random.next();
    return scores;
  }
  const weights = options.weights(layer);
  if (ofKernel === undefined) {
    for (let i = 0; i < count; i++) scores[i] = Math.abs(weights[i]);
    return scores;
  }
  const sizes = new Float64Array(count);
  for (let kernel = 0, at = 0; kernel < ofKernel.length; kernel++) {
    const unit = ofKernel[kernel];
    sizes[unit] += taps;
    for (let tap = 0; tap < taps; tap++) scores[unit] += Math.abs(weights[at++]);
  }
  for (let i = 0; i < count; i++) scores[i] /= sizes[i];
  return scores;
}

/** Units of some layers that stay. */
function keptUnits(units: readonly Units[], rule: PruneRule, { reference }: PruneOptions): number {
  const count = units.reduce((sum, each) => sum + each.count, 0);
  if (typeof rule.density === 'number') return Math.round(rule.density * count);
  const weights = units.reduce((sum, each) => sum + each.weights, 0);
  const kept = units.reduce((sum, { layer }) => {
    const supports = reference?.get(layer.name);
    if (supports === undefined) throw new Error(`no supports set the density of ${layer.name}`);
    return sum + nonZeroTaps(supports);
  }, 0);
  // Multiplied first: with weights as units the quotient is exact.
  return Math.round((kept * count) / weights);
}

/** As `keepLargest`, over all lists at once, but for the largest of each list, which is always kept. */
function keepAcross(scores: readonly Float64Array[], count: number): Uint8Array[] {
  const all = new Float64Array(scores.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const each of scores) {
    all.set(each, at);
    let best = 0;
    for (let i = 1; i < each.length; i++) if (each[i] > each[best]) best = i;
    all[at + best] = Infinity;
    at += each.length;
  }
  const kept = keepLargest(all, Math.max(scores.length, count));
  at = 0;
  return scores.map(({ length }) => kept.subarray(at, (at += length)));
}

function supportsOfUnits({ layer, taps, weights, ofKernel }: Units, kept: Uint8Array): Supports {
  const { filters, channelsPerGroup } = layer.geometry;
  if (ofKernel === undefined) return supportsOfMask(filters, channelsPerGroup, taps, kept);
  const mask = new Uint8Array(weights);
  ofKernel.forEach((unit, kernel) => mask.fill(kept[unit], kernel * taps, (kernel + 1) * taps));
  return supportsOfMask(filters, channelsPerGroup, taps, mask);
}
