import { totalBytes } from '../storage/format.js';
import type { DecodeWork, TileSize } from '../storage/format.js';
import { bufferAccess, countRead, readTransactions, writeTransactions } from '../dataflow/counters.js';
import type { Dataflow } from '../dataflow/dataflow.js';
import type { ArrayContext, PassCost, PassShape } from '../dataflow/pass.js';
import type { ConvProblem } from '../mapping/problem.js';
import { wordsOf } from '../dataflow/ports.js';

/** A pass of a convolution with the decoding of its weights. */
export function withDecoding(
  cost: PassCost,
  { storage }: ConvProblem,
  shape: PassShape,
  dataflow: Dataflow,
  context: ArrayContext,
): PassCost {
  const decoding = {
    work: storage.decodeWork(shape),
    size: storage.tileSize(shape),
    weightBits: shape.weightBits,
    rounds: dataflow.weightRounds(shape, context),
  };
  addDecoding(cost, decoding, context);
  return cost;
}

/** What the array needs of a tile's stored weights each time that it streams them. */
export interface Decoding {
  readonly work: DecodeWork;
  readonly size: TileSize;
  readonly weightBits: number;
  /** How often the pass reads each of its weights. */
  readonly rounds: number;
}

/**
 * Adds the decoding of the weights to a pass that the dataflow has worked out as if its values were read tap by tap, as
 * they are where no index has to be read.
 *
 * Where there is one, or values are stored in fewer bits than they have, everything that is stored of the tile is read as
 * one stream of whole words through the port of the weight buffer, ahead of the array into FIFOs. Serial steps go
 * through the decoder, `entriesPerCycle` of them. A pass waits only for what either takes beyond the pass's own
 * cycles; at a port that reads and writes share, what the pass writes to the buffer takes its turn among the reads.
 */
export function addDecoding(
  cost: PassCost,
  { work, size, weightBits, rounds }: Decoding,
  context: ArrayContext,
): void {
  const { accesses } = cost;
  const { weight } = context.ports;
  const tapByTap = bufferAccess(accesses, weight.buffer, 'weight');
  const indexBytes = size.positionBytes + size.pointerBytes;
  const isCoded = size.valueBytes * 8 * rounds < tapByTap.readElements * weightBits;
  const isDecoded = indexBytes > 0 || isCoded;
  if (isDecoded) {
    const valueWords = wordsOf(weight, size.valueBytes, 8) * rounds;
    const words = wordsOf(weight, totalBytes(size), 8) * rounds;
    const valueBytes = size.valueBytes * rounds;
    countRead(
      accesses,
      weight.buffer,
      'weight',
      0,
      valueWords - tapByTap.readTransactions,
      valueBytes - tapByTap.readBytes,
    );
    countRead(accesses, weight.buffer, 'index', indexBytes * rounds, words - valueWords, indexBytes * rounds);
  }
  cost.decoding.entries += work.entries * rounds;
  cost.decoding.maskBits += work.maskBits * rounds;
  cost.decoding.symbols += work.symbols * rounds;

  const reads = readTransactions(accesses, weight.buffer);
  const inTurn = reads + (weight.isShared ? writeTransactions(accesses, weight.buffer) : 0);
  const portCycles = isDecoded ? Math.ceil(inTurn / weight.ports) : 0;
  const decoderCycles = Math.ceil((work.serialSteps * rounds) / context.entriesPerCycle);
  const stalls = Math.max(0, portCycles - cost.cycles, decoderCycles - cost.cycles);
  cost.cycles += stalls;
  cost.decodeStalls += stalls;
}
