import { expect } from 'chai';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { files, inWorkspace, psconv, rowsOf } from './command.js';

const { 'scenario.yaml': scenario } = files;

/** A row's counts; the check and its columns are of runs on data alone. */
function counted(rows: ReadonlyArray<Record<string, string>>): Array<Record<string, string>> {
  return rows.map((row) => ({ ...row, checkedOutputs: '', mismatches: '' }));
}

describe('psconv run --layout', function () {
  this.timeout(60_000);

  for (const layout of ['NHWC', 'NCHW4c']) {
    it(`computes what the reference does with maps as ${layout}, and counts the same in every execution`, () =>
      inWorkspace(async (folder) => {
        const layers: Array<Array<Record<string, string>>> = [];
        for (const execution of ['register', 'tile', 'estimate']) {
          const words = ['--layout', layout, '--execution', execution, '--out', execution];
          const { code, stdout, stderr } = await psconv(folder, ['run', 'scenario.yaml', ...words]);
          expect(stderr).to.equal('');
          expect(code).to.equal(0);
          expect(stdout).to.include(`feature maps as ${layout}; `);
          layers.push(rowsOf(join(folder, execution, 'layers.csv')));
        }
        const [register, tile, estimate] = layers;
        expect(tile.map(({ mismatches }) => mismatches)).to.deep.equal(tile.map(() => '0'));
        expect(register).to.deep.equal(tile);
        expect(counted(estimate)).to.deep.equal(counted(tile));
      }));
  }

  it('is the same as the key of the scenario, stands with the results, and changes bursts', () =>
    inWorkspace(async (folder) => {
      writeFileSync(join(folder, 'own.yaml'), `${scenario}layout: NCHW2c\nexecution: estimate\n`);
      const bursts = async (file: string, ...words: string[]): Promise<string> => {
        const { code } = await psconv(folder, [
          'run',
          file,
          '--execution',
          'estimate',
          ...words,
          '--out',
          'out',
        ]);
        expect(code).to.equal(0);
        return rowsOf(join(folder, 'out/layers.csv'))
          .map((row) => row['dram.ifmap.readBursts'])
          .join(' ');
      };
      const layoutOf = (file: string): unknown => {
        const written = JSON.parse(readFileSync(join(folder, 'out', file), 'utf8')) as Record<
          string,
          unknown
        >;
        return written.layout ?? (written.scenario as Record<string, unknown>).layout;
      };
      const planar = await bursts('scenario.yaml');
      expect([layoutOf('summary.json'), layoutOf('manifest.json')]).to.deep.equal(['NCHW', 'NCHW']);
      expect(await bursts('own.yaml', '--layout', 'NCHW')).to.equal(planar);
      const blocks = await bursts('own.yaml');
      expect([layoutOf('summary.json'), layoutOf('manifest.json')]).to.deep.equal(['NCHW2c', 'NCHW2c']);
      expect(blocks).to.not.equal(planar);
      expect(await bursts('scenario.yaml', '--layout', 'NCHW2c')).to.equal(blocks);
    }));
});
