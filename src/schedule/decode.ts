import type { DecodeWork, TileSize } from '../storage/format.js';
import { bufferAccess, countRead, readTransactions } from './counters.js';
import type { ArrayContext, PassCost } from './pass.js';
import { wordsOf } from './ports.js';

/** What the array needs of a tile's stored weights each time that it streams them. */
export interface Decoding {
  readonly work: DecodeWork;
  readonly size: TileSize;
  readonly weightBits: number;
}

/**
 * Adds the decoding of the weights to a pass that the dataflow has worked out as if values alone were read.
 *
 * Positions, pointers and stored zeros that the array does not stream are read through the port of the weight buffer, too.
 * Values that are stored in fewer bits than they have (Huffman) take the words of their stored bytes, while the array's own
 * port keeps the pace of the decoded ones. Serial steps go through the decoder, `entriesPerCycle` of them. All this runs
 * ahead of the array, into FIFOs, wherever the port has a free cycle; so a pass waits only for what it takes beyond the
 * pass's own cycles.
 */
export function addDecoding(cost: PassCost, decoding: Decoding, context: ArrayContext): void {
  const { work, size, weightBits } = decoding;
  const { weightRounds: rounds, accesses } = cost;
  const { weight } = context.ports;
  const streamed = bufferAccess(accesses, weight.buffer, 'weight');
  const streamedBytes = rounds === 0 ? 0 : (streamed.readElements * weightBits) / 8 / rounds;
  const surplusBytes = size.valueBytes - streamedBytes;
  if (surplusBytes < 0) {
    const words = wordsOf(weight, size.valueBytes, 8) * rounds;
    const bytes = size.valueBytes * rounds;
    countRead(
      accesses,
      weight.buffer,
      'weight',
      0,
      words - streamed.readTransactions,
      bytes - streamed.readBytes,
    );
  }
  const indexBytes = size.positionBytes + size.pointerBytes + Math.max(0, surplusBytes);
  const indexWords = wordsOf(weight, indexBytes, 8) * rounds;
  if (indexWords > 0) {
    countRead(accesses, weight.buffer, 'index', indexBytes * rounds, indexWords, indexBytes * rounds);
  }
  cost.decoding.entries += work.entries * rounds;
  cost.decoding.maskBits += work.maskBits * rounds;
  cost.decoding.symbols += work.symbols * rounds;

  const portCycles =
    indexWords === 0 ? 0 : Math.ceil(readTransactions(accesses, weight.buffer) / weight.ports);
  const decoderCycles = Math.ceil((work.serialSteps * rounds) / context.entriesPerCycle);
  const stalls = Math.max(0, portCycles - cost.cycles, decoderCycles - cost.cycles);
  cost.cycles += stalls;
  cost.decodeStalls += stalls;
}
