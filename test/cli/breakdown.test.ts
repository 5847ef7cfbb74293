import { expect } from 'chai';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { cell, numberOf, printedTables } from '../report/printedTables.js';
import { inWorkspace, psconv, rowsOf } from './command.js';

const run = ['run', 'scenario.yaml', '--execution', 'estimate'];

/** Columns of layers.csv behind the columns of the tables, by breakdown. */
const csvColumns: ReadonlyArray<readonly [column: string, inCsv: string]> = [
  ['MAC', 'energyPj.mac'],
  ['register files', 'energyPj.registerFiles'],
  ['glb', 'energyPj.buffers.glb'],
  ['wires', 'energyPj.network'],
  ['pattern table', 'energyPj.patternTable'],
  ['decoder', 'energyPj.decoder'],
  ['post-processor', 'energyPj.postProcessor'],
  ['DMA', 'energyPj.dma'],
  ['DRAM', 'energyPj.dram'],
  ['clock', 'energyPj.clock'],
  ['leakage', 'energyPj.leakage'],
  ['buffers', 'levelEnergyPj.buffers'],
  ['network', 'levelEnergyPj.network'],
  ['arithmetic', 'levelEnergyPj.arithmetic'],
  ['control', 'levelEnergyPj.control'],
  ['idle', 'levelEnergyPj.idle'],
  ['ifmap', 'tensorEnergyPj.ifmap'],
  ['weight', 'tensorEnergyPj.weight'],
  ['index', 'tensorEnergyPj.index'],
  ['psum', 'tensorEnergyPj.psum'],
  ['ofmap', 'tensorEnergyPj.ofmap'],
  ['none', 'tensorEnergyPj.none'],
  ['total', 'energyPj.total'],
];

describe('psconv run --breakdown', function () {
  this.timeout(60_000);

  for (const dram of [[], ['--dram', 'lpddr4-3200']]) {
    it(`prints the energies of layers.csv below the table, ${dram.length === 0 ? 'DRAM flat' : 'DRAM by commands'}`, () =>
      inWorkspace(async (folder) => {
        const plain = await psconv(folder, [...run, ...dram]);
        const { code, stdout, stderr } = await psconv(folder, [
          ...[...run, ...dram],
          ...['--breakdown', 'component, tensor', '--breakdown', 'level,component'],
        ]);
        expect(stderr).to.equal('');
        expect(code).to.equal(0);
        const [main, results] = plain.stdout.split('\n\n');
        expect(stdout.startsWith(`${main}\n\npSC9: energy`)).to.equal(true);
        expect(stdout.endsWith(`\n\n${results}`)).to.equal(true);

        const [, ...tables] = printedTables(stdout);
        expect(tables.map(({ title }) => title)).to.deep.equal(
          ['component', 'tensor', 'level'].flatMap((split) => [
            `pSC9: energy by layer and ${split}, uJ`,
            `PSD4_P8: energy by layer and ${split}, uJ`,
          ]),
        );
        const rows = rowsOf(join(folder, 'results/small/layers.csv'));
        for (const table of tables) {
          const own = rows.filter(({ variant }) => table.title.startsWith(`${variant}:`));
          expect(table.rows.map(([name]) => name)).to.deep.equal([
            ...own.map(({ layer }) => layer),
            ...['total', 'share'],
          ]);
          let shown = 0;
          for (const column of table.head.slice(1, -1)) {
            const [, inCsv] = csvColumns.find(([name]) => name === column)!;
            const figures = own.map((row) => Number(row[inCsv]) / 1e6);
            const printed = (row: string): number => numberOf(cell(table, row, column));
            own.forEach(({ layer }, at) => {
              expect(printed(layer), `${layer} ${column}`).to.be.closeTo(figures[at], 6e-5);
            });
            const sum = figures.reduce((all, each) => all + each, 0);
            expect(printed('total'), column).to.be.closeTo(sum, 6e-5);
            shown += column === 'total' ? -sum : sum;
          }
          // No column of any energy is missing.
          expect(shown, table.title).to.be.closeTo(0, 1e-9);
        }
        expect(tables[0].head).to.not.include('pattern table');
        expect(tables[1].head).to.include('DRAM').and.to.include('pattern table');
      }));
  }

  it('prints the areas of summary.csv', () =>
    inWorkspace(async (folder) => {
      const { stdout } = await psconv(folder, [...run, '--breakdown', 'area']);
      const table = printedTables(stdout)[1];
      expect(table.head).to.deep.equal(['', 'pSC9 mm2', 'share', 'PSD4_P8 mm2', 'share']);
      for (const row of rowsOf(join(folder, 'results/small/summary.csv'))) {
        for (const [name, inCsv] of [
          ['MAC', 'mac'],
          ['register files', 'registerFiles'],
          ['glb', 'buffers.glb'],
          ['total', 'total'],
        ]) {
          const printed = numberOf(cell(table, name, `${row.variant} mm2`));
          expect(printed, name)
            .to.be.above(0)
            .and.closeTo(Number(row[`areaMm2.${inCsv}`]), 6e-5);
        }
      }
      expect(cell(table, 'DMA', 'pSC9 mm2')).to.equal('-');
      expect(stdout).to.match(/figures of: MAC \(horowitz-45nm\), .*buffers \(cacti-7\)/);
    }));

  it('refuses what there is not, and --json, before anything runs', () =>
    inWorkspace(async (folder) => {
      for (const [words, message] of [
        [
          ['--breakdown', 'level,layers'],
          /--breakdown.*expected component, level, tensor or area, separated by commas; got "layers"/,
        ],
        [['--breakdown', ','], /expected component, .*; got ""/],
        [
          ['--breakdown', 'area', '--json'],
          /^psconv: --breakdown: .*got --json; leave one of them out: .*layers\.csv.*\n$/,
        ],
      ] as const) {
        const { code, stdout, stderr } = await psconv(folder, [...run, ...words]);
        expect(code).to.equal(2);
        expect(stdout).to.equal('');
        expect(stderr).to.match(message);
      }
      expect(existsSync(join(folder, 'results'))).to.equal(false);
    }));
});
