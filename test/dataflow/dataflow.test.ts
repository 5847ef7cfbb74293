import { expect } from 'chai';
import fc from 'fast-check';
import { bufferAccess } from '../../src/dataflow/counters.js';
import { dataflowNames, dataflowOf } from '../../src/dataflow/dataflows.js';
import { cyclesWithDrain, context, matrixPass } from './passes.js';

/**
 * rows, columns, dataflow, M, N, K, cycles, ifmap reads, filter reads: SCALE-Sim v3 (commit 1d62b68a), run; its own count
 * is one less, the index of the last cycle.
 */
const scaleSim = [
  [12, 14, 'output-stationary', 4, 4, 4, 28, 16, 16],
  [12, 14, 'weight-stationary', 8, 8, 16, 88, 128, 128],
  [12, 14, 'input-stationary', 8, 8, 16, 88, 128, 128],
  [12, 14, 'input-stationary', 33, 17, 65, 954, 2145, 3315],
  [12, 14, 'input-stationary', 100, 50, 27, 2064, 2700, 10800],
  [16, 16, 'output-stationary', 20, 20, 20, 200, 800, 800],
  [16, 16, 'weight-stationary', 100, 50, 27, 1168, 10800, 1350],
  [4, 4, 'output-stationary', 8, 8, 16, 88, 256, 256],
  [4, 4, 'weight-stationary', 64, 64, 64, 18944, 65536, 4096],
  [8, 8, 'output-stationary', 100, 50, 27, 3731, 18900, 17550],
  [8, 8, 'weight-stationary', 33, 17, 65, 1485, 6435, 1105],
  [12, 14, 'weight-stationary', 1024, 64, 27, 15900, 138240, 1728],
  [16, 16, 'output-stationary', 64, 32, 64, 752, 8192, 8192],
  [32, 32, 'output-stationary', 1024, 64, 27, 5696, 55296, 55296],
  [32, 32, 'weight-stationary', 64, 32, 64, 316, 4096, 2048],
  [4, 4, 'output-stationary', 64, 64, 576, 148992, 589824, 589824],
  [8, 8, 'output-stationary', 1024, 64, 27, 41984, 221184, 221184],
] as const;

describe('dataflows', () => {
  for (const [rows, columns, dataflow, m, n, k, cycles, ifmapReads, filterReads] of scaleSim) {
    it(`${dataflow} takes SCALE-Sim's cycles and reads for ${m}x${k} by ${k}x${n} on ${rows}x${columns}`, () => {
      const cost = dataflowOf(dataflow).passCost(matrixPass(m, n, k), context(rows, columns));
      expect(cost.cycles).to.equal(cycles);
      expect(bufferAccess(cost.accesses, 0, 'ifmap').readElements).to.equal(ifmapReads);
      expect(bufferAccess(cost.accesses, 1, 'weight').readElements).to.equal(filterReads);
      expect(cost.macs).to.equal(m * n * k);
    });
  }

  it('keep a pass within the bounds of array and ports, and never gain from fewer ports', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...dataflowNames()),
        fc.tuple(...[40, 40, 40].map((max) => fc.integer({ min: 1, max }))),
        fc.tuple(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 9 })),
        fc.tuple(fc.constantFrom(8, 32, 64), fc.integer({ min: 1, max: 4 }), fc.integer({ min: 1, max: 9 })),
        fc.tuple(fc.boolean(), fc.boolean(), fc.boolean(), fc.boolean()),
        (
          dataflow,
          [m, n, k],
          [rows, columns],
          [wordBits, ports, lanes],
          [first, last, residual, isShared],
        ) => {
          const port = (buffer: number, count: number) => ({
            buffer: isShared ? 0 : buffer,
            wordBits,
            ports: count,
            isShared: false,
          });
          const machine = (count: number) =>
            context(rows, columns, {
              postProcessorLanes: lanes,
              ports: {
                ifmap: port(0, count),
                weight: port(1, count),
                psum: port(2, count),
                ofmap: port(2, count),
              },
            });
          const shape = matrixPass(m, n, k, { firstChannels: first, lastChannels: last, residual });
          const narrow = dataflowOf(dataflow).passCost(shape, machine(ports));
          const wide = dataflowOf(dataflow).passCost(shape, machine(ports + 1));
          expect(cyclesWithDrain(wide)).to.be.at.most(cyclesWithDrain(narrow));
          expect(narrow.cycles).to.be.at.least((m * n * k) / (rows * columns));
          expect(narrow.macs).to.equal(m * n * k);
          for (const [buffer, tensor] of [
            [0, 'ifmap'],
            [1, 'weight'],
          ] as const) {
            const { readTransactions } = bufferAccess(narrow.accesses, isShared ? 0 : buffer, tensor);
            expect(narrow.cycles).to.be.at.least(readTransactions / ports);
          }
          const stalls = [narrow.ifmapStalls, narrow.weightLoadStalls, narrow.psumStalls, narrow.drainStalls];
          expect(Math.min(...stalls)).to.be.at.least(0);
          const free = dataflowOf(dataflow).passCost(shape, context(rows, columns));
          expect(narrow.cycles - stalls.reduce((sum, stall) => sum + stall, 0)).to.equal(free.cycles);
        },
      ),
      { numRuns: 400 },
    );
  });

  it('output stationary holds the stream up when a tap needs more port words than there are ports', () => {
    const narrow = { buffer: 0, wordBits: 64, ports: 1, isShared: false };
    const wide = context(16, 16);
    const machine = { ...wide, ports: { ...wide.ports, ifmap: narrow } };
    const cost = dataflowOf('output-stationary').passCost(matrixPass(16, 16, 100), machine);
    // 16 bytes are two words of 64 bits: each of the 100 taps takes two cycles.
    expect(cost.cycles).to.equal(100 + 100 + 30);
    expect(cost.ifmapStalls).to.equal(100);
  });

  it('output stationary reads back and adds partial sums of earlier channels as results drain', () => {
    const machine = context(4, 4);
    const middle = matrixPass(8, 8, 10, { firstChannels: false, lastChannels: false });
    const { accesses } = dataflowOf('output-stationary').passCost(middle, machine);
    const psum = bufferAccess(accesses, 2, 'psum');
    expect([psum.readElements, psum.writeElements]).to.deep.equal([64, 64]);
    expect(bufferAccess(accesses, 2, 'ofmap').writeElements).to.equal(0);
  });

  it('weight stationary passes partial sums between its K-folds through the psum buffer, both ways', () => {
    const { accesses } = dataflowOf('weight-stationary').passCost(matrixPass(5, 3, 10), context(4, 4));
    const psum = bufferAccess(accesses, 2, 'psum');
    // Three folds of 4, 4 and 2 taps: the sums leave after the first two and come back for the last two.
    expect([psum.readElements, psum.writeElements]).to.deep.equal([30, 30]);
    expect(bufferAccess(accesses, 2, 'ofmap').writeElements).to.equal(15);
  });

  it('hide the drain of a fold behind the next one, as far as that lasts', () => {
    const wide = context(4, 4);
    const machine = { ...wide, postProcessorLanes: 1 };
    const cost = dataflowOf('output-stationary').passCost(matrixPass(8, 4, 3), machine);
    // Two folds of 3 + 6 cycles; 16 results take 16 cycles through one lane: 7 of them after the second fold.
    expect(cost.cycles).to.equal(9 + 9 + 7);
    expect(cost.drainStalls).to.equal(7);
    expect(cost.tailDrainCycles).to.equal(16);
  });

  it('load what stays before each fold, or behind the fold before', () => {
    // 8 x 8 weights on 4 x 4 PEs: four folds of 5 positions, 4 cycles to load, 4 + 4 - 2 more until the wave is through.
    const cycles = (preload: 'serial' | 'overlapped', positions: number): number =>
      dataflowOf('weight-stationary').passCost(matrixPass(positions, 8, 8), context(4, 4, { preload }))
        .cycles;
    expect(cycles('serial', 5)).to.equal(4 * (4 + 5 + 6));
    expect(cycles('overlapped', 5)).to.equal(4 + 4 * (5 + 6));
    const ports = context(4, 4).ports;
    const shared = { ...ports, weight: { ...ports.weight, buffer: ports.ifmap.buffer } };
    const machine = context(4, 4, { preload: 'overlapped', ports: shared });
    const onePort = dataflowOf('weight-stationary').passCost(matrixPass(5, 8, 8), machine);
    expect(onePort.cycles, 'the port is taken').to.equal(4 * (4 + 5 + 6));
  });
});
