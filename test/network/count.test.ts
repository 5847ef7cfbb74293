import { expect } from 'chai';
import { isConv } from '../../src/network/layer.js';
import { loadNetwork } from '../../src/network/loadNetwork.js';
import { countNetwork } from '../../src/network/count.js';
import { resnet20 } from '../model/networks.js';
import { expectedSizes } from './expectedSizes.js';
import { networkOf } from './fixtures.js';

describe("a network's size", () => {
  for (const [name, expected] of Object.entries(expectedSizes)) {
    it(`is that of the public model definition: ${name}`, async () => {
      const { layers, totals } = countNetwork(await loadNetwork(name));
      // The tables list a shortcut behind its block, the files before it.
      const lines = layers
        .filter(({ weights }) => weights > 0)
        .map((layer) => [layer.name, layer.macs, layer.weights, layer.bias, layer.batchNorm].join(' '));
      expect(lines).to.have.members(
        expected.layers
          .trim()
          .split('\n')
          .map((line) => line.trim()),
      );
      expect(totals).to.deep.equal({ macs: expected.macs, parameters: expected.parameters });
    });
  }

  it('is 272,474 parameters for ResNet-20, of which the shipped weights are an instance', async () => {
    const network = await loadNetwork('resnet20-cifar10');
    expect(countNetwork(network).totals.parameters).to.equal(272_474);
    const byName = new Map(network.layers.map((layer) => [layer.name, layer]));
    for (const layer of resnet20().layers.filter(isConv)) {
      const found = byName.get(layer.name);
      if (found === undefined || !isConv(found)) throw new Error(`no layer ${layer.name}`);
      expect(found.geometry, layer.name).to.deep.equal(layer.geometry);
      expect(found.batchNorm, layer.name).to.deep.equal(layer.batchNorm);
      expect(found.relu, layer.name).to.equal(layer.relu);
      expect(found.residual === undefined, layer.name).to.equal(layer.residual === undefined);
    }
    expect(network.layers).to.have.length(resnet20().layers.length);
  });

  it('counts a grouped convolution by the channels that a filter sees', () => {
    const network = networkOf(
      'name: c, type: conv2d, filters: 8, kernel: 3, groups: 4, bias: true\nname: b, type: batch-norm\nname: p, type: max-pool, kernel: 2',
    );
    expect(countNetwork(network)).to.deep.equal({
      layers: [
        { name: 'c', macs: 8 * 9 * 36, weights: 72, bias: 8, batchNorm: 16, parameters: 96 },
        { name: 'p', macs: 0, weights: 0, bias: 0, batchNorm: 0, parameters: 0 },
      ],
      totals: { macs: 2592, parameters: 96 },
    });
  });

  it('takes each convolution with its block to be one layer: nothing is left to run on its own', async () => {
    const kinds = async (name: string): Promise<string[]> =>
      (await loadNetwork(name)).layers
        .map(({ kind }) => kind)
        .filter((kind) => kind === 'add' || kind === 'relu');
    for (const name of [...Object.keys(expectedSizes), 'resnet20-cifar10']) {
      expect(await kinds(name), name).to.deep.equal([]);
    }
  });
});
