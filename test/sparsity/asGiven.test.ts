import { expect } from 'chai';
import { loadVariant } from '../../src/sparsity/loadVariant.js';
import { needsGivenWeights, needsWeights, sparsify } from '../../src/sparsity/sparsify.js';
import type { SparseNetwork } from '../../src/sparsity/sparsify.js';
import type { SparsityVariant } from '../../src/sparsity/variant.js';
import { createRandom } from '../../src/tensor/random.js';
import { maskOf, mixedNetwork, seededWeights, variantOf } from './fixtures.js';

const network = mixedNetwork();
const drawn = seededWeights(network);
const random = createRandom(3);
/** Zero in two of five places; conv2 is full. */
const weights = new Map(
  ['conv1', 'conv2', 'short', 'depthwise', 'wide', 'conv3', 'fc'].map((name) => [
    name,
    Float32Array.from(drawn(name), (value) => (name !== 'conv2' && random.integer(5) < 2 ? 0 : value)),
  ]),
);
const given = (name: string): Float32Array => weights.get(name)!;
const bits = (name: string): Uint8Array => Uint8Array.from(given(name), (value) => (value === 0 ? 0 : 1));
const sparse = (variant: SparsityVariant): SparseNetwork => sparsify(network, variant, 1, given);

describe('the variant as-given', () => {
  it('has the taps of every layer that are not zero, the first convolution and the head included', async () => {
    const variant = await loadVariant('as-given');
    expect([needsWeights(variant), needsGivenWeights(variant)]).to.deep.equal([true, true]);
    const { supports, notes } = sparse(variant);
    expect([...supports.keys()]).to.deep.equal([...weights.keys()]);
    for (const name of weights.keys()) expect(maskOf(supports.get(name)), name).to.deep.equal(bits(name));
    expect(supports.get('conv2')?.assignment.kind).to.equal('dense');
    const [all, kept] = [...weights.keys()].reduce(
      ([total, sum], name) => [total + bits(name).length, sum + bits(name).reduce((a, b) => a + b, 0)],
      [0, 0],
    );
    expect(notes).to.have.length(1);
    expect(notes[0]).to.match(/^taking what is not zero .* keeps \d+\.\d\d % of the weights of 7 layers$/);
    expect(notes[0]).to.include(`keeps ${((100 * kept) / all).toFixed(2)} %`);
  });

  it('is a rule for a file, too, whose own choice of layers counts', async () => {
    const { supports } = sparse(await variantOf('variant: as-given\nlayers: { exclude: [conv3] }'));
    const dense = [...supports].filter(([, { assignment }]) => assignment.kind === 'dense');
    expect(dense.map(([name]) => name)).to.deep.equal(['conv1', 'conv2', 'conv3', 'fc']);
    expect(maskOf(supports.get('wide'))).to.deep.equal(bits('wide'));
  });

  it('goes by weights that must be given, wherever it stands', async () => {
    const needs = async (body: string): Promise<boolean[]> => {
      const variant = await variantOf(body);
      return [needsWeights(variant), needsGivenWeights(variant)];
    };
    expect(await needs('prune: { density: as-given, by: random }')).to.deep.equal([true, true]);
    expect(await needs('channels: { macs: as-given, by: random }')).to.deep.equal([true, true]);
    expect(await needs('variant: PSD4_P8\noverrides: [{ layers: [fc], variant: as-given }]')).to.deep.equal([
      true,
      true,
    ]);
    expect(await needs('prune: { density: 0.5 }')).to.deep.equal([true, false]);
    expect(await needs('variant: PSD4_P8')).to.deep.equal([false, false]);
    const asMany = sparse(await variantOf('prune: { density: as-given, by: random }'));
    const kept = maskOf(asMany.supports.get('conv3')).reduce((sum, bit) => sum + bit, 0);
    expect(kept).to.equal(bits('conv3').reduce((sum, bit) => sum + bit, 0));
  });
});
