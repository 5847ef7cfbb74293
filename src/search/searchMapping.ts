import type { Mapping } from '../mapping/mapping.js';
import type { PassCache } from '../schedule/schedule.js';
import { compareBounds, createHeap } from './boundedHeap.js';
import type { BoundedHeap } from './boundedHeap.js';
import type { IsTooLate } from '../machine/timeline.js';
import { forEachBounded } from './floor.js';
import type { BoundedMapping, SearchProblem } from './floor.js';
import { valueOf } from '../scenario/objective.js';
import type { ObjectiveSums } from '../scenario/objective.js';
import { createRefinement } from './refine.js';
import type { RefinedMapping } from './refine.js';
import type { MappingSpace } from './space.js';
import { tooLateFor } from './tooLate.js';

/** How long a search goes on; until the best mapping is proven unless limited. */
export interface SearchLimits {
  /** Mappings that are estimated. */
  readonly judgements?: number | undefined;
  /** Mappings for which the closer bound is worked out. */
  readonly refinements?: number | undefined;
  /** Answers whether to stop, asked before each estimate: for limits of time. */
  readonly isOver?: (() => boolean) | undefined;
  /** Mappings that are remembered while their bounds are less than those of others. */
  readonly remembered?: number | undefined;
}

/** Of so many mappings with the least bounds one is estimated before all others. */
const fewMappings = 16;

/** A mapping as it was estimated. */
export interface Judged<T> {
  readonly mapping: Mapping;
  readonly sums: ObjectiveSums;
  /** In the objective's unit. */
  readonly value: number;
  readonly estimate: T;
}

/** Estimates a mapping exactly; may answer undefined where it ends too late. */
export type Judge<T> = (
  mapping: Mapping,
  passes: PassCache,
  isTooLate: IsTooLate,
) => { readonly sums: ObjectiveSums; readonly estimate: T } | undefined;

export interface MappingSearch<T> {
  /** Undefined when no mapping of the space is legal. */
  readonly best: Judged<T> | undefined;
  /** No mapping of the space costs less; the best one's own value where it is proven. */
  readonly bound: number;
  readonly isProven: boolean;
  /** Those with the least of the closer bounds, the least first, each of another tiling. */
  readonly nearest: readonly BoundedMapping[];
  /** Mappings that were bounded, bounded closely, and estimated. */
  readonly bounded: number;
  readonly refined: number;
  readonly judged: number;
}

/**
 * The best mapping of a space. All are bounded; those of least bound are bounded closely, and those whose closer bound is less than all
 * other bounds are estimated. When nothing is left with a bound below the best estimate, that one is proven to be the best. Mappings
 * that cost the same are told apart by latency, then by their place in the space, so that equal arguments give equal answers however
 * the search was cut short by counts.
 *
 * A generator, so that others get their turn: it yields after each estimate and each sweep through the space.
 *
 * @param known a mapping that the best one has to be better than, of this space or not
 */
export function* searchMapping<T>(
  search: SearchProblem,
  space: MappingSpace,
  judge: Judge<T>,
  {
    judgements = Infinity,
    refinements = Infinity,
    isOver = () => false,
    remembered = 4096,
  }: SearchLimits = {},
  known?: Judged<T>,
): Generator<void, MappingSearch<T>, void> {
  const passes: PassCache = new Map();
  const refine = createRefinement(search, passes, space);
  let best = known;
  let bestIndex = Infinity;
  const counts = { bounded: 0, refined: 0, judged: 0 };
  const nearest = createNearest();
  const limit = (): number => best?.value ?? Infinity;
  let done: BoundedMapping | undefined;
  let firstIndex: number | undefined;

  const judgeOne = (refined: RefinedMapping): void => {
    const { mapping, index } = refined;
    const judged = judge(mapping, passes, tooLateFor(refined, search.objective, best));
    counts.judged++;
    if (judged === undefined) return;
    const { sums, estimate } = judged;
    const value = valueOf(search.objective, sums);
    if (best !== undefined && !isLess(value, sums.latencyPs, index)) return;
    best = { mapping, sums, value, estimate };
    bestIndex = index;
  };
  const isLess = (value: number, latencyPs: number, index: number): boolean =>
    best === undefined ||
    value < best.value ||
    (value === best.value &&
      (latencyPs < best.sums.latencyPs || (latencyPs === best.sums.latencyPs && index < bestIndex)));

  if (best === undefined) {
    // With a mapping to compare with, most others need not be remembered.
    const { heap: few } = sweep(search, space, Infinity, undefined, fewMappings);
    const close = createHeap<RefinedMapping>(compareBounds);
    for (let next = few.pop(); next !== undefined; next = few.pop()) {
      counts.refined++;
      for (const refined of refine(next)) {
        close.push(refined);
        nearest.add(refined);
      }
    }
    const first = close.pop();
    if (first !== undefined) judgeOne(first);
    firstIndex = first?.index;
    yield;
  }
  for (;;) {
    const { heap: open, bounded, leftOut } = sweep(search, space, limit(), done, remembered);
    counts.bounded = Math.max(counts.bounded, bounded);
    yield;
    const close = createHeap<RefinedMapping>(compareBounds);
    for (;;) {
      const next = open.peek();
      const closest = close.peek();
      const remaining = Math.min(next?.bound ?? Infinity, closest?.bound ?? Infinity);
      if (remaining > limit() || remaining === Infinity) break;
      const cutShort = (): MappingSearch<T> => {
        const bound = Math.min(remaining, leftOut, limit());
        return { best, bound, isProven: false, nearest: nearest.all, ...counts };
      };
      if (best !== undefined && (counts.judged >= judgements || isOver())) return cutShort();
      const mayRefine =
        next !== undefined && (counts.refined < refinements || (best === undefined && closest === undefined));
      if (
        closest !== undefined &&
        closest.bound <= limit() &&
        (!mayRefine || compareBounds(closest, next) <= 0)
      ) {
        close.pop();
        judgeOne(closest);
        yield;
      } else if (mayRefine) {
        open.pop();
        done = next;
        counts.refined++;
        for (const refined of refine(next)) {
          nearest.add(refined);
          if (refined.bound <= limit() && refined.index !== firstIndex) close.push(refined);
        }
      } else return cutShort();
    }
    if (leftOut > limit() || leftOut === Infinity)
      return { best, bound: limit(), isProven: true, nearest: nearest.all, ...counts };
  }
}

/** Keeps the few mappings of least bound, one for each tiling. */
function createNearest(): { readonly all: readonly BoundedMapping[]; add(mapping: BoundedMapping): void } {
  const all: BoundedMapping[] = [];
  const tilingOf = ({ mapping: { dataflow, tile } }: BoundedMapping): string =>
    `${dataflow ?? ''} ${tile.images} ${tile.filters} ${tile.channels} ${tile.rows} ${tile.columns}`;
  return {
    all,
    add(mapping) {
      const last = all.at(-1);
      if (all.length === fewMappings && last !== undefined && compareBounds(mapping, last) >= 0) return;
      const tiling = tilingOf(mapping);
      const alike = all.findIndex((each) => tilingOf(each) === tiling);
      if (alike >= 0 && compareBounds(all[alike], mapping) <= 0) return;
      if (alike >= 0) all.splice(alike, 1);
      const place = all.findIndex((each) => compareBounds(mapping, each) < 0);
      all.splice(place < 0 ? all.length : place, 0, mapping);
      all.length = Math.min(all.length, fewMappings);
    },
  };
}

interface Sweep {
  readonly heap: BoundedHeap<BoundedMapping>;
  readonly bounded: number;
  /** The least bound of those that there was no room to remember; Infinity when all were remembered. */
  readonly leftOut: number;
}

/** The mappings of least bound, as many as are remembered, of those that come after one. */
function sweep(
  search: SearchProblem,
  space: MappingSpace,
  limit: number,
  after: BoundedMapping | undefined,
  remembered: number,
): Sweep {
  const worst = createHeap((a, b) => compareBounds(b, a));
  let leftOut = Infinity;
  let most = limit;
  const passOver = (bound: number): void => {
    if (bound <= limit) leftOut = Math.min(leftOut, bound);
  };
  const bounded = forEachBounded(search, space, {
    limit: () => most,
    passOver,
    visit: (mapping) => {
      if (after !== undefined && compareBounds(mapping, after) <= 0) return;
      worst.push(mapping);
      if (worst.size() <= remembered) return;
      passOver(worst.pop()?.bound ?? Infinity);
      most = Math.min(limit, worst.peek()?.bound ?? limit);
    },
  });
  const heap = createHeap(compareBounds);
  for (let mapping = worst.pop(); mapping !== undefined; mapping = worst.pop()) heap.push(mapping);
  return { heap, bounded, leftOut };
}
