import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { packageRoot } from '../../src/document/package.js';
import { loadScenario, simulate } from '../../src/index.js';
import { floatNetwork } from '../../src/model/floatForward.js';
import { cifar10Images } from '../../src/model/images.js';
import type { NetworkImages } from '../../src/model/images.js';
import { readParameters } from '../../src/model/readParameters.js';
import { readNpy } from '../../src/tensor/npy.js';
import { foldParameters } from '../model/collectedParameters.js';
import { psd4p8Supports, resnet20 } from '../model/networks.js';
import { requireReferenceData } from './referenceData.js';

const weightsFile = join(packageRoot(), 'configs', 'weights', 'resnet20_psd4p8_cifar10.npz');
const count = 500;

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

  it('is as accurate on the machine as in the integer reference, image by image, and within 1 point of float32', async function () {
    const file = requireReferenceData(this, 'cifar10/test_500.bin');
    const scenario = await loadScenario(join(packageRoot(), 'configs/scenarios/resnet20-cifar10.yaml'), {
      variants: ['PSD4_P8'],
      images: { file, first: 0, count },
    });
    const [{ accuracy, check }] = (await simulate(scenario)).variants;
    expect(check).to.deep.include({ mismatches: 0, endToEnd: { outputs: 10 * count, mismatches: 0 } });
    expect(accuracy!.images).to.equal(count);
    expect(accuracy!.reference).to.deep.equal({ top1: accuracy!.machineTop1, agreeing: count });
    expect(accuracy!.float32Top1).to.equal(433);
    expect(accuracy!.machineTop1).to.be.within(428, 438);
  });
});
