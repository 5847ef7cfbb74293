import { expect } from 'chai';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { breakdowns } from '../../src/report/breakdown.js';
import { packageRoot } from '../../src/document/package.js';
import { psconv } from '../cli/command.js';
import { inFolder } from '../document/fixtures.js';

describe('the page of results', function () {
  this.timeout(60_000);

  it('shows breakdowns as they are printed', () =>
    inFolder(async (folder) => {
      const page = await readFile(join(packageRoot(), 'docs/results.md'), 'utf8');
      const [, command, shown] =
        /```sh\nnpx psconv (run [^\n]*--breakdown [^\n]*)\n```\n\n```\n([^]*?)```/.exec(page) ?? [];
      const words = command
        .split(' ')
        .map((word) => (word.startsWith('configs/') ? join(packageRoot(), word) : word));
      const { code, stdout } = await psconv(folder, words);
      expect(code).to.equal(0);
      expect(stdout).to.include(`\n\n${shown}\nresults:`);
    }));

  it('names every breakdown', async () => {
    const page = await readFile(join(packageRoot(), 'docs/results.md'), 'utf8');
    for (const breakdown of breakdowns)
      expect(page).to.match(new RegExp(`^\\|.*\`${breakdown}\`.* \\|`, 'm'));
  });
});
