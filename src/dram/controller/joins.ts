/** Reads that wait for a burst that another one has asked for: a list for each such request, in one pool that grows. */
export interface Joins {
  count: number;
  firstFree: number;
  batch: Int32Array;
  next: Int32Array;
}

export function createJoins(): Joins {
  return { count: 0, firstFree: -1, batch: new Int32Array(64), next: new Int32Array(64) };
}

/** @returns the new head of the list */
export function addJoin(joins: Joins, head: number, batch: number): number {
  let entry = joins.firstFree;
  if (entry >= 0) {
    joins.firstFree = joins.next[entry];
  } else {
    entry = joins.count++;
    if (entry === joins.batch.length) {
      const { batch: batches, next } = joins;
      joins.batch = new Int32Array(2 * entry);
      joins.batch.set(batches);
      joins.next = new Int32Array(2 * entry);
      joins.next.set(next);
    }
  }
  joins.batch[entry] = batch;
  joins.next[entry] = head;
  return entry;
}

/** @returns the entry after it, or -1 */
export function dropJoin(joins: Joins, entry: number): number {
  const next = joins.next[entry];
  joins.next[entry] = joins.firstFree;
  joins.firstFree = entry;
  return next;
}
