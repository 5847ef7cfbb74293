import { join } from 'node:path';
import { expect } from 'chai';
import { packageRoot } from '../../src/document/package.js';
import { buildModel, quantizeInput } from '../../src/model/buildModel.js';
import { floatNetwork } from '../../src/model/floatForward.js';
import { seededImages } from '../../src/model/images.js';
import { readParameters } from '../../src/model/readParameters.js';
import { foldParameters } from './collectedParameters.js';
import { psd4p8Supports, resnet20 } from './networks.js';
import { plainForward } from './plainForward.js';

const weightsFile = join(packageRoot(), 'configs', 'weights', 'resnet20_psd4p8_cifar10.npz');

describe('the shipped ResNet-20', () => {
  const network = resnet20();
  const supports = psd4p8Supports(network);

  it('has every parameter of the network, none besides, and no weight outside PSD4_P8', async () => {
    const { droppedWeights, unusedArrays, layers } = await readParameters(weightsFile, network, supports);
    expect([droppedWeights, unusedArrays]).to.deep.equal([0, []]);
    // 142,554 parameters: weights in the supports, fc bias, and gamma and beta of every batch norm.
    let count = 0;
    for (const { weights, bias, batchNorm } of layers.values()) {
      count += weights.filter((weight) => weight !== 0).length + (bias?.length ?? 0);
      count += (batchNorm?.gamma.length ?? 0) + (batchNorm?.beta.length ?? 0);
    }
    expect(count).to.equal(142_554);
  });

  it('answers in int8 nearly as in float32', async () => {
    const parameters = await readParameters(weightsFile, network, supports);
    const { images } = seededImages(network, 4, 1);
    const model = await buildModel({
      network,
      variant: 'PSD4_P8',
      supports,
      parameters,
      precision: { ifmap: 'int8', weight: 'int8', accumulator: 'int32' },
      calibrationImages: images,
    });
    const maps = new Map([['input', quantizeInput(model, images[0])]]);
    for (const layer of model.layers) maps.set(layer.layer.output, plainForward(layer, maps));
    const expected = floatNetwork(network, foldParameters(network, parameters), images[0]).get('fc')!;
    const scale = model.scales.get('fc')!;
    const spread = Math.max(...expected) - Math.min(...expected);
    expected.forEach((logit, i) => expect(maps.get('fc')![i] * scale).to.be.closeTo(logit, 0.1 * spread));
  });
});
