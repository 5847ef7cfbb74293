import { expect } from 'chai';
import type { Accelerator, BufferSpec } from '../../src/accelerator/accelerator.js';
import { loadAccelerator } from '../../src/accelerator/loadAccelerator.js';
import { listLibrary } from '../../src/document/library.js';
import { coveredPrecisions } from '../../src/energy/checkEntries.js';
import type { EnergyTable } from '../../src/energy/energyTable.js';
import { createEnergyModel } from '../../src/energy/evaluate.js';
import type { Prices } from '../../src/energy/prices.js';
import { scalingFactors } from '../../src/energy/scaling/scalingFactors.js';
import { loadEnergyTable } from '../../src/energy/table.js';
import type { PrecisionSet } from '../../src/model/model.js';
import { accelerator, int8 } from './fixtures.js';

const int16: PrecisionSet = { weight: 'int16', ifmap: 'int16', accumulator: 'int16' };
const float32: PrecisionSet = { weight: 'float32', ifmap: 'float32', accumulator: 'float32' };

const pricesOf = (machine: Accelerator, precision: PrecisionSet, table: EnergyTable, entries = 1): Prices =>
  createEnergyModel(machine, precision, table).pricesFor({
    registerEntries: { ifmap: entries, weight: entries, psum: entries },
  });

describe('the energy tables that are shipped', () => {
  let tables: readonly EnergyTable[];
  before(async () => {
    const library = await listLibrary('energy-table');
    tables = await Promise.all(library.map(({ name }) => loadEnergyTable(name)));
  });

  it('are the default, Eyeriss on paper, the Eyeriss chip, and two families alone', () => {
    expect(tables.map(({ name }) => name)).to.have.members([
      'edge-45nm',
      'eyeriss-isca16',
      'eyeriss-65nm',
      'horowitz-45nm',
      'aladdin-40nm',
    ]);
    for (const { description } of tables) expect(description.length).to.be.greaterThan(40);
  });

  it('name a source for each figure', () => {
    for (const { name, entries } of tables) {
      for (const { component, action, source } of entries)
        expect(source.length, `${name}: ${component} ${action}`).to.be.greaterThan(20);
    }
  });

  it('say of each zero that nothing is charged, and of nothing else', () => {
    for (const { name, entries } of tables) {
      for (const { component, action, source, formula } of entries) {
        const isZero = /^0 \S+$/.test(formula);
        expect(/^(none;|not charged:)/.test(source), `${name}: ${component} ${action}`).to.equal(isZero);
      }
    }
  });

  it('cover 16 bits at least', () => {
    for (const { name, entries } of tables) expect(coveredPrecisions(entries), name).to.deep.include(int16);
  });
});

/** One bank of a capacity, and of so many banks. */
const bufferOf = (capacityBytes: number, wordBits: number, banks = 1): BufferSpec => ({
  ...accelerator().buffers[0],
  ...{ capacityBytes, wordBits, banks, cell: 'itrs-lstp' },
});

// Chen et al., ISCA 2016, Table IV: register file 1, array 2, global buffer 6, DRAM 200 times a MAC, for 16 bits
describe('the energy table eyeriss-isca16', () => {
  let prices: Prices;
  before(async () => {
    const machine = await loadAccelerator('eyeriss-isca16');
    prices = pricesOf(machine, int16, await loadEnergyTable(machine.energyTable), 224);
  });

  it('has the multiples of a MAC that the paper prints', () => {
    const { mac, registerFiles, hop, deliver, buffers, dramRead, dramWrite } = prices;
    expect(mac.value).to.equal(1);
    for (const file of Object.values(registerFiles))
      expect([file.read.value, file.write.value]).to.deep.equal([1, 1]);
    expect([hop.value * 16, deliver.value * 16]).to.deep.equal([2, 2]);
    expect([buffers.glb.read.value, buffers.glb.write.value]).to.deep.equal([6, 6]);
    expect([(dramRead?.value ?? NaN) * 16, (dramWrite?.value ?? NaN) * 16]).to.deep.equal([200, 200]);
  });

  it('has nothing else', () => {
    const { gatedMac, clockCycle, postProcessor, dmaTransfer, macLeak, chipLeak, buffers } = prices;
    const { decodeEntry, decodeMask, decodeSymbol, patternTableRead, postProcessorLeak } = prices;
    const others = [gatedMac, clockCycle, postProcessor.conv2d, dmaTransfer, macLeak, chipLeak];
    const codes = [decodeEntry, decodeMask, decodeSymbol, patternTableRead, postProcessorLeak];
    const leaks = Object.values(prices.registerFiles).map(({ leak }) => leak);
    for (const { value } of [...others, ...codes, ...leaks, buffers.glb.leak, buffers.glb.route])
      expect(value).to.equal(0);
  });

  it('charges a MAC no more for wider sums, whose registers cost what their bits do', async () => {
    const machine = await loadAccelerator('eyeriss-isca16');
    const wide = pricesOf(
      machine,
      { ...int16, accumulator: 'int48' },
      await loadEnergyTable(machine.energyTable),
    );
    expect(wide.mac.value).to.equal(1);
    expect(wide.mac.source.derived).to.equal(true);
    expect(prices.mac.source.derived).to.equal(false);
    expect(wide.registerFiles.psum.read.value).to.equal(3);
  });

  it('refuses other operands than those of 16 bits', async () => {
    const machine = await loadAccelerator('eyeriss-isca16');
    const table = await loadEnergyTable(machine.energyTable);
    expect(() => createEnergyModel(machine, int8, table)).to.throw(
      /"eyeriss-isca16" does not cover weight int8.*it covers weight int16, ifmap int16/,
    );
  });
});

// nn_dataflow, test_eyeriss_isscc16: MAC 2 pJ, for 16 bits registers 1, array 4, global buffer 15, DRAM 460 pJ; 30 mW. CNNergy: 106.3 mW of clock
// at 200 MHz. Sparseloop (MICRO 2022), artifact: MAC int16 2.20035 pJ, gated 0.06595 pJ.
describe('the energy table eyeriss-65nm', () => {
  let machine: Accelerator;
  let table: EnergyTable;
  let prices: Prices;
  before(async () => {
    machine = await loadAccelerator('eyeriss');
    table = await loadEnergyTable(machine.energyTable);
    prices = pricesOf(machine, int16, table, 24);
  });

  it("has nn_dataflow's accesses", () => {
    const { mac, registerFiles, hop, deliver, buffers, dramRead, dramWrite } = prices;
    expect(mac.value).to.equal(2);
    for (const file of Object.values(registerFiles))
      expect([file.read.value, file.write.value]).to.deep.equal([1, 1]);
    expect([hop.value * 16, deliver.value * 16]).to.deep.equal([4, 4]);
    // words of 64 and of 32 bits
    expect([buffers.glb.read.value, buffers.glb.write.value]).to.deep.equal([60, 60]);
    expect([buffers['filter-buffer'].read.value, buffers['filter-buffer'].write.value]).to.deep.equal([
      30, 30,
    ]);
    expect([(dramRead?.value ?? NaN) * 16, (dramWrite?.value ?? NaN) * 16]).to.deep.equal([460, 460]);
  });

  it('charges a MAC no more for wider sums', () => {
    expect(pricesOf(machine, { ...int16, accumulator: 'int32' }, table).mac.value).to.equal(2);
  });

  it('draws 30 mW standing by and 106.3 mW for its clock, in proportion to its PEs', () => {
    expect(prices.chipLeak.value).to.be.closeTo(30, 1e-12);
    expect((prices.clockCycle.value / machine.periodPs) * 1000).to.be.closeTo(106.3, 1e-9);
    const half = pricesOf({ ...machine, array: { ...machine.array, rows: 6 } }, int16, table);
    expect(half.chipLeak.value).to.be.closeTo(15, 1e-12);
    expect(half.clockCycle.value).to.be.closeTo(531.5 / 2, 1e-9);
  });

  it('leaks nothing beside these 30 mW', () => {
    const { macLeak, postProcessorLeak, registerFiles, buffers } = prices;
    const leaks = [registerFiles.ifmap, registerFiles.weight, registerFiles.psum, buffers.glb].map(
      ({ leak }) => leak,
    );
    for (const { value } of [macLeak, postProcessorLeak, ...leaks]) expect(value).to.equal(0);
  });

  it('charges a gated MAC 3 % of a MAC', () => {
    expect(prices.gatedMac.value).to.be.closeTo((2 * 0.06595) / 2.20035, 1e-12);
  });

  it('has ReLU, codec, DMA and patterns of edge-45nm, scaled to its node and voltage', async () => {
    const at65 = { technologyNm: 65, voltage: 1, flavour: 'hp' } as const;
    const at45 = { technologyNm: 45, voltage: 0.9, flavour: 'hp' } as const;
    const up = scalingFactors(at45, at65);
    const edge = pricesOf(
      accelerator({ buffers: [bufferOf(4096, 64)] }),
      int16,
      await loadEnergyTable('edge-45nm'),
    );
    const figures = ['decodeEntry', 'decodeMask', 'decodeSymbol', 'dmaTransfer', 'patternTableRead'] as const;
    for (const figure of figures)
      expect(prices[figure].value / edge[figure].value / up.energy, figure).to.be.closeTo(1, 1e-3);
    // Horowitz, ISSCC 2014: int16 add 0.05 pJ
    expect(prices.postProcessor.conv2d.value).to.be.closeTo(0.05 * up.energy, 1e-4);
    const areas = ['macArea', 'decoderArea'] as const;
    for (const area of areas)
      expect((prices[area]?.value ?? NaN) / (edge[area]?.value ?? NaN), area).to.be.closeTo(up.area, 1e-9);
    // 24 entries of 16 bits; Aladdin's register of 5.98 um^2, and the adder of 67 um^2 in the area table that goes with Horowitz
    expect(prices.registerFiles.weight.area?.value).to.be.closeTo(24 * 16 * 5.98 * up.area, 1e-9);
    expect(prices.postProcessorArea?.value).to.be.closeTo(67 * up.area, 1e-9);
  });

  // CACTI 7, itrs-lstp, 65 nm: 4 KiB by 64 bits 0.0281628 mm^2, 32 KiB by 32 bits 0.22124, 64 KiB by 32 bits 0.427267
  it("has CACTI's area for its buffers: 25 banks of 4 KiB, and within 5 % one of 48 KiB", () => {
    const mm2 = (buffer: string): number => (prices.buffers[buffer].area?.value ?? NaN) / 1e6;
    expect(mm2('glb')).to.be.closeTo(25 * 0.0281628, 1e-9);
    expect(mm2('filter-buffer') / ((0.22124 + 0.427267) / 2)).to.be.within(1, 1.05);
  });
});

describe('the energy table horowitz-45nm', () => {
  let table: EnergyTable;
  before(async () => {
    table = await loadEnergyTable('horowitz-45nm');
  });
  const readPj = (...size: Parameters<typeof bufferOf>): number =>
    pricesOf(accelerator({ buffers: [bufferOf(...size)] }), int8, table).buffers['left'].read.value;

  // Horowitz, ISSCC 2014: cache of 8 KB 10 pJ, 32 KB 20 pJ, 1 MB 100 pJ for 64 bits; DRAM 1.3 to 2.6 nJ
  it('meets his three caches', () => {
    expect(readPj(8192, 64)).to.be.closeTo(10, 1e-12);
    expect(readPj(32768, 64)).to.be.closeTo(20, 1e-12);
    expect(readPj(2 ** 20, 64)).to.be.closeTo(100, 0.01);
  });

  it('lies between them by power laws, and goes on along the first below 8 KB', () => {
    expect(readPj(16384, 64)).to.be.closeTo(Math.sqrt(10 * 20), 1e-9);
    expect(readPj(Math.sqrt(2 ** 15 * 2 ** 20), 64)).to.be.closeTo(Math.sqrt(20 * 100), 0.01);
    expect(readPj(2048, 64)).to.be.closeTo(5, 1e-12);
  });

  it('grows with the word, and counts all banks as one cache', () => {
    expect(readPj(32768, 32)).to.be.closeTo(10, 1e-12);
    expect(readPj(32768, 128)).to.be.closeTo(40, 1e-12);
    expect(readPj(32768, 64, 8)).to.be.closeTo(20, 1e-12);
    const banks = [bufferOf(32768, 64, 8)];
    expect(pricesOf(accelerator({ buffers: banks }), int8, table).buffers['left'].route.value).to.equal(0);
  });

  it('writes as it reads, and has the lower of his two figures for DRAM', () => {
    const { buffers, dramRead, dramWrite } = pricesOf(
      accelerator({ buffers: [bufferOf(8192, 64)] }),
      int8,
      table,
    );
    expect(buffers['left'].write.value).to.equal(buffers['left'].read.value);
    expect([(dramRead?.value ?? NaN) * 64, (dramWrite?.value ?? NaN) * 64]).to.deep.equal([1300, 1300]);
  });

  it('has the arithmetic of edge-45nm, which is his', async () => {
    const machine = accelerator({ buffers: [bufferOf(8192, 64)] });
    const edge = await loadEnergyTable('edge-45nm');
    for (const precision of [int8, int16, float32]) {
      const [own, theirs] = [table, edge].map((each) => pricesOf(machine, precision, each));
      expect(own.mac).to.deep.equal(theirs.mac);
      expect(own.postProcessor).to.deep.equal(theirs.postProcessor);
      expect(own.mac.source.foreign).to.equal(false);
    }
  });
});

// Aladdin 40 nm, as tabulated by Accelergy's plug-in, rows for 1 ns: 32-bit multiplier 12.68 pJ, 0.08 mW, 6350 um^2; adder 0.21 pJ, 0.0023 mW,
// 278 um^2; comparator 0.02947 pJ; register 0.009 pJ, 7e-5 mW, 5.98 um^2 per bit; single precision: multiplier 35.3 pJ, 0.12 mW, 4360 um^2, adder
// 16.679 pJ, 0.053 mW, 4360 um^2
describe('the energy table aladdin-40nm', () => {
  let table: EnergyTable;
  before(async () => {
    table = await loadEnergyTable('aladdin-40nm');
  });
  const scaling = { method: 'stillmaker-baas', voltage: 0.9, flavour: 'hp' } as const;
  const machine = accelerator({ technologyNm: 40, scaling, buffers: [bufferOf(4096, 64)] });
  const at = (precision: PrecisionSet, entries = 1): Prices => pricesOf(machine, precision, table, entries);

  it("has Aladdin's multiplier and adder, by the widths of what they take", () => {
    expect(at(int8).mac.value).to.be.closeTo(12.68 / 16 + 0.21, 1e-12);
    expect(at(int16).mac.value).to.be.closeTo(12.68 / 4 + 0.21 / 2, 1e-12);
    expect(at(float32).mac.value).to.be.closeTo(35.3 + 16.679, 1e-12);
    expect(at(int8).gatedMac.value).to.equal(0);
  });

  // Sparseloop (Wu et al., MICRO 2022), artifact: MACs of 8 and 16 bits 0.5608 and 2.20035 pJ, from the rows for 5 ns: 8.63 and 0.0857 pJ
  it('takes other widths as Sparseloop did', () => {
    const [multiplier, adder] = [8.63 / 12.68, 0.0857 / 0.21];
    const adds = (bits: number): number => (0.21 * bits) / 32;
    const slow = (precision: PrecisionSet, bits: number): number =>
      (at(precision).mac.value - adds(bits)) * multiplier + adds(bits) * adder;
    const narrow: PrecisionSet = { ...int8, accumulator: 'int32' };
    // Its sums are as wide as its operands.
    expect(slow(narrow, 32) - (0.0857 * 24) / 32).to.be.closeTo(0.5608, 1e-4);
    expect(slow(int16, 16)).to.be.closeTo(2.20035, 1e-4);
  });

  it('has one register for each bit, whatever the number of entries', () => {
    for (const entries of [1, 24, 224]) {
      const { weight, psum } = at(int8, entries).registerFiles;
      expect(weight.read.value).to.be.closeTo(8 * 0.009, 1e-12);
      expect(psum.write.value).to.be.closeTo(32 * 0.009, 1e-12);
      expect(weight.leak.value).to.be.closeTo(entries * 8 * 7e-5, 1e-12);
      expect(weight.area?.value).to.be.closeTo(entries * 8 * 5.98, 1e-9);
    }
  });

  it('has his leakage and areas', () => {
    expect(at(int8).macLeak.value).to.be.closeTo(0.08 / 16 + 0.0023, 1e-12);
    expect(at(float32).macLeak.value).to.be.closeTo(0.12 + 0.053, 1e-12);
    expect(at(int8).macArea?.value).to.be.closeTo(6350 / 16 + 278, 1e-9);
    expect(at(float32).macArea?.value).to.be.closeTo(2 * 4360, 1e-9);
    expect(at(int8).decoderArea?.value).to.be.closeTo(278 / 2 + 32 * 5.98, 1e-9);
    expect(at(int8).postProcessorArea?.value).to.be.closeTo(6350 + 2 * 278, 1e-9);
    expect(at(float32).postProcessorArea?.value).to.be.closeTo(4360, 1e-9);
  });

  it('builds decoder and post-processor from these', () => {
    const { decodeEntry, decodeMask, decodeSymbol, postProcessor } = at(int16);
    expect(decodeEntry.value).to.be.closeTo(0.21 / 2 + 32 * 0.009, 1e-12);
    expect(decodeMask.value).to.be.closeTo(0.21 / 32 + 0.009, 1e-12);
    expect(decodeSymbol.value).to.be.closeTo(0.02947 / 2 + 48 * 0.009, 1e-12);
    expect(postProcessor.conv2d.value).to.be.closeTo(12.68 + 2 * 0.21, 1e-12);
    expect(postProcessor.add.value).to.be.closeTo(2 * 12.68 + 2 * 0.21, 1e-12);
    expect(postProcessor['average-pool'].value).to.be.closeTo(0.21, 1e-12);
    expect(postProcessor['max-pool'].value).to.be.closeTo(0.02947 / 2, 1e-12);
    expect(at(float32).postProcessor.conv2d.value).to.be.closeTo(16.679, 1e-12);
  });

  it('names as foreign what is not Aladdin: clock, wires, SRAM', () => {
    const prices = at(int8);
    const { mac, gatedMac, macLeak, chipLeak, dmaTransfer, patternTableRead, decodeEntry } = prices;
    const own = [mac, gatedMac, macLeak, chipLeak, dmaTransfer, patternTableRead, decodeEntry];
    for (const { source } of [...own, prices.registerFiles.psum.read, prices.postProcessor.conv2d])
      expect(source.foreign, source.component).to.equal(false);
    for (const { source } of [prices.clockCycle, prices.hop, prices.deliver, prices.buffers['left'].read])
      expect(source.foreign, source.component).to.equal(true);
  });

  it('wants scaling on a machine of 40 nm, for which CACTI 7 has no cells: its nearest are of 45 nm', () => {
    const unscaled = accelerator({ technologyNm: 40, buffers: machine.buffers });
    expect(() => pricesOf(unscaled, int8, table)).to.throw(
      /buffer "left": SRAM table cacti7-sram has no cell "itrs-lstp" at 40 nm; it has itrs-lstp at 90 nm.*itrs-lstp at 45 nm/,
    );
    // CACTI 7 at 45 nm: a bank of 4 KiB and words of 64 bits is read with 3.38552 pJ
    const { read } = at(int8).buffers['left'];
    expect(read.value).to.be.closeTo(3.38552, 1e-9);
    expect(read.source).to.include({ technologyNm: 45, scaledBy: 1 });
  });
});
