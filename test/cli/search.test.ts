import { expect } from 'chai';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { MappedScenario } from '../../src/report/mappedScenario.js';
import { files, inWorkspace, psconv } from './command.js';

describe('how thoroughly mappings are searched for', function () {
  this.timeout(120_000);

  const searches = async (folder: string, words: readonly string[]) => {
    const { code, stdout, stderr } = await psconv(folder, [
      ...['map', 'scenario.yaml', '--json', '--variants', 'PSD4_P8', '--layer', 'conv1', '--layer', 'fc'],
      ...words,
    ]);
    expect(stderr).to.equal('');
    expect(code).to.equal(0);
    const { cells } = JSON.parse(stdout) as MappedScenario;
    return cells.flatMap(({ layers }) => layers.map(({ search }) => search));
  };

  it('is what the command line says', () =>
    inWorkspace(async (folder) => {
      const quick = await searches(folder, []);
      const aligned = await searches(folder, ['--space', 'aligned']);
      aligned.forEach((each, index) => {
        expect(quick[index]?.space).to.equal('halved');
        expect(each?.space).to.equal('aligned');
        expect(each?.isProven).to.equal(true);
        expect(each?.cost).to.be.at.most(quick[index]?.cost ?? 0);
        expect(each?.bounded).to.be.above(quick[index]?.bounded ?? Infinity);
      });
      for (const each of await searches(folder, ['--space', 'halved', '--budget', '1']))
        expect(each?.judged).to.equal(1);
    }));

  it('is the aligned space for a budget alone, unless the scenario names one', () =>
    inWorkspace(async (folder) => {
      for (const budget of ['3', '1ms'])
        for (const each of await searches(folder, ['--budget', budget]))
          expect(each?.space).to.equal('aligned');
      writeFileSync(
        join(folder, 'scenario.yaml'),
        `${files['scenario.yaml']}search: { space: halved, judgements: 1 }\n`,
      );
      for (const each of await searches(folder, [])) expect(each?.isProven).to.equal(false);
      const longer = await searches(folder, ['--budget', '5s']);
      expect(longer.every((each) => each?.space === 'halved' && each.isProven)).to.equal(true);
    }));

  it('stands beside each layer', () =>
    inWorkspace(async (folder) => {
      const words = ['map', 'scenario.yaml', '--layer', 'fc', '--variants', 'PSD4_P8', '--space', 'aligned'];
      const { stdout } = await psconv(folder, words);
      expect(stdout).to.match(
        /\nedp [\d.]+ uJ\*ms, the best of the space aligned \([\d,]+ mappings judged, [\d,]+ bounded\)\n/,
      );
    }));

  it('is the same in several threads', () =>
    inWorkspace(async (folder) => {
      const layers = ['--layer', 'conv1', '--layer', 'fc'];
      const words = ['map', 'scenario.yaml', ...layers, '--jobs'];
      const alone = await psconv(folder, [...words, '1']);
      expect(await psconv(folder, [...words, '3'])).to.deep.equal(alone);
      expect(alone.code).to.equal(0);
      const explain = ['explain', 'scenario.yaml', '--layer', 'fc', '--budget', '5', '--jobs'];
      const explained = await psconv(folder, [...explain, '1']);
      expect(await psconv(folder, [...explain, '2'])).to.deep.equal(explained);
      expect(explained.code).to.equal(0);
      const checked = await psconv(folder, ['validate', 'scenario.yaml', '--jobs', '2', '--space', 'halved']);
      expect(checked.stdout).to.match(/^scenario\.yaml: a valid scenario: /);
    }));

  it('is in the manifest of a run', () =>
    inWorkspace(async (folder) => {
      const words = [
        ...['run', 'scenario.yaml', '--execution', 'estimate', '--variants', 'PSD4_P8', '--layers', 'conv1'],
        ...['--budget', '7', '--jobs', '2', '--out', 'r'],
      ];
      const { code, stderr } = await psconv(folder, words);
      expect(stderr).to.equal('');
      expect(code).to.equal(0);
      const manifest = JSON.parse(readFileSync(join(folder, 'r/manifest.json'), 'utf8')) as {
        scenario: { search: unknown };
      };
      expect(manifest.scenario.search).to.deep.equal({ judgements: 7, space: 'aligned' });
    }));

  it('ends at Ctrl-C with all its threads', () =>
    inWorkspace(
      async (folder) => {
        const words = ['map', 'scenario.yaml', '--space', 'full', '--jobs', '2'];
        const { code, stderr } = await psconv(folder, words, 2500);
        expect(stderr).to.equal('psconv: interrupted; nothing was written\n');
        expect(code).to.equal(130);
      },
      {
        'net.yaml': files['net.yaml'].replace(/filters: 16/g, 'filters: 96'),
        'machine.yaml': files['machine.yaml'].replace('32 KiB', '512 KiB'),
      },
    ));

  it('is refused where it makes no sense', () =>
    inWorkspace(async (folder) => {
      const refused = async (words: readonly string[], message: RegExp): Promise<void> => {
        const { code, stdout, stderr } = await psconv(folder, words);
        expect(stderr).to.match(message);
        expect(stdout).to.equal('');
        expect(code).to.equal(2);
      };
      for (const budget of ['0', '1.5', '10 days'])
        await refused(
          ['map', 'scenario.yaml', `--budget=${budget}`],
          /--budget <limit>.*expected a time above 0 in ms, s, min or h, such as 10s or 2min, or a positive whole number/,
        );
      for (const jobs of ['0', 'all'])
        await refused(
          ['run', 'scenario.yaml', '--jobs', jobs],
          /--jobs <number>.*expected a (positive )?whole number/,
        );
      await refused(
        ['explain', 'scenario.yaml', '--jobs', '1000'],
        /--jobs <number>.*expected at most 256 threads/,
      );
      await refused(
        ['map', 'scenario.yaml', '--space', 'all'],
        /--space <name>.*Allowed choices are halved, aligned, full/,
      );
      await refused(
        ['validate', 'machine.yaml', '--budget', '3'],
        /^psconv: --budget: expected a file of kind scenario, .* got one of kind accelerator; leave --budget out\n$/,
      );
    }));
});
