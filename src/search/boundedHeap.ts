import type { BoundedMapping } from './floor.js';

/** Of two mappings the one to look at first: the lower bound, then the lower latency, then the place in the space. */
export function compareBounds(a: BoundedMapping, b: BoundedMapping): number {
  return a.bound - b.bound || a.latencyPs - b.latencyPs || a.index - b.index;
}

/** A priority queue. */
export interface BoundedHeap<T extends BoundedMapping> {
  size(): number;
  push(mapping: T): void;
  /** The first in order, which stays. */
  peek(): T | undefined;
  pop(): T | undefined;
}

/** @param compare below 0 where the first argument is to come out first */
export function createHeap<T extends BoundedMapping>(
  compare: (a: BoundedMapping, b: BoundedMapping) => number,
): BoundedHeap<T> {
  const items: T[] = [];
  const swap = (a: number, b: number): void => {
    [items[a], items[b]] = [items[b], items[a]];
  };
  return {
    size: () => items.length,
    push(mapping) {
      let at = items.push(mapping) - 1;
      while (at > 0) {
        const parent = (at - 1) >> 1;
        if (compare(items[at], items[parent]) >= 0) return;
        swap(at, parent);
        at = parent;
      }
    },
    peek: () => items[0],
    pop() {
      const first = items[0];
      const last = items.pop();
      if (last === undefined || items.length === 0) return first;
      items[0] = last;
      for (let at = 0; ;) {
        const left = 2 * at + 1;
        const right = left + 1;
        let least = at;
        if (left < items.length && compare(items[left], items[least]) < 0) least = left;
        if (right < items.length && compare(items[right], items[least]) < 0) least = right;
        if (least === at) return first;
        swap(at, least);
        at = least;
      }
    },
  };
}
