import type { LayerEstimate } from '../machine/estimateLayer.js';
import type { Mapping } from '../mapping/mapping.js';
import type { MappingCache, StoredSearch } from './mappingCache.js';

/** What a search found, with the estimate of its mapping. */
export interface FoundMapping extends Omit<StoredSearch, 'mapping'> {
  readonly estimate: LayerEstimate;
}

export interface SearchSteps {
  /** Searches anew. */
  search(): FoundMapping;
  /** Estimates a mapping that was found before. */
  estimateOf(mapping: Mapping): LayerEstimate;
  /** What an estimate costs, in units of the objective. */
  costOf(estimate: LayerEstimate): number;
}

/**
 * The outcome of a search: the cache's where it has one, else found anew and kept. An outcome whose mapping does not cost what it did
 * is not believed, and replaced.
 *
 * @param key of `searchKey`; without one the cache is left alone
 */
export function cachedSearch(
  cache: MappingCache | undefined,
  key: string | undefined,
  { search, estimateOf, costOf }: SearchSteps,
): FoundMapping {
  if (cache === undefined || key === undefined) return search();
  const stored = cache.get(key);
  if (stored !== undefined) {
    const { mapping, ...outcome } = stored;
    const estimate = estimateOf(mapping);
    if (costOf(estimate) === stored.cost) return { ...outcome, estimate };
  }
  const found = search();
  const { estimate, ...outcome } = found;
  cache.put(key, { ...outcome, mapping: estimate.schedule.mapping });
  return found;
}
