import { expect } from 'chai';
import fc from 'fast-check';
import type { ConvGeometry } from '../../src/network/layer.js';
import { elementsOf } from '../../src/network/layer.js';
import { openReference } from '../../src/reference/backend.js';
import type { ReferenceBackend } from '../../src/reference/backend.js';
import { createExactConvolution } from '../../src/reference/convolution.js';
import { createFloatConvolution } from '../../src/reference/floatConvolution.js';
import { allocateElements, symmetricLimit } from '../../src/tensor/precision.js';
import type { ElementArray } from '../../src/tensor/precision.js';
import { createRandom } from '../../src/tensor/random.js';
import { conv } from '../model/networks.js';

type Integer = 'int8' | 'int16';

/** Reductions of 1800 taps and more: dense, grouped, and depthwise with a kernel as large as that. */
const shapes = {
  dense: { channels: 200, size: 5, filters: 3, kernel: 3, groups: 1 },
  grouped: { channels: 400, size: 5, filters: 4, kernel: 3, groups: 2 },
  depthwise: { channels: 2, size: 44, filters: 4, kernel: 43, groups: 2 },
} as const;

interface Given {
  readonly geometry: ConvGeometry;
  readonly precision: { readonly ifmap: Integer; readonly weight: Integer };
  readonly ifmap: ElementArray;
  readonly weights: ElementArray;
}

/** Operands at or beside their limits, mostly of one sign, so that sums go far beyond 2^24. */
const extremes: fc.Arbitrary<Given> = fc
  .record({
    shape: fc.constantFrom(...Object.values(shapes)),
    ifmap: fc.constantFrom<Integer>('int8', 'int16'),
    weight: fc.constantFrom<Integer>('int8', 'int16'),
    stride: fc.tuple(fc.integer({ min: 1, max: 2 }), fc.integer({ min: 1, max: 2 })),
    padding: fc.tuple(fc.nat(2), fc.nat(2), fc.nat(2), fc.nat(2)),
    seed: fc.nat(1e9),
  })
  .map(({ shape, ifmap, weight, stride, padding, seed }) => {
    const { channels, size, filters, kernel, groups } = shape;
    const { geometry } = conv(
      'extreme',
      { channels, height: size, width: size },
      { filters, kernel: [kernel, kernel], stride, padding, groups },
    );
    const random = createRandom(seed);
    const fill = (precision: Integer, length: number): ElementArray =>
      allocateElements(precision, length).map(() => {
        const magnitude = symmetricLimit(precision) - Math.floor(random.next() * 3);
        return random.next() < 0.03 ? -magnitude : magnitude;
      });
    return {
      geometry,
      precision: { ifmap, weight },
      ifmap: fill(ifmap, elementsOf(geometry.input)),
      weights: fill(weight, filters * geometry.channelsPerGroup * kernel * kernel),
    };
  });

/** The definition, in doubles: all sums are far below 2^53. */
function plainSums({ geometry, ifmap, weights }: Given): Float64Array {
  const { input, output, filters, channelsPerGroup, kernelHeight, kernelWidth, stride, padding } = geometry;
  const sums = new Float64Array(elementsOf(output));
  sums.forEach((_, index) => {
    const column = index % output.width;
    const row = Math.floor(index / output.width) % output.height;
    const filter = Math.floor(index / (output.width * output.height));
    const firstChannel = Math.floor((filter * geometry.groups) / filters) * channelsPerGroup;
    for (let channel = 0; channel < channelsPerGroup; channel++) {
      for (let ky = 0; ky < kernelHeight; ky++) {
        for (let kx = 0; kx < kernelWidth; kx++) {
          const y = row * stride[0] + ky - padding[0];
          const x = column * stride[1] + kx - padding[2];
          if (y < 0 || y >= input.height || x < 0 || x >= input.width) continue;
          sums[index] +=
            weights[((filter * channelsPerGroup + channel) * kernelHeight + ky) * kernelWidth + kx] *
            ifmap[((firstChannel + channel) * input.height + y) * input.width + x];
        }
      }
    }
  });
  return sums;
}

describe('exact sums', () => {
  let backends: ReferenceBackend[] = [];
  before(async () => {
    backends = [await openReference('wasm'), await openReference('cpu')];
  });
  afterEach(() => {
    for (const backend of backends) backend.dispose();
  });

  it('are exact beyond 2^24 at the limits of int8 and int16, on every backend', () => {
    fc.assert(
      fc.property(extremes, (given) => {
        const expected = plainSums(given);
        for (const backend of backends) {
          const found = createExactConvolution(backend, given.geometry, given.weights, given.precision);
          expect(found.sums(given.ifmap), backend.name).to.deep.equal(expected);
          found.dispose();
        }
      }),
      { numRuns: 40 },
    );
  });

  it('need the splitting: float32 alone gets sums of the same operands wrong', () => {
    fc.assert(
      fc.property(extremes, (given) => {
        const expected = plainSums(given);
        fc.pre(Math.max(...expected) > 2 ** 25);
        for (const backend of backends) {
          const { geometry, weights } = given;
          const bias = new Float32Array(geometry.filters);
          const float = createFloatConvolution(backend, geometry, Float32Array.from(weights), bias);
          expect([...float(Float32Array.from(given.ifmap))]).to.not.deep.equal([...expected]);
        }
      }),
      { numRuns: 10 },
    );
  });
});
