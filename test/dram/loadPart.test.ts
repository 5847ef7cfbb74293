import { expect } from 'chai';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { packageRoot } from '../../src/document/package.js';
import { listLibrary } from '../../src/document/library.js';
import { loadDram, loadPart } from '../../src/dram/loadPart.js';
import { burstBytesOf, peakBytesPerSecond } from '../../src/dram/part.js';
import type { DramPart } from '../../src/dram/part.js';
import { loadAccelerator } from '../../src/accelerator/loadAccelerator.js';
import { inFolder, refusal } from '../document/fixtures.js';

/** The part that a shipped file with changes in its text describes. */
async function changed(
  name: string,
  ...changes: ReadonlyArray<readonly [RegExp | string, string]>
): Promise<DramPart> {
  let part: DramPart | undefined;
  await inFolder(async (folder) => {
    let text = await readFile(join(packageRoot(), `configs/dram/${name}.yaml`), 'utf8');
    for (const [from, to] of changes) {
      const before = text;
      text = text.replace(from, to);
      expect(text, `the change of ${from}`).to.not.equal(before);
    }
    const file = join(folder, 'changed.yaml');
    await writeFile(file, text);
    part = await loadPart(file);
  });
  return part!;
}

describe('DRAM parts that are shipped', () => {
  it('have the timings of their sources, in clocks', async () => {
    // DRAMsim3's DDR4_8Gb_x8_2400.ini lists the same part in clocks.
    expect((await loadPart('ddr4-2400')).timing).to.deep.include({
      ...{ tCKPs: 833, tCL: 17, tCWL: 12, tRCDRD: 17, tRCDWR: 17, tRP: 17, tRAS: 39, tRC: 56 },
      ...{ tCCD_S: 4, tCCD_L: 6, tRRD_S: 4, tRRD_L: 6, tWTR_S: 3, tWTR_L: 9, tFAW: 26, tWR: 18, tRTP: 9 },
      ...{ tCKE: 6, tXP: 8, tREFI: 9363, tRFC: 421 },
    });
    expect((await loadPart('ddr4-2400-x16')).timing).to.include({ tRRD_S: 7, tRRD_L: 8, tFAW: 36 });
    // Ramulator's LPDDR3.h has 17 for tRPab and 48 for tRC.
    expect((await loadPart('lpddr3-1600')).timing).to.include({
      tCL: 12,
      tRCDRD: 15,
      tRPab: 17,
      tRC: 48,
      tREFI: 3120,
    });
    expect((await loadPart('lpddr4-3200')).timing).to.include({
      tRFC: 448,
      tRFCpb: 224,
      tDQSCK: 6,
      tDQSS: 3,
      tRPab: 34,
    });
    expect((await loadPart('ddr3-1600')).timing).to.include({ tCL: 10, tRC: 38, tREFI: 6240, tRFC: 128 });
    expect((await loadPart('hbm2-2000')).timing).to.include({
      tRCDRD: 14,
      tRCDWR: 12,
      tRRD_L: 4,
      tFAW: 15,
      tRFCpb: 160,
    });
  });

  it('have the capacity and bandwidth of their sources', async () => {
    const MiB = 2 ** 20;
    const expected: Record<
      string,
      readonly [deviceMiB: number, gigabytesPerSecond: number, burstBytes: number]
    > = {
      'lpddr3-1600': [512, 6.4, 32],
      'lpddr4-3200': [1024, 6.4, 32],
      'ddr3-1600': [256, 12.8, 64],
      'ddr4-2400': [1024, 19.2, 64],
      'ddr4-2400-x16': [1024, 19.2, 64],
      'hbm2-2000': [512, 16, 32],
    };
    const names = (await listLibrary('dram')).map(({ name }) => name).filter((name) => name !== 'flat');
    expect(names).to.have.members(Object.keys(expected));
    for (const [name, [deviceMiB, gigabytesPerSecond, burstBytes]] of Object.entries(expected)) {
      const part = await loadPart(name);
      const { deviceBits, bankGroups, banksPerGroup, rows, columns } = part.organisation;
      expect((bankGroups * banksPerGroup * rows * columns * deviceBits) / 8, name).to.equal(deviceMiB * MiB);
      // 0.833 ns are not quite 1.2 GHz.
      expect(peakBytesPerSecond(part) / 1e9, name).to.be.closeTo(gigabytesPerSecond, 0.01);
      expect(burstBytesOf(part.organisation), name).to.equal(burstBytes);
    }
  });

  it('say where each value comes from that is not of the source of all', async () => {
    const { source, railsSource } = await loadPart('ddr4-2400');
    expect(source).to.match(
      /^gem5.*81a9ae9d.*; tCWL, tWTR_S, tWTR_L: .*ramulator2.*c5b1c3a.*; tCKE: .*DRAMsim3/,
    );
    expect(railsSource).to.match(/MT40A1G8/);
  });

  it('hold the flat DRAM of the smaller machines under its name', async () => {
    const loaded = await loadDram('flat');
    if (loaded.model !== 'flat') expect.fail('it has commands');
    expect({ kind: 'flat', ...loaded.flat }).to.deep.equal((await loadAccelerator('one-pe')).dram);
    expect(await refusal(() => loadPart('flat'))).to.match(
      /^expected a DRAM part with "model: commands", got flat, which is flat/,
    );
  });
});

describe('timings that are not given', () => {
  it('have the defaults that the page tells', async () => {
    const bare: ReadonlyArray<readonly [RegExp, string]> = [
      [/ {2}tRC: .*\n/, ''],
      [/ {2}tRPab: .*\n/, ''],
      [/ {2}tDQSCK: .*\n/, ''],
      [/ {2}tDQSS: .*\n/, ''],
      [/ {2}tRFCpb: .*\n/, ''],
      [/ {2}tCKE: .*\n/, ''],
    ];
    const { timing } = await changed('lpddr4-3200', ...bare);
    expect(timing).to.include({ tRC: 68 + 29, tRPab: 29, tDQSCK: 0, tDQSS: 0, tRTRS: 2, tCKE: 12 });
    expect(timing).to.not.have.property('tRFCpb');
  });

  it('are those between groups where there is one group', async () => {
    const { timing } = await changed(
      'lpddr4-3200',
      ['tCCD:', 'tCCD_S:'],
      ['tRRD:', 'tRRD_S:'],
      ['tWTR:', 'tWTR_S:'],
    );
    expect(timing).to.include({ tCCD_L: 8, tRRD_L: 16, tWTR_L: 16 });
  });
});

describe('a DRAM part is refused for', () => {
  const refused: ReadonlyArray<readonly [what: string, from: RegExp | string, to: string, message: RegExp]> =
    [
      [
        'a row that is open again before it can have been closed',
        'tRC: 97 clk',
        'tRC: 96 clk',
        /^.*changed\.yaml:\d+:8: timing\.tRC: expected at least tRAS \+ tRP = 68 clk \+ 29 clk = 97 clk, got 96 clk$/,
      ],
      [
        'the same in times',
        'tRC: 97 clk',
        'tRC: 60 ns',
        /timing\.tRC: expected at least tRAS \+ tRP = 68 clk \+ 29 clk = 97 clk, got 60 ns$/,
      ],
      [
        'all banks sooner than one',
        'tRPab: 34 clk',
        'tRPab: 28 clk',
        /timing\.tRPab: expected at least tRP = 29 clk, got 28 clk/,
      ],
      [
        'a refresh of one bank longer than of all',
        'tRFCpb: 224 clk',
        'tRFCpb: 449 clk',
        /timing\.tRFC: expected at least tRFCpb = 449 clk, got 448 clk/,
      ],
      [
        'refreshes without pause',
        'tREFI: 6246 clk',
        'tREFI: 448 clk',
        /timing\.tREFI: expected more than the 448 clocks of a refresh \(tRFC\), got 448 clocks/,
      ],
      [
        'bursts that overlap',
        'tCCD: 8 clk',
        'tCCD: 7 clk',
        /timing\.tCCD: expected at least the 8 clocks that the data of a burst of 16 take, got 7 clocks/,
      ],
      [
        'a timing without a unit',
        'tCL: 28 clk',
        'tCL: 28',
        /timing\.tCL: expected time such as "13\.75 ns" or clocks such as "29 clk", got 28 without a unit/,
      ],
      [
        'a fraction of a clock',
        'tCL: 28 clk',
        'tCL: 28.5 clk',
        /timing\.tCL: expected whole clocks from 1 to 1000000, got "28\.5 clk"/,
      ],
      ['no clock at all', 'tCL: 28 clk', 'tCL: 0 clk', /timing\.tCL: expected whole clocks from 1/],
      ['no time at all', 'tCL: 28 clk', 'tCL: 0 ns', /timing\.tCL: expected positive time, got "0 ns"/],
      ['a unit of something else', 'tCL: 28 clk', 'tCL: 28 mA', /timing\.tCL: expected time/],
      [
        'a timing that is misspelt',
        'tRAS: 68 clk',
        'tRAs: 68 clk',
        /timing\.tRAs: unknown key; did you mean "tRAS"\?/,
      ],
      ['a clock in clocks', 'tCK: 0.625 ns', 'tCK: 1 clk', /timing\.tCK: expected time/],
      [
        'rows that are no power of two',
        'rows: 65536',
        'rows: 49152',
        /organisation\.rows: expected a power of two, got 49152/,
      ],
      [
        'rows narrower than a burst',
        'columns: 1024',
        'columns: 8',
        /organisation\.columns: expected a multiple of the burst length, 16, got 8/,
      ],
      [
        'more groups than banks',
        'banks: 8',
        'bankGroups: 16\n  banks: 8',
        /organisation\.bankGroups: expected groups that divide 8 banks/,
      ],
      [
        'single transfers',
        'burstLength: 16',
        'burstLength: 1',
        /organisation\.burstLength: expected at least the 2 transfers/,
      ],
      [
        'bursts of odd sizes',
        'devices: 1',
        'devices: 9',
        /organisation\.width: expected a power of two of bytes in a burst, got 288 B from 9 devices/,
      ],
      [
        'a current in volts',
        'IDD0: 45 mA',
        'IDD0: 45 V',
        /currents\.rails\[1\]\.IDD0: expected current such as "48 mA"/,
      ],
      [
        'an activate that gives energy back',
        'IDD0: 45 mA',
        'IDD0: 4 mA',
        /currents: expected IDD0 above .*so that an activate costs energy, got -\d/,
      ],
      [
        'a supply that is there twice',
        'name: VDDQ',
        'name: VDD2',
        /currents\.rails\[2\]\.name: expected each supply once, got "VDD2" again/,
      ],
      [
        'another model',
        'model: commands',
        'model: magic',
        /model: expected one of "flat", "commands", got "magic"/,
      ],
      [
        'another kind',
        'kind: dram',
        'kind: drum',
        /kind: expected "dram", got "drum"; did you mean "dram"\?/,
      ],
    ];
  for (const [what, from, to, message] of refused) {
    it(what, async () => {
      const said = await refusal(() => changed('lpddr4-3200', [from, to]));
      expect(said).to.match(/changed\.yaml:\d+:\d+: /);
      expect(said).to.match(message);
    });
  }

  it('no read that gives energy back to one supply, as long as another makes up for it', async () => {
    const part = await changed('lpddr4-3200', [/IDD4R: 150 mA/, 'IDD4R: 0 mA']);
    expect(part.rails[2].IDD4R).to.equal(0);
  });

  it('every timing that is missing, all at once', async () => {
    const said = await refusal(() =>
      changed('lpddr4-3200', [/ {2}tRCD: .*\n/, ''], [/ {2}tFAW: .*\n/, ''], [/ {2}tWTR: .*\n/, '']),
    );
    expect(said).to.match(
      /timing: missing tRCDRD \(or tRCD\), tRCDWR \(or tRCD\), tFAW, tWTR_S \(or tWTR\), tWTR_L \(or tWTR\); /,
    );
  });

  it('distances that are longer between bank groups than within one', async () => {
    const message = (from: string, to: string) => refusal(() => changed('ddr4-2400', [from, to]));
    expect(await message('tCCD_L: 5 ns', 'tCCD_L: 3 ns')).to.match(
      /timing\.tCCD_L: expected at least tCCD_S = 3\.332 ns, got 3 ns/,
    );
    expect(await message('tRRD_L: 4.9 ns', 'tRRD_L: 3 ns')).to.match(
      /timing\.tRRD_L: expected at least tRRD_S/,
    );
    expect(await message('tWTR_L: 9 clk', 'tWTR_L: 2 clk')).to.match(
      /timing\.tWTR_L: expected at least tWTR_S = 3 clk, got 2 clk/,
    );
  });

  it('no tRC that is tRAS + tRP as given, even if these round up to more', async () => {
    const { timing } = await loadPart('lpddr3-1600');
    expect(timing.tRC).to.equal(48);
    expect(timing.tRAS + timing.tRP).to.equal(49);
    expect(await refusal(() => changed('lpddr3-1600', ['tRC: 60 ns', 'tRC: 59.9 ns']))).to.match(
      /expected at least tRAS \+ tRP = 42 ns \+ 18 ns = 60 ns, got 59\.9 ns/,
    );
  });

  it('the source of a value that it does not give', async () => {
    expect(await refusal(() => changed('ddr4-2400', ['of: [tCKE]', 'of: [tRFCpb]']))).to.match(
      /sources\[1\]\.of\[0\]: expected a key of timing or organisation that this file gives, got "tRFCpb"/,
    );
  });
});
