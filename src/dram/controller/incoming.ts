/** Requests on their way to the controller, in order: a ring of flat arrays that grows when it is full. */
export interface Incoming {
  start: number;
  length: number;
  burst: Uint32Array;
  earliestClock: Float64Array;
  batch: Int32Array;
  /** Twice the tag, and one more for a write. */
  kind: Uint8Array;
}

export function createIncoming(): Incoming {
  const size = 4096;
  return {
    start: 0,
    length: 0,
    burst: new Uint32Array(size),
    earliestClock: new Float64Array(size),
    batch: new Int32Array(size),
    kind: new Uint8Array(size),
  };
}

export function addIncoming(
  incoming: Incoming,
  burst: number,
  earliestClock: number,
  batch: number,
  kind: number,
): void {
  if (incoming.length === incoming.burst.length) grow(incoming);
  const at = (incoming.start + incoming.length) & (incoming.burst.length - 1);
  incoming.burst[at] = burst;
  incoming.earliestClock[at] = earliestClock;
  incoming.batch[at] = batch;
  incoming.kind[at] = kind;
  incoming.length++;
}

/** Drops the first one. */
export function dropIncoming(incoming: Incoming): void {
  incoming.start = (incoming.start + 1) & (incoming.burst.length - 1);
  incoming.length--;
}

function grow(incoming: Incoming): void {
  const { start, burst } = incoming;
  const size = burst.length;
  const unroll = <T extends Uint8Array | Uint32Array | Int32Array | Float64Array>(from: T, to: T): T => {
    to.set(from.subarray(start));
    to.set(from.subarray(0, start), size - start);
    return to;
  };
  incoming.burst = unroll(burst, new Uint32Array(2 * size));
  incoming.earliestClock = unroll(incoming.earliestClock, new Float64Array(2 * size));
  incoming.batch = unroll(incoming.batch, new Int32Array(2 * size));
  incoming.kind = unroll(incoming.kind, new Uint8Array(2 * size));
  incoming.start = 0;
}
