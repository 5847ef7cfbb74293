import { expect } from 'chai';
import fc from 'fast-check';
import { UserError } from '../../src/document/userError.js';
import { buildModel, quantizeInput } from '../../src/model/buildModel.js';
import { floatNetwork } from '../../src/model/floatForward.js';
import { seededImages } from '../../src/model/images.js';
import type { Model, PrecisionSet } from '../../src/model/model.js';
import type { NetworkParameters } from '../../src/model/parameters.js';
import type { ReadParameters } from '../../src/model/readParameters.js';
import { integerPrecisions, quantizeConvolution } from '../../src/model/quantizeConvolution.js';
import { isConv } from '../../src/network/layer.js';
import type { ElementArray } from '../../src/tensor/precision.js';
import { foldParameters, parametersOf, seededParameters } from './collectedParameters.js';
import { psd4p8Supports, smallNetwork } from './networks.js';
import { plainForward } from './plainForward.js';

const int8: PrecisionSet = { ifmap: 'int8', weight: 'int8', accumulator: 'int32' };
const int16: PrecisionSet = { ifmap: 'int16', weight: 'int16', accumulator: 'int48' };
const float32: PrecisionSet = { ifmap: 'float32', weight: 'float32', accumulator: 'float32' };

const network = smallNetwork();
const supports = psd4p8Supports(network);
// The depthwise layer sees one channel per filter: the slot rule would leave it nothing to repeat.
supports.delete('depthwise');

function modelOf(
  parameters: NetworkParameters,
  precision: PrecisionSet,
  images: readonly Float32Array[],
): Promise<Model> {
  return buildModel({
    network,
    variant: 'PSD4_P8',
    supports,
    parameters,
    precision,
    calibrationImages: images,
  });
}

function run(model: Model, image: Float32Array): Map<string, ElementArray> {
  const maps = new Map([['input', quantizeInput(model, image)]]);
  for (const layer of model.layers) maps.set(layer.layer.output, plainForward(layer, maps));
  return maps;
}

describe('building a model', () => {
  let images: readonly Float32Array[];
  let parameters: ReadParameters;
  before(() => {
    ({ images } = seededImages(network, 4, 1));
    parameters = seededParameters({ network, supports, seed: 1, calibrationImages: images });
  });

  /** Largest distance of each map's real values from the float network's, over the map's largest magnitude. */
  function errors(model: Model, image: Float32Array): Map<string, number> {
    const expected = floatNetwork(network, foldParameters(network, parameters), image);
    const result = new Map<string, number>();
    for (const [name, map] of run(model, image)) {
      const float = expected.get(name)!;
      const scale = model.scales.get(name)!;
      const worst = float.reduce((most, value, i) => Math.max(most, Math.abs(value - map[i] * scale)), 0);
      result.set(name, worst / float.reduce((most, value) => Math.max(most, Math.abs(value)), 0));
    }
    return result;
  }

  it('stays near the float network in int8, in every map', async () => {
    const model = await modelOf(parameters, int8, images);
    for (const [name, error] of errors(model, images[0])) expect(error, name).to.be.below(0.06);
  });

  it('comes 100 times nearer in int16', async () => {
    const model = await modelOf(parameters, int16, images);
    for (const [name, error] of errors(model, images[0])) expect(error, name).to.be.below(0.0006);
  });

  it('equals the float network in float32, without scales or requantization', async () => {
    const model = await modelOf(parameters, float32, []);
    for (const [name, error] of errors(model, images[0])) expect(error, name).to.be.below(1e-6);
    expect([...model.scales.values()].every((scale) => scale === 1)).to.be.true;
    expect(model.layers.every((layer) => layer.requantization === undefined)).to.be.true;
    expect(quantizeInput(model, images[0])).to.deep.equal(images[0]);
  });

  it('sets scales so that the largest magnitude on the calibration images is 127 and nothing is clipped', async () => {
    const model = await modelOf(parameters, int8, images);
    const largest = Math.max(...images.map((image) => Math.max(...image.map(Math.abs))));
    expect(model.scales.get('input')! * 127).to.be.closeTo(largest, 1e-6);
    const inputs = images.map((image) => quantizeInput(model, image));
    expect(Math.max(...inputs.map((input) => Math.max(...input.map(Math.abs))))).to.equal(127);
  });

  it('gives max pools and ReLUs of their own the scale of their input', async () => {
    // Of some seeds the largest magnitude is a negative one, which the ReLU takes away.
    for (const seed of [1, 2, 3, 4, 5, 6]) {
      const drawn = seededParameters({ network, supports, seed, calibrationImages: images });
      const { scales } = await modelOf(drawn, int8, images);
      expect(scales.get('max')).to.equal(scales.get('join'));
      expect(scales.get('relu')).to.equal(scales.get('depthwise'));
    }
    const { layers } = await modelOf(parameters, int8, images);
    const maxPool = layers.find(({ layer }) => layer.kind === 'max-pool')!;
    expect(maxPool.requantization).to.equal(undefined);
  });

  it('clips at zero after a ReLU and symmetrically elsewhere', async () => {
    const { layers } = await modelOf(parameters, int8, images);
    const ranges = layers.map(({ layer, requantization }) => [
      layer.name,
      requantization?.min,
      requantization?.max,
    ]);
    expect(ranges).to.deep.equal([
      ['stem', 0, 127],
      ['branch', 0, 127],
      ['join', 0, 127],
      ['max', undefined, undefined],
      ['depthwise', -127, 127],
      ['relu', 0, 127],
      ['add', -127, 127],
      ['average', -127, 127],
      ['fc', -127, 127],
    ]);
  });

  it('adds a residual in convolutions that have one, and in no others', async () => {
    const { layers } = await modelOf(parameters, int8, images);
    for (const { layer, requantization } of layers) {
      if (!isConv(layer)) continue;
      const adds = requantization!.residualMultiplier.some((factor) => factor !== 0);
      expect(adds, layer.name).to.equal(layer.residual !== undefined);
    }
  });

  it('keeps weights inside the supports and biases whole', async () => {
    const { layers } = await modelOf(parameters, int8, images);
    const branch = layers.find(({ layer }) => layer.name === 'branch')!;
    expect(branch.supports).to.equal(supports.get('branch'));
    expect(branch.operands!.weights.filter((weight) => weight !== 0).length).to.be.at.most(8 * (7 * 4 + 9));
    for (const { operands } of layers) {
      expect(operands?.bias.every((bias) => Number.isInteger(bias)) ?? true).to.be.true;
    }
  });

  it('gives the same model for the same input', async () => {
    expect(await modelOf(parameters, int8, images)).to.deep.equal(await modelOf(parameters, int8, images));
  });

  it('refuses integers beside float32', async () => {
    const mixed: PrecisionSet = { ifmap: 'int8', weight: 'float32', accumulator: 'int32' };
    expect(() => integerPrecisions(mixed)).to.throw(UserError, 'found int8, float32 and int32');
  });

  it('refuses activations that are not finite, naming the map', async () => {
    const stem = parameters.layers.get('stem')!;
    const huge = new Map(parameters.layers).set('stem', { ...stem, weights: stem.weights.map(() => 3e38) });
    let message = '';
    await modelOf(parametersOf(huge), int8, images).catch((error: unknown) => {
      expect(error).to.be.instanceOf(UserError);
      message = error instanceof Error ? error.message : '';
    });
    expect(message).to.include('expected finite activations').and.to.include('in map "stem"');
  });
});

describe('quantizing a convolution', () => {
  const precisions = { ifmap: 'int8', weight: 'int8', accumulator: 'int32' } as const;

  it("gives each filter's largest weight the magnitude 127", () => {
    const weights = Float32Array.of(0.5, -1, 0.25, 0.02, -0.04, 0.01);
    const { weights: integers } = quantizeConvolution(
      { weights, bias: new Float32Array(2) },
      0.1,
      precisions,
    );
    expect([...integers]).to.deep.equal([64, -127, 32, 64, -127, 32]);
  });

  it('keeps biases within a quarter of the accumulator, however small the weights', () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.tuple(
            fc.float({ noNaN: true, min: -1, max: 1 }),
            fc.float({ noNaN: true, min: -1e4, max: 1e4 }),
          ),
          {
            minLength: 1,
            maxLength: 8,
          },
        ),
        fc.double({ min: 1e-6, max: 1, noNaN: true }),
        (filters, inputScale) => {
          const weights = Float32Array.from(filters, ([weight]) => weight);
          const bias = Float32Array.from(filters, ([, value]) => value);
          const quantized = quantizeConvolution({ weights, bias }, inputScale, precisions);
          quantized.bias.forEach((integer, filter) => {
            expect(Number.isInteger(integer)).to.be.true;
            expect(Math.abs(integer)).to.be.at.most(2 ** 29);
            const real = integer * quantized.accumulatorScales[filter];
            expect(real).to.be.closeTo(bias[filter], quantized.accumulatorScales[filter] * 0.5000001);
          });
        },
      ),
    );
  });

  it('quantizes a layer of zeros to zeros', () => {
    const zeros = { weights: new Float32Array(4), bias: new Float32Array(2) };
    const { weights, bias, accumulatorScales } = quantizeConvolution(zeros, 0.1, precisions);
    expect([...weights, ...bias]).to.deep.equal([0, 0, 0, 0, 0, 0]);
    expect([...accumulatorScales].every((scale) => scale > 0)).to.be.true;
  });
});
