import { expect } from 'chai';
import * as fc from 'fast-check';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { dramCommandNames } from '../../../src/dram/command.js';
import type { DramCommandName } from '../../../src/dram/command.js';
import { defaultController } from '../../../src/dram/controllerSettings.js';
import { createCommandLog } from '../../../src/dram/trace/commandLog.js';
import { commands } from '../../../src/dram/trace/commands.js';
import { dramsim3Commands } from '../../../src/dram/trace/dramsim3Commands.js';
import type { CommandFormat } from '../../../src/dram/trace/format.js';
import { ramulator2Commands } from '../../../src/dram/trace/ramulator2Commands.js';
import { openCommandSink } from '../../../src/dram/trace/writeTrace.js';
import { inFolder, refusal } from '../../document/fixtures.js';
import { part, readText } from './fixtures.js';

type Told = [number, number, number, number, number, number, number, number];

const settings = { ...defaultController, channels: 2, ranks: 2 };
const command = (name: DramCommandName, clock: number, ...place: number[]): Told => {
  const [channel = 0, rank = 0, group = 0, bank = 0, row = 0, column = 0] = place;
  return [clock, dramCommandNames.indexOf(name), channel, rank, group, bank, row, column];
};

const anyCommand: fc.Arbitrary<Told> = fc.tuple(
  fc.nat({ max: Number.MAX_SAFE_INTEGER }),
  fc.nat({ max: dramCommandNames.length - 1 }),
  fc.nat({ max: 1 }),
  fc.nat({ max: 1 }),
  fc.nat({ max: 3 }),
  fc.nat({ max: 3 }),
  fc.nat({ max: 511 }),
  fc.nat({ max: 127 }),
);

function written(format: CommandFormat, told: readonly Told[], of = part): Promise<string> {
  return inFolder(async (folder) => {
    const file = join(folder, 'a.commands');
    const sink = await openCommandSink(file, format, of, settings);
    for (const each of told) sink.write(...each);
    sink.commit();
    return readFileSync(file, 'utf8');
  });
}

describe('traces of commands', () => {
  it('are read back as they were written, and recognised', () =>
    fc.assert(
      fc.asyncProperty(fc.array(anyCommand, { minLength: 1, maxLength: 20 }), async (told) => {
        const { entries, format } = await readText(await written(commands, told), {}, { settings });
        expect(format).to.equal(commands);
        expect(entries).to.deep.equal(told);
      }),
      { numRuns: 60 },
    ));

  it('stand in columns below a heading that names the part and the controller', async () => {
    const text = await written(commands, [
      command('ACT', 12, 0, 1, 2, 3, 511),
      command('REFpb', 1_000_000_000_000, 1),
    ]);
    const lines = text.trimEnd().split('\n');
    expect(lines.slice(0, 3).join('\n')).to.equal(
      '# DRAM commands of made-up (DDR4), clock 833 ps\n' +
        '# channels 2, ranks 2, address map row-rank-bank-column-bankgroup-channel, columns in bursts of 64 B\n' +
        '# scheduler fr-fcfs, window 32, bank queues of 8, writes 32 to 8, page open, row hits 16, refresh all-bank, power-down none',
    );
    expect(lines.slice(3)).to.deep.equal([
      '#        clock command channel rank group bank     row column',
      '            12 ACT           0    1     2    3     511      0',
      ' 1000000000000 REFpb         1    0     0    0       0      0',
    ]);
  });

  const faults: ReadonlyArray<readonly [string, string, RegExp]> = [
    ['an unknown command', '1 ATC 0 0 0 0 0 0', /:1:3: expected a command of ACT, PRE, .*, got "ATC"$/],
    [
      'a rank that is not there',
      '1 ACT 0 0 0 0 0 0\n2 ACT 0 2 0 0 0 0',
      /:2:9: expected a rank below 2, got "2"$/,
    ],
    ['a row that is no number', '1 ACT 0 0 0 0 x 0', /:1:15: expected the number of the row, got "x"$/],
    [
      'a column that is missing',
      '1 ACT 0 0 0 0 7',
      /:1:16: expected the number of the column, got the end of the line$/,
    ],
    ['more than a command', '1 ACT 0 0 0 0 0 0 0', /:1:19: expected nothing after the column, got "0"$/],
  ];
  for (const [name, text, message] of faults) {
    it(`are refused with their place: ${name}`, async () => {
      expect(await refusal(() => readText(text, {}, { settings }))).to.match(message);
    });
  }

  it('are written as DRAMsim3 writes them', async () => {
    // The first two lines are those of a run of DRAMsim3 29817593 with CMD_TRACE.
    const text = await written(dramsim3Commands, [
      command('ACT', 7, 0, 0, 0, 0, 0, 7),
      command('RD', 24, 0, 0, 0, 0, 0, 7),
      command('WRA', 1000, 1, 1, 3, 2, 511, 127),
      command('REF', 2000, 1, 1),
    ]);
    expect(text).to.equal(
      '7                  activate               0   0   0   0      0x0      0x7\n' +
        '24                 read                   0   0   0   0      0x0      0x7\n' +
        '1000               write_p                1   1   3   2    0x1ff     0x7f\n' +
        '2000               refresh                1   1   0   0      0x0      0x0\n',
    );
  });

  it('have, for DRAMsim3, a precharge of each open bank in place of one of all, and no power-down', async () => {
    const text = await written(dramsim3Commands, [
      command('ACT', 1, 1, 1, 0, 3, 5),
      command('ACT', 2, 1, 1, 2, 1, 5),
      command('ACT', 3, 1, 1, 1, 1, 5),
      command('PRE', 4, 1, 1, 1, 1),
      command('ACT', 5, 1, 1, 3, 0, 5),
      command('RDA', 6, 1, 1, 3, 0, 5, 0),
      command('ACT', 7, 1, 0, 0, 0, 5),
      command('PREA', 8, 1, 1),
      command('PREA', 9, 1, 1),
      command('PDE', 10, 1, 1),
      command('PDX', 11, 1, 1),
    ]);
    const last = text.trimEnd().split('\n').slice(7);
    expect(last.map((line) => line.trim().split(/\s+/).slice(0, 6).join(' '))).to.deep.equal([
      '8 precharge 1 1 0 3',
      '8 precharge 1 1 2 1',
    ]);
  });

  it('are written as Ramulator 2 writes them, -1 for what a command does not address', async () => {
    const told = [
      command('ACT', 7, 1, 1, 2, 3, 511),
      command('WRA', 24, 1, 1, 2, 3, 511, 127),
      command('PRE', 30, 1, 1, 2, 3, 511),
      command('PREA', 31, 0, 1),
      command('REF', 32, 0, 1),
      command('REFpb', 33, 0, 1, 0, 3),
      command('PDE', 40, 0, 1),
    ];
    expect(await written(ramulator2Commands, told)).to.equal(
      'clock,command,Channel,Rank,BankGroup,Bank,Row,Column,type,source\n' +
        '7,ACT,1,1,2,3,511,-1,-1,-1\n' +
        '24,WRA,1,1,2,3,511,127,-1,-1\n' +
        '30,PREpb,1,1,2,3,-1,-1,-1,-1\n' +
        '31,PREab,0,1,-1,-1,-1,-1,-1,-1\n' +
        '32,REFab,0,1,-1,-1,-1,-1,-1,-1\n' +
        '33,REFpb,0,1,0,3,-1,-1,-1,-1\n',
    );
    const ungrouped = { ...part, organisation: { ...part.organisation, bankGroups: 1 } };
    expect(await written(ramulator2Commands, told.slice(0, 1), ungrouped)).to.equal(
      'clock,command,Channel,Rank,Bank,Row,Column,type,source\n7,ACT,1,1,3,511,-1,-1,-1\n',
    );
  });
});

describe('a log of commands', () => {
  it('gives them by their clocks, those of one clock as they came', () =>
    fc.assert(
      fc.property(
        fc.array(anyCommand.map((told): Told => [told[0] % 9, ...told.slice(1)] as Told)),
        (told) => {
          const log = createCommandLog();
          for (const each of told) log.add(...each);
          expect(log.length()).to.equal(told.length);
          const sorted = told
            .map((each, index) => ({ each, index }))
            .sort((a, b) => a.each[0] - b.each[0] || a.index - b.index)
            .map(({ each: [clock, name, channel, rank, bankGroup, bank, row, column] }) => ({
              ...{ clock, command: dramCommandNames[name] },
              ...{ channel, rank, bankGroup, bank, row, column },
            }));
          expect([...log.sorted()]).to.deep.equal(sorted);
        },
      ),
    ));

  it('grows with them', () => {
    const log = createCommandLog();
    for (let i = 0; i < 5000; i++) log.add(5000 - i, 0, i % 300, 0, 0, 0, i, i % 128);
    const rows = [...log.sorted()].map(({ row }) => row);
    expect(rows).to.deep.equal(Array.from({ length: 5000 }, (_, i) => 4999 - i));
    expect([...log.sorted()][4499]).to.include({ clock: 4500, channel: 200, column: 500 % 128 });
    expect([...log.sorted()][0]).to.include({ clock: 1, channel: 4999 % 300, column: 4999 % 128 });
  });
});
