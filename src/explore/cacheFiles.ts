import { readdir, rm, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { UserError } from '../document/userError.js';
import { sha256 } from './canonicalJson.js';

/** Name of the file that holds the entry of a key. */
export function entryName(key: string): string {
  return `${sha256(key)}.mapping.json`;
}

const ofEntry = /^[0-9a-f]{64}\.mapping\.json$/;
/** As `writeFilesAtomically` calls a file that is not complete; one that old is of a process that is no more. */
const ofUnfinished = /^\.[0-9a-f]{64}\.mapping\.json\.\d+-[0-9a-f]{8}\.tmp$/;
const unfinishedForMs = 3_600_000;

interface CacheFile {
  readonly path: string;
  readonly bytes: number;
  readonly writtenMs: number;
}

export interface CacheContent {
  readonly entries: number;
  readonly bytes: number;
}

/**
 * What a cache's folder holds; nothing where there is none. Other files that lie there are left out.
 *
 * @throws UserError when the folder cannot be read
 */
export async function cacheContent(folder: string): Promise<CacheContent> {
  return contentOf(await cacheFiles(folder, ofEntry));
}

/**
 * Removes all entries of a cache's folder, and what processes that were killed have left half written. Other files stay.
 *
 * @returns what was removed
 * @throws UserError when the folder cannot be read or an entry cannot be removed
 */
export async function clearCache(folder: string): Promise<CacheContent> {
  await removeUnfinished(folder);
  const files = await cacheFiles(folder, ofEntry);
  try {
    for (const { path } of files) await rm(path, { force: true });
  } catch (error) {
    throw fault(folder, 'cannot be emptied', error);
  }
  return contentOf(files);
}

/** Removes the oldest entries of a cache's folder until the others take no more than so many bytes. */
export async function makeRoom(folder: string, capacityBytes: number): Promise<void> {
  await removeUnfinished(folder);
  const files = (await cacheFiles(folder, ofEntry)).sort((a, b) => a.writtenMs - b.writtenMs);
  let { bytes } = contentOf(files);
  for (const file of files) {
    if (bytes <= capacityBytes) return;
    await rm(file.path, { force: true });
    bytes -= file.bytes;
  }
}

async function removeUnfinished(folder: string): Promise<void> {
  for (const { path, writtenMs } of await cacheFiles(folder, ofUnfinished)) {
    if (Date.now() - writtenMs > unfinishedForMs) await rm(path, { force: true }).catch(() => undefined);
  }
}

async function cacheFiles(folder: string, pattern: RegExp): Promise<CacheFile[]> {
  const files: CacheFile[] = [];
  for (const name of await namesIn(folder)) {
    if (!pattern.test(name)) continue;
    const path = join(folder, name);
    // Another process may have removed it meanwhile.
    const status = await stat(path).catch(() => undefined);
    if (status?.isFile() === true) files.push({ path, bytes: status.size, writtenMs: status.mtimeMs });
  }
  return files;
}

async function namesIn(folder: string): Promise<string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return [];
    throw fault(folder, 'cannot be read', error);
  }
}

function contentOf(files: readonly CacheFile[]): CacheContent {
  return { entries: files.length, bytes: files.reduce((sum, { bytes }) => sum + bytes, 0) };
}

function fault(folder: string, what: string, error: unknown): UserError {
  const why = codeOf(error) === 'ENOTDIR' ? 'it is a file' : codeOf(error);
  return new UserError(`the cache ${what} (${why}); name another folder in PSCONV_CACHE`, {
    file: resolve(folder),
  });
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : String(error);
}
