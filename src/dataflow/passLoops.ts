/** Where the iterations of a loop are: one after the other, or at once on rows, columns or any PEs of the array, or on MAC lanes. */
export type LoopPlace = 'time' | 'rows' | 'columns' | 'array' | 'lanes';

/** Iterations that are alike: so many, each of so many of what the loop runs through. */
export interface LoopPart {
  readonly times: number;
  readonly size: number;
}

/**
 * One loop of a pass. Its parts add up to what the loops around it leave of the same thing, in the iteration of theirs that uses
 * most PEs; the innermost loop over a thing has parts of size 1, so that the loops cover the pass.
 */
export interface PassLoop {
  /** What it runs through, such as `filters`, `positions` or `taps`. */
  readonly over: string;
  readonly place: LoopPlace;
  readonly parts: readonly LoopPart[];
  /** Inside the PEs: between two of its iterations no PE takes up other work from the buffers. */
  readonly inPe?: boolean;
  /** What the numbers do not say. */
  readonly remark?: string;
}

/** The parts of a loop that cuts `whole` into pieces of `size`, the last one smaller where they do not divide it. */
export function cutInto(whole: number, size: number): LoopPart[] {
  const full = Math.floor(whole / size);
  const rest = whole % size;
  return [...(full > 0 ? [{ times: full, size }] : []), ...(rest > 0 ? [{ times: 1, size: rest }] : [])];
}

/** Pieces as they come, neighbours of one size together. */
export function partsOf(sizes: readonly number[]): LoopPart[] {
  const parts: Array<{ times: number; size: number }> = [];
  for (const size of sizes) {
    const last = parts.at(-1);
    if (last?.size === size) last.times++;
    else parts.push({ times: 1, size });
  }
  return parts;
}

/** Single iterations. */
export function each(count: number): LoopPart[] {
  return [{ times: count, size: 1 }];
}

/** How many iterations. */
export function tripsOf(parts: readonly LoopPart[]): number {
  return parts.reduce((sum, { times }) => sum + times, 0);
}

/** What the iterations run through together. */
export function wholeOf(parts: readonly LoopPart[]): number {
  return parts.reduce((sum, { times, size }) => sum + times * size, 0);
}

/** The size of the largest iteration. */
export function largestOf(parts: readonly LoopPart[]): number {
  return parts.reduce((most, { size }) => Math.max(most, size), 0);
}
