import { UserError } from '../document/userError.js';
import { readBytes } from './readBytes.js';

/** Images of CIFAR-10's binary version (Krizhevsky 2009). */
export interface Cifar10Images {
  /** One class, 0 .. 9, per image. */
  readonly labels: Uint8Array;
  /** One array of 3 x 32 x 32 pixels, red plane first, per image. */
  readonly pixels: readonly Uint8Array[];
}

const pixelBytes = 3 * 32 * 32;
const recordBytes = 1 + pixelBytes;
const classes = 10;

/**
 * Reads `count` images from number `first` (from 0) on; all of them unless counted.
 *
 * @throws UserError when the file is missing, is not a whole number of images long, holds too few of them, or a
 *   label is not 0 .. 9
 */
export async function readCifar10(
  file: string,
  { first, count: wanted }: { readonly first: number; readonly count?: number | undefined },
): Promise<Cifar10Images> {
  const bytes = await readBytes(file, "a file in CIFAR-10's binary format");
  if (bytes.length === 0 || bytes.length % recordBytes !== 0) {
    const whole = Math.floor(bytes.length / recordBytes);
    throw new UserError(
      `expected CIFAR-10's binary format, a multiple of ${recordBytes} bytes, such as ${Math.max(1, whole) * recordBytes}; ` +
        `found ${bytes.length} bytes; is the file cut short, or another format?`,
      { file },
    );
  }
  const available = bytes.length / recordBytes;
  const count = wanted ?? Math.max(1, available - first);
  if (first + count > available) {
    throw new UserError(
      `expected at least ${first + count} images (${count} from number ${first} on), found ${available}; ask for fewer`,
      { file },
    );
  }
  const labels = new Uint8Array(count);
  const pixels: Uint8Array[] = [];
  for (let image = 0; image < count; image++) {
    const begin = (first + image) * recordBytes;
    const label = bytes[begin];
    if (label >= classes) {
      throw new UserError(
        `expected a label 0 .. 9 at byte ${begin}, found ${label}; is it CIFAR-10's binary format?`,
        { file },
      );
    }
    labels[image] = label;
    pixels.push(bytes.slice(begin + 1, begin + recordBytes));
  }
  return { labels, pixels };
}
