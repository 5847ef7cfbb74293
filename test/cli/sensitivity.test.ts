import { expect } from 'chai';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { SensitivityResult } from '../../src/index.js';
import { files, inWorkspace, psconv } from './command.js';

const { 'scenario.yaml': scenario } = files;

/** Fields of a CSV file by column; fields with commas stand in quotes. */
function rowsOf(file: string): Array<Record<string, string>> {
  const [head, ...rows] = readFileSync(file, 'utf8')
    .trim()
    .split('\n')
    .map((line) =>
      [...line.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^,]*))/g)].map(([, quoted, plain]) => quoted ?? plain),
    );
  return rows.map((row) => Object.fromEntries(row.map((value, column) => [head[column], value])));
}

async function asJson(folder: string, ...words: string[]): Promise<SensitivityResult> {
  const { code, stdout, stderr } = await psconv(folder, ['sensitivity', 'scenario.yaml', '--json', ...words]);
  expect(stderr).to.equal('');
  expect(code).to.equal(0);
  return JSON.parse(stdout) as SensitivityResult;
}

describe('psconv sensitivity', function () {
  this.timeout(60_000);

  it('prints a tornado and a verdict for each variant beside dense, and writes all figures', () =>
    inWorkspace(
      async (folder) => {
        const { code, stdout, stderr } = await psconv(folder, ['sensitivity', 'scenario.yaml', '--top', '3']);
        expect(stderr).to.equal('');
        expect(code).to.equal(0);
        expect(stdout).to.match(
          /^small: net on machine, energy table edge-45nm; how energy, .* change by 20 %\n/,
        );
        const out = join(folder, 'results', 'small');
        expect(readdirSync(out)).to.deep.equal(['sensitivity.csv']);
        const rows = rowsOf(join(out, 'sensitivity.csv'));
        for (const name of ['PSD4_P8', 'PSD1_P16']) {
          const own = rows.filter(({ variant }) => variant === name);
          const [first] = own;
          expect(first, name).to.include({
            'dense.variant': 'pSC9',
            'dense.storage': 'auto',
            metric: 'energy',
            changePercent: '20',
            rank: '1',
          });
          expect(own.map(({ rank }) => Number(rank))).to.deep.equal(own.map((_, index) => index + 1));
          const swings = own.map(({ swing }) => Number(swing));
          expect(swings).to.deep.equal([...swings].sort((a, b) => b - a));
          for (const side of ['dense', 'sparse']) {
            const sum = own.reduce((total, row) => total + Number(row[`${side}SharePercent`]), 0);
            expect(sum, side).to.be.closeTo(100, 1e-6);
          }
          expect(own.every(({ family, source }) => family !== '' && source !== '')).to.equal(true);
          const shown = `${name} against pSC9: ${Number(first.ratio).toFixed(3)}x\n`;
          expect(stdout).to.include(shown);
          const [, block] = stdout.split(shown);
          expect(
            block
              .split('\n')
              .slice(0, 9)
              .filter((line) => line.startsWith('│')).length,
            'head, 3 rows',
          ).to.equal(5);
          expect(block).to.include(`${own.length - 3} more figures with a swing of at most `);
          expect(stdout).to.match(
            new RegExp(`${name} saves energy against pSC9, [\\d.]+x; with any one figure off by 20 % it is `),
          );
          expect(stdout).to.include(
            `with all of them off by up to 20 % ${Number(first.ratioWorst).toFixed(3)}x at worst and ` +
              `${Number(first.ratioBest).toFixed(3)}x at best.\nIt saves energy `,
          );
        }
        expect(stdout).to.include('mappings stay those of the given table: they were searched for least EDP');
        expect(stdout).to.include('counts and energies are those of the full simulation');
        expect(stdout).to.match(/results: .*sensitivity\.csv\n$/);
      },
      { 'scenario.yaml': scenario.replace('PSD4_P8', 'PSD4_P8, PSD1_P16') },
    ));

  it('draws what rises with a figure and what falls with it on opposite sides, the widest bar in full', () =>
    inWorkspace(async (folder) => {
      const { stdout } = await psconv(folder, ['sensitivity', 'scenario.yaml', '--top', '40']);
      const lines = stdout.split('\n').filter((line) => /^│ \S.* %.*x │/.test(line));
      expect(lines.length).to.be.above(8);
      const drawn = lines.map((line) => {
        const [, , , low, high, , ...bar] = line.slice(1, -1).split('│');
        return { low: parseFloat(low), high: parseFloat(high), left: bar[0].trim(), right: bar[1].trim() };
      });
      for (const { low, high, left, right } of drawn) {
        if (low < high) expect(`${left}${right}`).to.match(/^░*█*$/);
        if (low > high) expect(`${left}${right}`).to.match(/^█*░*$/);
      }
      expect(Math.max(...drawn.flatMap(({ left, right }) => [left.length, right.length]))).to.equal(12);
      expect(Math.max(drawn[0].left.length, drawn[0].right.length)).to.equal(12);
    }));

  it('prints as JSON what the CSV holds, by the share and the metric that it is told', () =>
    inWorkspace(async (folder) => {
      const edp = await asJson(folder, '--by', '10 %', '--metric', 'edp', '--out', 'edp');
      const energy = await asJson(folder, '--by', '.1', '--out', 'energy');
      expect(edp).to.deep.include({ by: 0.1, metric: 'edp', objective: 'edp' });
      const [ofEdp, ofEnergy] = [edp.variants[0], energy.variants[0]];
      expect(ofEdp.ratio).to.be.closeTo(ofEnergy.ratio * ofEnergy.latencyRatio, 1e-12);
      expect(ofEdp.latencyRatio).to.be.above(1.1);
      const rows = rowsOf(join(folder, 'edp', 'sensitivity.csv'));
      expect(rows).to.have.length(ofEdp.figures.length);
      rows.forEach((row, index) => {
        const { figure, ratioAtLow, source } = ofEdp.figures[index];
        expect(row).to.include({ figure, ratioAtLow: String(ratioAtLow), family: source.family });
        expect(row.source.replaceAll('""', '"')).to.equal(source.source);
      });
    }));

  it('takes layers, storage, dataflows and DRAM from the command line, and titles what it compares', () =>
    inWorkspace(async (folder) => {
      const words = [
        '--dataflow',
        'weight-stationary,output-stationary',
        '--storage',
        'periodic,csr',
        '--layers',
        'conv2',
      ];
      const { code, stdout } = await psconv(folder, [
        'sensitivity',
        'scenario.yaml',
        '--dram',
        'lpddr4-3200',
        ...words,
      ]);
      expect(code).to.equal(0);
      for (const title of [
        'PSD4_P8 periodic weight-stationary against pSC9 periodic weight-stationary',
        'PSD4_P8 csr output-stationary against pSC9 periodic output-stationary',
        'pSC9 csr output-stationary against pSC9 periodic output-stationary',
      ]) {
        expect(stdout).to.include(`${title}: `);
      }
      expect(stdout).to.include('pSC9 csr weight-stationary does not save energy against');
      expect(stdout).to.match(/dram background/);
      const rows = rowsOf(join(folder, 'results', 'small', 'sensitivity.csv'));
      expect(
        rows.some(({ figure }) => figure.includes('average-pool')),
        'of other layers',
      ).to.equal(false);
    }));

  it('does not say that estimates are the full simulation where zeros decide', () =>
    inWorkspace(
      async (folder) => {
        const { stdout } = await psconv(folder, ['sensitivity', 'scenario.yaml']);
        expect(stdout).to.include(
          'but for what depends on data\n  estimate: gated MACs are those of feature maps',
        );
      },
      {
        'machine.yaml': files['machine.yaml'].replace(
          'weight-stationary }',
          'output-stationary, gate: activation }',
        ),
      },
    ));

  it('says that mappings do not go by the figures where they are searched for something else', () =>
    inWorkspace(
      async (folder) => {
        const { stdout } = await psconv(folder, ['sensitivity', 'scenario.yaml']);
        expect(stdout).to.include('searched for least DRAM traffic, they do not go by them');
      },
      { 'scenario.yaml': `${scenario}objective: dram-traffic\n` },
    ));

  it('refuses shares that are none', () =>
    inWorkspace(async (folder) => {
      for (const given of ['0', '0%', '-0.1', '100%', '1', 'much', '', '20 % 5', '1e-1', '150 %']) {
        const { code, stderr } = await psconv(folder, ['sensitivity', 'scenario.yaml', `--by=${given}`]);
        expect(code, given).to.equal(2);
        expect(stderr, given).to.match(
          /--by <share>.*expected a share above 0 % and below 100 %, such as 20% or 0\.2/,
        );
      }
      const { stderr } = await psconv(folder, ['sensitivity', 'scenario.yaml', '--by', '20']);
      expect(stderr).to.include('did you mean 20%?');
      const metric = await psconv(folder, ['sensitivity', 'scenario.yaml', '--metric', 'power']);
      expect(metric.code).to.equal(2);
      expect(metric.stderr).to.include('Allowed choices are energy, edp');
      expect(existsSync(join(folder, 'results'))).to.equal(false);
    }));

  it('refuses a scenario without a dense variant, or with nothing beside it, and writes nothing', () =>
    inWorkspace(
      async (folder) => {
        const without = await psconv(folder, ['sensitivity', 'scenario.yaml']);
        expect(without.code).to.equal(2);
        expect(without.stderr).to.equal(
          'psconv: scenario.yaml: expected a variant that leaves nothing out, which the others are compared with, ' +
            'got channels-psd4p8, PSD4_P8; add dense to the variants of small, or name it: --variants dense,channels-psd4p8,PSD4_P8\n',
        );
        const alone = await psconv(folder, ['sensitivity', 'scenario.yaml', '--variants', 'dense']);
        expect(alone.code).to.equal(2);
        expect(alone.stderr).to.match(
          /^psconv: scenario\.yaml: expected variants to compare with pSC9, got none; add them [^\n]*\n$/,
        );
        expect(existsSync(join(folder, 'results'))).to.equal(false);
      },
      { 'scenario.yaml': scenario.replace('[dense, PSD4_P8]', '[channels-psd4p8, PSD4_P8]') },
    ));
});
