import { expect } from 'chai';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { packageRoot } from '../src/document/package.js';
import { loadScenario, planScenario } from '../src/index.js';
import { psconv } from './cli/command.js';
import { inFolder } from './document/fixtures.js';

/** The YAML files that a page shows, by the name in their first line. */
async function filesOf(page: string): Promise<Map<string, string>> {
  const text = await readFile(join(packageRoot(), page), 'utf8');
  return new Map(
    [...text.matchAll(/```yaml\n# (\S+)\n([^]*?)```/g)].map(([, name, content]) => [name, content]),
  );
}

describe('README', function () {
  this.timeout(30_000);

  it('shows an accelerator and a scenario that run as they stand', async () => {
    const files = await filesOf('README.md');
    expect([...files.keys()]).to.deep.equal(['mine.yaml', 'scenario.yaml']);
    const folder = await mkdtemp(join(tmpdir(), 'psconv-readme-'));
    try {
      for (const [name, content] of files) await writeFile(join(folder, name), content);
      const plans = await planScenario(await loadScenario(join(folder, 'scenario.yaml')));
      expect(plans).to.have.length(2);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });

  it('shows the replay of a trace as it is printed', () =>
    inFolder(async (folder) => {
      const page = await readFile(join(packageRoot(), 'README.md'), 'utf8');
      const [, commands, shown] = /```sh\n(npx psconv trace [^]*?)```\n\n```\n([^]*?)```/.exec(page) ?? [];
      const printed: string[] = [];
      for (const command of commands.trim().split('\n')) {
        const words = command.split(' ').slice(2);
        const { code, stdout } = await psconv(
          folder,
          words.map((word) => (word.startsWith('configs/') ? join(packageRoot(), word) : word)),
        );
        expect(code, command).to.equal(0);
        printed.push(stdout);
      }
      expect(printed.at(-1)).to.equal(shown);
    })).timeout(60_000);
});
