import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { packageRoot } from '../../src/document/package.js';
import { buildModel, quantizeInput } from '../../src/model/buildModel.js';
import { floatConvolution } from '../../src/model/floatConvolution.js';
import { floatNetwork } from '../../src/model/floatForward.js';
import { cifar10Images } from '../../src/model/images.js';
import type { NetworkImages } from '../../src/model/images.js';
import type { Model, ModelLayer } from '../../src/model/model.js';
import { foldParameters } from '../../src/model/parameters.js';
import { readParameters } from '../../src/model/readParameters.js';
import { isConv } from '../../src/network/layer.js';
import { readNpy } from '../../src/tensor/npy.js';
import type { ElementArray } from '../../src/tensor/precision.js';
import { requantize } from '../../src/tensor/requantization.js';
import { psd4p8Supports, resnet20 } from '../model/networks.js';
import { plainForward } from '../model/plainForward.js';
import { requireReferenceData } from './referenceData.js';

const weightsFile = join(packageRoot(), 'configs', 'weights', 'resnet20_psd4p8_cifar10.npz');
const count = 500;

/** The plain definition, but through the float kernel: int8 sums of at most 576 products are exact in float32. */
function quickForward(modelLayer: ModelLayer, inputs: ReadonlyMap<string, ElementArray>): ElementArray {
  const { layer, operands, requantization } = modelLayer;
  if (!isConv(layer)) return plainForward(modelLayer, inputs);
  const input = Float32Array.from(inputs.get(layer.input)!);
  const weights = Float32Array.from(operands!.weights);
  const sums = floatConvolution(layer.geometry, input, weights, Float32Array.from(operands!.bias));
  const residual = layer.residual === undefined ? undefined : inputs.get(layer.residual)!;
  const positions = sums.length / layer.geometry.filters;
  return Int8Array.from(sums, (sum, i) =>
    requantize(sum, residual?.[i] ?? 0, Math.floor(i / positions), requantization!),
  );
}

function run(model: Model, image: Float32Array, forward: typeof plainForward): ElementArray {
  const maps = new Map([['input', quantizeInput(model, image)]]);
  for (const layer of model.layers) maps.set(layer.layer.output, forward(layer, maps));
  return maps.get(model.network.output)!;
}

function top1({ labels }: NetworkImages, logits: ReadonlyArray<ArrayLike<number>>): number {
  const right = logits.filter(
    (row, i) => Array.from(row).indexOf(Math.max(...Array.from(row))) === labels![i],
  );
  return right.length / logits.length;
}

describe('the shipped ResNet-20 on CIFAR-10', function () {
  this.timeout(300_000);
  const network = resnet20();
  const supports = psd4p8Supports(network);

  it("gives the training framework's float32 logits within 1e-3, and 86.6 % top-1", async function () {
    const imageFile = requireReferenceData(this, 'cifar10/test_500.bin');
    const logitsFile = requireReferenceData(this, 'resnet20/psd4p8_logits_public.npy');
    const images = await cifar10Images(network, imageFile, { first: 0, count });
    const operands = foldParameters(network, await readParameters(weightsFile, network, supports));
    const logits = images.images.map((image) => floatNetwork(network, operands, image).get('fc')!);
    const expected = readNpy(readFileSync(logitsFile), logitsFile);
    let worst = 0;
    logits
      .flatMap((row) => [...row])
      .forEach((logit, i) => {
        worst = Math.max(worst, Math.abs(logit - Number(expected.data[i])));
      });
    expect(worst).to.be.below(1e-3);
    expect(top1(images, logits)).to.equal(0.866);
  });

  it('stays within 1 point of float32 in int8', async function () {
    const imageFile = requireReferenceData(this, 'cifar10/test_500.bin');
    const images = await cifar10Images(network, imageFile, { first: 0, count });
    const model = await buildModel({
      network,
      variant: 'PSD4_P8',
      supports,
      parameters: await readParameters(weightsFile, network, supports),
      precision: { ifmap: 'int8', weight: 'int8', accumulator: 'int32' },
      calibrationImages: images.images.slice(0, 32),
    });
    expect(run(model, images.images[0], quickForward)).to.deep.equal(
      run(model, images.images[0], plainForward),
    );
    const logits = images.images.map((image) => run(model, image, quickForward));
    expect(top1(images, logits)).to.be.within(0.856, 0.876);
  });
});
