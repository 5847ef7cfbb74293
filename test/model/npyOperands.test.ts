import { expect } from 'chai';
import { zipSync } from 'fflate';
import { UserError } from '../../src/document/userError.js';
import { buildModel, quantizeInput } from '../../src/model/buildModel.js';
import type { NetworkImages } from '../../src/model/images.js';
import type { Model, PrecisionSet } from '../../src/model/model.js';
import { npyImages } from '../../src/model/npyImages.js';
import { readParameters, readWeights } from '../../src/model/readParameters.js';
import type { Layer } from '../../src/network/layer.js';
import type { NpyData } from '../../src/tensor/npy.js';
import { int8 } from '../machine/arbitraries.js';
import { npyOf } from '../tensor/npyBytes.js';
import { rejection, withFile } from '../tensor/temporaryFile.js';
import { conv, networkOf } from './networks.js';

const input = { channels: 2, height: 3, width: 3 };
const oneLayer = (layer: Layer) => networkOf('one', input, [layer]);
const pointwise = oneLayer(conv('pw', input, { filters: 3, kernel: [1, 1], bias: true }));
const square = oneLayer(conv('square', input, { filters: 3 }));
const int16: PrecisionSet = { ifmap: 'int16', weight: 'int16', accumulator: 'int48' };
const noSupports = new Map<string, never>();
const weightCodes = Int8Array.of(1, -127, 0, 3, 127, 5);
const imageCodes = Int8Array.from({ length: 18 }, (_, i) => 3 * i - 127);

async function weightsFault(network: typeof pointwise, bytes: Uint8Array, name = 'w.npy'): Promise<string> {
  let message = '';
  await withFile(name, bytes, async (file) => {
    const error = await rejection(readParameters(file, network, noSupports, { precision: 'int8' }));
    expect(error).to.be.instanceOf(UserError);
    ({ message } = error);
  });
  expect(message).to.include(name).and.not.include('\n');
  return message;
}

async function imagesOf(
  shape: readonly number[],
  data: NpyData,
  range: { readonly first: number; readonly count?: number } = { first: 0 },
): Promise<NetworkImages> {
  let images: NetworkImages | undefined;
  await withFile('x.npy', npyOf(shape, data), async (file) => {
    images = await npyImages(pointwise, file, range, 'int8');
  });
  return images!;
}

async function imagesFault(shape: readonly number[], data: NpyData, range = { first: 0 }): Promise<string> {
  const error = await rejection(imagesOf(shape, data, range));
  expect(error).to.be.instanceOf(UserError);
  expect(error.message).to.include('x.npy');
  return error.message;
}

/** The model of the pointwise network on weights of a file. */
async function modelOf(
  bytes: Uint8Array,
  images: NetworkImages,
  { name = 'w.npy', precision = int8 } = {},
): Promise<Model> {
  let model: Model | undefined;
  await withFile(name, bytes, async (file) => {
    model = await buildModel({
      network: pointwise,
      variant: 'pSC9',
      supports: noSupports,
      parameters: await readParameters(file, pointwise, noSupports, { precision: precision.weight }),
      precision,
      calibrationImages: images.images,
      inputScale: images.scale,
    });
  });
  return model!;
}

describe('operands of a NumPy file', () => {
  it('of integers reach the machine as they are', async () => {
    const images = await imagesOf([2, 3, 3], imageCodes);
    const model = await modelOf(npyOf([3, 2], weightCodes), images);
    expect(model.layers[0].operands).to.deep.equal({ weights: weightCodes, bias: new Float64Array(3) });
    expect(quantizeInput(model, images.images[0])).to.deep.equal(imageCodes);
    expect(model.scales.get('input')).to.equal(1);
  });

  it('of integers keep small codes small: nothing is stretched to the range', async () => {
    const images = await imagesOf([2, 3, 3], new Uint8Array(18).fill(1, 4));
    const model = await modelOf(npyOf([3, 2, 1, 1], Int16Array.of(1, 0, 0, -2, 0, 0)), images, {
      precision: int16,
    });
    expect(model.layers[0].operands?.weights).to.deep.equal(Int16Array.of(1, 0, 0, -2, 0, 0));
    expect([...quantizeInput(model, images.images[0])]).to.deep.equal([...new Uint8Array(18).fill(1, 4)]);
    // Sums from -2 to 1 on outputs up to 32767.
    expect(model.scales.get('pw')).to.be.closeTo(2 / 32767, 1e-9);
  });

  it('of floats are quantized: weights for each filter, images by the largest', async () => {
    const images = await imagesOf(
      [2, 3, 3],
      Float32Array.from({ length: 18 }, (_, i) => i / 34),
    );
    const model = await modelOf(npyOf([3, 2], Float64Array.of(0.5, 1, 2, 0, 0, -4)), images);
    expect(model.layers[0].operands?.weights).to.deep.equal(Int8Array.of(64, 127, 127, 0, 0, -127));
    expect(model.scales.get('input')).to.be.closeTo(0.5 / 127, 1e-8);
    expect(quantizeInput(model, images.images[0])[17]).to.equal(127);
  });

  it('may be integers in an .npz, with a bias in steps of the accumulator', async () => {
    const images = await imagesOf([2, 3, 3], imageCodes);
    const npz = (bias: NpyData): Uint8Array =>
      zipSync({ 'pw.weight.npy': npyOf([3, 2, 1, 1], weightCodes), 'pw.bias.npy': npyOf([3], bias) });
    const model = await modelOf(npz(Int32Array.of(-4, 0, 1000)), images, { name: 'w.npz' });
    expect(model.layers[0].operands).to.deep.equal({
      weights: weightCodes,
      bias: Float64Array.of(-4, 0, 1000),
    });
    const error = await rejection(modelOf(npz(Int32Array.of(0, 2 ** 30, 0)), images, { name: 'w.npz' }));
    expect(error.message).to.match(
      /^layer pw: expected biases of at most 536870912 steps .* found 1073741824 for filter 1; a step is 1/,
    );
  });

  it('are described', async () => {
    await withFile('w.npy', npyOf([3, 2], weightCodes), async (file) => {
      const asIntegers = await readParameters(file, pointwise, noSupports, { precision: 'int8' });
      expect(asIntegers.description).to.match(/^weights from .*w\.npy, integers as they are, biases zero$/);
      const asFloats = await readParameters(file, pointwise, noSupports, { precision: 'float32' });
      expect(asFloats.description).to.match(/w\.npy, biases zero$/);
      expect(asFloats.layers.get('pw')).to.deep.equal({ weights: Float32Array.from(weightCodes) });
    });
    expect((await imagesOf([2, 3, 3], imageCodes)).description).to.match(
      /^1 image of .*x\.npy from number 0 on, integers as they are$/,
    );
    const floats = await imagesOf([2, 2, 3, 3], new Float32Array(36));
    expect(floats.description).to.match(
      /^2 images of .*x\.npy from number 0 on, taken as normalised already$/,
    );
    expect(floats).to.not.have.any.keys('scale', 'labels');
  });
});

describe('weights of an .npy file', () => {
  it('may be kernels, and a matrix when kernels are 1x1', async () => {
    for (const shape of [
      [3, 2],
      [3, 2, 1, 1],
    ]) {
      await withFile('w.npy', npyOf(shape, weightCodes), async (file) => {
        expect(Array.from((await readWeights(file, pointwise))('pw'))).to.deep.equal([...weightCodes]);
      });
    }
    const head = oneLayer(
      conv(
        'fc',
        { channels: 18, height: 1, width: 1 },
        { kind: 'fully-connected', filters: 3, kernel: [1, 1] },
      ),
    );
    await withFile('W.NPY', npyOf([3, 18], new Int8Array(54).fill(7)), async (file) => {
      expect((await readWeights(file, head, 'int8'))('fc')).to.deep.equal(new Float32Array(54).fill(7));
    });
  });

  it('of another shape are refused, with the shape that is right', async () => {
    expect(await weightsFault(pointwise, npyOf([2, 3], weightCodes))).to.match(
      /w\.npy: weights: expected shape \(3, 2, 1, 1\) or \(3, 2\), found \(2, 3\)$/,
    );
    expect(await weightsFault(square, npyOf([3, 18], new Int8Array(54)))).to.match(
      /expected shape \(3, 2, 3, 3\), found \(3, 18\)$/,
    );
  });

  it('beyond the range are refused, with index and value', async () => {
    const codes = Int16Array.from(weightCodes);
    codes[3] = 128;
    expect(await weightsFault(pointwise, npyOf([3, 2], codes))).to.match(
      /w\.npy: weights: expected integers from -127 to 127, .* found 128 at \[1, 1\]$/,
    );
  });

  it('of a type that is not supported are refused', async () => {
    const half = Buffer.from(npyOf([3, 2], weightCodes))
      .toString('latin1')
      .replace('|i1', '<f2');
    expect(await weightsFault(pointwise, Buffer.from(half, 'latin1'))).to.match(
      /w\.npy: expected float32, .*"<f2"/,
    );
  });

  it('are refused for several layers, none, or one with batch norm', async () => {
    const two = networkOf('two', input, [
      conv('a', input, { filters: 2 }),
      conv('b', input, { input: 'a', filters: 3 }),
    ]);
    expect(await weightsFault(two, npyOf([3, 2], weightCodes))).to.match(
      /w\.npy: expected a network with one layer that has weights .*found 2, from a on, in two; .* \.npz file$/,
    );
    const none = oneLayer({
      kind: 'relu',
      name: 'r',
      input: 'input',
      output: 'r',
      outputShape: input,
      relu: false,
    });
    expect(await weightsFault(none, npyOf([3, 2], weightCodes))).to.match(/found none, in one/);
    const normed = oneLayer(conv('c', input, { filters: 3, kernel: [1, 1], batchNorm: 'bn' }));
    expect(await weightsFault(normed, npyOf([3, 2], weightCodes))).to.match(
      /w\.npy: .*found c with bn; .*\.npz/,
    );
    const npz = zipSync({ 'c.weight.npy': npyOf([3, 2, 1, 1], weightCodes) });
    expect(await weightsFault(normed, npz, 'w.npz')).to.match(
      /w\.npz: array "c\.weight": expected floats, since the batch norm bn is folded into them, found integers/,
    );
  });

  it('and an .npz under the name of the other are refused', async () => {
    const npz = zipSync({ 'pw.weight.npy': npyOf([3, 2], weightCodes) });
    expect(await weightsFault(pointwise, npz)).to.match(/w\.npy: expected a NumPy array, .*found "504b0304/);
    expect(await weightsFault(pointwise, npyOf([3, 2], weightCodes), 'w.npz')).to.match(
      /expected an npz file/,
    );
  });
});

describe('images of an .npy file', () => {
  it('are one, or several from a first one on', async () => {
    const values = Float32Array.from({ length: 54 }, (_, i) => i / 8);
    const { images } = await imagesOf([3, 2, 3, 3], values, { first: 1, count: 2 });
    expect(images).to.deep.equal([values.slice(18, 36), values.slice(36)]);
    expect((await imagesOf([2, 3, 3], values.slice(18, 36))).images).to.deep.equal([values.slice(18, 36)]);
    expect((await imagesOf([3, 2, 3, 3], values, { first: 2 })).images).to.deep.equal([values.slice(36)]);
  });

  it('of another shape are refused, with those that are right', async () => {
    for (const shape of [[3, 3, 2], [18], [1, 1, 2, 3, 3]]) {
      expect(await imagesFault(shape, new Float32Array(18))).to.match(
        /x\.npy: expected images of shape \(2, 3, 3\) or \(images, 2, 3, 3\), the input of one, found \(/,
      );
    }
  });

  it('that are too few are refused', async () => {
    expect(await imagesFault([2, 2, 3, 3], new Float32Array(36), { first: 2 })).to.match(
      /expected at least 3 images \(1 from number 2 on\), found 2; ask for fewer$/,
    );
    expect(await imagesFault([0, 2, 3, 3], new Float32Array(0))).to.match(/at least 1 image .*found 0/);
  });

  it('beyond the range are refused, with index and value in the file; those that do not run may be', async () => {
    const codes = new Int16Array(36);
    codes[18 + 9 + 3 + 2] = -300;
    expect(await imagesFault([2, 2, 3, 3], codes)).to.match(
      /x\.npy: expected integers from -127 to 127, .* found -300 at \[1, 1, 1, 2\]$/,
    );
    expect((await imagesOf([2, 2, 3, 3], codes, { first: 0, count: 1 })).images).to.have.length(1);
  });
});
