/** How far batches of requests are. */
export interface Batches {
  /** @returns the number of a new batch, without requests so far */
  begin(): number;
  /** One more request belongs to the batch begun last. */
  add(): number;
  /** One request of a batch is through, at `clock`. */
  reach(batch: number, clock: number): void;
  isDone(batch: number): boolean;
  /** When the last request that is through was; -Infinity for a batch without requests. */
  clock(batch: number): number;
  /** Forgets all; numbers begin anew. */
  clear(): void;
}

export function createBatches(): Batches {
  let left = new Int32Array(256);
  let clocks = new Float64Array(256);
  let count = 0;
  return {
    begin() {
      if (count === left.length) {
        const [oldLeft, oldClocks] = [left, clocks];
        left = new Int32Array(2 * count);
        clocks = new Float64Array(2 * count);
        left.set(oldLeft);
        clocks.set(oldClocks);
      }
      left[count] = 0;
      clocks[count] = -Infinity;
      return count++;
    },
    add() {
      left[count - 1]++;
      return count - 1;
    },
    reach(batch, clock) {
      left[batch]--;
      if (clock > clocks[batch]) clocks[batch] = clock;
    },
    isDone: (batch) => left[batch] === 0,
    clock: (batch) => clocks[batch],
    clear() {
      count = 0;
    },
  };
}
