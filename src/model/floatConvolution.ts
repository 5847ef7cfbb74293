import type { ConvGeometry } from '../network/layer.js';
import { tensorWorkspace } from '../tensor/kernels/compiled.js';
import { layOut } from '../tensor/kernels/layOut.js';
import { floatPlanes, splitIntoPlanes, tapOffsets } from './floatPlanes.js';

/** Bytes of a tap in `assembly/tensor/convolution.ts`, and how many bytes of taps are to stay in the caches beside the planes. */
const tapBytes = 16;
const listBytes = 2 ** 18;
/** Positions, and filters of single positions, that the kernels sum at once. */
const widestBlock = 24;
const narrowestBlock = 8;
const filtersAtOnce = 8;

/**
 * A convolution in plain float arithmetic: products are summed in doubles, from the bias on and in the order of the filter's weights, and
 * rounded to float32 once. Weights that are zero cost nothing, where a map has more than one position.
 *
 * @param input (channels, height, width)
 * @param weights (filters, channelsPerGroup, kernelHeight, kernelWidth)
 * @param bias one per filter
 * @returns (filters, output height, output width)
 */
export function floatConvolution(
  geometry: ConvGeometry,
  input: Float32Array,
  weights: Float32Array,
  bias: Float32Array = new Float32Array(geometry.filters),
): Float32Array {
  const { output, filters, groups } = geometry;
  const planes = floatPlanes(geometry);
  const offsets = tapOffsets(geometry, planes);
  const taps = offsets.length;
  const positions = (output.height - 1) * planes.pitch + output.width;
  const sumPitch = roundUp(positions, narrowestBlock);
  const filtersPerGroup = filters / groups;
  const perCall = Math.min(filtersPerGroup, roundUp(listBytes / tapBytes / taps, filtersAtOnce));
  const atOnce = roundUp(perCall, filtersAtOnce);
  const room = layOut({
    planes: (planes.elements + widestBlock) * 8,
    offsets: taps * 4,
    inputs: taps * 8,
    weights: atOnce * taps * 4,
    bias: atOnce * 4,
    lists: perCall * (taps * tapBytes + 4) + 2 * tapBytes,
    sums: atOnce * sumPitch * 4,
  });
  const { kernels, buffer } = tensorWorkspace(room.end);
  const planeValues = new Float64Array(buffer, room.planes, planes.elements).fill(0);
  splitIntoPlanes(geometry, planes, input, planeValues);
  new Uint32Array(buffer, room.offsets, taps).set(offsets.map((offset) => offset * 8));
  const inputs = new Float64Array(buffer, room.inputs, taps);
  const ownWeights = new Float32Array(buffer, room.weights, perCall * taps);
  const ownBias = new Float32Array(buffer, room.bias, perCall);
  const sums = new Float32Array(buffer, room.sums, atOnce * sumPitch);
  const result = new Float32Array(filters * output.height * output.width);

  for (let first = 0, count = 0; first < filters; first += count) {
    const group = Math.floor(first / filtersPerGroup);
    count = Math.min(perCall, (group + 1) * filtersPerGroup - first);
    ownWeights.set(weights.subarray(first * taps, (first + count) * taps));
    ownBias.set(bias.subarray(first, first + count));
    const groupBegin = (group * planes.elements) / groups;
    const { weights: weightsAt, bias: biasAt, sums: sumsAt } = room;
    if (positions === 1 && gather(planeValues, groupBegin, offsets, inputs) && !hasNegativeZero(ownBias)) {
      const padded = roundUp(count, filtersAtOnce);
      kernels.convolvePoint(room.inputs, taps, weightsAt, biasAt, padded, sumsAt);
      result.set(sums.subarray(0, count), first);
      continue;
    }
    const planesAt = room.planes + groupBegin * 8;
    kernels.convolvePlanes(
      ...([planesAt, room.offsets, taps, weightsAt, biasAt, count, positions, room.lists, sumsAt] as const),
    );
    let to = first * output.height * output.width;
    for (let filter = 0; filter < count; filter++) {
      for (let row = 0; row < output.height; row++) {
        const from = filter * sumPitch + row * planes.pitch;
        for (let column = 0; column < output.width; column++) result[to++] = sums[from + column];
      }
    }
  }
  return result;
}

function roundUp(value: number, unit: number): number {
  return Math.ceil(value / unit) * unit;
}

/** Gathers the inputs of a single position; whether all of them are finite. */
function gather(planes: Float64Array, begin: number, offsets: Uint32Array, inputs: Float64Array): boolean {
  let isFinite = true;
  for (let tap = 0; tap < offsets.length; tap++) {
    inputs[tap] = planes[begin + offsets[tap]];
    if (!Number.isFinite(inputs[tap])) isFinite = false;
  }
  return isFinite;
}

function hasNegativeZero(values: Float32Array): boolean {
  return values.some((value) => Object.is(value, -0));
}
