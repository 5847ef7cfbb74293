import { expect } from 'chai';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Accelerator } from '../../src/accelerator/accelerator.js';
import { UserError } from '../../src/document/userError.js';
import { coveredPrecisions } from '../../src/energy/checkEntries.js';
import type { EnergyTable } from '../../src/energy/energyTable.js';
import { createEnergyModel } from '../../src/energy/evaluate.js';
import { precisionSets } from '../../src/energy/pricedCase.js';
import type { Prices } from '../../src/energy/prices.js';
import { energyTableOf, loadEnergyTable } from '../../src/energy/table.js';
import type { PrecisionSet } from '../../src/model/model.js';
import { accelerator, counts, energyOf, int8 } from './fixtures.js';

const int16: PrecisionSet = { weight: 'int16', ifmap: 'int16', accumulator: 'int48' };
const float32: PrecisionSet = { weight: 'float32', ifmap: 'float32', accumulator: 'float32' };

/** 4 KiB of itrs-lstp, in one bank. */
const machine = accelerator({
  buffers: [{ ...accelerator().buffers[0], capacityBytes: 4096, wordBits: 64, cell: 'itrs-lstp' }],
});

describe('the energy table edge-45nm', () => {
  let table: EnergyTable;
  const at = (precision: PrecisionSet, entries = 1): Prices =>
    createEnergyModel(machine, precision, table).pricesFor({
      registerEntries: { ifmap: entries, weight: entries, psum: entries },
    });
  before(async () => {
    table = await loadEnergyTable('edge-45nm');
  });

  it('covers every set of precisions', () => {
    expect(coveredPrecisions(table.entries)).to.have.length(13);
  });

  // Horowitz, ISSCC 2014, 45 nm: add 0.03, 0.05, 0.1 pJ at int8, int16, int32; multiply 0.2, 3.1 pJ at int8, int32;
  // float32 add 0.9 pJ, multiply 3.7 pJ
  it("has Horowitz's MACs: int8 0.2 + 0.1 pJ, float32 3.7 + 0.9 pJ", () => {
    expect(at(int8).mac.value).to.be.closeTo(0.3, 1e-12);
    expect(at(float32).mac.value).to.be.closeTo(4.6, 1e-12);
  });

  it('derives the int16 multiply from int8 and int32 by a power law, and marks it', () => {
    const exponent = Math.log(3.1 / 0.2) / Math.log(32 / 8);
    expect(at(int16).mac.value).to.be.closeTo(0.2 * 2 ** exponent + 0.15, 1e-12);
    const narrow = { accumulator: 'int16' } as const;
    expect(at({ ...int16, ...narrow }).mac.value).to.be.closeTo(0.2 * 2 ** exponent + 0.05, 1e-12);
    expect(at({ weight: 'int8', ifmap: 'int8', ...narrow }).mac.value).to.be.closeTo(0.25, 1e-12);
    expect(at(int16).mac.source).to.include({ derived: true });
    expect(at(int8).mac.source).to.include({ derived: false });
  });

  it('takes mixed precisions between the pure ones', () => {
    for (const mixed of [
      { ...int8, weight: 'int16' },
      { ...int8, ifmap: 'int16' },
    ] as const) {
      const multiply = at(mixed).mac.value - 0.1;
      expect(multiply).to.be.closeTo(Math.sqrt(0.2 * (at(int16).mac.value - 0.15)), 1e-12);
    }
  });

  it("has Horowitz's operations in the post-processor", () => {
    const pj = (precision: PrecisionSet, layer: keyof Prices['postProcessor']): number =>
      at(precision).postProcessor[layer].value;
    expect(pj(int8, 'conv2d')).to.be.closeTo(3.1 + 0.2, 1e-12);
    expect(pj(int8, 'fully-connected')).to.be.closeTo(3.1 + 0.2, 1e-12);
    expect(pj(int8, 'add')).to.be.closeTo(6.2 + 0.2, 1e-12);
    expect(pj(int8, 'average-pool')).to.be.closeTo(0.1, 1e-12);
    expect(pj(int8, 'max-pool')).to.be.closeTo(0.03, 1e-12);
    expect(pj(int16, 'relu')).to.be.closeTo(0.05, 1e-12);
    expect(pj(float32, 'conv2d')).to.be.closeTo(0.9, 1e-12);
  });

  // Aladdin 40 nm as Accelergy's plug-in tabulates it, rows for 5 ns: idle energy per cycle of the 32-bit multiplier 0.24 pJ, of the
  // adder 0.0119 pJ. Sparseloop's artifact: gated MAC int8 0.01798, int16 0.06595 pJ.
  it("charges a gated MAC nothing, since Sparseloop's figure for it is the leakage that is charged anyway", () => {
    expect(0.24 / 16 + 0.0119 / 4).to.be.closeTo(0.01798, 1e-5);
    expect(0.24 / 4 + 0.0119 / 2).to.be.closeTo(0.06595, 1e-5);
    for (const precision of precisionSets) expect(at(precision).gatedMac.value).to.equal(0);
  });

  it("has Aladdin's register of 0.009 pJ per bit where a register file has one entry", () => {
    for (const precision of precisionSets) {
      const { ifmap } = at(precision).registerFiles;
      const bits = { int8: 8, int16: 16, float32: 32 }[precision.ifmap];
      expect(ifmap.read.value).to.be.closeTo(0.009 * bits, 1e-12);
      expect(ifmap.write.value).to.be.closeTo(0.009 * bits, 1e-12);
      expect(at(precision).patternTableRead.value).to.be.closeTo(0.009, 1e-12);
    }
  });

  // Sparseloop (Wu et al., MICRO 2022), artifact, 45 nm, 16-bit words: register files of 16 and 32 entries 0.01625 pJ per bit,
  // SRAM of 224 entries 0.71011 pJ a read and 1.13063 pJ a write; of 192 entries of 8 bits 0.47678 and 0.51919 pJ
  it("meets Sparseloop's register files and its small SRAM, and is within a third of its other one", () => {
    const file = (entries: number) => at(int16, entries).registerFiles.weight;
    expect(file(16).read.value / 16).to.be.closeTo(0.01625, 1e-12);
    expect(file(32).write.value / 16).to.be.closeTo(0.01625, 1e-12);
    expect(file(224).read.value).to.be.closeTo(0.71011, 0.005);
    expect(file(224).write.value).to.be.closeTo(1.13063, 0.005);
    const narrow = at(int8, 192).registerFiles.weight;
    expect(narrow.read.value / 0.47678).to.be.within(0.67, 1);
    expect(narrow.write.value / 0.51919).to.be.within(0.9, 1.1);
  });

  it('takes no less for a larger register file', () => {
    const reads = [1, 2, 16, 32, 33, 64, 224, 512].map(
      (entries) => at(int8, entries).registerFiles.psum.read.value,
    );
    expect(reads).to.deep.equal([...reads].sort((a, b) => a - b));
  });

  it('builds the decoder from registers and adders', () => {
    for (const precision of precisionSets) {
      const prices = at(precision);
      // 16 bits read and written, and a 16-bit add; a bit and an eighth of an 8-bit add; 48 bits and a 16-bit add
      expect(prices.decodeEntry.value).to.be.closeTo(32 * 0.009 + 0.05, 1e-12);
      expect(prices.decodeMask.value).to.be.closeTo(0.009 + 0.03 / 8, 1e-12);
      expect(prices.decodeSymbol.value).to.be.closeTo(48 * 0.009 + 0.05, 1e-12);
    }
  });

  it('builds the leakage of a PE from its parts', () => {
    const ofPe = (precision: PrecisionSet): number => {
      const { macLeak, registerFiles } = at(precision);
      const { ifmap, weight, psum } = registerFiles;
      return macLeak.value + ifmap.leak.value + weight.leak.value + psum.leak.value;
    };
    // Aladdin at 1 ns: 32-bit multiplier 0.08 mW, adder 0.0023 mW, register 7e-5 mW per bit
    expect(ofPe(int8)).to.be.closeTo(0.08 / 16 + 0.0023 + 48 * 7e-5, 1e-12);
    expect(ofPe(int16)).to.be.closeTo(0.08 / 4 + 0.0023 * 1.5 + 80 * 7e-5, 1e-12);
    // single precision: multiplier 0.12 mW, adder 0.053 mW
    expect(ofPe(float32)).to.be.closeTo(0.12 + 0.053 + 96 * 7e-5, 1e-12);
  });

  it("takes Accelergy's wire, 0.3254 pJ per bit and mm, as long as a PE, and as half an edge of the array", () => {
    // int8: multiply 282 um^2, int32 add 137, and 48 bits of registers of 5.98 um^2
    const pitch = Math.sqrt(282 + 137 + 48 * 5.98) / 1000;
    expect(at(int8).pePitchMm).to.be.closeTo(pitch, 1e-12);
    expect(at(int8).hop.value).to.be.closeTo(0.3254 * pitch, 1e-12);
    // 2 rows and 3 columns
    expect(at(int8).deliver.value).to.be.closeTo((0.3254 * pitch * 5) / 4, 1e-12);
  });

  it('charges wires between the banks of a buffer, and none where there is one bank', () => {
    const route = (banks: number): number => {
      const buffers = [{ ...machine.buffers[0], capacityBytes: 4096 * banks, banks }];
      const model = createEnergyModel({ ...machine, buffers }, int8, table);
      return model.pricesFor({ registerEntries: { ifmap: 1, weight: 1, psum: 1 } }).buffers['left'].route
        .value;
    };
    expect(route(1)).to.equal(0);
    // CACTI 7: a bank of 4 KiB and words of 64 bits takes 0.0135029 mm^2
    expect(route(32)).to.be.closeTo(64 * 0.3254 * (Math.sqrt(32 * 0.0135029) - Math.sqrt(0.0135029)), 1e-9);
  });

  it('names a source for every entry, and a voltage for those of Horowitz', () => {
    for (const entry of table.entries) {
      expect(entry.source.length).to.be.greaterThan(20);
      if (/^Horowitz, ISSCC 2014/.test(entry.source) && entry.family === table.family)
        expect(entry).to.include({ technologyNm: 45, voltage: 0.9 });
      if (entry.family === 'aladdin-40nm') {
        expect(entry.technologyNm).to.equal(40);
        expect(entry.source).to.match(/^Aladdin 40 nm/);
      }
    }
  });

  it('gives the energy of a whole layer, worked by hand', () => {
    // 1000 int8 MACs at 0.3 pJ and 10 reads of 64 bits from 4 KiB of itrs-lstp at CACTI's 3.38552 pJ, in no time
    const layer = counts({
      macs: { dense: 1000, effectual: 1000, effectualUnpadded: 1000, performed: 1000, gated: 0 },
    });
    const reads = {
      ...layer.buffers['left'],
      ifmap: { ...layer.buffers['left'].ifmap, readTransactions: 10 },
    };
    const energy = energyOf({ ...layer, buffers: { left: reads } }, machine, table);
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
    refused(
      'energy: 0.009 pJ/bit\n',
      'energy: 0.009 pJ\n',
      /energy: 0\.009 pJ$/,
      /pattern-table read: .*0\.009 pJ/,
    ));

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
      /expected an action of mac \(mac, gated, leak, area\), got "multiply"/,
    ));

  it('does not know other components', () =>
    refused('component: pattern-table', 'component: patern-table', /patern-table/, /pattern-table/));

  it('asks for a power where something leaks', () =>
    refused(
      /power: 0\.12 mW.*\n/,
      'energy: 1 pJ\n',
      /energy: 1 pJ$/,
      /expected "power" for mac leak, got energy/,
    ));

  it('asks for an area where something takes room', () =>
    refused(/area: 7700 um\^2 .*\n/, 'area: 7700 um\n', /area: 7700 um$/, /mac area: expected area such as/));

  it('refuses two figures in one entry', () =>
    refused(
      'power: 0.12 mW + 0.053 mW\n',
      'power: 0.12 mW + 0.053 mW\n    energy: 1 pJ\n',
      /energy: 1 pJ$/,
      /expected only "power" for mac leak/,
    ));

  it('asks for entries with a length to multiply a wire with: those are energies per bit', () =>
    refused(
      'energy: 0.3254 pJ/bit * pePitchMm\n',
      'energy: 0.3254 pJ/bit * pitch\n',
      /pitch$/,
      /network hop: .*"pitch" is no unit or variable known here.*pePitchMm/,
    ));

  it('refuses register files by name where they mean nothing', () =>
    refused(
      'when: { weight: int8, ifmap: int8, accumulator: int48 }',
      'when: { weight: int8, tensor: psum }',
      /tensor: psum/,
      /register-file only/,
    ));

  it('refuses a table that extends itself, and one that extends what is not there', async () => {
    await refused(
      'sram: cacti7-sram\n',
      'sram: cacti7-sram\nextends: ./mine.yaml\n',
      /extends/,
      /extends: expected another table, got \.\/mine\.yaml, which extends this one/,
    );
    await refused('sram: cacti7-sram\n', 'extends: edge-54nm\n', /edge-54nm/, /did you mean "edge-45nm"/);
  });

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
    const { entries } = await loadEnergyTable(file);
    expect(coveredPrecisions(entries)).to.have.length(12);
    expect(coveredPrecisions(entries)).not.to.deep.include(float32);
  });
});

describe('an energy table that extends another', () => {
  let folder: string;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'psconv-energy-'));
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  const load = (text: string): Promise<EnergyTable> => {
    const file = join(folder, 'own.yaml');
    writeFileSync(file, `kind: energy-table\nname: own\ntechnology: 45 nm\nfamily: measured\n${text}`);
    return loadEnergyTable(file);
  };
  const gated = 'entries:\n  - { component: mac, action: mac, energy: 1.5 pJ, source: our chip }\n';

  it("has its own figures and the base's, which count as foreign", async () => {
    const own = await load(`extends: edge-45nm\n${gated}`);
    expect(own.files).to.have.length(2);
    const macs = { dense: 2, effectual: 2, effectualUnpadded: 2, performed: 2, gated: 0 };
    const { componentsPj, sources } = energyOf(counts({ macs, patternTableReadBits: 8 }), machine, own);
    expect(componentsPj.mac).to.be.closeTo(3, 1e-12);
    expect(sources).to.deep.equal([
      {
        component: 'mac',
        family: 'measured',
        source: 'our chip',
        technologyNm: 45,
        foreign: false,
        derived: false,
      },
      sources.find(({ component }) => component === 'patternTable'),
    ]);
    expect(sources[1]).to.include({ family: 'aladdin-40nm', foreign: true });
  });

  it('is not filled up within an action: its figures are of one table', async () => {
    const narrow = gated.replace('energy', 'when: { weight: int8 }, energy');
    const own = await load(`extends: edge-45nm\n${narrow}`);
    expect(coveredPrecisions(own.entries).every(({ weight }) => weight === 'int8')).to.equal(true);
  });

  it('asks for what neither has', async () => {
    const refusal = await load(gated).catch((error: unknown) => String(error));
    expect(refusal).to.match(
      /own\.yaml:5:1: entries: .*none for mac gated, mac leak, register-file read.*buffer read.*extends: edge-45nm/,
    );
  });

  it("takes the SRAM table that it names in place of the base's", async () => {
    const own = await load(`extends: edge-45nm\nsram: cacti7-sram\n${gated}`);
    expect(own.sram?.name).to.equal('cacti7-sram');
    expect((await load(`extends: edge-45nm\n${gated}`)).sram?.name).to.equal('cacti7-sram');
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
