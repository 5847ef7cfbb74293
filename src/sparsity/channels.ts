import type { ChannelClass } from '../network/channelClasses.js';
import { channelClasses } from '../network/channelClasses.js';
import { countNetwork } from '../network/count.js';
import type { MapName } from '../network/layer.js';
import { isConv } from '../network/layer.js';
import type { Network } from '../network/network.js';
import type { KeptChannels } from '../network/shrink.js';
import { shrinkNetwork } from '../network/shrink.js';
import { createRandom, deriveSeed } from '../tensor/random.js';
import { assignSupports, checkNames, isNamed, weightsOfLayer } from './assign.js';
import { keepLargest } from './keepLargest.js';
import { nonZeroTaps } from './supports.js';
import type { ChannelRule, SparsityVariant } from './variant.js';
import type { WeightsOf } from './weightsOf.js';

export interface ChannelChoice {
  readonly kept: KeptChannels;
  readonly notes: readonly string[];
}

/**
 * Filter pruning: which channels of each map stay. Maps that adds, pools and depthwise convolutions tie together keep the
 * same ones. Of C channels max(1, round(r * C)) stay, with one ratio r for all maps: the one asked for, or the one whose
 * MACs (padding counted) are nearest to those asked for. A channel's magnitude is the sum of its filters' absolute
 * weights, over all layers that make it (Li et al., "Pruning Filters for Efficient ConvNets", ICLR 2017); of equal ones
 * the earlier stays.
 *
 * Maps keep all their channels that the network's image or output, a grouped convolution or a fully connected layer ties
 * down, and those that the variant's choice of layers leaves out.
 *
 * @throws UserError when the variant names layers that the network lacks, or whose filters all have to stay
 */
export function chooseChannels(
  network: Network,
  variant: SparsityVariant,
  rule: ChannelRule,
  seed: number,
  weightsOf: WeightsOf,
): ChannelChoice {
  const classes = channelClasses(network);
  const prunable = classes.filter((each) => objection(each, variant) === undefined);
  checkLayerNames(network, classes, variant);
  const scores = prunable.map((each) => scoresOf(each, rule, seed, weightsOf));
  const keptAt = (ratio: number): KeptChannels =>
    keptChannels(prunable, (each, i) => keepLargest(scores[i], sizeAt(ratio, each)));

  const grouped = classes.flatMap(({ maps, fixed }) => {
    if (fixed?.includes('grouped') !== true) return [];
    const [who, which] =
      maps.length === 1 ? [`${maps[0]} keeps`, 'it'] : [`${maps.join(', ')} keep`, 'one of them'];
    return [`${who} all channels: ${which} ${fixed}`];
  });
  if (prunable.length === 0) {
    return { kept: new Map(), notes: ['channel pruning finds no map that could lose channels', ...grouped] };
  }
  const asked = 'macs' in rule.target ? macsOf(rule.target.macs, network, seed, weightsOf) : undefined;
  const ratio = 'keep' in rule.target ? rule.target.keep : nearestRatio(network, prunable, asked ?? 0);
  const kept = keptAt(ratio);
  const macs = countNetwork(shrinkNetwork(network, kept)).totals.macs;
  const wanted = asked === undefined ? '' : `, asked for ${millions(asked)}`;
  const share = `channel pruning keeps ${(100 * ratio).toFixed(1)} % of the channels of each map`;
  return {
    kept,
    notes: [`${share}: ${millions(macs)} MACs${wanted}`, ...grouped],
  };
}

/** Why a class keeps all its channels. */
function objection(
  { producers, fixed }: ChannelClass,
  { include, exclude }: SparsityVariant,
): string | undefined {
  if (fixed !== undefined) return `makes a map that ${fixed}`;
  const left = producers.find(
    (layer) => isNamed(layer, exclude) || (include !== undefined && !isNamed(layer, include)),
  );
  if (left !== undefined) return `makes a map that is tied to that of ${left.name}, which keeps all channels`;
  const full = producers.find(
    (layer) => layer.kind === 'fully-connected' && !(include !== undefined && isNamed(layer, include)),
  );
  return full === undefined
    ? undefined
    : `is tied to ${full.name}, a fully connected layer that include does not name`;
}

function checkLayerNames(network: Network, classes: readonly ChannelClass[], variant: SparsityVariant): void {
  const layers = network.layers.filter(isConv);
  checkNames(variant.exclude, layers, () => undefined);
  checkNames(variant.include ?? [], layers, (layer) => {
    const own = classes.find(({ producers }) => producers.includes(layer));
    return own === undefined ? undefined : objection(own, variant);
  });
}

function scoresOf(
  { maps, channels, producers }: ChannelClass,
  { by }: ChannelRule,
  seed: number,
  weightsOf: WeightsOf,
): Float64Array {
  const scores = new Float64Array(channels);
  if (by === 'random') {
    const random = createRandom(deriveSeed(seed, `channels of ${maps[0]}`));
    for (let i = 0; i < channels; i++) scores[i] = random.next();
    return scores;
  }
  for (const layer of producers) {
    const weights = weightsOfLayer(layer, weightsOf);
    const perFilter = weights.length / channels;
    for (let i = 0; i < weights.length; i++) scores[Math.floor(i / perFilter)] += Math.abs(weights[i]);
  }
  return scores;
}

function sizeAt(ratio: number, { channels }: ChannelClass): number {
  return Math.max(1, Math.round(ratio * channels));
}

/** @param choose marks the channels of a class that stay */
function keptChannels(
  classes: readonly ChannelClass[],
  choose: (each: ChannelClass, index: number) => Uint8Array,
): KeptChannels {
  const kept = new Map<MapName, Uint32Array>();
  classes.forEach((each, index) => {
    const marks = choose(each, index);
    if (!marks.includes(0)) return;
    const channels = Uint32Array.from(marks.keys()).filter((channel) => marks[channel] === 1);
    for (const map of each.maps) kept.set(map, channels);
  });
  return kept;
}

/** MACs of the dense network that stay, or those of a variant. */
function macsOf(
  share: number | SparsityVariant,
  network: Network,
  seed: number,
  weightsOf: WeightsOf,
): number {
  if (typeof share === 'number') return share * countNetwork(network).totals.macs;
  const supports = assignSupports(network, share, seed, weightsOf);
  return countNetwork(network, ({ name }) => {
    const found = supports.get(name);
    if (found === undefined) throw new Error(`layer ${name} has no supports`);
    return nonZeroTaps(found);
  }).totals.macs;
}

/**
 * The ratio whose MACs are nearest to those asked for; of two the smaller. MACs are a rising step function of the ratio,
 * which steps where round(r * C) does for some C: one ratio between each two steps stands for all between them.
 */
function nearestRatio(network: Network, classes: readonly ChannelClass[], asked: number): number {
  const steps = new Set<number>([0, 1]);
  for (const channels of new Set(classes.map((each) => each.channels))) {
    for (let size = 2; size <= channels; size++) steps.add((size - 0.5) / channels);
  }
  const sorted = Float64Array.from(steps).sort();
  const ratioAt = (index: number): number =>
    index === sorted.length - 1 ? 1 : (sorted[index] + sorted[index + 1]) / 2;
  const macsAt = (index: number): number => {
    // Which channels stay does not matter for the count.
    const kept = keptChannels(classes, (each) =>
      new Uint8Array(each.channels).fill(1, 0, sizeAt(ratioAt(index), each)),
    );
    return countNetwork(shrinkNetwork(network, kept)).totals.macs;
  };
  let low = 0;
  let high = sorted.length - 1;
  // The first whose MACs reach what is asked for, or the last.
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (macsAt(middle) >= asked) high = middle;
    else low = middle + 1;
  }
  if (low > 0 && asked - macsAt(low - 1) <= macsAt(low) - asked) low--;
  return ratioAt(low);
}

function millions(macs: number): string {
  return `${(macs / 1e6).toFixed(2)} M`;
}
