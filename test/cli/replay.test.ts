import { expect } from 'chai';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { inWorkspace, psconv } from './command.js';

const part = 'ddr4-2400';

/** Reads of neighbouring bursts, every fifth a write. */
function requests(count: number): string {
  return Array.from(
    { length: count },
    (_, i) => `0x${(i * 64).toString(16)} ${i % 5 === 0 ? 'WRITE' : 'READ'} 0\n`,
  ).join('');
}

describe('psconv replay', function () {
  this.timeout(60_000);

  it('prints what a trace comes to', () =>
    inWorkspace(
      async (folder) => {
        const { code, stdout, stderr } = await psconv(folder, ['replay', 'a.trace', '--part', part]);
        expect(stderr).to.equal('');
        expect(code).to.equal(0);
        expect(stdout).to.match(/^a\.trace \(dramsim3\) on [\w-]+: 1 channel, 1 rank, row-rank-bank/);
        expect(stdout).to.match(
          /│ requests +│ +│ +5,000 │\n│ {3}reads +│ +│ +4,000 │\n│ {3}writes +│ +│ +1,000 │/,
        );
        expect(stdout).to.match(/of the peak +│ +│ +[5-9]\d\.\d %/);
      },
      { 'a.trace': requests(5000) },
    ));

  it('prints or writes one summary, whose figures fit one another', () =>
    inWorkspace(
      async (folder) => {
        const words = [
          'replay',
          'a.trace',
          '--part',
          part,
          '--channels',
          '2',
          '--window',
          '16',
          '--page',
          'closed',
        ];
        const { stdout, code } = await psconv(folder, [...words, '--json']);
        expect(code).to.equal(0);
        const record = JSON.parse(stdout) as Record<string, number> & { controller: Record<string, unknown> };
        expect(record).to.include({
          trace: 'a.trace',
          format: 'dramsim3',
          requests: 5000,
          reads: 4000,
          writes: 1000,
        });
        expect(record.controller).to.include({
          channels: 2,
          window: 16,
          writeHigh: 16,
          writeLow: 4,
          page: 'closed',
        });
        expect(record.rowHits + record.rowMisses + record.rowConflicts + record.forwarded).to.equal(5000);
        expect(record.bytes).to.equal((5000 - record.forwarded) * 64);
        expect(record.bandwidthBytesPerSecond).to.be.closeTo((record.bytes * 1e12) / record.timePs, 1);
        await psconv(folder, [...words, '--json', 'out/a.json']);
        expect(JSON.parse(readFileSync(join(folder, 'out/a.json'), 'utf8'))).to.deep.equal(record);
      },
      { 'a.trace': requests(5000) },
    ));

  it('writes the commands, which it reads back and checks but does not run', () =>
    inWorkspace(
      async (folder) => {
        const { code, stdout } = await psconv(folder, [
          'replay',
          'a.trace',
          '--part',
          part,
          '--commands',
          'a.cmd',
        ]);
        expect(code).to.equal(0);
        expect(stdout).to.match(/\nwritten: a\.cmd\n$/);
        const lines = readFileSync(join(folder, 'a.cmd'), 'utf8')
          .trimEnd()
          .split('\n')
          .filter((line) => !line.startsWith('#'));
        expect(lines.filter((line) => / (RD|WR) /.test(line))).to.have.length(500);
        const again = await psconv(folder, ['replay', 'a.cmd', '--part', part]);
        expect(again.code).to.equal(0);
        expect(again.stdout).to.equal(
          'a.cmd: a trace of commands is checked, not run\n' +
            `timing check: ${lines.length} commands, 0 violations of the timings of ddr4-2400\n`,
        );
        const faulty = lines.filter((line) => !/ ACT /.test(line)).join('\n');
        writeFileSync(join(folder, 'faulty.cmd'), faulty);
        const found = await psconv(folder, ['replay', 'faulty.cmd', '--part', part]);
        expect(found.code).to.equal(1);
        expect(found.stdout).to.match(
          /timing check: \d+ commands, \d+ violations.*\n {2}clock \d+: (RD|WR), .*closed/,
        );
        await psconv(folder, [
          'replay',
          'a.trace',
          '--part',
          part,
          '--commands',
          'b',
          '--commands-format',
          'ramulator2-commands',
        ]);
        expect(readFileSync(join(folder, 'b'), 'utf8').split('\n')).to.have.length(lines.length + 2);
      },
      { 'a.trace': requests(500) },
    ));

  it('says on one line what is wrong, and leaves nothing behind', () =>
    inWorkspace(async (folder) => {
      writeFileSync(join(folder, 'bad.trace'), `${requests(3)}0x40 REED 7\n`);
      writeFileSync(join(folder, 'far.trace'), 'LD 0x10000000000000\n');
      writeFileSync(join(folder, 'a.trace'), requests(3));
      const before = readdirSync(folder).sort();
      const cases: ReadonlyArray<readonly [string[], RegExp]> = [
        [
          ['bad.trace', '--part', part, '--commands', 'out/a.cmd'],
          /^psconv: bad\.trace:4:6: expected READ or WRITE, got "REED"\n$/,
        ],
        [
          ['far.trace', '--part', part],
          /^psconv: far\.trace:1:4: expected an address within the \d+ B of the DRAM, got 0x10000000000000 /,
        ],
        [['none.trace', '--part', part], /^psconv: none\.trace: expected a file, got none of this name\n$/],
        [['a.trace'], /^psconv: expected either --part or --accelerator, got neither\n$/],
        [
          ['a.trace', '--part', part, '--accelerator', 'machine.yaml'],
          /^psconv: expected either .*, got both\n$/,
        ],
        [
          ['a.trace', '--accelerator', 'machine.yaml'],
          /^psconv: machine\.yaml: expected an accelerator with a DRAM part, got machine, whose DRAM is flat/,
        ],
        [
          ['a.trace', '--part', part, '--format', 'dramsim'],
          /^psconv: expected a trace format of .*; did you mean "dramsim3"\?\n$/,
        ],
        [['a.trace', '--part', part, '--window', '300'], /^psconv: --window: expected .*got 300\n$/],
        [
          ['a.trace', '--part', part, '--window', '8', '--write-high', '9'],
          /^psconv: --write-high: .*got 9\n$/,
        ],
        [['a.trace', '--part', part, '--page', 'timeout'], /^psconv: --page-timeout: /],
        [['a.trace', '--part', part, '--map', 'row-bank'], /^psconv: --map: expected an address map/],
        [
          ['a.trace', '--part', part, '--commands', '/dev/null'],
          /^psconv: \/dev\/null: expected a file to write or replace/,
        ],
      ];
      for (const [words, message] of cases) {
        const { code, stderr, stdout } = await psconv(folder, ['replay', ...words]);
        expect(stderr).to.match(message);
        expect(stderr.trimEnd()).to.not.contain('\n');
        expect(stdout).to.equal('');
        expect(code).to.equal(2);
      }
      expect(readdirSync(folder).sort()).to.deep.equal(before);
    }));

  it('holds the commands of a run against the timings of the part where that is asked for', () =>
    inWorkspace(
      async (folder) => {
        const words = ['replay', 'a.trace', '--part', part, '--check'];
        const { code, stdout } = await psconv(folder, words);
        expect(code).to.equal(0);
        expect(stdout).to.match(/\ntiming check: \d+ commands, 0 violations of the timings of ddr4-2400\n$/);
        const { stdout: json, stderr } = await psconv(folder, [...words, '--json']);
        expect((JSON.parse(json) as { requests: number }).requests).to.equal(500);
        expect(stderr).to.match(/^timing check: /);
      },
      { 'a.trace': requests(500) },
    ));

  it('ends at Ctrl-C and leaves nothing behind', () =>
    inWorkspace(
      async (folder) => {
        const before = readdirSync(folder).sort();
        const words = ['replay', 'a.trace', '--part', part, '--commands', 'a.cmd'];
        const isWriting = (): boolean => readdirSync(folder).length > before.length;
        const { code, stderr } = await psconv(folder, words, isWriting);
        expect(stderr).to.equal('psconv: interrupted; nothing was written\n');
        expect(code).to.equal(130);
        expect(readdirSync(folder).sort()).to.deep.equal(before);
      },
      { 'a.trace': requests(1_000_000).repeat(5) },
    ));
});
