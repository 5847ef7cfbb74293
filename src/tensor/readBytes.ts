import { readFile } from 'node:fs/promises';
import { UserError } from '../document/userError.js';

/**
 * The bytes of a file that the user named.
 *
 * @param expected what the file should be, as errors call it, such as `an npz file`
 * @throws UserError when there is no such file or it cannot be read
 */
export async function readBytes(file: string, expected: string): Promise<Uint8Array> {
  try {
    return new Uint8Array(await readFile(file));
  } catch (error) {
    throw new UserError(`expected ${expected}, ${reasonOf(error)}`, { file });
  }
}

function reasonOf(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : 'an unknown fault';
  if (code === 'ENOENT' || code === 'ENOTDIR') return 'found no file of this name';
  if (code === 'EISDIR') return 'found a folder';
  return `found a file that cannot be read (${code})`;
}
