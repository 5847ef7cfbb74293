import { expect } from 'chai';
import { bufferAccess } from '../../src/dataflow/counters.js';
import { ifmapOperands } from '../../src/dataflow/operands.js';
import { lockStep } from '../../src/dataflow/lockStep.js';
import type { PassCost, PassShape } from '../../src/dataflow/pass.js';
import { supportFamily } from '../../src/sparsity/families.js';
import { denseSupports } from '../../src/sparsity/supports.js';
import type { Supports } from '../../src/sparsity/supports.js';
import { context, matrixPass } from './passes.js';

/** A row of `m` outputs, `n` filters of 1x3 taps. */
function rowPass(m: number, n: number, channels: number, streamed: Supports): PassShape {
  const shape = matrixPass(m, n, channels, { streamed });
  return { ...shape, window: { ...shape.window, kernelWidth: 3 } };
}

const first = Uint8Array.of(1, 0, 0);
const full = Uint8Array.of(1, 1, 1);

function alternating(filters: number, channels: number): Supports {
  return {
    filters,
    channels,
    taps: 3,
    patterns: [first, full],
    assignment: { kind: 'periodic', period: 2 },
  };
}

function reads(cost: PassCost): { ifmap: number; weight: number } {
  return {
    ifmap: bufferAccess(cost.accesses, 0, 'ifmap').readElements,
    weight: bufferAccess(cost.accesses, 1, 'weight').readElements,
  };
}

const narrowPort = (buffer: number) => ({ buffer, wordBits: 8, ports: 1, isShared: false });

describe('lock step', () => {
  it('takes a step for each channel, and fills the columns once for all filters of the same positions', () => {
    // Two cycles for the windows of channels 2 and 0; then three steps of one tap.
    const one = lockStep.passCost(matrixPass(2, 2, 3), context(2, 2));
    expect(one.cycles).to.equal(2 + 3);
    // Read: 2 windows in the fill, 2 between the steps, of 2 positions each. Six weights.
    expect(reads(one)).to.deep.equal({ ifmap: 8, weight: 6 });
    // Moved on: the first window of the fill, and one between the steps.
    expect(one.ifmapRegister).to.deep.equal({ writes: 8 + 6, reads: 6 + 12 });
    expect(one.weightRegister).to.deep.equal({ writes: 12, reads: 12 });
    expect(one.psumRegister).to.deep.equal({ writes: 12, reads: 12 + 4 });
    expect([one.macs, one.idleMacSlots, one.activePes]).to.deep.equal([12, 0, 4]);

    // The next two filters find the windows where they need them; the three in between are read, too.
    const two = lockStep.passCost(matrixPass(2, 4, 3), context(2, 2));
    expect(two.cycles).to.equal(2 + 3 + 3);
    expect(reads(two)).to.deep.equal({ ifmap: 14, weight: 12 });
    // Other positions begin with a fill of their own.
    const four = lockStep.passCost(matrixPass(4, 4, 3), context(2, 2));
    expect(four.cycles).to.equal(16);
    expect(reads(four)).to.deep.equal({ ifmap: 28, weight: 24 });
  });

  it('makes up a period that does not divide the channels with an empty one', () => {
    // Three channels and an empty one. Column 0 works on 0 1 2 -, column 1 on - 0 1 2: lists of 1 3 1 3 taps.
    // The window of the empty channel takes no cycle of the fill.
    const cost = lockStep.passCost(rowPass(2, 2, 3, alternating(2, 3)), context(2, 2));
    expect(cost.cycles).to.equal(1 + (1 + 3 + 1 + 3));
    // Filter 0 has 1 + 3 + 1 weights, filter 1 has 3 + 1 + 3; 8 ticks of 4 PEs.
    expect([cost.macs, cost.idleMacSlots]).to.deep.equal([24, 32 - 24]);
    // Two windows of three values hold four values.
    expect(reads(cost)).to.deep.equal({ ifmap: 3 * 4, weight: 12 });
    expect(cost.patternTableReadBits).to.equal(4 * 3);
  });

  it('waits for windows that the ports cannot deliver within a step', () => {
    const wide = context(2, 2);
    const machine = { ...wide, ports: { ...wide.ports, ifmap: narrowPort(0) } };
    const cost = lockStep.passCost(rowPass(2, 2, 3, alternating(2, 3)), machine);
    // Each window takes 4 cycles: in the fill, in step 0 (1 tick) and in step 1 (3 ticks). None enters after these.
    expect(cost.cycles).to.equal(4 + 4 + 4 + 1 + 3);
    expect([cost.ifmapStalls, cost.weightLoadStalls]).to.deep.equal([3 + 3 + 1, 0]);
  });

  it('lets windows have what the weights leave of ports that they share', () => {
    const wide = context(2, 2);
    const shared = { buffer: 0, wordBits: 8, ports: 3, isShared: false };
    const machine = { ...wide, ports: { ...wide.ports, ifmap: shared, weight: shared } };
    const cost = lockStep.passCost(rowPass(2, 2, 3, alternating(2, 3)), machine);
    // Fill: 4 words, 2 cycles. Step 0: 4 + 1 words, 2 cycles. Step 1: 4 words beside 3 x 2, 4 cycles. Then 1 and 3.
    expect(cost.cycles).to.equal(2 + 2 + 4 + 1 + 3);
    expect([cost.ifmapStalls, cost.weightLoadStalls]).to.deep.equal([1 + 1 + 1, 0]);
  });

  it('waits in every tick for weights that the ports cannot deliver', () => {
    const wide = context(2, 2);
    const machine = { ...wide, ports: { ...wide.ports, weight: narrowPort(1) } };
    const cost = lockStep.passCost(rowPass(2, 2, 3, alternating(2, 3)), machine);
    // Two weights take two cycles, but for steps 0 and 3 in which only one column works.
    expect(cost.cycles).to.equal(1 + 1 + 6 + 2 + 3);
    expect([cost.ifmapStalls, cost.weightLoadStalls]).to.deep.equal([0, 4]);
  });

  it('goes at the pace of the longest list where each kernel has a support of its own', () => {
    const ids = Uint32Array.of(0, 1, 0, 0);
    const streamed: Supports = { ...alternating(2, 2), assignment: { kind: 'per-kernel', ids } };
    const cost = lockStep.passCost(rowPass(1, 2, 2, streamed), context(1, 2));
    // Fill 2. Step 0: kernels (0, 0) and (1, 1), 1 tick. Step 1: (0, 1) and (1, 0), 3 ticks and 1.
    expect(cost.cycles).to.equal(2 + 1 + 3);
    expect([cost.macs, cost.idleMacSlots]).to.deep.equal([6, 2]);
    expect(cost.patternTableReadBits).to.equal(4 * 3);
  });

  it('takes as many taps in a tick as a PE has lanes', () => {
    const shape = rowPass(2, 2, 4, alternating(2, 4));
    const cost = lockStep.passCost(shape, context(2, 2, { macLanes: 2 }));
    expect(cost.cycles).to.equal(2 + (1 + 2 + 1 + 2));
    expect(cost.idleMacSlots).to.equal(6 * 4 * 2 - cost.macs);
  });

  it('skips zeros as far as the PE with most of the others lets it', () => {
    const shape = rowPass(2, 1, 1, denseSupports(1, 1, 3));
    const at = ifmapOperands(shape);
    const values = new Map([0, 5, 0, 7].map((value, x) => [x < 3 ? at(0, 0, x) : at(1, 0, 2), value]));
    const isZero = (operand: number): boolean => values.get(operand) === 0;
    const cost = lockStep.passCost(shape, context(2, 1, { skip: 'activation' }), isZero);
    // The windows 0 5 0 and 5 0 7: one tap and two. The three weights are read with the window, and latched by both.
    expect(cost.cycles).to.equal(1 + 2);
    expect([cost.macs, cost.idleMacSlots]).to.deep.equal([3, 1]);
    expect(reads(cost).weight).to.equal(3);
    expect(cost.weightRegister).to.deep.equal({ writes: 6, reads: 3 });
  });

  it('has room for two windows in a PE, and for two kernels where PEs part', () => {
    const shape = matrixPass(1, 1, 8, { streamed: denseSupports(1, 8, 9) });
    expect(lockStep.registerEntries(shape, context(2, 2, { macLanes: 2 }))).to.deep.equal({
      ifmap: 18,
      weight: 2,
      psum: 1,
    });
    expect(lockStep.registerEntries(shape, context(2, 2, { skip: 'activation' })).weight).to.equal(18);
  });

  for (const { name, size, period } of [
    { name: 'PSD4_P8', size: 4, period: 8 } as const,
    { name: 'PSD1_P16', size: 1, period: 16 } as const,
  ]) {
    const family = supportFamily(size);
    const patterns = Array.from({ length: period }, (_, slot) =>
      slot === period - 1 ? new Uint8Array(9).fill(1) : Uint8Array.from(family[slot % family.length]),
    );
    const weightsPerChannel = (size * (period - 1) + 9) / period;

    for (const [rows, columns] of [
      [16, 16],
      [12, 14],
      [7, 5],
    ] as const) {
      it(`saves cycles as ${name} saves MACs on ${rows}x${columns}, within 4.5 %`, () => {
        for (const filters of [64, 63, 2 * columns]) {
          const window = { kernelHeight: 3, kernelWidth: 3, rows: 8, columns: 8 };
          const channels = 256;
          const pass = (streamed: Supports): PassCost => {
            const shape = matrixPass(64, filters, channels, { streamed, filterStart: 3, channelStart: 5 });
            return lockStep.passCost(
              { ...shape, window: { ...shape.window, ...window } },
              context(rows, columns),
            );
          };
          const sparse = pass({
            filters,
            channels,
            taps: 9,
            patterns,
            assignment: { kind: 'periodic', period },
          });
          const dense = pass(denseSupports(filters, channels, 9));
          expect(sparse.macs / dense.macs).to.be.closeTo(weightsPerChannel / 9, 1e-12);
          expect(sparse.cycles / dense.cycles).to.be.within(
            sparse.macs / dense.macs,
            (sparse.macs / dense.macs) * 1.045,
          );
          // No PE of a fold is ever idle, but while the columns are filled.
          expect(sparse.idleMacSlots).to.equal(0);
          const folds = Math.ceil(64 / rows) * Math.ceil(filters / columns);
          expect(sparse.cycles).to.equal(
            Math.ceil(64 / rows) * Math.min(columns, filters) + folds * channels * weightsPerChannel,
          );
        }
      });
    }
  }
});
