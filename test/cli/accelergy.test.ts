import { expect } from 'chai';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'yaml';
import { writeActionCounts, writeArt, writeErt } from '../../src/energy/accelergy/write.js';
import {
  exerciseArt,
  exerciseCounts,
  exerciseEnergies,
  exerciseErt,
  exerciseTotalPj,
} from '../energy/accelergy/exercise.js';
import { printedTables } from '../report/printedTables.js';
import { inWorkspace, psconv } from './command.js';

describe('psconv accelergy evaluate', () => {
  let folder: string;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'psconv-accelergy-'));
    const wider = {
      ...exerciseArt,
      tables: [...exerciseArt.tables, { name: 'simple_compound.NoC', areaUm2: 0.5 }],
    };
    await writeFile(join(folder, 'ERT.yaml'), writeErt(exerciseErt));
    await writeFile(join(folder, 'ART.yaml'), writeArt(wider));
    await writeFile(join(folder, 'counts.yaml'), writeActionCounts(exerciseCounts));
  });
  after(() => rm(folder, { recursive: true, force: true }));

  const evaluate = (...words: string[]) => psconv(folder, ['accelergy', 'evaluate', ...words]);
  const inputs = ['--ert', 'ERT.yaml', '--counts', 'counts.yaml'];

  it('prints energy, share and area of each component, those that nothing was counted for last', async () => {
    const { code, stdout, stderr } = await evaluate(...inputs, '--art', 'ART.yaml');
    expect(stderr).to.equal('');
    expect(code).to.equal(0);
    const [{ title, head, rows }] = printedTables(stdout);
    expect(title).to.equal('counts.yaml by ERT.yaml');
    expect(head).to.deep.equal(['component', 'instances', 'energy pJ', 'share', 'area um^2']);
    expect(rows).to.deep.equal([
      ['simple_compound.GLB', '1', '143.560', '41.8 %', '39,629.0'],
      ['simple_compound.PE[0..4].buffer', '5', '29.860', '8.7 %', '2,685.9'],
      ['simple_compound.PE[0..4].MAC', '5', '170.130', '49.5 %', '7,165.2'],
      ['simple_compound.NoC', '1', '-', '-', '0.5'],
      ['total', '', '343.550', '', '49,480.6'],
    ]);
  });

  it('has no column of areas without an area table', async () => {
    const { stdout } = await evaluate(...inputs);
    expect(stdout).to.match(/│ total +│ +│ +343\.550 │ +│\n/);
    expect(stdout).to.not.include('area');
  });

  it("writes Accelergy's energy estimation, into a folder that it makes", async () => {
    const { code, stdout } = await evaluate(...inputs, '--out', 'new/energy_estimation.yaml');
    expect(code).to.equal(0);
    expect(stdout).to.include('written: new/energy_estimation.yaml');
    expect(parse(await readFile(join(folder, 'new/energy_estimation.yaml'), 'utf8'))).to.deep.equal({
      energy_estimation: {
        version: '0.4',
        components: Object.entries(exerciseEnergies).map(([name, energy]) => ({ name, energy })),
        Total: exerciseTotalPj,
      },
    });
  });

  it('prints one JSON document with --json', async () => {
    const { stdout } = await evaluate(...inputs, '--json', '--art', 'ART.yaml');
    const summary = JSON.parse(stdout) as {
      totalPj: number;
      totalUm2: number;
      tables: Array<{ table: string; energyPj: number | null; areaUm2: number | null }>;
      components: Array<{
        name: string;
        energyPj: number;
        actions: Array<{ count: number; energyPj: number }>;
      }>;
    };
    expect(summary.totalPj).to.equal(exerciseTotalPj);
    expect(summary.tables.map(({ energyPj }) => energyPj)).to.deep.equal([
      143.56,
      29.860000000000003,
      170.13,
      null,
    ]);
    expect(summary.totalUm2).to.be.closeTo(5 * 1433.048 + 5 * 537.18 + 39629 + 0.5, 1e-6);
    expect(
      Object.fromEntries(summary.components.map(({ name, energyPj }) => [name, energyPj])),
    ).to.deep.equal(exerciseEnergies);
    expect(summary.components[0]?.actions.map(({ count }) => count)).to.deep.equal([20, 10]);
  });

  it('says in one line what is wrong with a file, and writes nothing', async () => {
    const wrong = await evaluate('--ert', 'ART.yaml', '--counts', 'counts.yaml', '--out', 'nothing.yaml');
    expect(wrong).to.deep.equal({
      code: 2,
      stdout: '',
      stderr: 'psconv: ART.yaml:1:1: expected the top key "ERT", got "ART"\n',
    });
    expect(await readFile(join(folder, 'nothing.yaml')).catch(() => undefined)).to.equal(undefined);
    const missing = await evaluate('--ert', 'ERT.yml', '--counts', 'counts.yaml');
    expect(missing.stderr).to.match(/^psconv: ERT.yml: no such file; did you mean "ERT.yaml"\?\n$/);
  });
});

describe('psconv accelergy export', function () {
  this.timeout(60_000);

  it("writes the files of one cell, which psconv accelergy evaluate makes the run's energy of", () =>
    inWorkspace(async (folder) => {
      const choice = ['--variant', 'PSD4_P8', '--storage', 'bitmask', '--dataflow', 'input-stationary'];
      const { code, stdout, stderr } = await psconv(folder, [
        ...['accelergy', 'export', 'scenario.yaml', ...choice, '--out', 'new/files'],
      ]);
      expect(stderr).to.equal('');
      expect(code).to.equal(0);
      expect(stdout).to.match(
        /^4 layers, PSD4_P8 stored as bitmask, input-stationary: \d+\.\d{3} uJ: new\/files\n$/,
      );
      expect((await readdir(join(folder, 'new/files'))).sort()).to.deep.equal([
        'ART.yaml',
        'ERT.yaml',
        'action_counts.yaml',
        'energy_estimation.yaml',
      ]);
      const evaluated = await psconv(folder, [
        ...[
          'accelergy',
          'evaluate',
          '--ert',
          'new/files/ERT.yaml',
          '--counts',
          'new/files/action_counts.yaml',
        ],
        ...['--art', 'new/files/ART.yaml', '--json', '--out', 'again.yaml'],
      ]);
      expect(await readFile(join(folder, 'again.yaml'), 'utf8')).to.equal(
        await readFile(join(folder, 'new/files/energy_estimation.yaml'), 'utf8'),
      );
      const run = await psconv(folder, [
        ...['run', 'scenario.yaml', '--variants', 'PSD4_P8', '--storage', 'bitmask'],
        ...['--dataflow', 'input-stationary', '--no-check', '--json'],
      ]);
      const [variant] = (
        JSON.parse(run.stdout) as {
          variants: Array<{ energyPj: { total: number }; area: { totalMm2: number } }>;
        }
      ).variants;
      const { totalPj, totalUm2 } = JSON.parse(evaluated.stdout) as { totalPj: number; totalUm2: number };
      expect(totalPj / variant.energyPj.total).to.be.closeTo(1, 1e-9);
      expect(totalUm2).to.be.greaterThan(0);
    }));

  it('writes those of one layer', () =>
    inWorkspace(async (folder) => {
      const { stdout } = await psconv(folder, [
        ...['accelergy', 'export', 'scenario.yaml', '--layer', 'conv2', '--out', 'files'],
      ]);
      expect(stdout).to.match(/^layer conv2, pSC9 stored as auto, weight-stationary: /);
    }));

  it('says in one line what is wrong, and writes nothing', () =>
    inWorkspace(async (folder) => {
      const refused = async (...words: string[]): Promise<string> => {
        const { code, stderr } = await psconv(folder, ['accelergy', 'export', 'scenario.yaml', ...words]);
        expect(code).to.equal(2);
        return stderr;
      };
      expect(await refused('--layer', 'conv9', '--out', 'files')).to.match(
        /^psconv: expected a layer of net, got "conv9"; did you mean "conv[12]"\?\n$/,
      );
      expect(await refused('--out', 'net.yaml')).to.match(/^psconv: net\.yaml: cannot be made a folder/);
      expect(await refused()).to.match(/--out/);
      expect(await readdir(folder)).to.have.length(3);
    }));
});
