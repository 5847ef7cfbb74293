import type { ConvLayer } from '../network/layer.js';
import { isConv } from '../network/layer.js';
import type { Network } from '../network/network.js';
import type { KeptChannels } from '../network/shrink.js';
import { keptOfLayer, shrinkNetwork, sliceWeights } from '../network/shrink.js';
import type { AssignedLayer } from './assign.js';
import { assignRules } from './assign.js';
import { chooseChannels } from './channels.js';
import { rulesInWords } from './notes.js';
import type { Supports } from './supports.js';
import type { ChannelRule, Share, SparsityVariant } from './variant.js';
import type { WeightsOf } from './weightsOf.js';

/** What a variant makes of a network. */
export interface SparseNetwork {
  /** The network itself, or a narrower one when the variant removes channels. */
  readonly network: Network;
  /** Of each convolution and fully connected layer of `network`, by layer name. */
  readonly supports: ReadonlyMap<string, Supports>;
  /** Channels of the original network's maps that are left; empty unless the variant removes some. */
  readonly kept: KeptChannels;
  /** What a reader of the results must know, such as the density that came out. */
  readonly notes: readonly string[];
}

/** Whether a variant goes by the network's weights anywhere. */
export function needsWeights(variant: SparsityVariant): boolean {
  return rulesBehind(variant).some(goesByWeights);
}

/** Whether a variant takes the zeros of weights for its own anywhere: those that are drawn from a seed have none. */
export function needsGivenWeights(variant: SparsityVariant): boolean {
  return rulesBehind(variant).some(({ kind }) => kind === 'as-given');
}

/**
 * Makes a network sparse.
 *
 * A variant that removes channels does so first; its overrides then hold for the narrower network and the weights that are
 * left of it.
 *
 * @param seed of random choices
 * @param weightsOf the unpruned network's weights; not called unless `needsWeights(variant)`
 * @throws UserError when the variant names layers that the network lacks, or that cannot have what it asks for
 */
export function sparsify(
  network: Network,
  variant: SparsityVariant,
  seed: number,
  weightsOf: WeightsOf,
): SparseNetwork {
  const { rule } = variant;
  if (rule.kind !== 'channels') {
    const assigned = assignRules(network, variant, seed, weightsOf);
    return { network, supports: supportsByName(assigned), kept: new Map(), notes: rulesInWords(assigned) };
  }
  const { kept, notes } = chooseChannels(network, variant, rule, seed, weightsOf);
  const narrow = shrinkNetwork(network, kept);
  const originals = new Map<string, ConvLayer>(
    network.layers.filter(isConv).map((layer) => [layer.name, layer]),
  );
  const narrowWeightsOf: WeightsOf = (name) => {
    const layer = originals.get(name);
    if (layer === undefined) throw new Error(`no layer ${name}`);
    return sliceWeights(weightsOf(name), layer, keptOfLayer(layer, kept, network));
  };
  const { name, overrides } = variant;
  const rest: SparsityVariant = {
    name,
    description: '',
    rule: { kind: 'dense' },
    exclude: [],
    firstConvolution: 'dense',
    overrides,
    boosted: false,
  };
  const assigned = assignRules(narrow, rest, seed, narrowWeightsOf);
  return {
    network: narrow,
    supports: supportsByName(assigned),
    kept,
    notes: [...notes, ...rulesInWords(assigned)],
  };
}

function supportsByName(assigned: readonly AssignedLayer[]): ReadonlyMap<string, Supports> {
  return new Map(assigned.map(({ layer, supports }) => [layer.name, supports]));
}

/** The rules of a variant, and those of the variants that set its shares. */
function rulesBehind({ rule, overrides }: SparsityVariant): ReadonlyArray<SparsityVariant['rule']> {
  return [rule, ...overrides.map((override) => override.rule)].flatMap((own) => {
    const share = own.kind === 'prune' ? own.density : own.kind === 'channels' ? macsOf(own) : undefined;
    return typeof share === 'object' ? [own, ...rulesBehind(share)] : [own];
  });
}

function macsOf({ target }: ChannelRule): Share | undefined {
  return 'macs' in target ? target.macs : undefined;
}

function goesByWeights(rule: SparsityVariant['rule']): boolean {
  switch (rule.kind) {
    case 'as-given':
    case 'best-patterns':
      return true;
    case 'channels':
    case 'n-of-m':
    case 'prune':
      return rule.by === 'magnitude';
    default:
      return false;
  }
}
