import { displayPath } from '../document/userError.js';
import { readNpy } from './npy.js';
import type { NpyArray } from './npy.js';
import { readBytes } from './readBytes.js';

/** Whether a file is one NumPy array by its name. */
export function isNpyFile(file: string): boolean {
  return /\.npy$/i.test(file);
}

/**
 * The array of an .npy file.
 *
 * @throws UserError when the file is missing, is no .npy file, is cut short, or holds a type that is not supported
 */
export async function readNpyFile(file: string): Promise<NpyArray> {
  return readNpy(await readBytes(file, 'an npy file'), displayPath(file));
}
