import { expect } from 'chai';
import fc from 'fast-check';
import { passCostWith } from '../../src/dataflow/activations.js';
import { bufferAccess } from '../../src/dataflow/counters.js';
import { dataflowNames, dataflowOf } from '../../src/dataflow/dataflows.js';
import { hopsToEdge } from '../../src/dataflow/hopsToEdge.js';
import type { ArrayContext, PassCost, PassShape } from '../../src/dataflow/pass.js';
import { denseSupports } from '../../src/sparsity/supports.js';
import type { Supports } from '../../src/sparsity/supports.js';
import { passCases } from '../machine/register/passCases.js';
import { context, matrixPass } from './passes.js';

const hops = (dataflow: string, shape: PassShape, machine: ArrayContext): PassCost['hops'] =>
  dataflowOf(dataflow).passCost(shape, machine).hops;

/** Three filters, of which the second lacks the second of three taps. */
const oneTapLess: Supports = {
  filters: 3,
  channels: 3,
  taps: 1,
  patterns: [Uint8Array.of(1), Uint8Array.of(0)],
  assignment: { kind: 'per-kernel', ids: Uint32Array.of(0, 0, 0, 0, 1, 0, 0, 0, 0) },
};

function elementsRead(cost: PassCost, { ports }: ArrayContext, tensor: 'ifmap' | 'weight'): number {
  return bufferAccess(cost.accesses, ports[tensor].buffer, tensor).readElements;
}

describe('hops from PE to PE', () => {
  it('output stationary: ifmap values to the right, weights down, sums down and out', () => {
    const shape = matrixPass(2, 3, 3);
    // 3 taps: an ifmap value for each of 2 rows makes 2 hops, a weight for each of 3 columns one. Row 0's sums make one.
    const onSmall = hops('output-stationary', shape, context(2, 3));
    expect(onSmall).to.deep.equal({ ifmap: 3 * 2 * 2, weight: 3 * 3, psum: 3 });
    // Two more rows, not in use: the sums pass them, no operand does.
    const onTall = hops('output-stationary', shape, context(4, 3));
    expect(onTall).to.deep.equal({ ifmap: 12, weight: 9, psum: (3 + 2) * 3 });
    // Three more columns, not in use.
    expect(hops('output-stationary', shape, context(2, 6))).to.deep.equal(onSmall);
    // 3 positions on 2 rows: a second fold with one row in use, whose weights go nowhere.
    const twoFolds = hops('output-stationary', matrixPass(3, 3, 3), context(2, 3));
    expect(twoFolds).to.deep.equal({ ifmap: 12 + 6, weight: 9, psum: 3 + 3 });
    // Two taps in a cycle, and then one, are moved as well as three one after the other.
    expect(hops('output-stationary', shape, context(2, 3, { macLanes: 2 }))).to.deep.equal(onSmall);
  });

  it('a weight that does not exist makes none, and the ifmap value that it lacks goes by', () => {
    const shape = matrixPass(2, 3, 3, { streamed: oneTapLess });
    expect(hops('output-stationary', shape, context(2, 3))).to.deep.equal({ ifmap: 12, weight: 8, psum: 3 });
    // Weight stationary, 2 positions: rows of 2 and of 1 tap. The weight that is missing would have gone to row 1.
    expect(hops('weight-stationary', shape, context(2, 3))).to.deep.equal({
      ifmap: 2 * 3 * 2,
      weight: 2,
      psum: 2 * (2 * 3),
    });
    // Lock step, 2 rows: one weight fewer on the columns' buses.
    expect(hops('lock-step', shape, context(2, 3)).weight).to.equal(8);
  });

  it('a gated multiplication takes none away, a skipped tap does', () => {
    const shape = matrixPass(2, 3, 3);
    const isZero = (operand: number): boolean => operand < 2; // channel 0, both positions
    const costWith = (change: Partial<ArrayContext>): PassCost =>
      passCostWith(dataflowOf('output-stationary'), shape, context(2, 3, change), isZero);
    expect(costWith({ gate: 'activation' }).gatedMacs).to.equal(6);
    expect(costWith({ gate: 'activation' }).hops).to.deep.equal({ ifmap: 12, weight: 9, psum: 3 });
    expect(costWith({ skip: 'activation' }).hops).to.deep.equal({ ifmap: 8, weight: 6, psum: 3 });
  });

  it('weight stationary: weights down to their row, ifmap values to the right, sums through all rows', () => {
    // Folds of 2 taps and of 1; 4 positions, 3 filters. The weights of row 1 make a hop each.
    // The sums of the second fold leave row 0 and pass row 1.
    const cost = hops('weight-stationary', matrixPass(4, 3, 3), context(2, 3));
    expect(cost).to.deep.equal({ ifmap: 4 * 2 * 2 + 4 * 2, weight: 3, psum: 12 + 12 });
    for (const change of [{ preload: 'overlapped' }, { fill: 'used' }] as const)
      expect(hops('weight-stationary', matrixPass(4, 3, 3), context(2, 3, change))).to.deep.equal(cost);
    // Two lanes: all 3 taps in one fold, the third in row 1.
    const lanes = hops('weight-stationary', matrixPass(4, 3, 3), context(2, 3, { macLanes: 2 }));
    expect(lanes).to.deep.equal({ ifmap: 4 * 3 * 2, weight: 3, psum: 12 });
  });

  it('input stationary: the same, with the operands exchanged', () => {
    const cost = hops('input-stationary', matrixPass(3, 4, 3), context(2, 3));
    expect(cost).to.deep.equal({ ifmap: 3, weight: 4 * 2 * 2 + 4 * 2, psum: 12 + 12 });
  });

  it('lock step: windows to the right, shared values and weights down a column, sums down and out', () => {
    const dense = matrixPass(2, 3, 3, { streamed: denseSupports(3, 3, 3) });
    const shape = { ...dense, window: { ...dense.window, kernelWidth: 3 } };
    // Windows of 3 values move on in 2 rows: 0 + 1 + 2 of them in the fill, 2 after each of the first two steps. Five
    // enter column 0, of 4 values, two of which both rows take. Each of the 27 weights goes to both rows.
    expect(hops('lock-step', shape, context(2, 3))).to.deep.equal({
      ifmap: 7 * 2 * 3 + 5 * 2,
      weight: 27,
      psum: 3,
    });
    // Where PEs may part, weights come with the windows: as many.
    const skipping = context(2, 3, { skip: 'activation' });
    expect(dataflowOf('lock-step').passCost(shape, skipping, () => true).hops).to.deep.equal({
      ifmap: 52,
      weight: 27,
      psum: 3,
    });
  });

  describe('row stationary', () => {
    /** Two filters of 2 x 2 taps over two channels, on an ifmap of 3 x 4: two rows of three outputs. */
    const smallPass = (rowStationary: PassShape['rowStationary']): PassShape => {
      const shape = matrixPass(6, 2, 2, { streamed: denseSupports(2, 2, 4), rowStationary });
      return { ...shape, window: { ...shape.window, rows: 2, columns: 3, kernelHeight: 2, kernelWidth: 2 } };
    };

    it('shares weights in a row and ifmap values on a diagonal, and sums go up', () => {
      const cost = hops('row-stationary', smallPass({ e: 2, p: 2, q: 1, r: 1, t: 1 }), context(4, 4));
      // The middle one of three ifmap rows goes to two PEs, the 4 values of each channel. 24 sums of two PEs each.
      expect(cost).to.deep.equal({ ifmap: 2 * 4, weight: 16, psum: 24 });
    });

    it('passes sums on from set to set, and up past the sets above', () => {
      // Two sets side by side, each of a channel and both filters: 12 sums go up in both and two columns over.
      const beside = hops('row-stationary', smallPass({ e: 2, p: 2, q: 1, r: 2, t: 1 }), context(2, 4));
      expect(beside).to.deep.equal({ ifmap: 8, weight: 16, psum: 12 * (1 + 1 + 2) });
      // One above the other: two rows up from the top of the lower one.
      const above = hops('row-stationary', smallPass({ e: 2, p: 2, q: 1, r: 2, t: 1 }), context(4, 2));
      expect(above.psum).to.equal(12 * (1 + 1 + 2));
      // Four sets: those of filter 1 are below those of filter 0, so that its sums go two rows further. The PEs of either
      // filter take 32 values in all, of which 24 are read.
      const four = hops('row-stationary', smallPass({ e: 2, p: 1, q: 1, r: 2, t: 2 }), context(4, 4));
      expect(four).to.deep.equal({ ifmap: 2 * 32 - 24, weight: 16, psum: 6 * 4 + 6 * (4 + 2) });
      // Three sets of one column on a 4 x 2 array: the third below the first, and a column back.
      const shape = matrixPass(1, 1, 3, {
        streamed: denseSupports(1, 3, 2),
        rowStationary: { e: 1, p: 1, q: 1, r: 3, t: 1 },
      });
      const wrapped = { ...shape, window: { ...shape.window, kernelHeight: 2 } };
      expect(hops('row-stationary', wrapped, context(4, 2)).psum).to.equal(3 * 1 + 1 + (2 + 1));
    });

    it('lets the sums of a folded set pass the segments above', () => {
      // Output row 1 is worked on in rows 2 and 3: of the 24 sums, 12 go two rows further.
      const cost = hops('row-stationary', smallPass({ e: 2, p: 2, q: 1, r: 1, t: 1 }), context(4, 1));
      expect(cost.psum).to.equal(24 + 12 * 2);
    });
  });

  it('of sums that leave down their columns are the PEs below', () => {
    for (const [rows, usedRows, columns] of [
      [1, 1, 1],
      [5, 1, 2],
      [5, 5, 3],
      [7, 4, 2],
    ]) {
      let below = 0;
      for (let row = 0; row < usedRows; row++) below += (rows - 1 - row) * columns;
      expect(hopsToEdge(usedRows, columns, { rows })).to.equal(below);
    }
  });

  it('are what registers are written beside what comes from the buffers', () => {
    fc.assert(
      fc.property(passCases, fc.constantFrom(...dataflowNames()), (given, name) => {
        const { context: machine, ifmap } = given;
        const dataflow = dataflowOf(name);
        fc.pre(machine.skip === 'none' || dataflow.cannotSkip === undefined);
        // The second map of a residual add is an ifmap that comes to no PE.
        const shape = { ...given.shape, residual: false };
        const cost = passCostWith(dataflow, shape, machine, (operand) => ifmap[operand] === 0);
        const { ifmapRegister, weightRegister, hops: counted } = cost;
        expect(counted.ifmap).to.equal(ifmapRegister.writes - elementsRead(cost, machine, 'ifmap'));
        expect(counted.weight).to.equal(weightRegister.writes - elementsRead(cost, machine, 'weight'));
      }),
      { numRuns: 500 },
    );
  });

  it('of partial sums in weight- and input-stationary arrays are a whole column for each that leaves', () => {
    fc.assert(
      fc.property(
        passCases,
        fc.constantFrom('weight-stationary', 'input-stationary'),
        ({ shape, context: machine }, dataflow) => {
          const { accesses, hops: counted } = dataflowOf(dataflow).passCost(shape, machine);
          const left =
            bufferAccess(accesses, machine.ports.psum.buffer, 'psum').writeElements +
            bufferAccess(accesses, machine.ports.ofmap.buffer, 'ofmap').writeElements;
          expect(counted.psum).to.equal(left * (machine.rows - 1));
        },
      ),
      { numRuns: 200 },
    );
  });
});
