import type { PrecisionSet } from '../model/model.js';
import type { ConvLayer, Layer, Shape } from '../network/layer.js';
import { denseSupports } from '../sparsity/supports.js';
import type { Supports } from '../sparsity/supports.js';
import type { StorageFormat } from '../storage/format.js';
import type { ConvProblem, LayerProblem, VectorProblem, Window } from './problem.js';

/** A convolution or fully connected layer as the machine has to map it, its weights stored in `format`. */
export function convProblem(
  layer: ConvLayer,
  supports: Supports,
  precision: PrecisionSet,
  format: StorageFormat,
): ConvProblem {
  const { geometry } = layer;
  return {
    kind: 'conv',
    name: layer.name,
    window: geometry,
    precision: precision.ifmap,
    accumulator: precision.accumulator,
    residual: layer.residual !== undefined,
    filters: geometry.filters,
    channelsPerGroup: geometry.channelsPerGroup,
    groups: geometry.groups,
    weightPrecision: precision.weight,
    supports,
    streamed: format.exposesSupports
      ? supports
      : denseSupports(supports.filters, supports.channels, supports.taps),
    format,
  };
}

/** A pooling, addition or ReLU that stands alone. */
export function vectorProblem(layer: Exclude<Layer, ConvLayer>, precision: PrecisionSet): VectorProblem {
  return {
    kind: 'vector',
    name: layer.name,
    window: 'geometry' in layer ? { ...layer.geometry, dilation: [1, 1] } : elementWise(layer.outputShape),
    precision: precision.ifmap,
    accumulator: precision.accumulator,
    residual: layer.kind === 'add',
    filters: layer.outputShape.channels,
  };
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
 * support of its own, which no other layer shares.
 */
export function problemKey(problem: LayerProblem): string | undefined {
  if (problem.kind === 'vector') return JSON.stringify({ ...problem, name: '' });
  const { supports, format } = problem;
  if (supports.assignment.kind === 'per-kernel') return undefined;
  return JSON.stringify({
    ...problem,
    name: '',
    format: format.name,
    supports: [supports.assignment, ...supports.patterns.map((pattern) => pattern.join(''))],
    streamed: '',
  });
}
