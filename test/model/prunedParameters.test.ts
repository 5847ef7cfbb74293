import { expect } from 'chai';
import { zipSync } from 'fflate';
import { buildModel } from '../../src/model/buildModel.js';
import { seededImages } from '../../src/model/images.js';
import { originalOf } from '../../src/model/parameters.js';
import { readParameters, readWeights } from '../../src/model/readParameters.js';
import { seededWeights } from '../../src/model/seededParameters.js';
import { isConv } from '../../src/network/layer.js';
import type { MapName } from '../../src/network/layer.js';
import { shrinkNetwork } from '../../src/network/shrink.js';
import { int8 } from '../machine/arbitraries.js';
import { float32Npy, npyOf } from '../tensor/npyBytes.js';
import { withFile } from '../tensor/temporaryFile.js';
import { parametersOf, seededParameters } from './collectedParameters.js';
import { conv, networkOf } from './networks.js';

const input = { channels: 2, height: 4, width: 4 };
const middle = { channels: 4, height: 4, width: 4 };
const network = networkOf('pruned', input, [
  conv('conv1', input, { filters: 4, batchNorm: 'bn1' }),
  conv('conv2', middle, { input: 'conv1', filters: 3, bias: true }),
]);
const kept = new Map<MapName, Uint32Array>([['conv1', Uint32Array.of(0, 3)]]);
const narrow = shrinkNetwork(network, kept);
const from = { network, kept };
const dense = new Map<string, never>();

/** Filters 0 and 3 of conv1, and of conv2 the channels 0 and 3. */
function sliced(weights: ArrayLike<number>, layer: 'conv1' | 'conv2'): number[] {
  const all = Array.from(weights);
  const kernels = Array.from({ length: all.length / 9 }, (_, kernel) =>
    all.slice(9 * kernel, 9 * kernel + 9),
  );
  const wanted = layer === 'conv1' ? [0, 1, 6, 7] : [0, 3, 4, 7, 8, 11];
  return wanted.flatMap((kernel) => kernels[kernel]);
}

describe('parameters of a network whose channels were pruned', () => {
  it('are what is left of those of a file', async () => {
    const count = (length: number): number[] => Array.from({ length }, (_, i) => i + 1);
    const arrays = {
      'conv1.weight.npy': float32Npy([4, 2, 3, 3], count(72)),
      'bn1.weight.npy': float32Npy([4], [1, 2, 3, 4]),
      'bn1.bias.npy': float32Npy([4], [5, 6, 7, 8]),
      'bn1.running_mean.npy': float32Npy([4], [9, 10, 11, 12]),
      'bn1.running_var.npy': float32Npy([4], [13, 14, 15, 16]),
      'conv2.weight.npy': float32Npy([3, 4, 3, 3], count(108)),
      'conv2.bias.npy': float32Npy([3], [1, 2, 3]),
    };
    await withFile('w.npz', zipSync(arrays), async (file) => {
      const { layers, droppedWeights } = await readParameters(file, narrow, dense, { from });
      expect(droppedWeights).to.equal(0);
      expect([...layers.get('conv1')!.weights]).to.deep.equal(sliced(count(72), 'conv1'));
      expect(layers.get('conv1')!.batchNorm).to.deep.equal({
        gamma: Float32Array.of(1, 4),
        beta: Float32Array.of(5, 8),
        mean: Float32Array.of(9, 12),
        variance: Float32Array.of(13, 16),
      });
      expect([...layers.get('conv2')!.weights]).to.deep.equal(sliced(count(108), 'conv2'));
      expect([...layers.get('conv2')!.bias!]).to.deep.equal([1, 2, 3]);
      const weightsOf = await readWeights(file, network);
      expect(Array.from(weightsOf('conv2')), 'before pruning').to.deep.equal(count(108));
    });
  });

  it('are integers as they are, where the file has such', async () => {
    const plain = networkOf('plain', input, [
      conv('conv1', input, { filters: 4 }),
      conv('conv2', middle, { input: 'conv1', filters: 3 }),
    ]);
    const codes = Int8Array.from({ length: 108 }, (_, i) => i - 54);
    const arrays = {
      'conv1.weight.npy': float32Npy([4, 2, 3, 3], new Float32Array(72)),
      'conv2.weight.npy': npyOf([3, 4, 3, 3], codes),
    };
    await withFile('w.npz', zipSync(arrays), async (file) => {
      const options = { from: { network: plain, kept }, precision: 'int8' } as const;
      const left = await readParameters(file, shrinkNetwork(plain, kept), dense, options);
      expect(left.layers.get('conv1')).to.not.have.property('weightScale');
      expect(left.layers.get('conv2')).to.deep.equal({
        weights: Float32Array.from(sliced(codes, 'conv2')),
        weightScale: 1,
      });
      expect(left.description).to.match(/w\.npz, integers as they are in 1 of 2 layers$/);
    });
  });

  it('are those drawn for the whole network, in what is left of it', async () => {
    const { images } = seededImages(network, 2, 1);
    const { layers } = seededParameters({
      network: narrow,
      from,
      supports: dense,
      seed: 4,
      calibrationImages: images,
    });
    const whole = seededWeights(network, 4);
    expect(layers.get('conv1')!.weights).to.have.length(36);
    expect([...layers.get('conv1')!.weights]).to.deep.equal(sliced(whole('conv1'), 'conv1'));
    // Fewer channels are fewer terms in a sum: the weights are larger by the square root of 4 / 2.
    const larger = sliced(whole('conv2'), 'conv2').map((weight) => weight * Math.SQRT2);
    layers.get('conv2')!.weights.forEach((weight, i) => expect(weight).to.be.closeTo(larger[i], 1e-6));
    for (const values of Object.values(layers.get('conv1')!.batchNorm!)) expect(values).to.have.length(2);

    const model = await buildModel({
      network: narrow,
      variant: 'narrow',
      supports: dense,
      parameters: parametersOf(layers),
      precision: int8,
      calibrationImages: images,
    });
    expect(model.layers.map(({ operands }) => operands?.weights.length)).to.deep.equal([36, 54]);
  });

  it('belong to layers of the network before', () => {
    const [first] = narrow.layers.filter(isConv);
    expect(originalOf(first, from).layer.geometry.filters).to.equal(4);
    expect(originalOf(first, undefined).layer).to.equal(first);
    expect(() => originalOf({ ...first, name: 'other' }, from)).to.throw('layer other is not of pruned');
  });
});
