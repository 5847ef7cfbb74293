import { expect } from 'chai';
import { addDecoding } from '../../src/schedule/decode.js';
import type { Decoding } from '../../src/schedule/decode.js';
import { bufferAccess, countRead, countWrite } from '../../src/dataflow/counters.js';
import { emptyPassCost } from '../../src/dataflow/pass.js';
import type { ArrayContext, PassCost } from '../../src/dataflow/pass.js';
import type { TileSize } from '../../src/storage/format.js';
import { context } from '../dataflow/passes.js';

const none = { entries: 0, maskBits: 0, symbols: 0, serialSteps: 0 };

/** A pass of 100 cycles that streams ten weights of eight bits so many times, each in a word of its own. */
function pass(rounds: number): PassCost {
  const cost = emptyPassCost(3);
  cost.cycles = 100;
  countRead(cost.accesses, 1, 'weight', 10 * rounds, 10 * rounds, 10 * rounds);
  return cost;
}

/** With words of 16 bits. */
function decoded(
  { work = none, ...sizes }: Partial<TileSize> & Pick<Partial<Decoding>, 'work'>,
  rounds: number,
  change: Partial<ArrayContext> = {},
): PassCost {
  const cost = pass(rounds);
  const array = context(4, 4, change);
  const ports = { ...array.ports, weight: { buffer: 1, wordBits: 16, ports: 1, isShared: false } };
  const size = { valueBytes: 10, positionBytes: 0, pointerBytes: 0, ...sizes };
  addDecoding(cost, { work, size, weightBits: 8, rounds }, { ...array, ports });
  return cost;
}

describe('decoding of weights', () => {
  it('reads everything that is stored as one stream of words, and waits for what the pass does not cover', () => {
    // 10 bytes of values are 5 words, 13 bytes of index with them make 12: eight rounds fit into 100 cycles, nine do not.
    const eight = decoded({ positionBytes: 9, pointerBytes: 4 }, 8);
    expect(eight.decodeStalls).to.equal(0);
    expect(eight.cycles).to.equal(100);
    expect(bufferAccess(eight.accesses, 1, 'weight')).to.include({
      readElements: 80,
      readTransactions: 40,
      readBytes: 80,
    });
    expect(bufferAccess(eight.accesses, 1, 'index')).to.include({
      readElements: 104,
      readTransactions: 56,
      readBytes: 104,
    });
    const nine = decoded({ positionBytes: 9, pointerBytes: 4 }, 9);
    expect(nine.decodeStalls).to.equal(9 * 12 - 100);
    expect(nine.cycles).to.equal(108);
  });

  it('reads stored zeros that are not streamed, too', () => {
    const { accesses } = decoded({ valueBytes: 13, positionBytes: 1 }, 5);
    expect(bufferAccess(accesses, 1, 'weight')).to.include({
      readElements: 50,
      readTransactions: 35,
      readBytes: 65,
    });
    expect(bufferAccess(accesses, 1, 'index')).to.include({ readTransactions: 0, readBytes: 5 });
  });

  it('reads coded values in the words that they are stored in', () => {
    const { accesses } = decoded({ valueBytes: 5 }, 6);
    expect(bufferAccess(accesses, 1, 'weight')).to.include({
      readElements: 60,
      readTransactions: 18,
      readBytes: 30,
    });
  });

  it('waits for a decoder that gets through fewer entries than there are', () => {
    const work = { ...none, entries: 70, serialSteps: 70 };
    expect(decoded({ work }, 3, { entriesPerCycle: 4 }).decodeStalls).to.equal(0);
    expect(decoded({ work }, 3, { entriesPerCycle: 2 }).decodeStalls).to.equal(5);
    expect(decoded({ work }, 3, { entriesPerCycle: 2 }).cycles).to.equal(105);
  });

  it('waits for the slower of port and decoder, not for both', () => {
    const work = { ...none, entries: 26, serialSteps: 26 };
    const sizes = { work, positionBytes: 13 };
    expect(decoded(sizes, 9, { entriesPerCycle: 2 }).decodeStalls).to.equal(17);
    expect(decoded(sizes, 9, { entriesPerCycle: 3 }).decodeStalls).to.equal(8);
  });

  it('shares the port with what the pass writes, where reads and writes share it', () => {
    const positioned = (isShared: boolean): PassCost => {
      const cost = pass(8);
      // Sums that leave for the same buffer.
      countWrite(cost.accesses, 1, 'ofmap', 30, 30, 30);
      const array = context(4, 4);
      const ports = { ...array.ports, weight: { buffer: 1, wordBits: 16, ports: 1, isShared } };
      const size = { valueBytes: 10, positionBytes: 9, pointerBytes: 4 };
      addDecoding(cost, { work: none, size, weightBits: 8, rounds: 8 }, { ...array, ports });
      return cost;
    };
    expect(positioned(false).decodeStalls).to.equal(0);
    expect(positioned(true).decodeStalls).to.equal(8 * 12 + 30 - 100);
    expect(positioned(true).cycles).to.equal(126);
  });

  it('is counted once a round', () => {
    const work = { entries: 3, maskBits: 18, symbols: 5, serialSteps: 0 };
    expect(decoded({ work }, 7).decoding).to.deep.equal({ entries: 21, maskBits: 126, symbols: 35 });
  });

  it('is nothing where everything is known beforehand', () => {
    expect(decoded({}, 6)).to.deep.equal(pass(6));
  });
});
