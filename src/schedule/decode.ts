import type { DecodeWork } from '../storage/format.js';
import { countRead, readTransactions } from './counters.js';
import type { ArrayContext, PassCost } from './pass.js';
import { wordsOf } from './ports.js';

/** What the array needs beside a tile's values, each time that it streams the tile. */
export interface Decoding {
  readonly work: DecodeWork;
  /** Positions and pointers, read from the weight buffer along with the values. */
  readonly indexBytes: number;
}

/**
 * Adds the decoding of the weights to a pass.
 *
 * Index words come through the port of the weight buffer, and serial steps through the decoder, `entriesPerCycle` of
 * them. Both run ahead of the array, into FIFOs, wherever the port has a free cycle; so a pass waits only for what they
 * take beyond its own cycles.
 *
 * @param rounds how often the pass streams the tile's weights
 */
export function addDecoding(cost: PassCost, decoding: Decoding, rounds: number, context: ArrayContext): void {
  const { work, indexBytes } = decoding;
  const { weight } = context.ports;
  const indexWords = wordsOf(weight, indexBytes, 8) * rounds;
  if (indexWords > 0) {
    countRead(cost.accesses, weight.buffer, 'index', indexBytes * rounds, indexWords, indexBytes * rounds);
  }
  cost.decoding.entries += work.entries * rounds;
  cost.decoding.maskBits += work.maskBits * rounds;
  cost.decoding.symbols += work.symbols * rounds;

  const portCycles =
    indexWords === 0 ? 0 : Math.ceil(readTransactions(cost.accesses, weight.buffer) / weight.ports);
  const decoderCycles = Math.ceil((work.serialSteps * rounds) / context.entriesPerCycle);
  const stalls = Math.max(0, portCycles - cost.cycles, decoderCycles - cost.cycles);
  cost.cycles += stalls;
  cost.decodeStalls += stalls;
}
