import { unzipSync } from 'fflate';
import { UserError, displayPath } from '../document/userError.js';
import { readNpy } from './npy.js';
import type { NpyArray } from './npy.js';
import { readBytes } from './readBytes.js';

const suffix = '.npy';

/** Larger archives are more likely a zip bomb than the weights of an edge network. */
const largestUnpackedBytes = 2 ** 31;

/**
 * The arrays of an .npz file (a zip of .npy files, stored or deflated) by name, in the order of the archive.
 *
 * @throws UserError when the file is missing, is no zip, is cut short, or an array in it cannot be read
 */
export async function readNpz(file: string): Promise<Map<string, NpyArray>> {
  const arrays = new Map<string, NpyArray>();
  for (const [name, bytes] of Object.entries(unpack(await readBytes(file, 'an npz file'), file))) {
    const array = name.slice(0, -suffix.length);
    arrays.set(array, readNpy(bytes, `${displayPath(file)}: ${array}`));
  }
  if (arrays.size === 0)
    throw new UserError('expected an npz file with at least one array, found none', { file });
  return arrays;
}

function unpack(zip: Uint8Array, file: string): Record<string, Uint8Array> {
  if (zip[0] !== 0x50 || zip[1] !== 0x4b) {
    const found = Buffer.from(zip.subarray(0, 4)).toString('hex');
    throw new UserError(`expected an npz file, which begins with the bytes 504b, found "${found}"`, { file });
  }
  let unpackedBytes = 0;
  try {
    return unzipSync(zip, {
      filter: ({ name, originalSize }) => {
        if (!name.endsWith(suffix)) return false;
        unpackedBytes += originalSize;
        if (unpackedBytes > largestUnpackedBytes) {
          throw new UserError(`expected at most ${largestUnpackedBytes} bytes of arrays, found more`, {
            file,
          });
        }
        return true;
      },
    });
  } catch (error) {
    if (error instanceof UserError) throw error;
    const reason = error instanceof Error ? error.message : 'unreadable';
    throw new UserError(
      `expected a complete npz file, found ${zip.length} bytes that cannot be unpacked (${reason}); is it cut short?`,
      { file },
    );
  }
}
