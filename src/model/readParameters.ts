import { displayPath } from '../document/userError.js';
import type { ConvLayer } from '../network/layer.js';
import type { Network } from '../network/network.js';
import type { Supports } from '../sparsity/supports.js';
import type { WeightsOf } from '../sparsity/weightsOf.js';
import { float32Numbers, isIntegerArray, tensorNumbers } from '../tensor/npyNumbers.js';
import type { TensorNumbers } from '../tensor/npyNumbers.js';
import type { Precision } from '../tensor/precision.js';
import type { BatchNormParameters } from './foldBatchNorm.js';
import { readParameterArrays, weightOf } from './parameterArrays.js';
import type { ParameterArrays } from './parameterArrays.js';
import { applySupports, convLayers, originalOf, sliceParameters, supportsOf } from './parameters.js';
import type { ConvParameters, NetworkParameters, PrunedFrom } from './parameters.js';

export interface ReadOptions {
  /** Where channels were pruned: the network whose shapes the file has. */
  readonly from?: PrunedFrom | undefined;
  /** Of the weights in the machine; in an integer one, integer arrays are its operands as they are. float32 unless given. */
  readonly precision?: Precision | undefined;
}

/** The parameters of a file, all of them in memory. */
export interface ReadParameters extends NetworkParameters {
  /** By layer name. */
  readonly layers: ReadonlyMap<string, ConvParameters>;
}

/**
 * Reads the parameters of every layer from an .npz file: `<node>.weight` and, where the layer has one, `<node>.bias`;
 * of a batch-norm node `.weight`, `.bias`, `.running_mean`, `.running_var` (PyTorch's names). An .npy file holds the weights
 * of the only layer that has any, whose bias is zero then. Weights outside the supports are set to zero and counted.
 *
 * @param network as it runs; its channels may be what was left of those of another
 * @param supports by layer name; a layer without an entry is dense
 * @throws UserError when the file cannot be read, an array is missing, has another shape, or holds NaN or infinity, a
 *   variance is negative, an integer is no operand of the precision, integer weights have a batch norm to be folded into
 *   them, or an .npy file is for a network of several layers with weights
 */
export async function readParameters(
  file: string,
  network: Network,
  supports: ReadonlyMap<string, Supports>,
  { from, precision = 'float32' }: ReadOptions = {},
): Promise<ReadParameters> {
  const arrays = await readParameterArrays(file, from?.network ?? network);
  const layers = new Map<string, ConvParameters>();
  let droppedWeights = 0;
  for (const layer of convLayers(network)) {
    const original = originalOf(layer, from);
    const whole = readLayer(original.layer, arrays, precision);
    const parameters = sliceParameters(whole, original.layer, original.kept);
    droppedWeights += applySupports(parameters.weights, supportsOf(layer, supports));
    layers.set(layer.name, parameters);
  }
  const lacksBiases = !arrays.hasBiases && convLayers(network).some(({ bias }) => bias);
  const remarks = [...integersInWords([...layers.values()]), ...(lacksBiases ? ['biases zero'] : [])];
  return {
    origin: 'file',
    description: [`weights from ${displayPath(file)}`, ...remarks].join(', '),
    imagesForStatistics: 0,
    layers,
    ofLayer: ({ name }) => {
      const found = layers.get(name);
      if (found === undefined) throw new Error(`layer ${name} is not of ${network.name}`);
      return found;
    },
    droppedWeights,
    unusedArrays: arrays.unused(),
  };
}

function integersInWords(layers: readonly ConvParameters[]): string[] {
  const count = layers.filter(({ weightScale }) => weightScale !== undefined).length;
  if (count === 0) return [];
  return [`integers as they are${count === layers.length ? '' : ` in ${count} of ${layers.length} layers`}`];
}

/**
 * The weights of a file, for schemes that choose by them.
 *
 * @param precision as `readParameters` has it
 * @throws UserError when the file cannot be read; the answer itself throws as `readParameters` does
 */
export async function readWeights(
  file: string,
  network: Network,
  precision: Precision = 'float32',
): Promise<WeightsOf> {
  const arrays = await readParameterArrays(file, network);
  return (name) => {
    const layer = convLayers(network).find((each) => each.name === name);
    if (layer === undefined) throw new Error(`layer ${name} is not of ${network.name}`);
    return readLayerWeights(layer, arrays, precision).values;
  };
}

function readLayer(layer: ConvLayer, arrays: ParameterArrays, precision: Precision): ConvParameters {
  const { filters } = layer.geometry;
  const { values: weights, scale } = readLayerWeights(layer, arrays, precision);
  const bias =
    layer.bias && arrays.hasBiases ? { bias: takeFloats(arrays, `${layer.name}.bias`, filters) } : {};
  const batchNorm =
    layer.batchNorm === undefined ? {} : { batchNorm: readBatchNorm(layer.batchNorm.name, filters, arrays) };
  return { weights, ...(scale && { weightScale: scale }), ...bias, ...batchNorm };
}

function readLayerWeights(layer: ConvLayer, arrays: ParameterArrays, precision: Precision): TensorNumbers {
  const { filters, channelsPerGroup, kernelHeight, kernelWidth } = layer.geometry;
  const kernels = [filters, channelsPerGroup, kernelHeight, kernelWidth];
  const matrix = [filters, channelsPerGroup];
  const shapes =
    layer.kind === 'fully-connected'
      ? [matrix, kernels]
      : kernelHeight * kernelWidth === 1
        ? [kernels, matrix]
        : [kernels];
  const name = weightOf(layer);
  const array = arrays.take(name, ...shapes);
  if (precision !== 'float32' && isIntegerArray(array) && layer.batchNorm !== undefined) {
    throw arrays.fault(
      name,
      `expected floats, since the batch norm ${layer.batchNorm.name} is folded into them, found integers; convert them ` +
        'with numpy.ndarray.astype, or leave the batch norm out of the network',
    );
  }
  return tensorNumbers(array, precision, (message) => arrays.fault(name, message));
}

function readBatchNorm(node: string, filters: number, arrays: ParameterArrays): BatchNormParameters {
  const variance = takeFloats(arrays, `${node}.running_var`, filters);
  const negative = variance.findIndex((value) => value < 0);
  if (negative >= 0) {
    throw arrays.fault(
      `${node}.running_var`,
      `expected variances of at least 0, found ${variance[negative]} at ${negative}`,
    );
  }
  return {
    gamma: takeFloats(arrays, `${node}.weight`, filters),
    beta: takeFloats(arrays, `${node}.bias`, filters),
    mean: takeFloats(arrays, `${node}.running_mean`, filters),
    variance,
  };
}

function takeFloats(arrays: ParameterArrays, name: string, length: number): Float32Array {
  return float32Numbers(arrays.take(name, [length]), (message) => arrays.fault(name, message));
}
