import type { ConvGeometry, PoolGeometry, Shape } from './layer.js';
import { elementsOf } from './layer.js';
import type { NodeOf } from './schema.js';

export type PoolSpec = NodeOf<'max-pool'> | NodeOf<'average-pool'> | NodeOf<'global-average-pool'>;

type Pair = readonly [number, number];
type Padding = readonly [number, number, number, number];

/** Rows and columns that the taps of a kernel span: (k - 1) * dilation + 1. */
export function kernelExtent(kernel: Pair, dilation: Pair = [1, 1]): Pair {
  return [(kernel[0] - 1) * dilation[0] + 1, (kernel[1] - 1) * dilation[1] + 1];
}

/** The map with its padding. */
export function paddedShape({ channels, height, width }: Shape, padding: Padding): Shape {
  return {
    channels,
    height: height + padding[0] + padding[1],
    width: width + padding[2] + padding[3],
  };
}

/** floor((size + padding - extent) / stride) + 1 along both axes; what is left over at the end is not read. */
function outputShape(channels: number, padded: Shape, extent: Pair, stride: Pair): Shape {
  return {
    channels,
    height: Math.floor((padded.height - extent[0]) / stride[0]) + 1,
    width: Math.floor((padded.width - extent[1]) / stride[1]) + 1,
  };
}

export function convGeometry(spec: NodeOf<'conv2d'>, input: Shape): ConvGeometry {
  const { filters, kernel, stride, padding, dilation, groups } = spec;
  return {
    input,
    output: outputShape(filters, paddedShape(input, padding), kernelExtent(kernel, dilation), stride),
    filters,
    channelsPerGroup: input.channels / groups,
    kernelHeight: kernel[0],
    kernelWidth: kernel[1],
    stride,
    padding,
    dilation,
    groups,
  };
}

/** A 1x1 convolution over a 1x1 map of all elements of the input, in their order. */
export function fullyConnectedGeometry({ filters }: NodeOf<'fully-connected'>, input: Shape): ConvGeometry {
  const channels = elementsOf(input);
  return {
    input: { channels, height: 1, width: 1 },
    output: { channels: filters, height: 1, width: 1 },
    filters,
    channelsPerGroup: channels,
    kernelHeight: 1,
    kernelWidth: 1,
    stride: [1, 1],
    padding: [0, 0, 0, 0],
    dilation: [1, 1],
    groups: 1,
  };
}

export function poolGeometry(spec: PoolSpec, input: Shape): PoolGeometry {
  const whole: Pair = [input.height, input.width];
  const kernel = spec.type === 'global-average-pool' ? whole : spec.kernel;
  const stride = spec.type === 'global-average-pool' ? whole : (spec.stride ?? spec.kernel);
  const padding: Padding = spec.type === 'global-average-pool' ? [0, 0, 0, 0] : spec.padding;
  return {
    input,
    output: outputShape(input.channels, paddedShape(input, padding), kernel, stride),
    kernelHeight: kernel[0],
    kernelWidth: kernel[1],
    stride,
    padding,
  };
}
