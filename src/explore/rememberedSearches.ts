import type { MappingCache, StoredSearch } from './mappingCache.js';

/** Outcomes of searches by the text of `searchKey`. */
export type Searches = ReadonlyMap<string, StoredSearch>;

/** A cache that also remembers all that is looked up in it or put, so that other threads can be told. */
export function rememberSearches(cache: MappingCache | undefined): {
  readonly cache: MappingCache;
  readonly searches: Searches;
} {
  const searches = new Map<string, StoredSearch>();
  return {
    searches,
    cache: {
      folder: cache?.folder ?? '',
      get: (key) => {
        const found = searches.get(key) ?? cache?.get(key);
        if (found !== undefined) searches.set(key, found);
        return found;
      },
      put: (key, search) => {
        searches.set(key, search);
        cache?.put(key, search);
      },
      close: () => Promise.resolve(undefined),
    },
  };
}

/** A cache of what another thread has told. */
export function cacheOf(searches: Searches): MappingCache {
  return {
    folder: '',
    get: (key) => searches.get(key),
    put: () => undefined,
    close: () => Promise.resolve(undefined),
  };
}
