import { UserError, displayPath } from '../document/userError.js';
import type { Shape } from '../network/layer.js';
import type { Network } from '../network/network.js';
import { readCifar10 } from '../tensor/cifar10.js';
import { naturalImages } from '../tensor/naturalImages.js';

/** Inputs of a network. */
export interface NetworkImages {
  /** (channels, height, width), normalised as the network wants. */
  readonly images: readonly Float32Array[];
  /** 1 where the images are the machine's operands as they are; follows from the images unless given. */
  readonly scale?: 1;
  /** The right class of each image, where it is known. */
  readonly labels?: Uint8Array;
  /** Where they come from, in words for a report. */
  readonly description: string;
}

/** Images with natural-image statistics, of the network's input shape. They show no objects. */
export function seededImages(network: Network, count: number, seed: number): NetworkImages {
  const pixels = naturalImages(network.input, count, seed);
  return {
    images: pixels.map((image) => normalize(network, image)),
    description: `${imagesInWords(count)} with natural-image statistics, seed ${seed}`,
  };
}

/**
 * `count` images from number `first` (from 0) on of a file in CIFAR-10's binary format; all of them unless counted.
 *
 * @throws UserError when the network's input is not 3 x 32 x 32, or the file cannot be read as such
 */
export async function cifar10Images(
  network: Network,
  file: string,
  range: { readonly first: number; readonly count?: number | undefined },
): Promise<NetworkImages> {
  const { channels, height, width } = network.input;
  if (channels !== 3 || height !== 32 || width !== 32) {
    throw new UserError(
      `expected a network with a 3 x 32 x 32 input for CIFAR-10 images, found ${network.name} with ` +
        `${channels} x ${height} x ${width}; use another network or seeded images`,
      { file },
    );
  }
  const { labels, pixels } = await readCifar10(file, range);
  return {
    images: pixels.map((image) => normalize(network, image)),
    labels,
    description: `${imagesInWords(pixels.length)} of ${displayPath(file)} from number ${range.first} on`,
  };
}

/** (pixel / 255 - mean) / standardDeviation, per channel. */
function normalize(network: Network, pixels: Uint8Array): Float32Array {
  const { mean, standardDeviation } = network.normalization;
  const result = new Float32Array(pixels.length);
  const plane = planeOf(network.input);
  for (let channel = 0; channel < network.input.channels; channel++) {
    for (let i = channel * plane; i < (channel + 1) * plane; i++) {
      result[i] = (pixels[i] / 255 - mean[channel]) / standardDeviation[channel];
    }
  }
  return result;
}

function planeOf(shape: Shape): number {
  return shape.height * shape.width;
}

/** `1 image` or `4 images`. */
export function imagesInWords(count: number): string {
  return count === 1 ? '1 image' : `${count} images`;
}
