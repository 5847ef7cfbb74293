import { UserError, displayPath } from '../document/userError.js';
import { elementsOf } from '../network/layer.js';
import type { Network } from '../network/network.js';
import type { NpyArray } from '../tensor/npy.js';
import { readNpyFile } from '../tensor/npyFile.js';
import { tensorNumbers } from '../tensor/npyNumbers.js';
import type { Precision } from '../tensor/precision.js';
import { imagesInWords } from './images.js';
import type { NetworkImages } from './images.js';

/**
 * `count` images from number `first` (from 0) on of an .npy file of shape (channels, height, width) or (images, channels,
 * height, width); all of them unless counted. They are the network's input as it stands: nothing is normalised.
 *
 * @param precision of the network's input in the machine; in an integer one, integer arrays are its operands as they are
 * @throws UserError when the file cannot be read, has another shape or too few images, or holds a number that is not finite
 *   or no operand of the precision
 */
export async function npyImages(
  network: Network,
  file: string,
  { first, count: wanted }: { readonly first: number; readonly count?: number | undefined },
  precision: Precision,
): Promise<NetworkImages> {
  const array = await readNpyFile(file);
  const available = imagesIn(array, network, file);
  const count = wanted ?? Math.max(1, available - first);
  if (first + count > available) {
    throw new UserError(
      `expected at least ${imagesInWords(first + count)} (${count} from number ${first} on), found ${available}; ` +
        'ask for fewer',
      { file },
    );
  }
  const elements = elementsOf(network.input);
  const numbers = Array.from({ length: count }, (_, image) => {
    const begin = (first + image) * elements;
    const fault = (message: string): UserError => new UserError(message, { file });
    return tensorNumbers(array, precision, fault, { begin, end: begin + elements });
  });
  const scale = numbers[0]?.scale;
  return {
    images: numbers.map(({ values }) => values),
    ...(scale && { scale }),
    description:
      `${imagesInWords(count)} of ${displayPath(file)} from number ${first} on, ` +
      (scale === undefined ? 'taken as normalised already' : 'integers as they are'),
  };
}

function imagesIn({ shape }: NpyArray, network: Network, file: string): number {
  const { channels, height, width } = network.input;
  const image = [channels, height, width];
  const isWhole = (sizes: readonly number[]): boolean =>
    sizes.length === 3 && sizes.every((size, axis) => size === image[axis]);
  if (isWhole(shape)) return 1;
  if (shape.length === 4 && isWhole(shape.slice(1))) return shape[0];
  throw new UserError(
    `expected images of shape (${image.join(', ')}) or (images, ${image.join(', ')}), the input of ${network.name}, found ` +
      `(${shape.join(', ')})`,
    { file },
  );
}
