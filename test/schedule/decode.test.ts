import { expect } from 'chai';
import { addDecoding } from '../../src/schedule/decode.js';
import type { Decoding } from '../../src/schedule/decode.js';
import { bufferAccess, countRead } from '../../src/schedule/counters.js';
import { emptyPassCost } from '../../src/schedule/pass.js';
import type { ArrayContext, PassCost } from '../../src/schedule/pass.js';
import { context } from './passes.js';

const none = { entries: 0, maskBits: 0, symbols: 0, serialSteps: 0 };

/** A pass of 100 cycles that reads 60 words of weights. */
function pass(): PassCost {
  const cost = emptyPassCost(3);
  cost.cycles = 100;
  countRead(cost.accesses, 1, 'weight', 60, 60, 60);
  return cost;
}

function decoded(decoding: Partial<Decoding>, rounds: number, change: Partial<ArrayContext> = {}): PassCost {
  const cost = pass();
  const array = context(4, 4, change);
  const ports = { ...array.ports, weight: { buffer: 1, wordBits: 16, ports: 1 } };
  addDecoding(cost, { work: none, indexBytes: 0, ...decoding }, rounds, { ...array, ports });
  return cost;
}

describe('decoding of weights', () => {
  it('reads the index through the weight port, and waits for what does not fit between the values', () => {
    // 13 bytes are 7 words of 16 bits; 5 rounds of them fit into the 40 cycles that the port is free, 6 do not.
    const five = decoded({ indexBytes: 13 }, 5);
    expect(five.decodeStalls).to.equal(0);
    expect(five.cycles).to.equal(100);
    expect(bufferAccess(five.accesses, 1, 'index')).to.include({
      readTransactions: 35,
      readBytes: 65,
      readElements: 65,
    });
    const six = decoded({ indexBytes: 13 }, 6);
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
    expect(decoded({ work, indexBytes: 13 }, 6, { entriesPerCycle: 4 }).decodeStalls).to.equal(5);
  });

  it('is counted once a round', () => {
    const work = { entries: 3, maskBits: 18, symbols: 5, serialSteps: 0 };
    expect(decoded({ work }, 7).decoding).to.deep.equal({ entries: 21, maskBits: 126, symbols: 35 });
  });

  it('is nothing where everything is known beforehand', () => {
    expect(decoded({}, 9)).to.deep.equal(pass());
  });
});
