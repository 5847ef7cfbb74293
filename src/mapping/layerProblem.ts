import type { PrecisionSet } from '../model/model.js';
import type { ConvLayer, Layer, PoolLayer, Shape } from '../network/layer.js';
import { planar } from '../storage/featureMapLayout.js';
import type { LayerStorage } from '../storage/format.js';
import type { ConvProblem, LayerProblem, VectorProblem, Window } from './problem.js';

/** A convolution or fully connected layer as the machine has to map it, for so many images together. */
export function convProblem(
  layer: ConvLayer,
  precision: PrecisionSet,
  storage: LayerStorage,
  images = 1,
  layout = planar,
): ConvProblem {
  const { geometry } = layer;
  return {
    kind: 'conv',
    name: layer.name,
    images,
    window: geometry,
    precision: precision.ifmap,
    accumulator: precision.accumulator,
    layout,
    residual: layer.residual !== undefined,
    filters: geometry.filters,
    channelsPerGroup: geometry.channelsPerGroup,
    groups: geometry.groups,
    storage,
  };
}

/** A convolution whose finished tiles are pooled on their way out. */
export function withPool(problem: ConvProblem, { name, kind, geometry }: PoolLayer): ConvProblem {
  return { ...problem, pool: { name, kind, window: poolWindow(geometry) } };
}

/** A pooling, addition or ReLU that stands alone. */
export function vectorProblem(
  layer: Exclude<Layer, ConvLayer>,
  precision: PrecisionSet,
  images = 1,
  layout = planar,
): VectorProblem {
  return {
    kind: 'vector',
    name: layer.name,
    images,
    window: 'geometry' in layer ? poolWindow(layer.geometry) : elementWise(layer.outputShape),
    precision: precision.ifmap,
    accumulator: precision.accumulator,
    layout,
    residual: layer.kind === 'add',
    filters: layer.outputShape.channels,
  };
}

function poolWindow(geometry: PoolLayer['geometry']): Window {
  return { ...geometry, dilation: [1, 1] };
}

function elementWise(shape: Shape): Window {
  return {
    input: shape,
    output: shape,
    kernelHeight: 1,
    kernelWidth: 1,
    stride: [1, 1],
    padding: [0, 0, 0, 0],
    dilation: [1, 1],
  };
}

/**
 * A text that is the same for problems that cost the same whatever their names; undefined where every kernel has a
 * support of its own, or sizes follow from the weights, which no other layer shares.
 */
export function problemKey(problem: LayerProblem): string | undefined {
  if (problem.kind === 'vector') return JSON.stringify({ ...problem, name: '' });
  const { supports, format, repeats, descriptor } = problem.storage;
  if (repeats === Infinity || format.needsWeights) return undefined;
  return JSON.stringify({
    ...problem,
    name: '',
    pool: problem.pool && { ...problem.pool, name: '' },
    storage: {
      format: format.name,
      descriptor,
      supports: [supports.assignment, ...supports.patterns.map((pattern) => pattern.join(''))],
    },
  });
}
