import fc from 'fast-check';
import { keepsWindowsWhole } from '../../src/mapping/fusedPool.js';
import { convProblem, vectorProblem, withPool } from '../../src/mapping/layerProblem.js';
import type { Mapping } from '../../src/mapping/mapping.js';
import type { ConvProblem, LoopName, VectorProblem } from '../../src/mapping/problem.js';
import { loopNames, wholeTile } from '../../src/mapping/problem.js';
import type { ModelLayer, PrecisionSet } from '../../src/model/model.js';
import type { PoolLayer, Shape } from '../../src/network/layer.js';
import { layoutOf, planar } from '../../src/storage/featureMapLayout.js';
import { storeLayer } from '../../src/storage/formats.js';
import { symmetricLimit } from '../../src/tensor/precision.js';
import { makeRequantization } from '../../src/tensor/requantization.js';
import { cases } from './arbitraries.js';
import type { Case } from './arbitraries.js';

/** A convolution and the pooling behind it. */
export interface FusedCase extends Case {
  readonly precision: PrecisionSet;
  readonly pool: ModelLayer & { readonly layer: PoolLayer };
}

interface PoolChoice {
  readonly kind: PoolLayer['kind'];
  readonly kernel: readonly [number, number];
  readonly stride: readonly [number, number];
  readonly padding: readonly [number, number, number, number];
  readonly relu: boolean;
}

const pools: fc.Arbitrary<PoolChoice> = fc
  .record({
    kind: fc.constantFrom<PoolLayer['kind']>('max-pool', 'average-pool'),
    kernel: fc.tuple(fc.integer({ min: 1, max: 4 }), fc.integer({ min: 1, max: 4 })),
    /** Windows that touch, overlap, or leave rows and columns out. */
    stride: fc.option(fc.tuple(fc.integer({ min: 1, max: 4 }), fc.integer({ min: 1, max: 4 }))),
    padding: fc.tuple(fc.nat(3), fc.nat(3), fc.nat(3), fc.nat(3)),
    relu: fc.boolean(),
  })
  .map(({ kernel, stride, padding: [top, bottom, left, right], ...rest }) => ({
    ...rest,
    kernel,
    stride: stride ?? kernel,
    padding: [
      Math.min(top, kernel[0] - 1),
      Math.min(bottom, kernel[0] - 1),
      Math.min(left, kernel[1] - 1),
      Math.min(right, kernel[1] - 1),
    ],
  }));

function poolOf(name: string, input: string, shape: Shape, choice: PoolChoice): PoolLayer {
  const { kind, stride, padding, relu } = choice;
  // Kernels are no larger than the map.
  const kernelHeight = Math.min(choice.kernel[0], shape.height + padding[0] + padding[1]);
  const kernelWidth = Math.min(choice.kernel[1], shape.width + padding[2] + padding[3]);
  const output = {
    channels: shape.channels,
    height: Math.floor((shape.height + padding[0] + padding[1] - kernelHeight) / stride[0]) + 1,
    width: Math.floor((shape.width + padding[2] + padding[3] - kernelWidth) / stride[1]) + 1,
  };
  return {
    kind,
    name,
    input,
    output: name,
    outputShape: output,
    relu,
    geometry: { input: shape, output, kernelHeight, kernelWidth, stride, padding },
  };
}

export function fusedCases(precisions?: readonly PrecisionSet[]): fc.Arbitrary<FusedCase> {
  return fc
    .tuple(cases(precisions && { precisions }), pools)
    .map(([given, choice]) => {
      const { layer } = given.modelLayer;
      const pool = poolOf('pool', layer.output, layer.outputShape, choice);
      const { kernelHeight, kernelWidth } = pool.geometry;
      const { ifmap } = given.precision;
      const scale = 1 / (kernelHeight * kernelWidth);
      const limit = ifmap === 'float32' ? 0 : symmetricLimit(ifmap);
      const requantization =
        ifmap === 'float32' || pool.kind === 'max-pool'
          ? undefined
          : makeRequantization(Float64Array.of(scale), 0, pool.relu ? 0 : -limit, limit);
      return { ...given, pool: { layer: pool, ...(requantization && { requantization }) } };
    })
    .filter(({ pool: { layer } }) => {
      const { padding, kernelHeight, kernelWidth } = layer.geometry;
      return (
        Math.max(padding[0], padding[1]) < kernelHeight && Math.max(padding[2], padding[3]) < kernelWidth
      );
    });
}

export interface FusedProblems {
  readonly fused: ConvProblem;
  readonly alone: ConvProblem;
  readonly pool: VectorProblem;
}

export function problemsOf(
  { modelLayer: { layer, supports }, pool, images, precision }: FusedCase,
  layout = planar.name,
): FusedProblems {
  const stored = storeLayer('auto', { supports, precision: precision.weight }, layer.name);
  const alone = convProblem(layer, precision, stored, images, layoutOf(layout));
  return {
    alone,
    fused: withPool(alone, pool.layer),
    pool: vectorProblem(pool.layer, precision, images, layoutOf(layout)),
  };
}

/** Any tile of any order that cuts no window. */
export const fusedTilings = fc.record({
  images: fc.integer({ min: 1, max: 3 }),
  filters: fc.integer({ min: 1, max: 12 }),
  channels: fc.integer({ min: 1, max: 9 }),
  rows: fc.nat(8),
  columns: fc.nat(8),
  order: fc.shuffledSubarray<LoopName>([...loopNames], { minLength: loopNames.length }),
});

export function fusedMapping(
  problem: ConvProblem,
  given: Record<LoopName, number> & { order: LoopName[] },
): Mapping {
  const whole = wholeTile(problem);
  const sizeOf = (axis: 'rows' | 'columns'): number => {
    const sizes = Array.from({ length: whole[axis] }, (_, i) => i + 1).filter((size) =>
      keepsWindowsWhole(problem, axis, size),
    );
    return sizes[given[axis] % sizes.length];
  };
  return {
    tile: {
      images: Math.min(given.images, whole.images),
      filters: Math.min(given.filters, whole.filters),
      channels: Math.min(given.channels, whole.channels),
      rows: sizeOf('rows'),
      columns: sizeOf('columns'),
    },
    order: given.order,
    phasesPerGroup: 1,
  };
}
