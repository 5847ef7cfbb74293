import { expect } from 'chai';
import { bufferAccess } from '../../src/dataflow/counters.js';
import { dataflowOf } from '../../src/dataflow/dataflows.js';
import type { ArrayContext, PassShape } from '../../src/dataflow/pass.js';
import { positionsOf } from '../../src/dataflow/passWindow.js';
import { rowMappingOf } from '../../src/dataflow/rowStationary.js';
import { denseSupports } from '../../src/sparsity/supports.js';
import type { Supports } from '../../src/sparsity/supports.js';
import { context, matrixPass } from './passes.js';

const { passCost, registerEntries } = dataflowOf('row-stationary');

/** Two filters of 2 x 2 taps over two channels, on an ifmap of 3 x 4: two rows of three outputs. */
function smallPass(change: Partial<PassShape> = {}): PassShape {
  const window = {
    images: 1,
    rows: 2,
    columns: 3,
    kernelHeight: 2,
    kernelWidth: 2,
    stride: [1, 1],
    dilation: [1, 1],
  } as const;
  return matrixPass(6, 2, 2, {
    window,
    streamed: denseSupports(2, 2, 4),
    rowStationary: { e: 2, p: 2, q: 1, r: 1, t: 1 },
    ...change,
  });
}

const narrowWeights = (machine: ArrayContext): ArrayContext => ({
  ...machine,
  ports: { ...machine.ports, weight: { buffer: 1, wordBits: 16, ports: 1, isShared: false } },
});

describe('row stationary', () => {
  it('takes p x q x F x S cycles and a load of filters for each processing pass', () => {
    const cost = passCost(smallPass(), narrowWeights(context(4, 4)));
    // A processing pass for each channel: 8 weights in 4 words, then 3 columns of 2 filters x 2 taps.
    expect(cost.cycles).to.equal(2 * (4 + 12));
    expect(cost.firstFoldCycles).to.equal(16);
    expect(cost.weightLoadStalls).to.equal(2 * 3);
    expect(cost.macs).to.equal(2 * 2 * 4 * 6);
    expect(cost.activePes).to.equal(4);
    expect(cost.idleMacSlots).to.equal(0);
  });

  it('reads each ifmap value and weight once for all PEs that need it, and psums but for the first channels', () => {
    const { accesses, ...cost } = passCost(smallPass(), context(4, 4));
    expect(bufferAccess(accesses, 0, 'ifmap').readElements).to.equal(2 * 3 * 4);
    expect(bufferAccess(accesses, 1, 'weight').readElements).to.equal(16);
    const psum = bufferAccess(accesses, 2, 'psum');
    expect([psum.readElements, psum.writeElements]).to.deep.equal([12, 12]);
    expect(bufferAccess(accesses, 2, 'ofmap').writeElements).to.equal(12);
    // Four PEs get two columns, then one, then one; both PEs of a kernel row get its weights.
    expect(cost.ifmapRegister).to.deep.equal({ reads: 96, writes: 2 * (4 * 2 + 4 + 4) });
    expect(cost.weightRegister).to.deep.equal({ reads: 96, writes: 2 * 16 });
    // Each of the 24 sums that leave is made of the sums of two PEs.
    expect(cost.psumRegister).to.deep.equal({ reads: 96 + 24 * 2, writes: 96 });
  });

  it('hides a load of filters behind the processing pass before it where it has the port for itself', () => {
    const serial = narrowWeights(context(4, 4));
    const overlapped = { ...serial, preload: 'overlapped' } as const;
    expect(passCost(smallPass(), overlapped).cycles).to.equal(4 + 12 + 12);
    const shared = { ...overlapped.ports.weight, buffer: 0 };
    const { ports } = overlapped;
    const machine = { ...overlapped, ports: { ...ports, weight: shared, ifmap: shared } };
    // Nothing hides: 4 cycles to load; the ifmap values of a column, 6 and then 3, fit behind its 4 cycles.
    expect(passCost(smallPass(), machine).cycles).to.equal(2 * (4 + 12));
  });

  it('lets the fullest kernel row set the pace of all PEs', () => {
    const streamed: Supports = {
      filters: 2,
      channels: 2,
      taps: 4,
      patterns: [Uint8Array.of(1, 1, 1, 0)],
      assignment: { kind: 'periodic', period: 1 },
    };
    const cost = passCost(smallPass({ streamed }), context(4, 4));
    expect(cost.cycles).to.equal(2 * (1 + 12));
    expect(cost.macs).to.equal(2 * 2 * 3 * 6);
    // The two PEs of the second kernel row idle for half of the time.
    expect(cost.idleMacSlots).to.equal(2 * 2 * 6);
  });

  it('leaves out zero activations, each PE for itself, where the array skips', () => {
    const machine = context(4, 4, { skip: 'activation' });
    // In channel 0 all of ifmap row 0 is zero: only the PE of kernel row 0 and output row 0 has less to do.
    const one = passCost(smallPass(), machine, (operand) => operand < 4);
    expect(one.cycles).to.equal(2 * (1 + 12));
    expect(one.macs).to.equal(96 - 2 * 2 * 3);
    // All of channel 0 is zero: its columns take one cycle each.
    const channel = passCost(smallPass(), machine, (operand) => operand < 12);
    expect(channel.cycles).to.equal(1 + 3 + 1 + 12);
  });

  it('refuses PE sets that do not fit, and says what does', () => {
    const shape = smallPass({ rowStationary: { e: 3, p: 1, q: 1, r: 2, t: 2 } });
    expect(() => passCost(shape, context(4, 4))).to.throw(
      'expected PE sets that fit the array, got 4 sets (r = 2 x t = 2) of 2 x 3 PEs; the array of 4 x 4 PEs has room for 2',
    );
  });

  it('chooses a mapping of fewest cycles within the register files, for each pass the same', () => {
    const registerFiles = { ifmap: 4, weight: 8, psum: 8 };
    const machine = context(4, 4, { registerFiles });
    const shape = smallPass({ rowStationary: undefined });
    const mapping = rowMappingOf(shape, machine);
    // Four sets of 2 x 2 PEs: a channel and a filter each, 2 taps for each of 3 columns.
    expect(mapping).to.deep.equal({ e: 2, p: 1, q: 1, r: 2, t: 2 });
    expect(passCost(shape, machine).cycles).to.equal(1 + 6);
    const { ifmap, weight, psum } = registerEntries(shape, machine);
    expect([ifmap, weight, psum * 4]).to.deep.equal([2, 2, 4]);
  });

  it('chooses no more filters and channels for a PE than its register files hold', () => {
    const window = {
      images: 1,
      rows: 4,
      columns: 6,
      kernelHeight: 3,
      kernelWidth: 3,
      stride: [1, 1],
      dilation: [1, 1],
    } as const;
    const shape = matrixPass(24, 16, 8, { window, streamed: denseSupports(16, 8, 9) });
    // Bytes: rows of 3 values for 2 channels, 4 kernel rows of 3 weights, 2 sums of 32 bits.
    const registerFiles = { ifmap: 6, weight: 12, psum: 8 };
    const bytes = (machine: ArrayContext): number[] => {
      const { ifmap, weight, psum } = registerEntries(shape, machine);
      return [ifmap, weight, psum * 4];
    };
    const fitted = bytes(context(3, 4, { registerFiles }));
    expect(fitted[0]).to.be.at.most(6);
    expect(fitted[1]).to.be.at.most(12);
    expect(fitted[2]).to.be.at.most(8);
    const free = bytes(context(3, 4));
    expect(
      free.some((size, file) => size > [6, 12, 8][file]),
      'without limits it takes more',
    ).to.equal(true);
  });
});

/**
 * Columns of Table III of Chen et al., JSSC 52(1), 2017: shape and mapping of AlexNet's convolutions (H: padded ifmap).
 * Active PEs and processing latency, at 200 MHz and for four images, are those of Table V, measured.
 */
const alexNet = [
  // layer, R, E, U, C of a group, M, m, n, e, p, q, r, t, active PEs, chip's cycles, GLB holds up
  ['CONV1', 11, 55, 4, 3, 96, 96, 1, 7, 16, 1, 1, 2, 154, 3.3e6, false],
  ['CONV2', 5, 27, 1, 48, 256, 64, 1, 27, 16, 2, 1, 1, 135, 7.84e6, false],
  ['CONV3', 3, 13, 1, 256, 384, 64, 4, 13, 16, 4, 1, 4, 156, 4.36e6, true],
  ['CONV4', 3, 13, 1, 192, 384, 64, 4, 13, 16, 3, 2, 2, 156, 3.2e6, false],
  ['CONV5', 3, 13, 1, 192, 256, 64, 4, 13, 16, 3, 2, 2, 156, 2.0e6, false],
] as const;

describe('row stationary on the Eyeriss chip', () => {
  const glb = { buffer: 0, wordBits: 64, ports: 2, isShared: true };
  const chip = (glbPorts: number): ArrayContext => {
    const port = { ...glb, ports: glbPorts };
    return context(12, 14, {
      ports: { ifmap: port, psum: port, ofmap: port, weight: { ...glb, buffer: 1, wordBits: 16 } },
      registerFiles: { ifmap: 24, weight: 448, psum: 48 },
    });
  };

  for (const [layer, R, E, U, C, M, m, n, e, p, q, r, t, activePes, measured, glbBound] of alexNet) {
    const pass = (rows: number, change: Partial<PassShape> = {}): PassShape => {
      const window = {
        images: n,
        rows,
        columns: E,
        kernelHeight: R,
        kernelWidth: R,
        stride: [U, U],
        dilation: [1, 1],
      } as const;
      return matrixPass(positionsOf(window), m, q * r, {
        window,
        streamed: denseSupports(m, q * r, R * R),
        rowStationary: { e, p, q, r, t },
        ifmapBits: 16,
        weightBits: 16,
        psumBits: 16,
        ofmapBits: 16,
        ...change,
      });
    };
    const processingPasses = m / (p * t);

    it(`takes p q n F S cycles and a filter load for a processing pass of ${layer}, on ${activePes} PEs`, () => {
      const cost = passCost(pass(e), chip(1000));
      expect(cost.cycles / processingPasses).to.equal(p * q * n * E * R + (p * t * q * r * R * R) / 2);
      expect(cost.activePes).to.equal(activePes);
    });

    it(`takes the chip's cycles for ${layer} within 10 %`, () => {
      const strips = Math.ceil(E / e);
      const channelGroups = C / (q * r);
      let cycles = 0;
      let psumStalls = 0;
      for (let strip = 0; strip < strips; strip++) {
        for (let group = 0; group < channelGroups; group++) {
          const ends = { firstChannels: group === 0, lastChannels: group === channelGroups - 1 };
          const cost = passCost(pass(Math.min(e, E - strip * e), ends), chip(2));
          cycles += cost.cycles;
          psumStalls += cost.psumStalls;
        }
      }
      const times = (M / m) * (4 / n);
      expect(cycles * times).to.be.within(measured * 0.9, measured * 1.1);
      expect(psumStalls > 0).to.equal(glbBound);
    });

    it(`fits the chip's scratch pads in ${layer}`, () => {
      const { ifmap, weight, psum } = registerEntries(pass(e), chip(2));
      expect([ifmap * 2 <= 24, weight * 2 <= 448, psum * 2 <= 48]).to.deep.equal([true, true, true]);
    });
  }
});
