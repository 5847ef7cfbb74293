import type { Tensor4D } from '@tensorflow/tfjs-core';
import type { ConvGeometry } from '../network/layer.js';
import type { ReferenceBackend, TensorFlow } from './backend.js';

/** The channels and filters that one TensorFlow.js call convolves. */
export interface ConvPart {
  /** A depthwise call covers all channels, each with its own filters. */
  readonly depthwise: boolean;
  readonly firstChannel: number;
  readonly channels: number;
  readonly firstFilter: number;
  readonly filters: number;
}

export interface ConvCall extends ConvPart {
  /** (height, width, channels, filters), or (height, width, channels, filters per channel) when depthwise. */
  readonly kernel: Tensor4D;
}

/** TensorFlow.js has no grouped convolution: a call per group, or a single depthwise one where groups have one channel. */
export function partsOf(geometry: ConvGeometry): readonly ConvPart[] {
  const { groups, channelsPerGroup, filters, stride } = geometry;
  // The native library's depthwise kernel demands equal strides.
  if (groups > 1 && channelsPerGroup === 1 && stride[0] === stride[1]) {
    return [{ depthwise: true, firstChannel: 0, channels: groups, firstFilter: 0, filters }];
  }
  const filtersPerGroup = filters / groups;
  return Array.from({ length: groups }, (_, group) => ({
    depthwise: false,
    firstChannel: group * channelsPerGroup,
    channels: channelsPerGroup,
    firstFilter: group * filtersPerGroup,
    filters: filtersPerGroup,
  }));
}

/** Taps that a filter sums over: channels per group x kernel height x kernel width. */
export function reductionOf(geometry: ConvGeometry): number {
  return geometry.channelsPerGroup * geometry.kernelHeight * geometry.kernelWidth;
}

/** Filters whose weights are brought to their places together, so that the caches hold what lies between them. */
const filtersAtOnce = 32;

/**
 * A part's kernel as TensorFlow.js wants it, of the taps [from, to) of each filter's reduction and zero elsewhere;
 * channels that no such tap touches are left out. `weights` are (filters, channelsPerGroup, height, width).
 *
 * A dilated kernel is spread out with zeros, since TensorFlow.js knows no dilation together with a stride.
 */
export function createCall(
  backend: ReferenceBackend,
  geometry: ConvGeometry,
  part: ConvPart,
  weights: ArrayLike<number>,
  from = 0,
  to = reductionOf(geometry),
): ConvCall {
  const { kernelHeight, kernelWidth, dilation } = geometry;
  const taps = kernelHeight * kernelWidth;
  const reduction = reductionOf(geometry);
  const height = (kernelHeight - 1) * dilation[0] + 1;
  const width = (kernelWidth - 1) * dilation[1] + 1;
  const firstOfGroup = Math.floor(from / taps);
  const channels = Math.ceil(to / taps) - firstOfGroup;
  const spread = new Float32Array(height * width * channels * part.filters);
  for (let first = 0; first < part.filters; first += filtersAtOnce) {
    const end = Math.min(first + filtersAtOnce, part.filters);
    for (let r = from; r < to; r++) {
      const tap = r % taps;
      const channel = (r - tap) / taps - firstOfGroup;
      const x = tap % kernelWidth;
      const y = (tap - x) / kernelWidth;
      const position = y * dilation[0] * width + x * dilation[1];
      const offset = (position * channels + channel) * part.filters;
      for (let filter = first; filter < end; filter++) {
        spread[offset + filter] = weights[(part.firstFilter + filter) * reduction + r];
      }
    }
  }
  const shape: [number, number, number, number] = part.depthwise
    ? [height, width, part.channels, part.filters / part.channels]
    : [height, width, channels, part.filters];
  const kernel = backend.hold(() => backend.tf.tensor4d(spread, shape));
  if (part.depthwise) return { ...part, kernel };
  return { ...part, firstChannel: part.firstChannel + firstOfGroup, channels, kernel };
}

/** Convolves a map that is padded already; the result is (1, height, width, part's filters). */
export function convolvePart(
  tf: TensorFlow,
  padded: Tensor4D,
  call: ConvCall,
  geometry: ConvGeometry,
): Tensor4D {
  const stride: [number, number] = [geometry.stride[0], geometry.stride[1]];
  const result = call.depthwise
    ? tf.depthwiseConv2d(padded, call.kernel, stride, 'valid')
    : tf.conv2d(channelsOf(tf, padded, call), call.kernel, stride, 'valid');
  const { height, width } = geometry.output;
  if (result.shape[1] !== height || result.shape[2] !== width) {
    throw new Error(
      `reference: the layer states an output of ${height}x${width}, its geometry gives ${result.shape[1]}x${result.shape[2]}`,
    );
  }
  return result;
}

function channelsOf(tf: TensorFlow, map: Tensor4D, part: ConvPart): Tensor4D {
  const [, height, width, channels] = map.shape;
  if (part.channels === channels) return map;
  return tf.slice(map, [0, 0, 0, part.firstChannel], [1, height, width, part.channels]);
}
