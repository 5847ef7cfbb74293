import { expect } from 'chai';
import fc from 'fast-check';
import { readTransactions, writeTransactions } from '../../src/dataflow/counters.js';
import type { ArrayContext } from '../../src/dataflow/pass.js';
import type { Port, Ports } from '../../src/dataflow/ports.js';
import { vectorProblem } from '../../src/mapping/layerProblem.js';
import type { VectorProblem } from '../../src/mapping/problem.js';
import { isConv } from '../../src/network/layer.js';
import { vectorPassCost } from '../../src/schedule/vectorPass.js';
import { context } from '../dataflow/passes.js';
import { int8 } from '../machine/arbitraries.js';
import { vectorLayers } from '../machine/vectorLayers.js';

function problemNamed(name: string): VectorProblem {
  const layer = vectorLayers()
    .layers.map((each) => each.layer)
    .find((each) => each.name === name);
  if (layer === undefined || isConv(layer)) throw new Error(`no layer ${name} without weights`);
  return vectorProblem(layer, int8, 1);
}

/** Ports of one word of four int8 elements a cycle. */
const narrow = (buffer: number, isShared: boolean): Port => ({ buffer, wordBits: 32, ports: 1, isShared });

/** One buffer for all, or one each for operands and results. */
function machine(isOneBuffer: boolean, isShared: boolean): ArrayContext {
  const port = (buffer: number): Port => narrow(isOneBuffer ? 0 : buffer, isShared);
  const ports: Ports = { ifmap: port(0), weight: port(1), psum: port(2), ofmap: port(2) };
  return context(4, 4, { ports });
}

describe('a tile on the post-processor', () => {
  it('reads and writes side by side where a buffer has ports for both', () => {
    // 80 elements are 20 words each way.
    const relu = problemNamed('relu');
    expect(vectorPassCost(relu, 80, machine(true, false)).cycles).to.equal(20);
    expect(vectorPassCost(relu, 80, machine(false, false)).cycles).to.equal(20);
  });

  it('reads and writes in turn through ports that both share', () => {
    const relu = vectorPassCost(problemNamed('relu'), 80, machine(true, true));
    expect(relu.cycles).to.equal(20 + 20);
    expect(relu.ifmapStalls).to.equal(39);
    expect(vectorPassCost(problemNamed('relu'), 80, machine(false, true)).cycles).to.equal(20);
  });

  it('takes the second operand of an addition from where its result will lie', () => {
    const add = problemNamed('add');
    expect(vectorPassCost(add, 80, machine(true, false)).cycles).to.equal(20 + 20);
    expect(vectorPassCost(add, 80, machine(true, true)).cycles).to.equal(20 + 20 + 20);
    expect(vectorPassCost(add, 80, machine(false, false)).cycles).to.equal(20);
    expect(vectorPassCost(add, 80, machine(false, true)).cycles).to.equal(20 + 20);
  });

  it('moves no more words in its cycles than the ports can', () => {
    const any = fc.record({
      name: fc.constantFrom('max', 'average', 'add', 'relu'),
      outputs: fc.integer({ min: 1, max: 200 }),
      wordBits: fc.constantFrom(8, 32, 128),
      ports: fc.integer({ min: 1, max: 3 }),
      lanes: fc.integer({ min: 1, max: 64 }),
      isOneBuffer: fc.boolean(),
      isShared: fc.boolean(),
    });
    fc.assert(
      fc.property(any, ({ name, outputs, lanes, isOneBuffer, isShared, ...port }) => {
        const plain = machine(isOneBuffer, isShared);
        const ports = {
          ifmap: { ...plain.ports.ifmap, ...port },
          weight: { ...plain.ports.weight, ...port },
          psum: { ...plain.ports.psum, ...port },
          ofmap: { ...plain.ports.ofmap, ...port },
        };
        const cost = vectorPassCost(problemNamed(name), outputs, {
          ...plain,
          ports,
          postProcessorLanes: lanes,
        });
        for (let buffer = 0; buffer < plain.bufferCount; buffer++) {
          const reads = readTransactions(cost.accesses, buffer);
          const writes = writeTransactions(cost.accesses, buffer);
          const words = isShared ? reads + writes : Math.max(reads, writes);
          expect(words).to.be.at.most(cost.cycles * port.ports);
        }
        expect(cost.ifmapStalls + cost.drainStalls).to.be.below(cost.cycles);
      }),
    );
  });
});
