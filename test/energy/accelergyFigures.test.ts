import { expect } from 'chai';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { loadAccelerator } from '../../src/accelerator/loadAccelerator.js';
import { packageRoot } from '../../src/document/package.js';
import { areaOf } from '../../src/energy/area.js';
import type { EnergyEntry, EnergyTable } from '../../src/energy/energyTable.js';
import { createEnergyModel } from '../../src/energy/evaluate.js';
import type { Prices } from '../../src/energy/prices.js';
import { loadEnergyTable } from '../../src/energy/table.js';
import { loadScenario } from '../../src/explore/scenario.js';
import { simulate } from '../../src/explore/simulate.js';
import { inFolder, refusal } from '../document/fixtures.js';
import { accelerator, int8 } from './fixtures.js';

const example = join(packageRoot(), 'docs/examples/accelergy');

function entryOf(table: EnergyTable, component: string, action: string): EnergyEntry {
  return table.entries.find((entry) => entry.component === component && entry.action === action)!;
}

describe("an energy table made of Accelergy's reference tables", () => {
  let table: EnergyTable;
  let prices: Prices;
  before(async () => {
    const machine = await loadAccelerator(join(example, 'small.yaml'));
    table = await loadEnergyTable(join(example, 'mine.yaml'));
    prices = createEnergyModel(machine, int8, table).pricesFor({
      registerEntries: { ifmap: 1, weight: 1, psum: 1 },
    });
  });

  it('charges energies by the action', () => {
    expect(prices.mac.value).to.equal(0.375);
    expect(prices.gatedMac.value).to.equal(0.03125);
    expect(prices.buffers['glb'].read.value).to.equal(12.5);
    expect(prices.buffers['glb'].write.value).to.equal(14);
  });

  it('charges a register file by the access of a word, whatever its width', () => {
    const { ifmap, weight, psum } = prices.registerFiles;
    expect([ifmap, weight, psum].map(({ read }) => read.value)).to.deep.equal([0.08, 0.16, 0.48]);
    expect([ifmap, weight, psum].map(({ write }) => write.value)).to.deep.equal([0.096, 0.192, 0.64]);
  });

  it('divides an energy per access by the bits that it moves', () => {
    expect(prices.deliver.value).to.be.closeTo(3.2 / 64, 1e-15);
  });

  it('makes a power of leakage by the cycle: pJ in 2 ns are half as many mW', () => {
    expect(prices.macLeak.value).to.equal(0.004);
    expect(prices.registerFiles.weight.leak.value).to.equal(0.002);
    // four banks
    expect(prices.buffers['glb'].leak.value).to.equal(4 * 0.125);
  });

  it('takes areas of one instance', async () => {
    const machine = await loadAccelerator(join(example, 'small.yaml'));
    const { componentsMm2, pePitchMm } = areaOf(machine, prices);
    expect(componentsMm2.mac).to.be.closeTo(64 * 420e-6, 1e-12);
    expect(componentsMm2.buffers['glb']).to.be.closeTo(4 * 0.05, 1e-12);
    expect(pePitchMm).to.be.closeTo(Math.sqrt(420 + 600 + 2400 + 1100) / 1000, 1e-12);
  });

  it('says which action of which file a figure is, and takes the rest from the table that it extends, as foreign', () => {
    expect(entryOf(table, 'buffer', 'read')).to.include({
      family: 'accelergy',
      source: 'Accelergy energy reference table ERT.yaml',
      derived: '"read" (address_delta: 1, data_delta: 1) of "small.GLB[0..3]" of ERT.yaml',
    });
    expect(entryOf(table, 'network', 'deliver').derived).to.equal(
      '"transfer" of "small.NoC" of ERT.yaml, divided by 64 bits',
    );
    expect(entryOf(table, 'mac', 'leak').derived).to.match(/"leak" of .*, divided by a cycle of 2000 ps$/);
    expect(entryOf(table, 'mac', 'area')).to.include({
      source: 'Accelergy area reference table ART.yaml',
      derived: '"small.PE[0..63].MAC" of ART.yaml',
    });
    expect(prices.mac.source).to.include({ foreign: false, derived: true });
    expect(prices.dmaTransfer.source).to.include({ foreign: true, family: 'aladdin-40nm' });
    expect(table.files.map((file) => file.slice(file.lastIndexOf('/') + 1))).to.deep.equal([
      'mine.yaml',
      'ERT.yaml',
      'ART.yaml',
      'edge-45nm.yaml',
    ]);
  });

  it('prices a whole scenario, and names no SRAM table where none was asked', async () => {
    const scenario = await loadScenario(join(example, 'scenario.yaml'), { layers: ['stem.conv'] });
    const { variants, notes } = await simulate(scenario);
    const [{ layers, energy }] = variants;
    expect(energy.componentsPj.mac).to.be.closeTo(0.375 * layers[0].counts.macs.performed, 1e-6);
    expect(notes.join('\n')).not.to.match(/SRAM/);
  }).timeout(20_000);
});

const ert = `ERT:
  version: '0.4'
  tables:
    - name: chip.MAC[0..3]
      actions:
        - { name: compute, arguments: {}, energy: 1.2345678901e-7 }
        - { name: read, arguments: { data: 0 }, energy: 1 }
        - { name: read, arguments: { data: 1 }, energy: 2 }
    - { name: 'chip.PE[0..1].MAC', actions: [{ name: compute, arguments: {}, energy: 3 }] }
    - { name: 'chip.PE[2..3].MAC', actions: [{ name: compute, arguments: {}, energy: 4 }] }
`;

describe("entries that take figures from Accelergy's reference tables", () => {
  /** Loads a table of some entries, the first of which stands in line 8. */
  const load = (entries: string, head = 'ert: ERT.yaml\n'): Promise<EnergyTable> =>
    inFolder(async (folder) => {
      await writeFile(join(folder, 'ERT.yaml'), ert);
      await writeFile(
        join(folder, 'ART.yaml'),
        "ART: { version: '0.4', tables: [{ name: chip.MAC, area: 7.5 }] }\n",
      );
      await writeFile(join(folder, 'bad.yaml'), "ERT: { version: '0.4', tables: 3 }\n");
      const file = join(folder, 'own.yaml');
      await writeFile(
        file,
        `kind: energy-table\nname: own\ntechnology: 45 nm\nfamily: own\nextends: edge-45nm\n${head}entries:\n${entries}`,
      );
      return loadEnergyTable(file);
    });
  const refused = async (entries: string, head?: string): Promise<string> =>
    (await refusal(() => load(entries, head))).replace(/^.*\/(?=own\.yaml|bad\.yaml)/, '');
  const mac = (rest: string): string => `  - component: mac\n    action: mac\n    ${rest}\n`;

  it('keep all digits of a figure', async () => {
    const table = await load(mac('ert: { component: chip.MAC, action: compute }'));
    const { mac: price } = createEnergyModel(accelerator({ buffers: [] }), int8, table).pricesFor({
      registerEntries: { ifmap: 1, weight: 1, psum: 1 },
    });
    expect(price.value).to.be.closeTo(1.2345678901e-7, 1e-19);
    expect(price.source).to.include({ family: 'accelergy', foreign: true });
  });

  it('may have a source, a family and a remark of their own', async () => {
    const table = await load(
      mac(
        'ert: { component: chip.MAC, action: compute }\n    source: our CACTI\n    family: cacti\n    derived: by hand',
      ),
    );
    expect(entryOf(table, 'mac', 'mac')).to.include({
      source: 'our CACTI',
      family: 'cacti',
      derived: '"compute" of "chip.MAC[0..3]" of ERT.yaml; by hand',
    });
  });

  const faults: ReadonlyArray<readonly [string, string, RegExp]> = [
    [
      'a component that there is not',
      'ert: { component: chip.MUC, action: compute }',
      /^own\.yaml:10:10: entries\[0\]\.ert: component "chip.MUC" is not in \S*ERT\.yaml; did you mean "chip\.MAC"\?$/,
    ],
    [
      'an action that there is not',
      'ert: { component: chip.MAC, action: computes }',
      /^own\.yaml:10:10: .*action "computes" of "chip\.MAC" is not of "chip\.MAC\[0\.\.3\]" in .*did you mean "compute"\?$/,
    ],
    [
      'an action that may be several',
      'ert: { component: chip.MAC, action: read }',
      /^own\.yaml:10:10: .*may be several .* "read" \(data: 0\), "read" \(data: 1\)$/,
    ],
    [
      'a component that may be several',
      'ert: { component: chip.PE.MAC, action: compute }',
      /^own\.yaml:10:10: .*within one component of .*"chip\.PE\[0\.\.1\]\.MAC", "chip\.PE\[2\.\.3\]\.MAC"$/,
    ],
    [
      'an energy beside it',
      'ert: { component: chip.MAC, action: compute }\n    energy: 1 pJ',
      /^own\.yaml:10:10: .*expected it or "energy", got both$/,
    ],
    [
      'an area in place of an energy',
      'art: { component: chip.MAC }',
      /^own\.yaml:10:10: .*expected only "ert" or "energy" for mac mac$/,
    ],
    [
      'a width where none is divided by',
      'ert: { component: chip.MAC, action: compute, width: 8 bit }',
      /^own\.yaml:10:10: .*expected no width for mac mac, got 8; leave it out$/,
    ],
    [
      'a cycle where nothing leaks',
      'ert: { component: chip.MAC, action: compute, cycle: 2 ns }',
      /^own\.yaml:10:10: .*expected no cycle for mac mac/,
    ],
    ['a key that it does not have', 'ert: { component: chip.MAC, acton: compute }', /^own\.yaml:10:/],
  ];
  for (const [what, entry, message] of faults) {
    it(`are refused for ${what}`, async () => {
      expect(await refused(mac(entry))).to.match(message);
    });
  }

  it('are refused without the bits of an energy per bit, or the cycle of leakage', async () => {
    const entry = (action: string): string =>
      `  - component: ${action}\n    ert: { component: chip.MAC, action: compute }\n`;
    expect(await refused(entry('network\n    action: hop'))).to.match(
      /^own\.yaml:10:10: .*expected width for network hop: the bits that the action moves, such as width: 64 bit$/,
    );
    expect(await refused(entry('mac\n    action: leak'))).to.match(
      /^own\.yaml:10:10: .*expected cycle for mac leak: the clock period of Accelergy's leakage, such as cycle: 2 ns$/,
    );
    expect(await refused(entry('mac\n    action: area'))).to.match(
      /expected only "art" or "area" for mac area$/,
    );
  });

  it('are refused where the table names no file, or one that is missing or something else', async () => {
    const entry = mac('ert: { component: chip.MAC, action: compute }');
    expect(await refused(entry, '')).to.match(
      /^own\.yaml:9:10: .*expected "ert" at the top of the table, .* got none$/,
    );
    expect(await refused(entry, 'ert: ERT.yml\n')).to.match(
      /^own\.yaml:6:6: ert: expected path of an Accelergy ERT: .*no such file; did you mean "ERT\.yaml"\?$/,
    );
    expect(await refused(entry, 'ert: bad.yaml\n')).to.match(/^bad\.yaml:1:\d+: ERT\.tables/);
    expect(await refused(entry, 'ert: ART.yaml\n')).to.match(/expected the top key "ERT", got "ART"$/);
  });

  it('still need a source where they have a figure of their own', async () => {
    expect(await refused(mac('energy: 1 pJ'))).to.match(
      /^own\.yaml:8:5: entries\[0\]: missing key "source"; expected who says so$/,
    );
  });

  it('take areas from an area table', async () => {
    const table = await load(
      '  - { component: mac, action: area, art: { component: chip.MAC } }\n',
      'art: ART.yaml\n',
    );
    expect(entryOf(table, 'mac', 'area').formula).to.equal('7.5 um^2');
  });
});

describe('entries of single buffers', () => {
  const load = (entries: string): Promise<EnergyTable> =>
    inFolder(async (folder) => {
      const file = join(folder, 'own.yaml');
      await writeFile(
        file,
        `kind: energy-table\nname: own\ntechnology: 45 nm\nfamily: own\nextends: edge-45nm\nentries:\n${entries}`,
      );
      return loadEnergyTable(file);
    });
  const read = (rest: string): string => `  - { component: buffer, action: read, source: us, ${rest} }\n`;
  const measured = accelerator({
    buffers: accelerator().buffers.map((buffer) => ({
      ...buffer,
      cell: 'itrs-lstp',
      capacityBytes: 4096,
      banks: 1,
      wordBits: 64,
    })),
  });
  const readOf = (table: EnergyTable, buffer: string): number =>
    createEnergyModel(measured, int8, table).pricesFor({ registerEntries: { ifmap: 1, weight: 1, psum: 1 } })
      .buffers[buffer].read.value;

  it('price these, and leave the others to the SRAM table', async () => {
    const table = await load(read('when: { buffer: left }, energy: 1.5 pJ'));
    expect(readOf(table, 'left')).to.equal(1.5);
    // CACTI 7, 4 KiB of itrs-lstp, 64 bits
    expect(readOf(table, 'right')).to.be.closeTo(3.38552, 1e-9);
  });

  it('may be several, one for each', async () => {
    const table = await load(
      read('when: { buffer: left }, energy: 1.5 pJ') +
        read('when: { buffer: [right, other] }, energy: 2.5 pJ'),
    );
    expect([readOf(table, 'left'), readOf(table, 'right')]).to.deep.equal([1.5, 2.5]);
  });

  it('are refused beside one for all, and where they mean nothing', async () => {
    const twice = read('energy: 1 pJ') + read('when: { buffer: left }, energy: 1.5 pJ');
    expect(await refusal(() => load(twice))).to.match(
      /own\.yaml:8:5: .*expected one entry for buffer read \(left, .*narrow "when"$/,
    );
    expect(
      await refusal(() =>
        load('  - { component: mac, action: mac, source: us, when: { buffer: left }, energy: 1 pJ }\n'),
      ),
    ).to.match(
      /own\.yaml:7:\d+: entries\[0\]\.when: expected "buffer" on entries of buffer only, got it on mac$/,
    );
  });

  it('are asked for an area where wires between banks depend on it', async () => {
    const table = await load(
      ['read', 'write']
        .map((action) => `  - { component: buffer, action: ${action}, source: us, energy: 1 pJ }\n`)
        .join('') + '  - { component: buffer, action: leak, source: us, power: 1 mW }\n',
    );
    expect(await refusal(() => readOf(table, 'left'))).to.match(
      /edge-45nm\.yaml:\d+:\d+: buffer route: .*area of buffer "left" is not known: expected an entry for buffer area in own/,
    );
  });
});
