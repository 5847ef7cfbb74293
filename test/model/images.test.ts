import { expect } from 'chai';
import { UserError } from '../../src/document/userError.js';
import { describeModel } from '../../src/model/describe.js';
import { cifar10Images, seededImages } from '../../src/model/images.js';
import type { NetworkParameters } from '../../src/model/parameters.js';
import { rejection, withFile } from '../tensor/temporaryFile.js';
import { resnet20, smallNetwork } from './networks.js';

describe('images', () => {
  it('are normalised per channel: (pixel / 255 - mean) / standard deviation', async () => {
    const bytes = new Uint8Array(2 * 3073).fill(255, 3074);
    bytes[3073] = 7;
    await withFile('batch.bin', bytes, async (file) => {
      const { images, labels, description } = await cifar10Images(resnet20(), file, { first: 1, count: 1 });
      expect([...labels!]).to.deep.equal([7]);
      // ImageNet's statistics: (1 - 0.485) / 0.229, (1 - 0.456) / 0.224, (1 - 0.406) / 0.225
      expect(images[0][0]).to.be.closeTo(2.24891, 1e-5);
      expect(images[0][1024]).to.be.closeTo(2.42857, 1e-5);
      expect(images[0][3071]).to.be.closeTo(2.64, 1e-5);
      expect(description).to.match(/^1 image of .*batch\.bin from number 1 on$/);
    });
  });

  it('of CIFAR-10 do not fit a network with another input', async () => {
    await withFile('batch.bin', new Uint8Array(3073), async (file) => {
      const error = await rejection(cifar10Images(smallNetwork(), file, { first: 0, count: 1 }));
      expect(error).to.be.instanceOf(UserError);
      expect(error.message).to.include('found small with 3 x 8 x 8');
    });
  });

  it('when seeded have the shape of the input, no labels, and spread around zero', () => {
    const { images, labels, description } = seededImages(resnet20(), 3, 9);
    expect(images.map((image) => image.length)).to.deep.equal([3072, 3072, 3072]);
    expect(labels).to.equal(undefined);
    expect(description).to.equal('3 images with natural-image statistics, seed 9');
    expect(Math.min(...images[0])).to.be.below(0);
    expect(Math.max(...images[0])).to.be.above(0);
  });
});

describe('description of a model', () => {
  const parameters: NetworkParameters = {
    origin: 'file',
    description: 'weights from w.npz',
    imagesForStatistics: 0,
    ofLayer: () => ({ weights: new Float32Array(0) }),
    droppedWeights: 0,
    unusedArrays: [],
  };
  const images = { images: [], description: '4 images of a.bin' };

  it('says where weights, images and scales come from', () => {
    expect(describeModel(parameters, images, 4)).to.deep.equal([
      'weights from w.npz',
      'input: 4 images of a.bin',
      'activation scales: largest magnitudes on 4 images',
    ]);
    expect(describeModel(parameters, images, 0)).to.have.length(2);
  });

  it('warns of weights that the supports dropped and of arrays that nobody used', () => {
    const warned = { ...parameters, droppedWeights: 12, unusedArrays: ['a', 'b', 'c', 'd', 'e'] };
    const [, dropped, unused] = describeModel(warned, images, 1);
    expect(dropped).to.match(/^12 non-zero weights of the file lie outside the supports/);
    expect(unused).to.equal('arrays of the file that the network does not use: a, b, c and 2 more');
  });
});
