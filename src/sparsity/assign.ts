import { didYouMean } from '../document/suggest.js';
import { UserError } from '../document/userError.js';
import type { ConvLayer } from '../network/layer.js';
import { isConv } from '../network/layer.js';
import type { Network } from '../network/network.js';
import { deriveSeed } from '../tensor/random.js';
import { matchesGlob } from './glob.js';
import { randomSupports } from './randomSupports.js';
import { denseSupports } from './supports.js';
import type { Supports } from './supports.js';
import type { LayerPattern, SparsityVariant, SupportRule } from './variant.js';

/**
 * The supports of each convolution and fully connected layer under a variant.
 *
 * Dense stay the first convolution, fully connected layers and kernels of another size than the rule's, unless the
 * variant says otherwise. Channels are counted within a filter's group, filters over all groups.
 *
 * @param seed of random supports; each layer has its own stream, whatever other layers there are
 * @returns by layer name; dense layers included
 * @throws UserError when the variant names layers that the network lacks, or that its supports cannot be given to
 */
export function assignSupports(
  network: Network,
  variant: SparsityVariant,
  seed: number,
): ReadonlyMap<string, Supports> {
  const layers = network.layers.filter(isConv);
  const first = layers.find(({ kind }) => kind === 'conv2d');
  const stays = (layer: ConvLayer): string | undefined => {
    if (layer.kind === 'fully-connected') return 'is fully connected, which only an override makes sparse';
    if (layer === first && variant.firstConvolution === 'dense') {
      return 'is the first convolution, which stays dense unless firstConvolution is sparse';
    }
    return misfit(variant.rule, layer);
  };
  checkNames(variant.exclude, layers, () => undefined);
  checkNames(variant.include ?? [], layers, stays);
  for (const { layers: patterns, rule } of variant.overrides) {
    checkNames(patterns, layers, (layer) => misfit(rule, layer));
  }

  const ruleFor = (layer: ConvLayer): SupportRule => {
    const override = variant.overrides.findLast(({ layers: patterns }) => isNamed(layer, patterns));
    if (override !== undefined) return override.rule;
    const isIncluded = variant.include === undefined || isNamed(layer, variant.include);
    if (!isIncluded || isNamed(layer, variant.exclude) || stays(layer) !== undefined)
      return { kind: 'dense' };
    return variant.rule;
  };
  return new Map(layers.map((layer) => [layer.name, supportsUnder(ruleFor(layer), layer, seed)]));
}

function supportsUnder(rule: SupportRule, layer: ConvLayer, seed: number): Supports {
  const { filters, channelsPerGroup: channels, kernelHeight, kernelWidth } = layer.geometry;
  const taps = kernelHeight * kernelWidth;
  if (rule.kind === 'dense' || misfit(rule, layer) !== undefined)
    return denseSupports(filters, channels, taps);
  if (rule.kind === 'random') {
    return randomSupports(filters, channels, taps, rule.taps, deriveSeed(seed, `supports of ${layer.name}`));
  }
  const { patterns } = rule;
  return { filters, channels, taps, patterns, assignment: { kind: 'periodic', period: patterns.length } };
}

/** Why a layer cannot have a rule's supports. */
function misfit(rule: SupportRule, { geometry }: ConvLayer): string | undefined {
  if (rule.kind === 'dense') return undefined;
  const [height, width] = rule.kernel;
  if (height === geometry.kernelHeight && width === geometry.kernelWidth) return undefined;
  return `has kernels of ${geometry.kernelHeight}x${geometry.kernelWidth}, not ${height}x${width}`;
}

function isNamed(layer: ConvLayer, patterns: readonly LayerPattern[]): boolean {
  return patterns.some(({ glob }) => matchesGlob(layer.name, glob));
}

/** Each entry must name a layer, and one that can have what it asks for: anything else is a slip. */
function checkNames(
  patterns: readonly LayerPattern[],
  layers: readonly ConvLayer[],
  objection: (layer: ConvLayer) => string | undefined,
): void {
  for (const { glob, location } of patterns) {
    const named = layers.filter(({ name }) => matchesGlob(name, glob));
    if (named.length === 0) {
      const names = layers.map(({ name }) => name);
      const hint = didYouMean(glob, names);
      const known = names.length > 12 ? `${names.slice(0, 11).join(', ')}, ...` : names.join(', ');
      throw new UserError(
        `expected a convolution or fully connected layer of the network, got "${glob}"; ` +
          `${hint === '' ? '' : `${hint} `}they are ${known}`,
        location,
      );
    }
    const objections = named.map(objection);
    if (objections.every((why) => why !== undefined)) {
      throw new UserError(
        `expected a layer that can be made sparse, got "${glob}": ${named[0].name} ${objections[0]}`,
        location,
      );
    }
  }
}
