import { expect } from 'chai';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { packageRoot } from '../../src/document/package.js';
import { exportAccelergy } from '../../src/explore/exportAccelergy.js';
import { loadScenario } from '../../src/explore/scenario.js';
import { psconv } from '../cli/command.js';
import { inFolder } from '../document/fixtures.js';

const example = join(packageRoot(), 'docs/examples/accelergy');

describe("the page about Accelergy's files", function () {
  this.timeout(60_000);

  let page: string;
  before(async () => {
    page = await readFile(join(packageRoot(), 'docs/accelergy.md'), 'utf8');
  });

  it('shows an energy table as it stands in its file', async () => {
    const [, shown] = /```yaml\n(extends[^]*?)```/.exec(page) ?? [];
    const file = (await readFile(join(example, 'mine.yaml'), 'utf8')).split('\n');
    let from = 0;
    for (const line of shown.split('\n').filter((each) => each !== '' && each !== '  # ...')) {
      const at = file.indexOf(line, from);
      expect(at, line).to.be.at.least(from);
      from = at;
    }
  });

  it('shows an export and its evaluation as they are printed', () =>
    inFolder(async (folder) => {
      const [, commands, shown] = /```sh\n(npx psconv accelergy[^]*?)```\n\n```\n([^]*?)```/.exec(page) ?? [];
      let printed = '';
      for (const command of commands.trim().split('\n')) {
        const words = command.split(' ').slice(2);
        const { code, stdout } = await psconv(
          folder,
          words.map((word) => (word.startsWith('docs/') ? join(packageRoot(), word) : word)),
        );
        expect(code, command).to.equal(0);
        printed += stdout;
      }
      expect(printed).to.equal(shown);
    }));

  it('lists every component and action that an export has, and what tells actions apart', async () => {
    const scenario = await loadScenario(join(packageRoot(), 'configs/scenarios/resnet20-cifar10.yaml'), {
      dataflows: ['row-stationary'],
      layers: ['stem.conv', 'stage1.block1.conv1', 'pool'],
    });
    const { ert } = await exportAccelergy(scenario);
    const buffers = new Set(scenario.accelerator.buffers.map(({ name }) => name));
    const [, listed] = /\n(\| component \| instances[^]*?)\n\n/.exec(page) ?? [];
    const [, tellers] = /\n(\| arguments \| on[^]*?)\n\n/.exec(page) ?? [];
    for (const { name, actions } of ert.tables) {
      const word = name.replace(/^[^.]*\./, '').replace(/\[.*/, '');
      const row = listed
        .split('\n')
        .find((line) =>
          buffers.has(word) ? line.startsWith('| each buffer') : line.includes(`\`${word}\``),
        );
      expect(row, word).to.be.a('string');
      for (const action of actions) {
        if (action.name !== 'leak') expect(row, word).to.include(`\`${action.name}\``);
        for (const argument of Object.keys(action.arguments)) expect(tellers).to.include(`\`${argument}\``);
      }
    }
  });
});
