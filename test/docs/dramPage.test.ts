import { expect } from 'chai';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../../src/document/package.js';
import { inWorkspace, psconv } from '../cli/command.js';
import { dramsim3Cycles } from '../dram/dramsim3Cycles.js';

const page = readFileSync(join(packageRoot(), 'docs', 'dram.md'), 'utf8');

/** 5,000 neighbouring bursts, every fifth of them written. */
const stream = Array.from(
  { length: 5000 },
  (_, i) => `0x${(i * 64).toString(16)} ${i % 5 === 0 ? 'WRITE' : 'READ'} 0\n`,
).join('');

describe('the page of the DRAM', function () {
  this.timeout(60_000);

  it('shows a replay, and the commands of it, as they are printed', () =>
    inWorkspace(
      async (folder) => {
        const words = ['replay', 'stream.trace', '--part', 'ddr4-2400', '--commands', 'stream.commands'];
        const { stdout, code } = await psconv(folder, words);
        expect(code).to.equal(0);
        expect(page).to.include(stdout.split('\n\nwritten')[0]);
        const commands = readFileSync(join(folder, 'stream.commands'), 'utf8').split('\n');
        expect(page).to.include(commands.slice(0, 9).join('\n'));
      },
      { 'stream.trace': stream },
    ));

  it("quotes DRAMsim3's clocks as the tests have them", () => {
    for (const [name, , [clocks]] of dramsim3Cycles) {
      const row = page.split('\n').find((line) => line.startsWith(`| \`${name}\` |`));
      expect(row, name).to.include(` ${clocks.toLocaleString('en-US')} `);
    }
  });
});
