import { expect } from 'chai';
import fc from 'fast-check';
import type { Accelerator } from '../../src/accelerator/accelerator.js';
import type { LayerCounts } from '../../src/counts/layerCounts.js';
import { UserError } from '../../src/document/userError.js';
import { bankOf } from '../../src/energy/bufferPrices.js';
import type { EnergyTable } from '../../src/energy/energyTable.js';
import { chargesOf, createEnergyModel } from '../../src/energy/evaluate.js';
import type { LayerEnergy } from '../../src/energy/layerEnergy.js';
import type { SramTable } from '../../src/energy/sram.js';
import type { RegisterAccess } from '../../src/dataflow/counters.js';
import type { PrecisionSet } from '../../src/model/model.js';
import {
  accelerator,
  bufferAccess,
  counts,
  dramBursts,
  energyOf,
  int8,
  perTensor,
  smallSram,
  table,
  toyFigures,
  withFigures,
} from './fixtures.js';

const evaluate = (changes: Partial<LayerCounts>): LayerEnergy => energyOf(counts(changes));

function withoutSram({ sram, ...others }: EnergyTable): EnergyTable {
  void sram;
  return others;
}

const check =
  (machine: Accelerator, precision: PrecisionSet = int8) =>
  () =>
    createEnergyModel(machine, precision, table());

const sumOfComponents = ({ componentsPj }: LayerEnergy): number => {
  const { buffers, ...others } = componentsPj;
  // What `dram` is made of is in it already.
  const flat = Object.values(others).filter((pj): pj is number => typeof pj === 'number');
  return [...flat, ...Object.values(buffers)].reduce((sum, pj) => sum + pj, 0);
};

describe('energy of a layer', () => {
  it('charges gated MACs as such, and names their source only where there are any', () => {
    const macs = { dense: 90, effectual: 90, effectualUnpadded: 90, performed: 60, gated: 30 };
    const gated = evaluate({ macs });
    expect(gated.componentsPj.mac).to.equal(60 * 0.5 + 30 * 0.03125);
    expect(gated.figures['mac gated']).to.deep.include({ energyPj: 30 * 0.03125 });
    const none = evaluate({ macs: { ...macs, gated: 0 } });
    expect(none.componentsPj.mac).to.equal(60 * 0.5);
    expect(none.figures).not.to.have.property('mac gated');
  });

  it('keeps the figures of a buffer apart from those of the component that it is called after', () => {
    const [left, right] = accelerator().buffers;
    const layer = counts({
      registers: { ...counts().registers, weight: { reads: 3, writes: 0 } },
      buffers: { 'register-file': perTensor(() => bufferAccess(1)), right: perTensor(() => bufferAccess()) },
    });
    const { figures } = energyOf(
      layer,
      accelerator({ buffers: [{ ...left, name: 'register-file' }, right] }),
    );
    expect(figures['register-file read'].energyPj).to.be.closeTo(3 * 8 * 0.01, 1e-12);
    expect(figures['buffer register-file read'].energyPj).to.equal(5 * 2);
  });

  it('takes the wider operand for the bits of a MAC', () => {
    const macs = { dense: 1, effectual: 1, effectualUnpadded: 1, performed: 1, gated: 0 };
    const squared = table({ 'mac mac': '0.25 pJ * (bits / 8)^2' });
    const pj = (precision: PrecisionSet): number =>
      energyOf(counts({ macs }), accelerator(), squared, precision).componentsPj.mac;
    expect(pj(int8)).to.equal(0.25);
    expect(pj({ ...int8, weight: 'int16' })).to.equal(1);
    expect(pj({ ...int8, ifmap: 'int16' })).to.equal(1);
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
    // 6 PEs x (a MAC of 0.25 mW + three registers of 0.0625 mW) + 5 banks x 0.25 mW = 3.875 mW over 2 us
    const energy = evaluate({ latencyPs: 2_000_000 });
    expect(energy.componentsPj.leakage).to.be.closeTo(7750, 1e-9);
    expect(energy.withoutTensorPj).to.be.closeTo(7750, 1e-9);
    const { array } = accelerator();
    const twoLanes = accelerator({ array: { ...array, macLanes: 2 } });
    const wide = energyOf(counts({ latencyPs: 2_000_000 }), twoLanes);
    expect(wide.componentsPj.leakage, 'a lane is a MAC').to.be.closeTo(7750 + 3000, 1e-9);
    const lanes = accelerator({ postProcessor: { lanes: 4 } });
    const leaky = table({ 'post-processor leak': '0.5 mW', 'chip leak': '0.125 mW * rows * columns' });
    const all = energyOf(counts({ latencyPs: 2_000_000 }), lanes, leaky).componentsPj.leakage;
    expect(all, 'post-processor lanes, and the rest of the chip').to.be.closeTo(7750 + 4000 + 1500, 1e-9);
  });

  it('charges the clock by its cycles, busy or not', () => {
    const ticking = table({ 'clock cycle': '2 pJ * rows * columns' });
    const { componentsPj } = energyOf(counts({ latencyPs: 5000 }), accelerator(), ticking);
    expect(componentsPj.clock).to.equal(5 * 12);
  });

  it('charges the clock by the registers that hang on it', () => {
    const ticking = table({
      'clock cycle': '1 pJ * (ifmapEntries + 10 * weightEntries + 100 * psumEntries)',
    });
    const registerEntries = { ifmap: 2, weight: 3, psum: 4 };
    const { componentsPj } = energyOf(counts({ latencyPs: 1000, registerEntries }), accelerator(), ticking);
    expect(componentsPj.clock).to.equal(432);
  });

  it('lets register files of a given size leak in layers that do not use them, too', () => {
    const { array } = accelerator();
    const none = counts({ latencyPs: 1000, registerEntries: { ifmap: 0, weight: 0, psum: 0 } });
    // 6 PEs of 0.25 mW and 0.0625 mW an entry, banks of 1.25 mW, for 1 ns; psums of 32 bits
    expect(energyOf(none).componentsPj.leakage).to.be.closeTo(6 * (0.25 + 3 * 0.0625) + 1.25, 1e-9);
    const sized = accelerator({ array: { ...array, registerFiles: { psum: 40, weight: 2 } } });
    expect(energyOf(none, sized).componentsPj.leakage).to.be.closeTo(6 * (0.25 + 13 * 0.0625) + 1.25, 1e-9);
  });

  it('charges register files by their entries and their words', () => {
    const layer = counts({
      registers: {
        ifmap: { reads: 10, writes: 1 },
        weight: { reads: 10, writes: 0 },
        psum: { reads: 10, writes: 0 },
      },
      registerEntries: { ifmap: 4, weight: 100, psum: 1 },
    });
    const sized = table({
      'register-file read': '0.01 pJ/bit * entries',
      'register-file write': '1 pJ / (bits * 1 bit)',
    });
    const { tensorsPj, figures } = energyOf(layer, accelerator(), sized);
    expect(tensorsPj.ifmap).to.be.closeTo(10 * 8 * 0.04 + 1, 1e-9);
    expect(tensorsPj.weight).to.be.closeTo(10 * 8 * 1, 1e-9);
    expect(tensorsPj.psum).to.be.closeTo(10 * 32 * 0.01, 1e-9);
    expect(figures['register-file read'].energyPj).to.be.closeTo(3.2 + 80 + 3.2, 1e-9);
  });

  it('tells the register files of a table apart where its entries do', () => {
    const { 'register-file read': plain, ...others } = toyFigures;
    expect(plain).to.be.a('string');
    const apart = withFigures({
      ...others,
      'register-file read (weight)': '1 pJ/bit',
      'register-file read (ifmap, psum)': '0.5 pJ/bit',
    });
    const registers = {
      ifmap: { reads: 1, writes: 0 },
      weight: { reads: 1, writes: 0 },
      psum: { reads: 1, writes: 0 },
    };
    const { tensorsPj, figures } = energyOf(counts({ registers }), accelerator(), apart);
    expect(tensorsPj).to.include({ ifmap: 4, weight: 8, psum: 16 });
    expect(Object.keys(figures)).to.have.members([
      'register-file read (weight)',
      'register-file read (ifmap, psum)',
    ]);
  });

  it('charges wires by the bit: what is delivered, and what moves from PE to PE', () => {
    // A PE is of 100 + 2 * 48 um^2; the array of 2 x 3.
    const pitch = Math.sqrt(196) / 1000;
    const wired = table({
      'network deliver': '1 pJ/bit * (arrayWidthMm + 10 * arrayHeightMm)',
      'network hop': '1 pJ/bit * pePitchMm',
    });
    const delivered = perTensor((tensor) => ({
      readBytes: tensor === 'weight' ? 5 : 0,
      writeBytes: tensor === 'psum' ? 2 : 0,
    }));
    const layer = counts({ delivered, hops: { ifmap: 7, weight: 0, psum: 3 } });
    const { componentsPj, tensorsPj, levelsPj } = energyOf(layer, accelerator(), wired);
    expect(tensorsPj.weight).to.be.closeTo(40 * 23 * pitch, 1e-9);
    expect(tensorsPj.psum).to.be.closeTo(16 * 23 * pitch + 3 * 32 * pitch, 1e-9);
    expect(tensorsPj.ifmap).to.be.closeTo(7 * 8 * pitch, 1e-9);
    expect(componentsPj.network).to.be.closeTo(levelsPj.network, 1e-9);
    const { array } = accelerator();
    const given = accelerator({ array: { ...array, pePitchMm: 1 } });
    expect(energyOf(layer, given, wired).tensorsPj.ifmap, 'a given pitch').to.be.closeTo(56, 1e-9);
  });

  it('charges the way between a bank and the port of its buffer, by the word', () => {
    const routed = table({ 'buffer route': '0.5 pJ/bit * (banks - 1) * areaMm2' });
    const buffers = {
      left: perTensor((tensor) => (tensor === 'ifmap' ? bufferAccess(10, 100) : bufferAccess())),
      right: perTensor((tensor) => (tensor === 'weight' ? bufferAccess(1, 2) : bufferAccess())),
    };
    const plain = evaluate({ buffers });
    const { componentsPj } = energyOf(counts({ buffers }), accelerator(), routed);
    expect(componentsPj.buffers['left']).to.equal(plain.componentsPj.buffers['left']);
    // Four banks of 1 mm^2 and words of 128 bits
    expect(componentsPj.buffers['right'] - plain.componentsPj.buffers['right']).to.equal(
      3 * 128 * 0.5 * 3 * 4,
    );
  });

  it("prices buffers by the table's own entries where it has them", () => {
    const own = table({
      'buffer read': '0.25 pJ * wordBits',
      'buffer write': '1 pJ * banks',
      'buffer leak': '1 mW',
    });
    const buffers = {
      right: perTensor((tensor) => (tensor === 'weight' ? bufferAccess(1, 2) : bufferAccess())),
    };
    const { componentsPj } = energyOf(counts({ buffers, latencyPs: 1000 }), accelerator(), withoutSram(own));
    expect(componentsPj.buffers['right']).to.equal(32 + 2 * 4);
    // 1 bank and 4 banks of 1 mW, and the 6 PEs' 2.625 mW, for 1 ns
    expect(componentsPj.leakage).to.be.closeTo(5 + 2.625, 1e-9);
  });

  it('charges the DMA by the bit that it moves, without the rest of a burst', () => {
    const moving = table({ 'dma transfer': '0.5 pJ/bit' });
    const dram = perTensor((tensor) => ({
      ...{ readBytes: tensor === 'ifmap' ? 3 : 0, writeBytes: tensor === 'ofmap' ? 1 : 0 },
      ...{ readBursts: 0, writeBursts: 0 },
    }));
    const { componentsPj, tensorsPj } = energyOf(counts({ dram }), accelerator(), moving);
    expect(componentsPj.dma).to.equal(16);
    expect(tensorsPj).to.include({ ifmap: 12, ofmap: 4 });
  });

  it('names the family of every figure that was charged, and which are foreign to the table', () => {
    const macs = { dense: 1, effectual: 1, effectualUnpadded: 1, performed: 1, gated: 0 };
    const { sources } = evaluate({ macs, latencyPs: 1, dram: dramBursts({ weight: [1, 0] }) });
    expect(
      sources.map(({ component, family, foreign }) => `${component} ${family} ${foreign}`),
    ).to.have.members([
      'mac toy false',
      'leakage toy false',
      'leakage toy false',
      'leakage toy-sram true',
      'dram flat true',
    ]);
  });

  it('does not take counts that lack a figure for zero energy', () => {
    const broken = counts({
      macs: { dense: 1, effectual: 1, effectualUnpadded: 1, performed: NaN, gated: 0 },
    });
    expect(() => energyOf(broken)).to.throw('conv: counts are incomplete');
  });
});

const count = fc.integer({ min: 0, max: 1e9 });
const registerAccess: fc.Arbitrary<RegisterAccess> = fc.record({ reads: count, writes: count });
const anyBuffer = fc.array(fc.tuple(count, count), { minLength: 5, maxLength: 5 }).map((pairs) => {
  let next = 0;
  return perTensor(() => bufferAccess(...pairs[next++]));
});
const bursts = fc.tuple(count, count);
const entriesCount = fc.integer({ min: 0, max: 500 });
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
    hops: fc.record({ ifmap: count, weight: count, psum: count }),
    delivered: fc.tuple(count, count, count, count, count).map(([a, b, c, d, e]) => ({
      ifmap: { readBytes: a, writeBytes: b },
      weight: { readBytes: c, writeBytes: 0 },
      index: { readBytes: d, writeBytes: 0 },
      psum: { readBytes: e, writeBytes: a },
      ofmap: { readBytes: 0, writeBytes: b },
    })),
    registerEntries: fc.record({ ifmap: entriesCount, weight: entriesCount, psum: entriesCount }),
  })
  .map(counts);

/** The toy table, every figure of it `by` times as large. */
function scaledFigures(by: number): Record<string, string> {
  return Object.fromEntries(
    Object.entries({ ...toyFigures, ...wires }).map(([name, formula]) => [name, `${by} * (${formula})`]),
  );
}

const wires = {
  'buffer route': '0.001 pJ/bit',
  'network deliver': '0.02 pJ/bit',
  'network hop': '0.01 pJ/bit',
  'dma transfer': '0.03 pJ/bit',
  'clock cycle': '0.1 pJ',
};

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
        const energy = energyOf(layer, accelerator(), table(wires));
        const byTensor = Object.values(energy.tensorsPj).reduce(
          (sum, pj) => sum + pj,
          energy.withoutTensorPj,
        );
        const sum = (parts: readonly number[]): number => parts.reduce((total, pj) => total + pj, 0);
        const tolerance = energy.totalPj * 1e-12;
        expect(sumOfComponents(energy)).to.be.closeTo(energy.totalPj, tolerance);
        expect(sum(Object.values(energy.levelsPj))).to.be.closeTo(energy.totalPj, tolerance);
        const figures = Object.values(energy.figures).map(({ energyPj }) => energyPj);
        expect(sum(figures)).to.be.closeTo(energy.totalPj, tolerance);
        const model = createEnergyModel(accelerator(), int8, table(wires));
        const charged = chargesOf(layer, model).map(({ count: times, pj }) => times * pj);
        expect(sum(charged)).to.be.closeTo(energy.totalPj, tolerance);
        expect(byTensor).to.be.closeTo(energy.totalPj, tolerance);
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
        const plain = energyOf(layer, machine, table(wires));
        const scaled = energyOf(layer, scaledMachine, table(scaledFigures(by), scaledSram(by)));
        expect(scaled.totalPj).to.be.closeTo(plain.totalPj * by, plain.totalPj * by * 1e-12);
      }),
    );
  });
});

describe('what energy is refused for', () => {
  it('an accelerator of another node than its table', () => {
    expect(check(accelerator({ technologyNm: 28 }))).to.throw(
      UserError,
      /^machine\.yaml: technology: .*28 nm.*45 nm.*scaling: \{ method: stillmaker-baas/,
    );
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
    const at = (changes: Partial<Accelerator>) => check(accelerator({ places, ...changes }));
    expect(at({ technologyNm: 28 })).to.throw(UserError, /^machine\.yaml:4:13: technology: /);
    expect(at({ buffers: [left, { ...right, banks: 64 }] })).to.throw(
      UserError,
      /^machine\.yaml:17:5: buffer "right": /,
    );
  });

  it('a precision that the table does not cover', () => {
    const confined = table();
    const narrow = {
      ...confined,
      entries: confined.entries.map((entry) =>
        entry.action === 'mac'
          ? { ...entry, when: { weight: ['int8' as const], ifmap: ['int8' as const] } }
          : entry,
      ),
    };
    const refused = (): unknown => createEnergyModel(accelerator(), { ...int8, weight: 'int16' }, narrow);
    expect(refused).to.throw(
      UserError,
      /^toy\.yaml:7:5: .*weight int16.*, for which it has no mac mac; it covers weight int8/,
    );
  });

  it('a figure that no count of it could be added up of', () => {
    const odd = table({ 'mac mac': '1e308 pJ' });
    expect(() => createEnergyModel(accelerator(), int8, odd)).to.throw(
      UserError,
      /^toy\.yaml:7:5: mac mac: expected a figure that is at most 1000000000000000 pJ, got 1e308 pJ, which comes to 1e\+308/,
    );
    const most = table({ 'mac mac': '1e15 pJ' });
    expect(() => createEnergyModel(accelerator(), int8, most)).not.to.throw();
  });

  it('a formula that comes to less than nothing on this machine', () => {
    const odd = table({ 'clock cycle': '1 pJ * (columns - 4)' });
    expect(() => createEnergyModel(accelerator(), int8, odd)).to.throw(
      UserError,
      /^toy\.yaml:7:5: clock cycle: expected a figure that is not negative, got 1 pJ \* \(columns - 4\), which comes to -1 at columns 3/,
    );
  });

  it('a wire whose length nobody knows', () => {
    const { 'mac area': area, ...unknown } = toyFigures;
    expect(area).to.be.a('string');
    const wired = withFigures({ ...unknown, 'network hop': '1 pJ/bit * pePitchMm' });
    expect(() => createEnergyModel(accelerator(), int8, wired)).to.throw(
      UserError,
      /network hop: .*pePitchMm.*area.*array\.pePitch/,
    );
  });

  it('a buffer outside the SRAM measurements', () => {
    const [left, right] = accelerator().buffers;
    const machine = accelerator({ buffers: [left, { ...right, banks: 64 }] });
    expect(check(machine)).to.throw(UserError, /^machine\.yaml: buffer "right": /);
    expect(check(accelerator())).not.to.throw();
  });

  it('but not a buffer outside of them that is to be extrapolated', () => {
    const [left, right] = accelerator().buffers;
    const beyond = { ...right, capacityBytes: 8192 * 4, extrapolate: true };
    const model = createEnergyModel(accelerator({ buffers: [left, beyond] }), int8, table());
    const { read } = model.pricesFor(counts()).buffers['right'];
    // 8 pJ at 1 KiB, 32 at 4: a slope of 1
    expect(read.value).to.be.closeTo(64, 1e-9);
    expect(read.source).to.include({ derived: true });
  });

  it('a buffer that neither entries nor an SRAM table price', () => {
    const own = withoutSram(table({ 'buffer read': '1 pJ', 'buffer write': '1 pJ' }));
    expect(() => createEnergyModel(accelerator(), int8, own)).to.throw(
      UserError,
      /^machine\.yaml: buffer "left": energy table toy gives no leak of buffers/,
    );
  });
});

describe('the bank of a buffer', () => {
  it('carries the area and access time of one bank, not of the buffer', () => {
    expect(bankOf(accelerator().buffers[1], accelerator(), table())).to.include({
      capacityBytes: 4096,
      areaMm2: 1,
      accessNs: 1,
    });
  });
});
