/** How far batches of requests are: by batch, requests that are not through, and when the last one that is was. */
export interface Batches {
  count: number;
  left: Int32Array;
  clock: Float64Array;
}

export function createBatches(): Batches {
  return { count: 0, left: new Int32Array(256), clock: new Float64Array(256) };
}

/** @returns the number of a new batch, without requests so far */
export function beginBatch(batches: Batches): number {
  const { count, left, clock } = batches;
  if (count === left.length) {
    batches.left = new Int32Array(2 * count);
    batches.left.set(left);
    batches.clock = new Float64Array(2 * count);
    batches.clock.set(clock);
  }
  batches.left[count] = 0;
  batches.clock[count] = -Infinity;
  return batches.count++;
}

/** One request of a batch is through, at `clock`. */
export function reach(batches: Batches, batch: number, clock: number): void {
  batches.left[batch]--;
  if (clock > batches.clock[batch]) batches.clock[batch] = clock;
}
