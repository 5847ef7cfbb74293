import { expect } from 'chai';
import { addDecoding } from '../../src/schedule/decode.js';
import type { Decoding } from '../../src/schedule/decode.js';
import { bufferAccess, countRead } from '../../src/schedule/counters.js';
import { emptyPassCost } from '../../src/schedule/pass.js';
import type { ArrayContext, PassCost } from '../../src/schedule/pass.js';
import type { TileSize } from '../../src/storage/format.js';
import { context } from './passes.js';

const none = { entries: 0, maskBits: 0, symbols: 0, serialSteps: 0 };

/** A pass of 100 cycles that reads 60 words of weights. */
function pass(): PassCost {
  const cost = emptyPassCost(3);
  cost.cycles = 100;
  countRead(cost.accesses, 1, 'weight', 60, 60, 60);
  return cost;
}

/** Ten weights of eight bits, streamed so many times. */
function decoded(
  { work = none, ...sizes }: Partial<TileSize> & Pick<Partial<Decoding>, 'work'>,
  rounds: number,
  change: Partial<ArrayContext> = {},
): PassCost {
  const cost = pass();
  cost.weightRounds = rounds;
  countRead(cost.accesses, 1, 'weight', 10 * rounds - 60, 0, 10 * rounds - 60);
  const size = { valueBytes: 10, positionBytes: 0, pointerBytes: 0, ...sizes };
  const array = context(4, 4, change);
  const ports = { ...array.ports, weight: { buffer: 1, wordBits: 16, ports: 1 } };
  addDecoding(cost, { work, size, weightBits: 8 }, { ...array, ports });
  return cost;
}

describe('decoding of weights', () => {
  it('reads the index through the weight port, and waits for what does not fit between the values', () => {
    // 13 bytes are 7 words of 16 bits; 5 rounds of them fit into the 40 cycles that the port is free, 6 do not.
    const five = decoded({ positionBytes: 9, pointerBytes: 4 }, 5);
    expect(five.decodeStalls).to.equal(0);
    expect(five.cycles).to.equal(100);
    expect(bufferAccess(five.accesses, 1, 'index')).to.include({
      readTransactions: 35,
      readBytes: 65,
      readElements: 65,
    });
    const six = decoded({ positionBytes: 9, pointerBytes: 4 }, 6);
    expect(six.decodeStalls).to.equal(60 + 42 - 100);
    expect(six.cycles).to.equal(102);
  });

  it('waits for a decoder that gets through fewer entries than there are', () => {
    const work = { ...none, entries: 70, serialSteps: 70 };
    expect(decoded({ work }, 3, { entriesPerCycle: 4 }).decodeStalls).to.equal(0);
    expect(decoded({ work }, 3, { entriesPerCycle: 2 }).decodeStalls).to.equal(5);
    expect(decoded({ work }, 3, { entriesPerCycle: 2 }).cycles).to.equal(105);
  });

  it('waits for the slower of the two, not for both', () => {
    const work = { ...none, entries: 70, serialSteps: 70 };
    expect(decoded({ work, positionBytes: 13 }, 6, { entriesPerCycle: 4 }).decodeStalls).to.equal(5);
  });

  it('is counted once a round', () => {
    const work = { entries: 3, maskBits: 18, symbols: 5, serialSteps: 0 };
    expect(decoded({ work }, 7).decoding).to.deep.equal({ entries: 21, maskBits: 126, symbols: 35 });
  });

  it('reads stored zeros that are not streamed as if they were index', () => {
    // Three bytes more than the ten that are streamed.
    const { accesses, cycles } = decoded({ valueBytes: 13 }, 5);
    expect(bufferAccess(accesses, 1, 'index')).to.include({ readTransactions: 10, readBytes: 15 });
    expect(bufferAccess(accesses, 1, 'weight')).to.include({ readTransactions: 60, readBytes: 50 });
    expect(cycles).to.equal(100);
  });

  it('reads coded values in the words that they are stored in', () => {
    const { accesses } = decoded({ valueBytes: 5, pointerBytes: 4 }, 6);
    expect(bufferAccess(accesses, 1, 'weight')).to.include({
      readTransactions: 18,
      readBytes: 30,
      readElements: 60,
    });
    expect(bufferAccess(accesses, 1, 'index')).to.include({ readTransactions: 12, readBytes: 24 });
  });

  it('is nothing where everything is known beforehand', () => {
    expect(decoded({}, 6)).to.deep.equal({ ...pass(), weightRounds: 6 });
  });
});
