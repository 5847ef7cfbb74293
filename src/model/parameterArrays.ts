import { didYouMean } from '../document/suggest.js';
import { UserError } from '../document/userError.js';
import type { ConvLayer } from '../network/layer.js';
import type { Network } from '../network/network.js';
import type { NpyArray } from '../tensor/npy.js';
import { isNpyFile, readNpyFile } from '../tensor/npyFile.js';
import { readNpz } from '../tensor/npz.js';
import { convLayers } from './parameters.js';

/** The arrays of a file of parameters, and which of them have been asked for. */
export interface ParameterArrays {
  readonly file: string;
  /** False for a file of weights alone, whose layer has biases of zero. */
  readonly hasBiases: boolean;
  /**
   * @param shapes any of which the array may have
   * @throws UserError when there is no such array, or it has another shape
   */
  take(name: string, ...shapes: ReadonlyArray<readonly number[]>): NpyArray;
  /** A fault of one of the arrays. */
  fault(name: string, message: string): UserError;
  unused(): string[];
}

/**
 * Reads an .npz file of named arrays; or an .npy file, whose one array is `<layer>.weight` of a network's only layer with
 * weights.
 *
 * @throws UserError when the file cannot be read, or is an .npy file and the network has several layers with weights, none,
 *   or one with a batch norm
 */
export async function readParameterArrays(file: string, network: Network): Promise<ParameterArrays> {
  if (!isNpyFile(file)) return createArrays(file, await readNpz(file), true);
  const layer = onlyLayer(file, network);
  return createArrays(file, new Map([[weightOf(layer), await readNpyFile(file)]]), false);
}

/** Name of a layer's weights in a file. */
export function weightOf(layer: ConvLayer): string {
  return `${layer.name}.weight`;
}

function onlyLayer(file: string, network: Network): ConvLayer {
  const [layer, ...others] = convLayers(network);
  if (layer === undefined || others.length > 0) {
    const found = layer === undefined ? 'none' : `${1 + others.length}, from ${layer.name} on`;
    throw new UserError(
      `expected a network with one layer that has weights for the one array of an .npy file, found ${found}, in ` +
        `${network.name}; give the arrays of several layers in an .npz file`,
      { file },
    );
  }
  if (layer.batchNorm !== undefined) {
    throw new UserError(
      `expected a layer without batch norm for an .npy file, found ${layer.name} with ${layer.batchNorm.name}; give its ` +
        'arrays in an .npz file, or leave the batch norm out of the network',
      { file },
    );
  }
  return layer;
}

function createArrays(
  file: string,
  arrays: ReadonlyMap<string, NpyArray>,
  isNamed: boolean,
): ParameterArrays {
  const taken = new Set<string>();
  const unused = (): string[] => [...arrays.keys()].filter((name) => !taken.has(name));
  const fault = (name: string, message: string): UserError =>
    new UserError(`${isNamed ? `array "${name}"` : 'weights'}: ${message}`, { file });
  return {
    file,
    hasBiases: isNamed,
    fault,
    unused,
    take: (name, ...shapes) => {
      const array = arrays.get(name);
      const expected = shapes.map(formatShape).join(' or ');
      if (array === undefined) {
        const hint = didYouMean(name, unused());
        throw new UserError(
          `expected an array "${name}" of shape ${expected}, found none of this name among ` +
            `${arrays.size}${hint === '' ? '' : `; ${hint}`}`,
          { file },
        );
      }
      taken.add(name);
      if (!shapes.some((shape) => isSameShape(shape, array.shape))) {
        throw fault(name, `expected shape ${expected}, found ${formatShape(array.shape)}`);
      }
      return array;
    },
  };
}

function isSameShape(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((size, axis) => size === b[axis]);
}

function formatShape(shape: readonly number[]): string {
  return `(${shape.join(', ')})`;
}
