import { expect } from 'chai';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Accelerator } from '../../src/accelerator/accelerator.js';
import { UserError } from '../../src/document/userError.js';
import { precisionKey, type ActionCosts, type EnergyTable } from '../../src/energy/energyTable.js';
import { evaluateEnergy } from '../../src/energy/evaluate.js';
import { energyTableOf, loadEnergyTable } from '../../src/energy/table.js';
import type { PrecisionSet } from '../../src/model/model.js';
import { accelerator, counts, int8 } from './fixtures.js';

const int16: PrecisionSet = { weight: 'int16', ifmap: 'int16', accumulator: 'int48' };
const float32: PrecisionSet = { weight: 'float32', ifmap: 'float32', accumulator: 'float32' };

describe('the energy table edge-45nm', () => {
  let table: EnergyTable;
  const at = (precision: PrecisionSet): ActionCosts => table.costs.get(precisionKey(precision))!;
  before(async () => {
    table = await loadEnergyTable('edge-45nm');
  });

  it('covers every set of precisions', () => {
    expect(table.costs.size).to.equal(13);
  });

  // Horowitz, ISSCC 2014, 45 nm: add 0.03, 0.05, 0.1 pJ at int8, int16, int32; multiply 0.2, 3.1 pJ at int8, int32;
  // float32 add 0.9 pJ, multiply 3.7 pJ
  it("has Horowitz's MACs: int8 0.2 + 0.1 pJ, float32 3.7 + 0.9 pJ", () => {
    expect(at(int8).macPj).to.be.closeTo(0.3, 1e-12);
    expect(at(float32).macPj).to.be.closeTo(4.6, 1e-12);
  });

  it('derives the int16 multiply from int8 and int32 by a power law, and marks it', () => {
    const exponent = Math.log(3.1 / 0.2) / Math.log(32 / 8);
    expect(at(int16).macPj).to.be.closeTo(0.2 * 2 ** exponent + 0.15, 1e-12);
    const narrow = { accumulator: 'int16' } as const;
    expect(at({ ...int16, ...narrow }).macPj).to.be.closeTo(0.2 * 2 ** exponent + 0.05, 1e-12);
    expect(at({ weight: 'int8', ifmap: 'int8', ...narrow }).macPj).to.be.closeTo(0.25, 1e-12);
    expect(at(int16).sources.find((each) => each.component === 'mac')).to.include({ derived: true });
    expect(at(int8).sources.find((each) => each.component === 'mac')).to.include({ derived: false });
  });

  it('takes mixed precisions between the pure ones', () => {
    for (const mixed of [
      { ...int8, weight: 'int16' },
      { ...int8, ifmap: 'int16' },
    ] as const) {
      const multiply = at(mixed).macPj - 0.1;
      expect(multiply).to.be.closeTo(Math.sqrt(0.2 * (at(int16).macPj - 0.15)), 1e-12);
    }
  });

  it("has Horowitz's operations in the post-processor", () => {
    expect(at(int8).postProcessorPj.conv2d).to.be.closeTo(3.1 + 0.2, 1e-12);
    expect(at(int8).postProcessorPj['fully-connected']).to.be.closeTo(3.1 + 0.2, 1e-12);
    expect(at(int8).postProcessorPj.add).to.be.closeTo(6.2 + 0.2, 1e-12);
    expect(at(int8).postProcessorPj['average-pool']).to.be.closeTo(0.1, 1e-12);
    expect(at(int8).postProcessorPj['max-pool']).to.be.closeTo(0.03, 1e-12);
    expect(at(int16).postProcessorPj.relu).to.be.closeTo(0.05, 1e-12);
    expect(at(float32).postProcessorPj.conv2d).to.be.closeTo(0.9, 1e-12);
  });

  it("charges a gated MAC the share of Sparseloop's table: 0.01798 of 0.5608 pJ at 8 bits, 0.06595 of 2.20035 at 16", () => {
    expect(at(int8).gatedMacPj).to.be.closeTo((0.3 * 0.01798) / 0.5608, 1e-12);
    expect(at(int16).gatedMacPj).to.be.closeTo((at(int16).macPj * 0.06595) / 2.20035, 1e-12);
  });

  it("has Aladdin's register, 0.009 pJ per bit, and names it as of a foreign family", () => {
    for (const costs of table.costs.values()) {
      expect(costs.registerReadPjPerBit).to.be.closeTo(0.009, 1e-12);
      expect(costs.registerWritePjPerBit).to.be.closeTo(0.009, 1e-12);
      expect(costs.patternTableReadPjPerBit).to.be.closeTo(0.009, 1e-12);
      const foreign = costs.sources.filter((each) => each.foreign);
      const names = new Set(foreign.map((each) => `${each.component} ${each.family}`));
      expect([...names]).to.have.members([
        'gated MACs sparseloop-45nm + horowitz-45nm',
        'registerFiles aladdin-40nm',
        'patternTable aladdin-40nm',
        'decoder horowitz-45nm + aladdin-40nm',
        'leakage aladdin-40nm',
      ]);
    }
  });

  it('builds the decoder from registers and adders', () => {
    for (const costs of table.costs.values()) {
      // 16 bits read and written, and a 16-bit add; a bit and an eighth of an 8-bit add; 48 bits and a 16-bit add
      expect(costs.decodeEntryPj).to.be.closeTo(32 * 0.009 + 0.05, 1e-12);
      expect(costs.decodeMaskPjPerBit).to.be.closeTo(0.009 + 0.03 / 8, 1e-12);
      expect(costs.decodeSymbolPj).to.be.closeTo(48 * 0.009 + 0.05, 1e-12);
    }
  });

  it('builds the leakage of a PE from its parts', () => {
    // Aladdin at 1 ns: 32-bit multiplier 0.08 mW, adder 0.0023 mW, register 7e-5 mW per bit
    expect(at(int8).peLeakageMw).to.be.closeTo(0.08 / 16 + 0.0023 + 48 * 7e-5, 1e-12);
    expect(at(int16).peLeakageMw).to.be.closeTo(0.08 / 4 + 0.0023 * 1.5 + 80 * 7e-5, 1e-12);
    // single precision: multiplier 0.12 mW, adder 0.053 mW
    expect(at(float32).peLeakageMw).to.be.closeTo(0.12 + 0.053 + 96 * 7e-5, 1e-12);
  });

  it('names a source for every entry, and a voltage for those of Horowitz', () => {
    for (const entry of table.entries) {
      expect(entry.source).to.match(
        /^(Horowitz, ISSCC 2014|Aladdin 40 nm|Sparseloop \(Wu et al., MICRO 2022\))/,
      );
      expect(entry.technologyNm).to.equal(
        /^(horowitz|sparseloop)-45nm/.test(entry.family) && entry.component !== 'decoder' ? 45 : 40,
      );
      expect(entry.voltage).to.equal(entry.family === table.family ? 0.9 : undefined);
    }
  });

  it('gives the energy of a whole layer, worked by hand', () => {
    // 1000 int8 MACs at 0.3 pJ and 10 reads of 64 bits from 4 KiB of itrs-lstp at CACTI's 3.38552 pJ, in no time
    const buffer = { ...accelerator().buffers[0], capacityBytes: 4096, wordBits: 64, cell: 'itrs-lstp' };
    const layer = counts({
      macs: { dense: 1000, effectual: 1000, effectualUnpadded: 1000, performed: 1000, gated: 0 },
    });
    const reads = {
      ...layer.buffers['left'],
      ifmap: { ...layer.buffers['left'].ifmap, readTransactions: 10 },
    };
    const energy = evaluateEnergy(
      { ...layer, buffers: { left: reads } },
      accelerator({ buffers: [buffer] }),
      int8,
      table,
    );
    expect(energy.totalPj).to.be.closeTo(300 + 10 * 3.38552, 1e-9);
  });
});

describe('a faulty energy table', () => {
  let folder: string;
  let sound: string;
  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'psconv-energy-'));
    sound = readFileSync((await loadEnergyTable('edge-45nm')).file, 'utf8');
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  /** Loads the shipped table with one change; the fault must be found on a line that matches `at`. */
  const refused = async (from: string | RegExp, to: string, at: RegExp, message: RegExp): Promise<void> => {
    const text = sound.replace(from, to);
    expect(text).not.to.equal(sound);
    const file = join(folder, 'mine.yaml');
    writeFileSync(file, text);
    const fault = await loadEnergyTable(file).then(
      () => expect.fail('the table was accepted'),
      (error: unknown) => error,
    );
    expect(fault).to.be.instanceOf(UserError);
    const { location, message: found } = fault as UserError;
    expect(found).to.match(/^\S*mine\.yaml:\d+:\d+: /);
    expect(found).to.match(message);
    expect(found).not.to.contain('\n');
    expect(text.split('\n')[location!.line! - 1]).to.match(at);
  };
  const firstMac = 'energy: 0.2 pJ + 0.1 pJ\n';

  it('names the line of an unknown unit', () =>
    refused(firstMac, 'energy: 0.2 pX + 0.1 pJ\n', /0\.2 pX/, /pX/));

  it('names the line of a negative energy', () =>
    refused(firstMac, 'energy: 0.2 pJ - 0.3 pJ\n', /0\.2 pJ - 0\.3 pJ/, /not negative/));

  it('names the line of a power given for an energy', () =>
    refused(firstMac, 'energy: 0.2 mW\n', /energy: 0\.2 mW/, /0\.2 mW/));

  it('names the line of a figure without a unit', () =>
    refused(firstMac, 'energy: 0.2\n', /energy: 0\.2$/, /energy/));

  it('names the line of an energy per access given for one per bit', () =>
    refused('energy: 0.009 pJ/bit', 'energy: 0.009 pJ', /energy: 0\.009 pJ$/, /0\.009 pJ/));

  it('names the line of a variable that formulas do not have', () =>
    refused('accumulatorBits / 32', 'psumBits / 32', /psumBits/, /psumBits/));

  it('names the line of a node given without a unit of length', () =>
    refused('technology: 45 nm', 'technology: 45', /technology: 45$/, /technology/));

  it('asks for the source of each entry', () => refused(/ {4}source: .*\n/, '', /component: mac/, /source/));

  it('asks for every action', () =>
    refused(
      / {2}- component: pattern-table\n( {4}.*\n)+/,
      '',
      /^entries:$/,
      /expected an entry for each action, got none for pattern-table read/,
    ));

  it('names the actions of a component when it is given another one', () =>
    refused(
      'action: mac',
      'action: multiply',
      /action: multiply/,
      /expected an action of mac \(mac, gated\), got "multiply"/,
    ));

  it('does not know other components', () =>
    refused('component: pattern-table', 'component: patern-table', /patern-table/, /pattern-table/));

  it('asks for a power where something leaks', () =>
    refused(/power: 0\.12 mW.*\n/, 'energy: 1 pJ\n', /component: pe/, /expected "power" for pe leak/));

  it('refuses two entries for one case', () =>
    refused(
      'when: { weight: int8, ifmap: int8, accumulator: int48 }',
      'when: { weight: int8, ifmap: int8 }',
      /component: mac/,
      /expected one entry for mac mac \(weight int8, ifmap int8, accumulator int16\), got a second one/,
    ));

  it('refuses an entry that never applies', () =>
    refused(
      'when: { weight: int8, ifmap: int8, accumulator: int48 }',
      'when: { weight: int8, ifmap: float32 }',
      /ifmap: float32/,
      /never applies/,
    ));

  it('refuses kinds of layers where they mean nothing', () =>
    refused(
      'when: { weight: int8, ifmap: int8, accumulator: int48 }',
      'when: { weight: int8, layer: conv2d }',
      /layer: conv2d/,
      /post-processor only/,
    ));

  it('names the line of an SRAM table that there is not', () =>
    refused(
      'sram: cacti7-sram',
      'sram: cacti7-srm',
      /sram: cacti7-srm/,
      /sram: expected name or path of .*, got "cacti7-srm"; did you mean "cacti7-sram"\?/,
    ));

  it('may cover some precisions only', async () => {
    const file = join(folder, 'integers.yaml');
    writeFileSync(
      file,
      sound.replace(/ {2}- component: mac\n {4}action: mac\n {4}when: \{ weight: float32.*\n( {4}.*\n)+/, ''),
    );
    const { costs } = await loadEnergyTable(file);
    expect(costs.size).to.equal(12);
    expect(costs.has(precisionKey(float32))).to.equal(false);
  });
});

describe('the energy table of an accelerator', () => {
  it('is the one that it names', async () => {
    expect(await energyTableOf(accelerator({ energyTable: 'edge-45nm' }))).to.include({ name: 'edge-45nm' });
  });

  it('is refused where the accelerator names one that there is not', async () => {
    const refusalOf = (changes: Partial<Accelerator>): Promise<string> =>
      energyTableOf(accelerator({ energyTable: 'edge-45mn', ...changes })).then(
        () => expect.fail('the table was found'),
        (error: unknown) => (error instanceof UserError ? error.message : expect.fail(String(error))),
      );
    const message =
      /energyTable: expected name or path of an energy-table file, got "edge-45mn"; did you mean "edge-45nm"\?/;
    expect(await refusalOf({}))
      .to.match(/^machine\.yaml: /)
      .and.to.match(message);
    const place = { file: 'machine.yaml', line: 9, column: 14 };
    const places = { technology: place, energyTable: place, skip: place, buffers: {} };
    expect(await refusalOf({ places }))
      .to.match(/^machine\.yaml:9:14: /)
      .and.to.match(message);
  });
});
