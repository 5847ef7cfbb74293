import { expect } from 'chai';
import fc from 'fast-check';
import type { Accelerator } from '../../src/accelerator/accelerator.js';
import type { LayerCounts } from '../../src/counts/layerCounts.js';
import { UserError } from '../../src/document/userError.js';
import type { ActionCosts } from '../../src/energy/energyTable.js';
import { bankOf, checkEnergy, evaluateEnergy } from '../../src/energy/evaluate.js';
import type { LayerEnergy } from '../../src/energy/layerEnergy.js';
import type { SramTable } from '../../src/energy/sram.js';
import type { RegisterAccess } from '../../src/dataflow/counters.js';
import {
  accelerator,
  bufferAccess,
  costs,
  counts,
  dramBursts,
  int8,
  perTensor,
  smallSram,
  table,
} from './fixtures.js';

const evaluate = (changes: Partial<LayerCounts>): LayerEnergy =>
  evaluateEnergy(counts(changes), accelerator(), int8, table());

const sumOfComponents = ({ componentsPj }: LayerEnergy): number => {
  const { buffers, ...others } = componentsPj;
  // What `dram` is made of is in it already.
  const flat = Object.values(others).filter((pj): pj is number => typeof pj === 'number');
  return [...flat, ...Object.values(buffers)].reduce((sum, pj) => sum + pj, 0);
};

describe('energy of a layer', () => {
  it('charges gated MACs as such, and names their source only where there are any', () => {
    const macs = { dense: 90, effectual: 90, effectualUnpadded: 90, performed: 60, gated: 30 };
    const source = { component: 'gated MACs', family: 'toy', source: 'a', foreign: false, derived: true };
    const priced = table(costs({ sources: [source] }));
    const gated = evaluateEnergy(counts({ macs }), accelerator(), int8, priced);
    expect(gated.componentsPj.mac).to.equal(60 * 0.5 + 30 * 0.03125);
    expect(gated.sources).to.deep.include(source);
    const none = evaluateEnergy(counts({ macs: { ...macs, gated: 0 } }), accelerator(), int8, priced);
    expect(none.componentsPj.mac).to.equal(60 * 0.5);
    expect(none.sources).not.to.deep.include(source);
  });

  it('charges MACs as performed, not as effectual', () => {
    const energy = evaluate({
      macs: { dense: 90, effectual: 40, effectualUnpadded: 30, performed: 60, gated: 0 },
    });
    expect(energy.componentsPj.mac).to.equal(30);
    expect(energy.totalPj).to.equal(30);
    expect(energy.effectualMacs).to.equal(40);
  });

  it('charges register files by the bit: 8-bit operands, 32-bit psums', () => {
    const energy = evaluate({
      registers: {
        ifmap: { reads: 100, writes: 0 },
        weight: { reads: 0, writes: 100 },
        psum: { reads: 100, writes: 100 },
      },
    });
    expect(energy.tensorsPj.ifmap).to.be.closeTo(8, 1e-9);
    expect(energy.tensorsPj.weight).to.be.closeTo(16, 1e-9);
    expect(energy.tensorsPj.psum).to.be.closeTo(96, 1e-9);
    expect(energy.componentsPj.registerFiles).to.be.closeTo(120, 1e-9);
  });

  it('charges buffers by the transaction with the energy of one bank', () => {
    // left: 1 KiB x 32 bits, 2 pJ and 3 pJ; right: 4 banks of 4 KiB x 128 bits, 32 pJ and 24 pJ
    const energy = evaluate({
      buffers: {
        left: perTensor((tensor) => (tensor === 'ifmap' ? bufferAccess(10, 100) : bufferAccess())),
        right: perTensor((tensor) => (tensor === 'index' ? bufferAccess(1, 0) : bufferAccess(0, 2))),
      },
    });
    expect(energy.componentsPj.buffers).to.deep.equal({ left: 320, right: 32 + 4 * 48 });
    expect(energy.tensorsPj).to.deep.equal({ ifmap: 320 + 48, weight: 48, index: 32, psum: 48, ofmap: 48 });
  });

  it('charges DRAM by whole bursts, reads and writes alike', () => {
    // a burst of 64 bytes at 8 pJ a bit: 4096 pJ
    const energy = evaluate({ dram: dramBursts({ weight: [2, 0], ofmap: [0, 3], psum: [1, 1] }) });
    expect(energy.componentsPj.dram).to.equal(7 * 4096);
    expect(energy.tensorsPj).to.include({ weight: 2 * 4096, ofmap: 3 * 4096, psum: 2 * 4096 });
  });

  it('charges the decoder by what it finds, as index', () => {
    const energy = evaluate({ decoding: { entries: 4, maskBits: 16, symbols: 6 } });
    expect(energy.componentsPj.decoder).to.equal(4 * 0.75 + 16 * 0.125 + 6 * 1.5);
    expect(energy.tensorsPj.index).to.equal(energy.componentsPj.decoder);
    expect(energy.totalPj).to.equal(energy.componentsPj.decoder + energy.componentsPj.leakage);
  });

  it('charges the pattern table by the bit, as index', () => {
    const energy = evaluate({ patternTableReadBits: 72 });
    expect(energy.componentsPj.patternTable).to.equal(18);
    expect(energy.tensorsPj.index).to.equal(18);
  });

  it('charges the post-processor by the kind of layer', () => {
    const pj = (kind: LayerCounts['kind']): number =>
      evaluate({ kind, postProcessorOperations: 16 }).componentsPj.postProcessor;
    expect(pj('conv2d')).to.equal(48);
    expect(pj('average-pool')).to.equal(8);
    expect(pj('max-pool')).to.equal(2);
    expect(pj('add')).to.equal(96);
  });

  it('charges leakage of all PEs and all banks over the latency', () => {
    // 6 PEs x 0.5 mW + 5 banks x 0.25 mW = 4.25 mW over 2 us = 8500 pJ
    const energy = evaluate({ latencyPs: 2_000_000 });
    expect(energy.componentsPj.leakage).to.be.closeTo(8500, 1e-9);
    expect(energy.withoutTensorPj).to.be.closeTo(8500, 1e-9);
    const { array } = accelerator();
    const twoLanes = accelerator({ array: { ...array, macLanes: 2 } });
    const wide = evaluateEnergy(counts({ latencyPs: 2_000_000 }), twoLanes, int8, table());
    expect(wide.componentsPj.leakage, 'a lane is a MAC').to.be.closeTo(8500 + 6000, 1e-9);
  });

  it('names the family of every figure, and which are foreign to the table', () => {
    const mac = { component: 'mac', family: 'toy', source: 'a', foreign: false, derived: false };
    const { sources } = evaluateEnergy(counts(), accelerator(), int8, table(costs({ sources: [mac] })));
    expect(
      sources.map(({ component, family, foreign }) => `${component} ${family} ${foreign}`),
    ).to.deep.equal(['mac toy false', 'buffers toy-sram true', 'leakage toy-sram true', 'dram flat true']);
  });

  it('does not take counts that lack a figure for zero energy', () => {
    const broken = counts({
      macs: { dense: 1, effectual: 1, effectualUnpadded: 1, performed: NaN, gated: 0 },
    });
    expect(() => evaluateEnergy(broken, accelerator(), int8, table())).to.throw(
      'conv: counts are incomplete',
    );
  });
});

const count = fc.integer({ min: 0, max: 1e9 });
const registerAccess: fc.Arbitrary<RegisterAccess> = fc.record({ reads: count, writes: count });
const anyBuffer = fc.array(fc.tuple(count, count), { minLength: 5, maxLength: 5 }).map((pairs) => {
  let next = 0;
  return perTensor(() => bufferAccess(...pairs[next++]));
});
const bursts = fc.tuple(count, count);
const anyCounts: fc.Arbitrary<LayerCounts> = fc
  .record({
    kind: fc.constantFrom<LayerCounts['kind']>('conv2d', 'max-pool', 'average-pool', 'add', 'relu'),
    macs: fc.record({
      dense: count,
      effectual: count,
      effectualUnpadded: count,
      performed: count,
      gated: count,
    }),
    latencyPs: count,
    buffers: fc.record({ left: anyBuffer, right: anyBuffer }),
    registers: fc.record({ ifmap: registerAccess, weight: registerAccess, psum: registerAccess }),
    dram: fc
      .record({ ifmap: bursts, weight: bursts, index: bursts, psum: bursts, ofmap: bursts })
      .map(dramBursts),
    patternTableReadBits: count,
    postProcessorOperations: count,
  })
  .map(counts);

function scaledCosts(by: number): ActionCosts {
  const plain = costs();
  return {
    ...plain,
    macPj: plain.macPj * by,
    gatedMacPj: plain.gatedMacPj * by,
    registerReadPjPerBit: plain.registerReadPjPerBit * by,
    registerWritePjPerBit: plain.registerWritePjPerBit * by,
    patternTableReadPjPerBit: plain.patternTableReadPjPerBit * by,
    postProcessorPj: {
      conv2d: plain.postProcessorPj.conv2d * by,
      'fully-connected': plain.postProcessorPj['fully-connected'] * by,
      'max-pool': plain.postProcessorPj['max-pool'] * by,
      'average-pool': plain.postProcessorPj['average-pool'] * by,
      add: plain.postProcessorPj.add * by,
      relu: plain.postProcessorPj.relu * by,
    },
    peLeakageMw: plain.peLeakageMw * by,
  };
}

function scaledSram(by: number): SramTable {
  const plain = smallSram();
  const cells = plain.cells.map((cell) => ({
    ...cell,
    widths: cell.widths.map((width) => ({
      ...width,
      points: width.points.map((each) => ({
        ...each,
        readPj: each.readPj * by,
        writePj: each.writePj * by,
        leakageMw: each.leakageMw * by,
      })),
    })),
  }));
  return { ...plain, cells };
}

describe('energy of any layer', () => {
  it('has parts that sum to the total, by component and by tensor', () => {
    fc.assert(
      fc.property(anyCounts, (layer) => {
        const energy = evaluateEnergy(layer, accelerator(), int8, table());
        const byTensor = Object.values(energy.tensorsPj).reduce(
          (sum, pj) => sum + pj,
          energy.withoutTensorPj,
        );
        expect(sumOfComponents(energy)).to.be.closeTo(energy.totalPj, energy.totalPj * 1e-12);
        expect(byTensor).to.be.closeTo(energy.totalPj, energy.totalPj * 1e-12);
      }),
    );
  });

  it('is k times as large when every figure of its table is', () => {
    fc.assert(
      fc.property(anyCounts, fc.double({ min: 1e-3, max: 1e3, noNaN: true }), (layer, by) => {
        const machine = accelerator();
        const scaledMachine = accelerator({
          dram: { ...machine.dram, energyPjPerBit: (machine.dram.energyPjPerBit ?? NaN) * by },
        });
        const plain = evaluateEnergy(layer, machine, int8, table());
        const scaled = evaluateEnergy(layer, scaledMachine, int8, table(scaledCosts(by), scaledSram(by)));
        expect(scaled.totalPj).to.be.closeTo(plain.totalPj * by, plain.totalPj * by * 1e-12);
      }),
    );
  });
});

describe('what energy is refused for', () => {
  it('an accelerator of another node than its table', () => {
    const check = (): void => checkEnergy(accelerator({ technologyNm: 28 }), int8, table());
    expect(check).to.throw(UserError, /^machine\.yaml: .*28 nm.*45 nm.*not scaled/);
  });

  it('with the line of the accelerator that is at fault, where it was read from a file', () => {
    const file = 'machine.yaml';
    const places = {
      technology: { file, line: 4, column: 13 },
      energyTable: { file, line: 9, column: 14 },
      skip: { file, line: 5, column: 60 },
      buffers: { left: { file, line: 12, column: 5 }, right: { file, line: 17, column: 5 } },
    };
    const [left, right] = accelerator().buffers;
    const check = (changes: Partial<Accelerator>) => () =>
      checkEnergy(accelerator({ places, ...changes }), int8, table());
    expect(check({ technologyNm: 28 })).to.throw(UserError, /^machine\.yaml:4:13: technology: /);
    expect(check({ buffers: [left, { ...right, banks: 64 }] })).to.throw(
      UserError,
      /^machine\.yaml:17:5: buffer "right": /,
    );
  });

  it('a precision that the table does not cover', () => {
    const check = (): void => checkEnergy(accelerator(), { ...int8, weight: 'int16' }, table());
    expect(check).to.throw(UserError, /^toy\.yaml: .*weight int16.*it covers weight int8/);
  });

  it('a buffer outside the SRAM measurements', () => {
    const [left, right] = accelerator().buffers;
    const machine = accelerator({ buffers: [left, { ...right, banks: 64 }] });
    expect(() => checkEnergy(machine, int8, table())).to.throw(UserError, /^machine\.yaml: buffer "right": /);
    expect(() => checkEnergy(accelerator(), int8, table())).not.to.throw();
  });
});

describe('the bank of a buffer', () => {
  it('carries the area and access time of one bank, not of the buffer', () => {
    expect(bankOf('right', accelerator(), table())).to.include({
      capacityBytes: 4096,
      areaMm2: 1,
      accessNs: 1,
    });
  });
});
