import { expect } from 'chai';
import { existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { MappedScenario } from '../../src/report/mappedScenario.js';
import { files, inWorkspace, psconv } from './command.js';

const { 'scenario.yaml': scenario } = files;

describe('psconv map', function () {
  this.timeout(60_000);

  it('prints the loop nest of each layer that is asked for, what its levels do, and what it comes to', () =>
    inWorkspace(async (folder) => {
      const words = ['map', 'scenario.yaml', '--layer', 'conv2', '--layer', 'pool', '--variants', 'PSD4_P8'];
      const { code, stdout, stderr } = await psconv(folder, words);
      expect(stderr).to.equal('');
      expect(code).to.equal(0);
      expect(stdout).to.match(/^small: mappings of net on machine for least edp\n/);
      const titles = stdout.split('\n').filter((line) => /^\w+ \(/.test(line));
      expect(titles).to.deep.equal([
        'conv2 (PSD4_P8, periodic, weight-stationary): conv2d: 16 filters x 16 channels x 3 x 3, 8 x 8 outputs',
        'pool (PSD4_P8): average-pool: 16 channels, 1 x 1 outputs',
      ]);
      expect(stdout).to.match(/\n {2}array: 8 of 4 x 4 PEs \(50\.0 %\)\n/);
      expect(stdout).to.match(/ {4}parallel-for filters in \d on columns\n/);
      expect(stdout).to.match(/│ glb +│ ifmap +│/);
      expect(stdout).to.match(
        /\n\d+ steps?, [\d,]+ cycles, [\d.]+ uJ, [\d,]+ B of DRAM; MAC units [\d.]+ % busy\n/,
      );
      expect(stdout).to.match(/\nlimited by computing, [\d.]+ % of the cycles; then /);
      expect(readdirSync(folder)).to.not.include('results');
    }));

  it('searches for the objective that is asked for', () =>
    inWorkspace(async (folder) => {
      const mapped = async (objective: string): Promise<MappedScenario> => {
        const { stdout } = await psconv(folder, ['map', 'scenario.yaml', '--json', '--objective', objective]);
        return JSON.parse(stdout) as MappedScenario;
      };
      const [traffic, energy] = [await mapped('dram-traffic'), await mapped('energy')];
      expect(traffic.objective).to.equal('dram-traffic');
      traffic.cells.forEach(({ layers }, cell) => {
        layers.forEach(({ summary }, index) => {
          const other = energy.cells[cell].layers[index].summary;
          // Of whole bursts.
          expect(summary.cost).to.be.at.least(summary.dramBytes);
          expect(other.cost).to.equal(other.energyPj);
          expect(summary.dramBytes).to.be.at.most(other.dramBytes);
          expect(other.energyPj).to.be.at.most(summary.energyPj);
        });
      });
      expect(traffic.cells.map(({ variant }) => variant)).to.deep.equal(['pSC9', 'PSD4_P8']);
    }));

  it('writes a mapping file that a run takes, and replaces none without being told to', () =>
    inWorkspace(async (folder) => {
      const words = ['map', 'scenario.yaml', '--out', 'saved/mine.yaml'];
      const { code, stdout } = await psconv(folder, words);
      expect(code).to.equal(0);
      expect(stdout).to.match(/\n\nmapping file: saved\/mine\.yaml\n$/);
      const text = readFileSync(join(folder, 'saved/mine.yaml'), 'utf8');
      expect(text).to.match(/\nname: mine\n/);
      expect((await psconv(folder, ['validate', 'saved/mine.yaml'])).stdout).to.equal(
        'saved/mine.yaml: a valid mapping file: mine, for 4 layers\n',
      );

      const again = await psconv(folder, words);
      expect(again.code).to.equal(2);
      expect(again.stderr).to.equal(
        'psconv: saved/mine.yaml: --out: the file is there already; choose another one, or replace it with --force\n',
      );
      const forced = await psconv(folder, [...words, '--force', '--variants', 'dense']);
      expect(forced.code).to.equal(0);
      expect(readFileSync(join(folder, 'saved/mine.yaml'), 'utf8')).to.not.equal(text);
      expect(readdirSync(join(folder, 'saved')), 'nothing half-written').to.deep.equal(['mine.yaml']);

      writeFileSync(join(folder, 'saved/mine.yaml'), text);
      const plain = await psconv(folder, ['run', 'scenario.yaml', '--json', '--out', 'plain']);
      writeFileSync(join(folder, 'scenario.yaml'), `${scenario}mapping: saved/mine.yaml\n`);
      const mapped = await psconv(folder, ['run', 'scenario.yaml', '--json', '--out', 'mapped']);
      expect(mapped.code).to.equal(0);
      const variants = (json: string): unknown => (JSON.parse(json) as { variants: unknown }).variants;
      expect(variants(mapped.stdout)).to.deep.equal(variants(plain.stdout));
      const manifest = JSON.parse(readFileSync(join(folder, 'mapped/manifest.json'), 'utf8')) as {
        sha256: object;
        scenario: { mapping: unknown };
      };
      expect(manifest.sha256).to.have.property('saved/mine.yaml');
      expect(manifest.scenario.mapping).to.equal('saved/mine.yaml');
    }));

  it('refuses what it cannot do before it maps anything', () =>
    inWorkspace(async (folder) => {
      const refused = async (words: readonly string[], message: RegExp): Promise<void> => {
        const { code, stdout, stderr } = await psconv(folder, ['map', 'scenario.yaml', ...words]);
        expect(stderr).to.match(message);
        expect(stdout).to.equal('');
        expect(code).to.equal(2);
      };
      await refused(['--layer', 'conv9'], /^psconv: expected a layer of net, got "conv9"/);
      await refused(
        ['--objective', 'speed'],
        /--objective <name>.*Allowed choices are edp, energy, latency, dram-traffic/,
      );
      await refused(
        ['--out', 'mine.txt'],
        /^psconv: mine\.txt: --out: expected a file that ends in \.yaml\n$/,
      );
      await refused(['--out', 'net.yaml/mine.yaml'], /a file is in the way/);
      expect(existsSync(join(folder, 'mine.txt'))).to.equal(false);
    }));
});
