import { expect } from 'chai';
import { floatNetwork } from '../../src/model/floatForward.js';
import { seededImages } from '../../src/model/images.js';
import { supportsOf } from '../../src/model/parameters.js';
import type { ReadParameters } from '../../src/model/readParameters.js';
import { isConv } from '../../src/network/layer.js';
import type { Network } from '../../src/network/network.js';
import { patternIndex } from '../../src/sparsity/supports.js';
import type { Supports } from '../../src/sparsity/supports.js';
import { foldParameters, seededParameters } from './collectedParameters.js';
import { conv, networkOf, psd4p8Supports, resnet20, smallNetwork } from './networks.js';

function seeded(network: Network, supports: ReadonlyMap<string, Supports>, seed = 1): ReadParameters {
  return seededParameters({
    network,
    supports,
    seed,
    calibrationImages: seededImages(network, 2, seed).images,
  });
}

/** Share of zeros in every map that is written after a ReLU. */
function zeroShares(network: Network, parameters: ReadParameters, image: Float32Array): Map<string, number> {
  const maps = floatNetwork(network, foldParameters(network, parameters), image);
  const shares = new Map<string, number>();
  for (const layer of network.layers) {
    if (!layer.relu && layer.kind !== 'relu') continue;
    const map = maps.get(layer.output)!;
    shares.set(layer.name, map.filter((value) => value === 0).length / map.length);
  }
  return shares;
}

describe('seeded parameters', () => {
  it('are the same for the same seed and others for another', () => {
    const network = smallNetwork();
    const one = seeded(network, new Map(), 1);
    expect(seeded(network, new Map(), 1).layers).to.deep.equal(one.layers);
    const two = seeded(network, new Map(), 2);
    expect(two.layers.get('branch')!.weights).to.not.deep.equal(one.layers.get('branch')!.weights);
  });

  it('leave about half of every map zero after its ReLU, residual blocks included, dense or sparse', () => {
    const network = resnet20();
    const { images } = seededImages(network, 2, 1);
    for (const supports of [new Map<string, Supports>(), psd4p8Supports(network)]) {
      const parameters = seeded(network, supports);
      for (const [name, share] of zeroShares(network, parameters, images[0])) {
        expect(share, name).to.be.within(0.35, 0.65);
      }
    }
  });

  it('stay inside the supports, with every tap of them used', () => {
    const network = resnet20();
    const supports = psd4p8Supports(network);
    const { layers } = seeded(network, supports);
    for (const layer of network.layers.filter(isConv)) {
      const own = supportsOf(layer, supports);
      const { weights } = layers.get(layer.name)!;
      const astray = weights.findIndex((weight, i) => {
        const kernel = Math.floor(i / own.taps);
        const pattern = patternIndex(own, Math.floor(kernel / own.channels), kernel % own.channels);
        return (weight !== 0) !== (own.patterns[pattern][i % own.taps] === 1);
      });
      expect(astray, layer.name).to.equal(-1);
    }
  });

  it('are, before the supports, the same weights in every variant up to the variance of the fan-in', () => {
    const network = resnet20();
    const dense = seeded(network, new Map());
    const sparse = seeded(network, psd4p8Supports(network));
    const name = 'stage2.block2.conv1';
    const [from, to] = [dense.layers.get(name)!.weights, sparse.layers.get(name)!.weights];
    // Mean taps per kernel: 9 dense, (7 * 4 + 9) / 8 in PSD4_P8.
    const gain = Math.sqrt(9 / (37 / 8));
    to.forEach((weight, i) => {
      if (weight !== 0) expect(weight / from[i]).to.be.closeTo(gain, 1e-5);
    });
  });

  it("do not depend, in a layer's weights, on the layers before it", () => {
    const network = smallNetwork();
    const first = network.layers[0];
    const alone = networkOf('alone', network.input, [first]);
    const parameters = seeded(alone, new Map());
    expect(parameters.layers.get('stem')).to.deep.equal(seeded(network, new Map()).layers.get('stem'));
  });

  it('have batch-norm statistics of the calibration images: mean 0 and variance 1 before gamma and beta', () => {
    const input = { channels: 3, height: 16, width: 16 };
    const network = networkOf('one', input, [conv('conv1', input, { filters: 4, batchNorm: 'bn1' })]);
    const { images } = seededImages(network, 3, 1);
    const parameters = seededParameters({
      network,
      supports: new Map(),
      seed: 1,
      calibrationImages: images,
    });
    const { gamma, beta } = parameters.layers.get('conv1')!.batchNorm!;
    const operands = foldParameters(network, parameters);
    const maps = images.map((image) => floatNetwork(network, operands, image).get('conv1')!);
    for (let filter = 0; filter < 4; filter++) {
      const values = maps.flatMap((map) => [...map.subarray(filter * 256, (filter + 1) * 256)]);
      const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
      const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
      expect(mean).to.be.closeTo(beta[filter], 1e-3);
      expect(variance).to.be.closeTo(gamma[filter] ** 2, 0.01);
    }
  });

  it('stay finite where a batch norm sees one value per channel', () => {
    const input = { channels: 12, height: 1, width: 1 };
    const network = {
      ...networkOf('vector', input, [
        conv('conv1', input, { filters: 40, kernel: [1, 1], batchNorm: 'bn1', relu: true }),
      ]),
      normalization: {
        mean: new Array<number>(12).fill(0.5),
        standardDeviation: new Array<number>(12).fill(0.25),
      },
    };
    const { images } = seededImages(network, 1, 1);
    const parameters = seededParameters({
      network,
      supports: new Map(),
      seed: 1,
      calibrationImages: images,
    });
    expect(zeroShares(network, parameters, images[0]).get('conv1')).to.be.within(0.2, 0.8);
  });

  it('say that they are untrained', () => {
    const { description, origin } = seeded(smallNetwork(), new Map(), 5);
    expect(origin).to.equal('seeded');
    expect(description).to.equal('weights seeded (seed 5), untrained: accuracy means nothing');
  });
});
