/** Requests on their way to the controller, in order: a ring of flat arrays that grows when it is full. */
export interface Incoming {
  isWrite: Uint8Array;
  channel: Int32Array;
  bank: Int32Array;
  row: Int32Array;
  column: Int32Array;
  burst: Float64Array;
  earliestClock: Float64Array;
  tag: Uint8Array;
  batch: Int32Array;
  length(): number;
  /** Index of the next one. */
  first(): number;
  add(
    isWrite: number,
    channel: number,
    bank: number,
    row: number,
    column: number,
    burst: number,
    earliestClock: number,
    tag: number,
    batch: number,
  ): void;
  /** Drops the next one. */
  remove(): void;
}

export function createIncoming(): Incoming {
  let size = 4096;
  let start = 0;
  let length = 0;
  const incoming: Incoming = {
    isWrite: new Uint8Array(size),
    channel: new Int32Array(size),
    bank: new Int32Array(size),
    row: new Int32Array(size),
    column: new Int32Array(size),
    burst: new Float64Array(size),
    earliestClock: new Float64Array(size),
    tag: new Uint8Array(size),
    batch: new Int32Array(size),
    length: () => length,
    first: () => start,
    add(isWrite, channel, bank, row, column, burst, earliestClock, tag, batch) {
      if (length === size) grow();
      const at = (start + length) & (size - 1);
      incoming.isWrite[at] = isWrite;
      incoming.channel[at] = channel;
      incoming.bank[at] = bank;
      incoming.row[at] = row;
      incoming.column[at] = column;
      incoming.burst[at] = burst;
      incoming.earliestClock[at] = earliestClock;
      incoming.tag[at] = tag;
      incoming.batch[at] = batch;
      length++;
    },
    remove() {
      start = (start + 1) & (size - 1);
      length--;
    },
  };
  const grow = (): void => {
    const unrolled = <T extends Uint8Array | Int32Array | Float64Array>(from: T, to: T): T => {
      to.set(from.subarray(start));
      to.set(from.subarray(0, start), size - start);
      return to;
    };
    const twice = 2 * size;
    incoming.isWrite = unrolled(incoming.isWrite, new Uint8Array(twice));
    incoming.channel = unrolled(incoming.channel, new Int32Array(twice));
    incoming.bank = unrolled(incoming.bank, new Int32Array(twice));
    incoming.row = unrolled(incoming.row, new Int32Array(twice));
    incoming.column = unrolled(incoming.column, new Int32Array(twice));
    incoming.burst = unrolled(incoming.burst, new Float64Array(twice));
    incoming.earliestClock = unrolled(incoming.earliestClock, new Float64Array(twice));
    incoming.tag = unrolled(incoming.tag, new Uint8Array(twice));
    incoming.batch = unrolled(incoming.batch, new Int32Array(twice));
    start = 0;
    size = twice;
  };
  return incoming;
}
