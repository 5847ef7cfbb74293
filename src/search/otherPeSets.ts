import type { PassCache } from '../schedule/schedule.js';
import { valueOf } from '../scenario/objective.js';
import { compareBounds } from './boundedHeap.js';
import type { BoundedMapping, SearchProblem } from './floor.js';
import { createRefinement } from './refine.js';
import type { Judge, Judged } from './searchMapping.js';
import { tooLateFor } from './tooLate.js';

/** Mappings that are estimated with other PE sets. */
const mostJudged = 24;

/**
 * Better PE sets for some mappings that leave them to a row-stationary array, which chooses them by cycles: those of least bound are
 * estimated.
 *
 * @param known the best mapping so far
 * @returns the best one then, and how many were estimated
 */
export function* withBestPeSets<T>(
  search: SearchProblem,
  known: Judged<T>,
  mappings: readonly BoundedMapping[],
  judge: Judge<T>,
): Generator<void, { readonly best: Judged<T>; readonly judged: number }, void> {
  const passes: PassCache = new Map();
  const refine = createRefinement(search, passes, { peSets: 'all' });
  const candidates = mappings
    .flatMap(refine)
    .filter(({ mapping }) => mapping.rowStationary !== undefined)
    .sort(compareBounds);
  let best = known;
  let judged = 0;
  for (const refined of candidates) {
    const { mapping, bound } = refined;
    if (bound > best.value || judged === mostJudged) break;
    const found = judge(mapping, passes, tooLateFor(refined, search.objective, best));
    judged++;
    yield;
    if (found === undefined) continue;
    const { sums, estimate } = found;
    const value = valueOf(search.objective, sums);
    if (value < best.value || (value === best.value && sums.latencyPs < best.sums.latencyPs))
      best = { mapping, sums, value, estimate };
  }
  return { best, judged };
}
