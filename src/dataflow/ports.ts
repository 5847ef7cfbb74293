import type { Tensor } from '../tensor/dataSpace.js';

/** The way between a buffer and the array for one tensor. */
export interface Port {
  /** Index of the buffer in the accelerator. */
  readonly buffer: number;
  readonly wordBits: number;
  /** Words that can be read, and written, per cycle; shared by the tensors of the same buffer. */
  readonly ports: number;
  /** Reads and writes share the ports, as in a single-ported SRAM, instead of having so many each. */
  readonly isShared: boolean;
}

export type Ports = Readonly<Record<Exclude<Tensor, 'index'>, Port>>;

/** Port words that `elements` of `bits` each take when they are moved in the same cycle. */
export function wordsOf(port: Port, elements: number, bits: number): number {
  return Math.ceil((elements * bits) / port.wordBits);
}

/** Words that one port has to move in the same cycle. */
export interface Demand {
  readonly port: Port;
  readonly words: number;
  readonly write?: boolean;
}

/**
 * Cycles that demands made at once need: words of the same buffer add up, those read and those written each for themselves
 * unless they share the ports; different buffers work side by side.
 */
export function cyclesOf(...demands: readonly Demand[]): number {
  let cycles = 0;
  for (const { port } of demands) {
    let read = 0;
    let written = 0;
    for (const other of demands) {
      if (other.port.buffer !== port.buffer) continue;
      if (other.write === true) written += other.words;
      else read += other.words;
    }
    const words = port.isShared ? read + written : Math.max(read, written);
    cycles = Math.max(cycles, Math.ceil(words / port.ports));
  }
  return cycles;
}
