import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { writeFilesAtomically } from '../document/writeAtomically.js';
import type { Mapping } from '../mapping/mapping.js';
import { entryName, makeRoom } from './cacheFiles.js';
import { sha256 } from './canonicalJson.js';

/** What a search found: the mapping, and how good it is known to be. */
export interface StoredSearch {
  readonly mapping: Mapping;
  /** In units of the objective, as is the bound. */
  readonly cost: number;
  /** No mapping costs less. */
  readonly bound: number;
  readonly isProven: boolean;
  /** Mappings estimated exactly. */
  readonly judged: number;
  /** Mappings looked at by the bound. */
  readonly bounded: number;
}

/** The space is not kept: who asks knows it. */
export function storedSearch(
  mapping: Mapping,
  { cost, bound, isProven, judged, bounded }: Omit<StoredSearch, 'mapping'>,
): StoredSearch {
  return { mapping, cost, bound, isProven, judged, bounded };
}

/** Outcomes of searches, kept on disk from run to run, by the text of `searchKey`. */
export interface MappingCache {
  /** Absolute. */
  readonly folder: string;
  /** Undefined where there is none, or none that can be trusted. */
  get(key: string): StoredSearch | undefined;
  /** Keeps an outcome in place of one that may be there; writing goes on until `close`. */
  put(key: string, search: StoredSearch): void;
  /**
   * Waits for what is being written, and removes the oldest entries where they take too much room.
   *
   * @returns why entries could not be kept; undefined when all is well
   */
  close(): Promise<string | undefined>;
}

const defaultCapacityBytes = 64 * 2 ** 20;

/**
 * Opens the cache in a folder, which is made when the first entry is put. Several processes may use it at once: an entry appears when it is
 * complete. Each carries its key and a checksum, so that one which is damaged or means something else is as good as none. A folder
 * that cannot be written is no fault: what is put is lost, and `close` says why.
 */
export function openMappingCache(
  folder: string,
  { capacityBytes = defaultCapacityBytes }: { readonly capacityBytes?: number } = {},
): MappingCache {
  const absolute = resolve(folder);
  const writing: Array<Promise<void>> = [];
  let fault: string | undefined;
  return {
    folder: absolute,
    get: (key) => readEntry(join(absolute, entryName(key)), key),
    put: (key, search) => {
      // JSON has no word for other numbers.
      if (fault !== undefined || !Number.isFinite(search.cost) || !Number.isFinite(search.bound)) return;
      const written = writeFilesAtomically(absolute, { [entryName(key)]: entryText(key, search) });
      writing.push(
        written.catch((error: unknown) => {
          fault ??= reasonOf(error);
        }),
      );
    },
    close: async () => {
      const isChanged = writing.length > 0;
      await Promise.all(writing.splice(0));
      if (isChanged && fault === undefined) {
        await makeRoom(absolute, capacityBytes).catch((error: unknown) => {
          fault = reasonOf(error);
        });
      }
      return fault;
    },
  };
}

interface Entry {
  readonly key: string;
  /** Of the key and the search as they stand in the entry. */
  readonly sha256: string;
  readonly search: StoredSearch;
}

function entryText(key: string, search: StoredSearch): string {
  const entry: Entry = { key, sha256: checksum(key, search), search };
  return `${JSON.stringify(entry)}\n`;
}

function checksum(key: string, search: unknown): string {
  return sha256(`${key}\n${JSON.stringify(search)}`);
}

function readEntry(file: string, key: string): StoredSearch | undefined {
  let entry: Partial<Entry> | null;
  try {
    entry = JSON.parse(readFileSync(file, 'utf8')) as Partial<Entry> | null;
  } catch {
    return undefined;
  }
  if (entry?.search === undefined || entry.key !== key || entry.sha256 !== checksum(key, entry.search))
    return undefined;
  return entry.search;
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
