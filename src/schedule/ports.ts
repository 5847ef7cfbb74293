import type { Accelerator } from '../accelerator/accelerator.js';
import type { Tensor } from '../tensor/dataSpace.js';

/** The way between a buffer and the array for one tensor. */
export interface Port {
  /** Index of the buffer in the accelerator. */
  readonly buffer: number;
  readonly wordBits: number;
  /** Words that can be read, and written, per cycle; shared by the tensors of the same buffer. */
  readonly ports: number;
}

export type Ports = Readonly<Record<Exclude<Tensor, 'index'>, Port>>;

export function portsOf(accelerator: Accelerator): Ports {
  const port = (tensor: Tensor): Port => {
    const buffer = accelerator.buffers.findIndex((candidate) => candidate.holds.includes(tensor));
    const spec = accelerator.buffers[buffer];
    if (spec === undefined) throw new Error(`accelerator ${accelerator.name} has no buffer for ${tensor}`);
    return { buffer, wordBits: spec.wordBits, ports: spec.ports };
  };
  return { ifmap: port('ifmap'), weight: port('weight'), psum: port('psum'), ofmap: port('ofmap') };
}

/** Port words that `elements` of `bits` each take when they are moved in the same cycle. */
export function wordsOf(port: Port, elements: number, bits: number): number {
  return Math.ceil((elements * bits) / port.wordBits);
}

/** Words that one port has to move in the same cycle. */
export interface Demand {
  readonly port: Port;
  readonly words: number;
}

/** Cycles that demands made at once need: words of the same buffer add up, different buffers work side by side. */
export function cyclesOf(...demands: readonly Demand[]): number {
  let cycles = 0;
  for (const { port } of demands) {
    let words = 0;
    for (const other of demands) if (other.port.buffer === port.buffer) words += other.words;
    cycles = Math.max(cycles, Math.ceil(words / port.ports));
  }
  return cycles;
}
