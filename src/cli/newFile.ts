import { stat } from 'node:fs/promises';
import { basename, dirname, extname, resolve } from 'node:path';
import { UserError } from '../document/userError.js';
import { refuseUnwritable, writeFilesAtomically } from '../document/writeAtomically.js';

/**
 * Asked before the work that makes a YAML file.
 *
 * @throws UserError when the file is there already and may not be replaced, its folder cannot be written, or its name does not end
 *   in .yaml or .yml
 */
export async function refuseExisting(path: string, mayReplace: boolean): Promise<void> {
  const file = resolve(path);
  if (!['.yaml', '.yml'].includes(extname(file).toLowerCase()))
    throw new UserError('--out: expected a file that ends in .yaml', { file });
  await refuseUnwritable(dirname(file));
  if (mayReplace) return;
  if ((await stat(file).catch(() => undefined)) === undefined) return;
  throw new UserError('--out: the file is there already; choose another one, or replace it with --force', {
    file,
  });
}

/** Writes what `refuseExisting` has not refused, unless the file has come to be meanwhile. */
export async function writeNewFile(path: string, text: string, mayReplace: boolean): Promise<void> {
  await refuseExisting(path, mayReplace);
  const file = resolve(path);
  await writeFilesAtomically(dirname(file), { [basename(file)]: text });
}

/** A name for what a file holds, from the file's own: letters, digits, ".", "_" and "-". */
export function nameOf(path: string): string {
  const plain = basename(path, extname(path))
    .replace(/[^A-Za-z0-9._-]+/g, '-')
    .replace(/^[^A-Za-z0-9]+/, '')
    .slice(0, 64);
  return plain === '' ? 'mapping' : plain;
}
