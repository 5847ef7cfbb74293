import { expect } from 'chai';
import fc from 'fast-check';
import { columnFolds } from '../../src/dataflow/columnFolds.js';
import { patternIndex } from '../../src/sparsity/supports.js';
import type { Supports } from '../../src/sparsity/supports.js';
import { supportFamily } from '../../src/sparsity/families.js';
import { createRandom } from '../../src/tensor/random.js';
import { cases } from '../machine/arbitraries.js';
import { matrixPass } from './passes.js';

/** PSD4_P8: seven squares in turn, then a full kernel. */
function psd4p8(filters: number, channels: number): Supports {
  const squares = supportFamily(4);
  const patterns = Array.from({ length: 8 }, (_, slot) =>
    slot === 7 ? new Uint8Array(9).fill(1) : Uint8Array.from(squares[slot % 4]),
  );
  return { filters, channels, taps: 9, patterns, assignment: { kind: 'periodic', period: 8 } };
}

function streamed(supports: Supports, columns: number, phasesPerGroup: number): number {
  const { filters, channels } = supports;
  const shape = matrixPass(1, filters, channels, { streamed: supports, phasesPerGroup });
  return columnFolds(shape, columns).reduce((sum, fold) => sum + fold.repeat * fold.stream.length, 0);
}

describe('column folds', () => {
  it('put every filter into a column once and every weight of the pass into a stream once', () => {
    fc.assert(
      fc.property(
        cases(),
        fc.integer({ min: 1, max: 9 }),
        fc.nat(5),
        fc.nat(5),
        fc.nat(5),
        (given, columns, phases, ...cut) => {
          const { supports } = given.modelLayer;
          const { assignment } = supports;
          const period = assignment.kind === 'periodic' ? assignment.period : 1;
          const divisors = Array.from({ length: period }, (_, i) => i + 1).filter(
            (size) => period % size === 0,
          );
          const filterStart = Math.min(cut[0], supports.filters - 1);
          const channelStart = Math.min(cut[1], supports.channels - 1);
          const shape = matrixPass(1, supports.filters - filterStart, supports.channels - channelStart, {
            streamed: supports,
            filterStart,
            channelStart,
            phasesPerGroup: divisors[phases % divisors.length],
          });
          let weights = 0;
          let fullest = 0;
          for (let filter = filterStart; filter < supports.filters; filter++) {
            let own = 0;
            for (let channel = channelStart; channel < supports.channels; channel++) {
              own += supports.patterns[patternIndex(supports, filter, channel)].reduce(
                (sum, tap) => sum + tap,
                0,
              );
            }
            weights += own;
            fullest = Math.max(fullest, own);
          }
          const folds = columnFolds(shape, columns);
          expect(folds.reduce((sum, fold) => sum + fold.repeat * fold.columns, 0)).to.equal(
            shape.filterCount,
          );
          expect(folds.reduce((sum, fold) => sum + fold.repeat * fold.weights, 0)).to.equal(weights);
          for (const fold of folds) {
            expect(fold.columns).to.be.within(1, columns);
            expect(fold.stream.length).to.be.at.most(shape.channelCount * supports.taps);
            expect(fold.stream.reduce((sum, holders) => sum + holders, 0)).to.equal(fold.weights);
            expect(Math.max(0, ...fold.stream)).to.be.at.most(fold.columns);
            expect(Math.min(1, ...fold.stream), 'no tap is streamed that nobody wants').to.equal(1);
          }
          expect(Math.max(...folds.map((fold) => fold.stream.length))).to.be.at.least(fullest);
        },
      ),
      { numRuns: 300 },
    );
  });

  it('trade columns that stay empty for taps that not all want: 64 filters with P = 8 on 16 columns', () => {
    const supports = psd4p8(64, 64);
    const dense = 4 * 9 * 64;
    // Eight filters per phase fill half of the columns: packed perfectly, and slower than dense.
    expect(streamed(supports, 16, 1)).to.equal((8 * 64 * (7 * 4 + 9)) / 8);
    expect(streamed(supports, 16, 1)).to.be.above(dense);
    // Two neighbouring phases fill them and stream the union of two neighbours' taps.
    expect(dense / streamed(supports, 16, 2)).to.be.within(1.2, 1.3);
  });

  it('take filters phase by phase, and tell the phases of a fold', () => {
    const { filters, channels, ...rest } = psd4p8(20, 1);
    const supports = { ...rest, filters, channels };
    const shape = matrixPass(1, filters, channels, { streamed: supports, phasesPerGroup: 4 });
    // Of 20 filters, phases 0 to 3 have three each and phases 4 to 7 two; on 8 columns the first group splits in phase 2.
    const folds = columnFolds(shape, 8).map(({ repeat, columns, phases, stream }) => ({
      repeat,
      columns,
      phases,
      stream: [...stream],
    }));
    // Squares of slots 0, 1, 2 and 3 in turn; slot 7 is full.
    expect(folds).to.deep.equal([
      { repeat: 1, columns: 8, phases: 3, stream: [3, 6, 3, 5, 8, 3, 2, 2] },
      { repeat: 1, columns: 4, phases: 2, stream: [1, 4, 3, 1, 4, 3] },
      { repeat: 1, columns: 8, phases: 4, stream: [4, 6, 4, 6, 8, 4, 4, 4, 2] },
    ]);
  });

  it('pack perfectly where every phase fills the columns', () => {
    const supports = psd4p8(128, 64);
    expect(streamed(supports, 16, 1)).to.equal((8 * 64 * (7 * 4 + 9)) / 8);
  });

  it('gain hardly anything from supports that differ from kernel to kernel', () => {
    const squares = supportFamily(4).map((square) => Uint8Array.from(square));
    const random = createRandom(1);
    const ids = Uint32Array.from({ length: 16 * 64 }, () => random.integer(4));
    const supports: Supports = {
      filters: 16,
      channels: 64,
      taps: 9,
      patterns: squares,
      assignment: { kind: 'per-kernel', ids },
    };
    expect(streamed(supports, 16, 1)).to.be.above(0.98 * 9 * 64);
  });
});
