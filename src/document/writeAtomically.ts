import { access, constants, mkdir, rename, rm, rmdir, stat, writeFile } from 'node:fs/promises';
import { randomBytes } from 'node:crypto';
import { dirname, join, resolve } from 'node:path';
import { UserError } from './userError.js';

/**
 * Writes files into a folder, which is made if need be. Each file appears under its name only when all of them are
 * complete; a file of that name from before is replaced.
 *
 * @param files contents by plain file name
 * @throws UserError when the folder cannot be made or written; nothing half-written is left behind
 */
export async function writeFilesAtomically(
  folder: string,
  files: Readonly<Record<string, string | Uint8Array>>,
): Promise<void> {
  const absolute = resolve(folder);
  const suffix = `${process.pid}-${randomBytes(4).toString('hex')}.tmp`;
  const moves = Object.entries(files).map(([name, content]) => {
    if (name === '' || name === '.' || name === '..' || /[/\\\0]/.test(name)) {
      throw new Error(`expected a plain file name, got "${name}"`);
    }
    return { content, temporary: join(absolute, `.${name}.${suffix}`), target: join(absolute, name) };
  });

  const made: string[] = [];
  try {
    await makeFolders(absolute, made);
    for (const { target } of moves) await refuseFolder(target);
    for (const { temporary, content } of moves) await writeFile(temporary, content, { flag: 'wx' });
    for (const { temporary, target } of moves) await rename(temporary, target);
  } catch (error) {
    for (const { temporary } of moves) await rm(temporary, { force: true }).catch(() => undefined);
    await removeEmptyFolders(made);
    if (error instanceof UserError) throw error;
    throw new UserError(`${explain(error)}; choose another folder`, { file: absolute });
  }
}

/**
 * Makes a folder and those above it that are missing, and notes each in `made`. Node's own recursive mkdir does not end
 * where a file system answers ENOENT to making anything, as /proc does.
 */
async function makeFolders(folder: string, made: string[]): Promise<void> {
  const missing: string[] = [];
  for (let each = folder; !(await isFolder(each)); each = dirname(each)) missing.unshift(each);
  for (const each of missing) {
    try {
      await mkdir(each);
      made.push(each);
    } catch (error) {
      if (!(await isFolder(each))) throw error;
    }
  }
}

/**
 * Whether results can go into a folder, asked before the work that makes them. Nothing is made.
 *
 * @throws UserError when the folder, or the nearest one above it, cannot be written
 */
export async function refuseUnwritable(folder: string): Promise<void> {
  const absolute = resolve(folder);
  let nearest = absolute;
  while ((await stat(nearest).catch(() => undefined)) === undefined && nearest !== dirname(nearest)) {
    nearest = dirname(nearest);
  }
  const fault = (error: unknown): UserError =>
    new UserError(`${explain(error)}; choose another folder`, { file: absolute });
  if (!(await isFolder(nearest))) throw fault(Object.assign(new Error('a file'), { code: 'ENOTDIR' }));
  await access(nearest, constants.W_OK).catch((error: unknown) => {
    throw fault(error);
  });
}

async function isFolder(path: string): Promise<boolean> {
  const status = await stat(path).catch(() => undefined);
  return status?.isDirectory() === true || path === dirname(path);
}

async function refuseFolder(target: string): Promise<void> {
  const status = await stat(target).catch(() => undefined);
  if (status?.isDirectory()) {
    throw new UserError('expected a file to write or replace, got a folder', { file: target });
  }
}

/** Removes folders, the last first, as far as they are empty. */
async function removeEmptyFolders(folders: readonly string[]): Promise<void> {
  try {
    for (const each of folders.toReversed()) await rmdir(each);
  } catch {
    // Someone else has put something there meanwhile: it stays.
  }
}

function explain(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : String(error);
  switch (code) {
    case 'EACCES':
    case 'EPERM':
      return 'cannot be written: no permission';
    case 'EROFS':
      return 'cannot be written: the file system is read-only';
    case 'ENOTDIR':
    case 'EEXIST':
      return 'cannot be made a folder: a file is in the way';
    case 'ENOENT':
      return 'cannot be made a folder';
    case 'ENOSPC':
      return 'cannot be written: the disk is full';
    default:
      return `cannot be written (${code})`;
  }
}
