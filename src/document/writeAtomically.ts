import { access, constants, mkdir, rename, rm, rmdir, stat, writeFile } from 'node:fs/promises';
import { closeSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';
import { randomBytes } from 'node:crypto';
import { basename, dirname, join, resolve } from 'node:path';
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

/** A file of any length that appears under its name only when it is complete. */
export interface AtomicFile {
  /** What is written goes to the disk now and then, so that no file is too long to be written. */
  readonly write: (text: string) => void;
  /** Gives the file its name; one from before is replaced. */
  readonly commit: () => void;
  /** Leaves nothing behind, unless the file was committed. Never throws. */
  readonly discard: () => Promise<void>;
}

/**
 * Opens a file to be written bit by bit; its folder is made if need be. Writing waits for the disk, so that it can be called from
 * where nothing else may happen meanwhile.
 *
 * @throws UserError here and from its methods when the file cannot be written
 */
export async function openAtomically(path: string): Promise<AtomicFile> {
  const target = resolve(path);
  const temporary = join(
    dirname(target),
    `.${basename(target)}.${process.pid}-${randomBytes(4).toString('hex')}.tmp`,
  );
  const fault = (error: unknown): unknown =>
    error instanceof UserError
      ? error
      : new UserError(`${explain(error)}; choose another file`, { file: target });
  const made: string[] = [];
  let descriptor: number | undefined;
  try {
    await makeFolders(dirname(target), made);
    await refuseFolder(target);
    descriptor = openSync(temporary, 'wx');
  } catch (error) {
    await removeEmptyFolders(made);
    throw fault(error);
  }
  let pending = '';
  const flush = (): void => {
    if (descriptor === undefined) throw new Error(`${target} is closed`);
    const bytes = Buffer.from(pending);
    pending = '';
    for (let at = 0; at < bytes.length;) at += writeSync(descriptor, bytes, at);
  };
  const attempt = (action: () => void): void => {
    try {
      action();
    } catch (error) {
      throw fault(error);
    }
  };
  return {
    write(text) {
      pending += text;
      if (pending.length >= flushAt) attempt(flush);
    },
    commit: () => {
      attempt(() => {
        flush();
        if (descriptor !== undefined) closeSync(descriptor);
        descriptor = undefined;
        renameSync(temporary, target);
      });
    },
    async discard() {
      try {
        if (descriptor !== undefined) closeSync(descriptor);
        descriptor = undefined;
        rmSync(temporary, { force: true });
      } catch {
        // What cannot be removed stays; whoever discards has a fault of their own to tell.
      }
      await removeEmptyFolders(made);
    },
  };
}

/** Characters that are gathered before they go to the disk. */
const flushAt = 1 << 16;

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
  if (status !== undefined && !status.isFile()) {
    const found = status.isDirectory() ? 'a folder' : 'something that is no plain file, such as a device';
    throw new UserError(`expected a file to write or replace, got ${found}`, { file: target });
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
