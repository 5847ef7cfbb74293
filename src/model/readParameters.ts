import { didYouMean } from '../document/suggest.js';
import { UserError, displayPath } from '../document/userError.js';
import type { ConvLayer } from '../network/layer.js';
import type { Network } from '../network/network.js';
import type { Supports } from '../sparsity/supports.js';
import type { WeightsOf } from '../sparsity/weightsOf.js';
import type { NpyArray } from '../tensor/npy.js';
import { readNpz } from '../tensor/npz.js';
import type { BatchNormParameters } from './foldBatchNorm.js';
import { applySupports, convLayers, originalOf, sliceParameters, supportsOf } from './parameters.js';
import type { ConvParameters, NetworkParameters, PrunedFrom } from './parameters.js';

/**
 * Reads the parameters of every layer from an .npz file: `<node>.weight` and, where the layer has one, `<node>.bias`;
 * of a batch-norm node `.weight`, `.bias`, `.running_mean`, `.running_var` (PyTorch's names). Weights outside the supports
 * are set to zero and counted.
 *
 * @param network as it runs; its channels may be what was left of those `from` another, whose shapes the file has
 * @param supports by layer name; a layer without an entry is dense
 * @throws UserError when the file cannot be read, an array is missing, has another shape, or holds NaN or infinity, or a
 *   variance is negative
 */
export async function readParameters(
  file: string,
  network: Network,
  supports: ReadonlyMap<string, Supports>,
  from?: PrunedFrom,
): Promise<NetworkParameters> {
  const arrays = createArrays(file, await readNpz(file));
  const layers = new Map<string, ConvParameters>();
  let droppedWeights = 0;
  for (const layer of convLayers(network)) {
    const original = originalOf(layer, from);
    const parameters = sliceParameters(readLayer(original.layer, arrays), original.layer, original.kept);
    droppedWeights += applySupports(parameters.weights, supportsOf(layer, supports));
    layers.set(layer.name, parameters);
  }
  return {
    origin: 'file',
    description: `weights from ${displayPath(file)}`,
    layers,
    droppedWeights,
    unusedArrays: arrays.unused(),
  };
}

/**
 * The weights of a file, for schemes that choose by magnitude.
 *
 * @throws UserError when the file cannot be read; the answer itself throws as `readParameters` does
 */
export async function readWeights(file: string, network: Network): Promise<WeightsOf> {
  const arrays = createArrays(file, await readNpz(file));
  return (name) => {
    const layer = convLayers(network).find((each) => each.name === name);
    if (layer === undefined) throw new Error(`layer ${name} is not of ${network.name}`);
    return readLayer(layer, arrays).weights;
  };
}

/** The file's arrays, and which of them have been asked for. */
interface Arrays {
  take(name: string, shape: readonly number[]): Float32Array;
  unused(): string[];
  readonly file: string;
}

function createArrays(file: string, arrays: ReadonlyMap<string, NpyArray>): Arrays {
  const taken = new Set<string>();
  return {
    file,
    unused: () => [...arrays.keys()].filter((name) => !taken.has(name)),
    take: (name, shape) => {
      const array = arrays.get(name);
      if (array === undefined) {
        const others = [...arrays.keys()].filter((other) => !taken.has(other));
        const hint = didYouMean(name, others);
        throw new UserError(
          `expected an array "${name}" of shape ${formatShape(shape)}, found none of this name among ` +
            `${arrays.size}${hint === '' ? '' : `; ${hint}`}`,
          { file },
        );
      }
      taken.add(name);
      if (array.shape.length !== shape.length || array.shape.some((size, axis) => size !== shape[axis])) {
        throw new UserError(
          `array "${name}": expected shape ${formatShape(shape)}, found ${formatShape(array.shape)}`,
          { file },
        );
      }
      return toFinite(name, array, file);
    },
  };
}

function readLayer(layer: ConvLayer, arrays: Arrays): ConvParameters {
  const { filters, channelsPerGroup, kernelHeight, kernelWidth } = layer.geometry;
  const shape =
    layer.kind === 'fully-connected'
      ? [filters, channelsPerGroup]
      : [filters, channelsPerGroup, kernelHeight, kernelWidth];
  const weights = arrays.take(`${layer.name}.weight`, shape);
  const bias = layer.bias ? { bias: arrays.take(`${layer.name}.bias`, [filters]) } : {};
  const batchNorm =
    layer.batchNorm === undefined ? {} : { batchNorm: readBatchNorm(layer.batchNorm.name, filters, arrays) };
  return { weights, ...bias, ...batchNorm };
}

function readBatchNorm(node: string, filters: number, arrays: Arrays): BatchNormParameters {
  const variance = arrays.take(`${node}.running_var`, [filters]);
  const negative = variance.findIndex((value) => value < 0);
  if (negative >= 0) {
    throw new UserError(
      `array "${node}.running_var": expected variances of at least 0, found ${variance[negative]} at ${negative}`,
      { file: arrays.file },
    );
  }
  return {
    gamma: arrays.take(`${node}.weight`, [filters]),
    beta: arrays.take(`${node}.bias`, [filters]),
    mean: arrays.take(`${node}.running_mean`, [filters]),
    variance,
  };
}

function toFinite(name: string, { data, shape }: NpyArray, file: string): Float32Array {
  if (data instanceof BigInt64Array) {
    throw new UserError(`array "${name}": expected float32 numbers, found int64`, { file });
  }
  const values = Float32Array.from(data);
  const at = values.findIndex((value) => !Number.isFinite(value));
  if (at >= 0) {
    throw new UserError(
      `array "${name}": expected finite float32 numbers, found ${data[at]} at [${indicesOf(at, shape).join(', ')}]`,
      { file },
    );
  }
  return values;
}

function indicesOf(at: number, shape: readonly number[]): number[] {
  const indices: number[] = [];
  for (let axis = shape.length - 1, rest = at; axis >= 0; axis--) {
    indices.unshift(rest % shape[axis]);
    rest = Math.floor(rest / shape[axis]);
  }
  return indices;
}

function formatShape(shape: readonly number[]): string {
  return `(${shape.join(', ')})`;
}
