import { expect } from 'chai';
import fc from 'fast-check';
import { floatConvolution } from '../../src/model/floatConvolution.js';
import { floatForward, floatNetwork } from '../../src/model/floatForward.js';
import { foldBatchNorm } from '../../src/model/foldBatchNorm.js';
import { isConv } from '../../src/network/layer.js';
import type { ConvGeometry } from '../../src/network/layer.js';
import { createRandom } from '../../src/tensor/random.js';
import { conv, pool, smallNetwork } from './networks.js';
import { plainForward } from './plainForward.js';

function randomFloats(length: number, seed: number, zeros = 0): Float32Array {
  const random = createRandom(seed);
  return Float32Array.from({ length }, () => (random.next() < zeros ? 0 : random.normal()));
}

function expectClose(found: ArrayLike<number>, expected: ArrayLike<number>, tolerance: number): void {
  expect(found.length).to.equal(expected.length);
  for (let i = 0; i < found.length; i++)
    expect(found[i], `element ${i}`).to.be.closeTo(expected[i], tolerance);
}

const weightsOf = ({ filters, channelsPerGroup, kernelHeight, kernelWidth }: ConvGeometry): number =>
  filters * channelsPerGroup * kernelHeight * kernelWidth;

/** The definition, each sum by itself; padding is zeros like others. */
function sumsInOrder(
  geometry: ConvGeometry,
  input: Float32Array,
  weights: Float32Array,
  bias: Float32Array,
): Float32Array {
  const { filters, channelsPerGroup, kernelHeight, kernelWidth, stride, dilation, padding, output } =
    geometry;
  const { height, width } = geometry.input;
  const sums: number[] = [];
  for (let filter = 0; filter < filters; filter++) {
    const firstChannel = Math.floor(filter / (filters / geometry.groups)) * channelsPerGroup;
    for (let row = 0; row < output.height; row++) {
      for (let column = 0; column < output.width; column++) {
        let sum = bias[filter];
        let tap = filter * channelsPerGroup * kernelHeight * kernelWidth;
        for (let channel = firstChannel; channel < firstChannel + channelsPerGroup; channel++) {
          for (let kernelRow = 0; kernelRow < kernelHeight; kernelRow++) {
            for (let kernelColumn = 0; kernelColumn < kernelWidth; kernelColumn++) {
              const weight = weights[tap++];
              if (weight === 0) continue;
              const y = row * stride[0] + kernelRow * dilation[0] - padding[0];
              const x = column * stride[1] + kernelColumn * dilation[1] - padding[2];
              const isInside = y >= 0 && y < height && x >= 0 && x < width;
              sum += weight * (isInside ? input[(channel * height + y) * width + x] : 0);
            }
          }
        }
        sums.push(sum);
      }
    }
  }
  return Float32Array.from(sums);
}

const geometries = fc
  .record({
    groups: fc.integer({ min: 1, max: 3 }),
    channelsPerGroup: fc.integer({ min: 1, max: 4 }),
    filtersPerGroup: fc.integer({ min: 1, max: 3 }),
    height: fc.integer({ min: 1, max: 9 }),
    width: fc.integer({ min: 1, max: 9 }),
    kernel: fc.tuple(fc.integer({ min: 1, max: 4 }), fc.integer({ min: 1, max: 4 })),
    stride: fc.tuple(fc.integer({ min: 1, max: 3 }), fc.integer({ min: 1, max: 3 })),
    dilation: fc.tuple(fc.integer({ min: 1, max: 3 }), fc.integer({ min: 1, max: 3 })),
    padding: fc.tuple(fc.nat(3), fc.nat(3), fc.nat(3), fc.nat(3)),
  })
  .map(({ groups, channelsPerGroup, filtersPerGroup, height, width, ...rest }) =>
    conv(
      'c',
      { channels: groups * channelsPerGroup, height, width },
      {
        filters: groups * filtersPerGroup,
        groups,
        ...rest,
      },
    ),
  )
  .filter(({ outputShape }) => outputShape.height > 0 && outputShape.width > 0);

const shares = fc.integer({ min: 0, max: 10 }).map((tenths) => tenths / 10);

describe('float forward', () => {
  it('convolves as the definition says, for any stride, padding, dilation and groups', () => {
    fc.assert(
      fc.property(geometries, fc.nat(), shares, (layer, seed, zeros) => {
        const { geometry } = layer;
        const weights = randomFloats(weightsOf(geometry), seed, zeros);
        const bias = randomFloats(geometry.filters, seed + 1);
        const { channels, height, width } = geometry.input;
        const input = randomFloats(channels * height * width, seed + 2);
        const found = floatConvolution(geometry, input, weights, bias);
        const operands = { weights, bias: Float64Array.from(bias) };
        expectClose(found, plainForward({ layer, operands }, new Map([['input', input]])), 1e-4);
      }),
      { numRuns: 300 },
    );
  });

  it('convolves to the last bit as sums in doubles do, tap by tap, without the weights that are zero', () => {
    const extremes = fc.constantFrom(0, -0, 1e-45, 3e38, Infinity, NaN);
    const flat = fc.record({
      filters: fc.integer({ min: 1, max: 40 }),
      channels: fc.integer({ min: 1, max: 40 }),
    });
    const vectors = flat.map(({ filters, channels }) =>
      conv('v', { channels, height: 1, width: 1 }, { filters, kernel: [1, 1], padding: [0, 0, 0, 0] }),
    );
    const wide = fc
      .integer({ min: 1, max: 70 })
      .map((width) => conv('w', { channels: 2, height: 2, width }, { filters: 3 }));
    fc.assert(
      fc.property(
        fc.oneof(geometries, vectors, wide),
        fc.nat(),
        shares,
        extremes,
        (layer, seed, zeros, extreme) => {
          const { geometry } = layer;
          const { channels, height, width } = geometry.input;
          const weights = randomFloats(weightsOf(geometry), seed, zeros);
          const bias = randomFloats(geometry.filters, seed + 1, zeros / 2).map((value) =>
            value === 0 && seed % 2 === 0 ? -0 : value,
          );
          const input = randomFloats(channels * height * width, seed + 2);
          if (seed % 3 === 0) input[seed % input.length] = extreme;
          const found = floatConvolution(geometry, input, weights, bias);
          const expected = sumsInOrder(geometry, input, weights, bias);
          for (let i = 0; i < expected.length; i++)
            if (!Object.is(found[i], expected[i]))
              expect.fail(`element ${i}: ${found[i]}, not ${expected[i]}`);
        },
      ),
      { numRuns: 400 },
    );
  });

  it('pools as the definition says, with padding that never wins and counts as zeros', () => {
    const shape = { channels: 2, height: 7, width: 7 };
    const input = randomFloats(98, 1).map((value) => value - 3);
    for (const kind of ['max-pool', 'average-pool'] as const) {
      const layer = pool('p', kind, 'input', shape, 3, 2, 1);
      const inputs = new Map([['input', input]]);
      expectClose(floatForward(layer, undefined, inputs), plainForward({ layer }, inputs), 1e-6);
    }
    const ones = new Map([['input', new Float32Array(98).fill(1)]]);
    const average = floatForward(pool('p', 'average-pool', 'input', shape, 3, 2, 1), undefined, ones);
    expect(average[0]).to.be.closeTo(4 / 9, 1e-6);
  });

  it('runs a network with residuals, groups, pools, adds and ReLUs as the plain definition does', () => {
    const network = smallNetwork();
    const operands = new Map(
      network.layers.filter(isConv).map((layer, i) => [
        layer.name,
        {
          weights: randomFloats(weightsOf(layer.geometry), i),
          bias: randomFloats(layer.geometry.filters, i + 100),
        },
      ]),
    );
    const image = randomFloats(192, 7);
    const found = floatNetwork(network, operands, image);
    const expected = new Map([['input', image]]);
    for (const layer of network.layers) {
      const float = operands.get(layer.name);
      const modelLayer =
        float === undefined
          ? { layer }
          : { layer, operands: { weights: float.weights, bias: Float64Array.from(float.bias) } };
      expected.set(layer.output, Float32Array.from(plainForward(modelLayer, expected)));
      expectClose(found.get(layer.output)!, expected.get(layer.output)!, 1e-3);
    }
    expect(found.size).to.equal(network.layers.length + 1);
  });

  it('equals convolution and batch norm when the batch norm is folded', () => {
    const layer = conv('c', { channels: 3, height: 5, width: 5 }, { filters: 4 });
    const weights = randomFloats(4 * 27, 1);
    const bias = randomFloats(4, 2);
    const image = randomFloats(75, 3);
    const batchNorm = {
      gamma: randomFloats(4, 4),
      beta: randomFloats(4, 5),
      mean: randomFloats(4, 6),
      variance: randomFloats(4, 7).map((value) => value * value),
    };
    const folded = foldBatchNorm(weights, bias, batchNorm, 1e-5);
    const expected = floatConvolution(layer.geometry, image, weights, bias).map((value, i) => {
      const channel = Math.floor(i / 25);
      const { gamma, beta, mean, variance } = batchNorm;
      return (gamma[channel] * (value - mean[channel])) / Math.sqrt(variance[channel] + 1e-5) + beta[channel];
    });
    expectClose(floatForward(layer, folded, new Map([['input', image]])), expected, 1e-3);
  });
});
