import { expect } from 'chai';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { cyclePartNames } from '../../src/counts/cycleParts.js';
import { packageRoot } from '../../src/document/package.js';
import { cyclePartWords } from '../../src/report/explainTable.js';
import { psconv } from '../cli/command.js';

describe('the page of explanations', function () {
  this.timeout(120_000);

  it('shows what is printed', async () => {
    const page = await readFile(join(packageRoot(), 'docs/explain.md'), 'utf8');
    const [, command, shown] = /<!-- as run: psconv (explain [^\n]*) -->\n```\n([^]*?)```/.exec(page) ?? [];
    const { code, stdout } = await psconv(packageRoot(), command.split(' '));
    expect(code).to.equal(0);
    expect(stdout).to.equal(shown);
  });

  it('names every part of the cycles', async () => {
    const page = await readFile(join(packageRoot(), 'docs/explain.md'), 'utf8');
    for (const name of cyclePartNames) {
      expect(page, name).to.match(new RegExp(`^\\|.*\`${name}\``, 'm'));
      const words = cyclePartWords[name].replace(/^waiting for /, '');
      expect(page, name).to.match(new RegExp(`^\\|.*${words}`, 'm'));
    }
  });
});
