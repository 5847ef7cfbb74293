import { didYouMean } from '../document/suggest.js';
import { UserError } from '../document/userError.js';
import type { ConvLayer } from '../network/layer.js';
import { isConv } from '../network/layer.js';
import type { Network } from '../network/network.js';
import { deriveSeed } from '../tensor/random.js';
import { bestPatternSupports } from './bestPatterns.js';
import { givenSupports } from './givenSupports.js';
import { matchesGlob } from './glob.js';
import { nOfMSupports } from './nOfM.js';
import { pruneLayers } from './prune.js';
import { randomSupports } from './randomSupports.js';
import { denseSupports, nonZeroTaps } from './supports.js';
import type { Supports } from './supports.js';
import type { LayerPattern, SparsityVariant, SupportRule } from './variant.js';
import type { WeightsOf } from './weightsOf.js';

/** A layer with the rule that counts for it and what the rule makes of it. */
export interface AssignedLayer {
  readonly layer: ConvLayer;
  /** `dense` where the layer cannot have the variant's rule. */
  readonly rule: SupportRule;
  readonly supports: Supports;
  /** Weights that the rule was asked to keep here, where it says so; rounding may keep others. */
  readonly asked: number | undefined;
}

/**
 * The supports of each convolution and fully connected layer under a variant.
 *
 * Dense stay the first convolution, fully connected layers, kernels of another size than the rule's and layers that the
 * variant behind a density leaves dense, unless the variant says otherwise. Channels are counted within a filter's group,
 * filters over all groups.
 *
 * @param seed of random choices; each layer has its own stream, whatever other layers there are
 * @param weightsOf needed by variants that go by weights only
 * @returns by layer name; dense layers included
 * @throws UserError when the variant names layers that the network lacks, or that its supports cannot be given to
 * @throws Error when it removes channels, which leaves another network, or needs weights and has none
 */
export function assignSupports(
  network: Network,
  variant: SparsityVariant,
  seed: number,
  weightsOf: WeightsOf = noWeights,
): ReadonlyMap<string, Supports> {
  return new Map(
    assignRules(network, variant, seed, weightsOf).map(({ layer, supports }) => [layer.name, supports]),
  );
}

/** As `assignSupports`, with the rule that counted for each layer. */
export function assignRules(
  network: Network,
  variant: SparsityVariant,
  seed: number,
  weightsOf: WeightsOf,
): AssignedLayer[] {
  const { rule: mainRule } = variant;
  if (mainRule.kind === 'channels') throw new Error(`${variant.name} removes channels: sparsify() does that`);
  const layers = network.layers.filter(isConv);
  const first = layers.find(({ kind }) => kind === 'conv2d');
  const references = referencesOf(network, variant, seed, weightsOf);
  const misfit = (rule: SupportRule, layer: ConvLayer): string | undefined =>
    misfitOf(rule, layer, references.get(rule));
  const stays = (layer: ConvLayer): string | undefined => {
    if (layer.kind === 'fully-connected') return 'is fully connected, which only an override makes sparse';
    if (layer === first && variant.firstConvolution === 'dense') {
      return 'is the first convolution, which stays dense unless firstConvolution is sparse';
    }
    return misfit(mainRule, layer);
  };
  checkNames(variant.exclude, layers, () => undefined);
  checkNames(variant.include ?? [], layers, stays);
  for (const { layers: patterns, rule } of variant.overrides) {
    checkNames(patterns, layers, (layer) => misfit(rule, layer));
  }

  const ruleFor = (layer: ConvLayer): SupportRule => {
    const override = variant.overrides.findLast(({ layers: patterns }) => isNamed(layer, patterns));
    if (override !== undefined) return misfit(override.rule, layer) === undefined ? override.rule : denseRule;
    const isIncluded = variant.include === undefined || isNamed(layer, variant.include);
    if (!isIncluded || isNamed(layer, variant.exclude) || stays(layer) !== undefined) return denseRule;
    return mainRule;
  };
  const layersByRule = new Map<SupportRule, ConvLayer[]>();
  for (const layer of layers) {
    const rule = ruleFor(layer);
    layersByRule.set(rule, [...(layersByRule.get(rule) ?? []), layer]);
  }
  const assigned = new Map<ConvLayer, AssignedLayer>();
  for (const [rule, ruled] of layersByRule) {
    const supports = supportsUnder(rule, ruled, seed, weightsOf, references.get(rule));
    ruled.forEach((layer, i) => {
      const asked = askedOf(rule, layer, references.get(rule));
      assigned.set(layer, { layer, rule, supports: supports[i], asked });
    });
  }
  return layers.flatMap((layer) => assigned.get(layer) ?? []);
}

const denseRule: SupportRule = { kind: 'dense' };

const noWeights: WeightsOf = (layer) => {
  throw new Error(`no weights of ${layer} are there, by whose magnitudes its supports are chosen`);
};

/** The supports under the variants that densities refer to, by the rules that do. */
function referencesOf(
  network: Network,
  variant: SparsityVariant,
  seed: number,
  weightsOf: WeightsOf,
): ReadonlyMap<SparsityVariant['rule'], ReadonlyMap<string, Supports>> {
  const references = new Map<SparsityVariant['rule'], ReadonlyMap<string, Supports>>();
  for (const rule of [variant.rule, ...variant.overrides.map((override) => override.rule)]) {
    if (rule.kind !== 'prune' || typeof rule.density === 'number') continue;
    references.set(rule, assignSupports(network, rule.density, seed, weightsOf));
  }
  return references;
}

/** @returns one for each of the layers, all of which the rule fits */
function supportsUnder(
  rule: SupportRule,
  layers: readonly ConvLayer[],
  seed: number,
  weightsOf: WeightsOf,
  reference: ReadonlyMap<string, Supports> | undefined,
): Supports[] {
  const weights = (layer: ConvLayer): ArrayLike<number> => weightsOfLayer(layer, weightsOf);
  if (rule.kind === 'prune') {
    const pruned = pruneLayers(rule, layers, { seed, weights, reference });
    return layers.flatMap(({ name }) => pruned.get(name) ?? []);
  }
  return layers.map((layer) => {
    const { filters, channelsPerGroup: channels, kernelHeight, kernelWidth } = layer.geometry;
    const taps = kernelHeight * kernelWidth;
    switch (rule.kind) {
      case 'dense':
        return denseSupports(filters, channels, taps);
      case 'periodic': {
        const { patterns } = rule;
        return {
          filters,
          channels,
          taps,
          patterns,
          assignment: { kind: 'periodic', period: patterns.length },
        };
      }
      case 'random':
        return randomSupports(
          filters,
          channels,
          taps,
          rule.taps,
          deriveSeed(seed, `supports of ${layer.name}`),
        );
      case 'as-given':
        return givenSupports(layer, weights(layer));
      case 'n-of-m':
        return nOfMSupports(rule, layer, seed, rule.by === 'magnitude' ? weights(layer) : undefined);
      case 'best-patterns':
        return bestPatternSupports(rule, layer, weights(layer));
    }
  });
}

function askedOf(
  rule: SupportRule,
  { name, geometry }: ConvLayer,
  reference: ReadonlyMap<string, Supports> | undefined,
): number | undefined {
  const { filters, channelsPerGroup, kernelHeight, kernelWidth } = geometry;
  const weights = filters * channelsPerGroup * kernelHeight * kernelWidth;
  if (rule.kind === 'n-of-m') return (rule.n / rule.m) * weights;
  if (rule.kind !== 'prune') return undefined;
  if (typeof rule.density === 'number') return rule.density * weights;
  const supports = reference?.get(name);
  return supports === undefined ? undefined : nonZeroTaps(supports);
}

/**
 * The weights of a layer.
 *
 * @throws Error when they are not as many as the layer has
 */
export function weightsOfLayer({ name, geometry }: ConvLayer, weightsOf: WeightsOf): ArrayLike<number> {
  const { filters, channelsPerGroup, kernelHeight, kernelWidth } = geometry;
  const weights = weightsOf(name);
  if (weights.length === filters * channelsPerGroup * kernelHeight * kernelWidth) return weights;
  throw new Error(
    `layer ${name}: ${weights.length} weights for ${filters} x ${channelsPerGroup} x ${kernelHeight} x ${kernelWidth}`,
  );
}

/** Why a layer cannot have a rule's supports. */
function misfitOf(
  rule: SupportRule,
  { name, geometry }: ConvLayer,
  reference: ReadonlyMap<string, Supports> | undefined,
): string | undefined {
  if (rule.kind === 'dense' || rule.kind === 'as-given') return undefined;
  if (rule.kernel !== undefined) {
    const [height, width] = rule.kernel;
    if (height !== geometry.kernelHeight || width !== geometry.kernelWidth)
      return `has kernels of ${geometry.kernelHeight}x${geometry.kernelWidth}, not ${height}x${width}`;
  }
  if (rule.kind === 'prune' && typeof rule.density !== 'number') {
    const isDense = reference?.get(name)?.assignment.kind === 'dense';
    return isDense ? `is dense under ${rule.density.name}, which sets the density` : undefined;
  }
  const { channelsPerGroup: channels } = geometry;
  if (rule.kind === 'n-of-m' && channels <= rule.n) {
    return `has ${channels} ${channels === 1 ? 'channel' : 'channels'} in a group, all of which ${rule.n} of ${rule.m} keeps`;
  }
  return undefined;
}

/** Whether one of the patterns fits the layer. */
export function isNamed(layer: ConvLayer, patterns: readonly LayerPattern[]): boolean {
  return patterns.some(({ glob }) => matchesGlob(layer.name, glob));
}

/** Each entry must name a layer, and one that can have what it asks for: anything else is a slip. */
export function checkNames(
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
