import { expect } from 'chai';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { packageRoot } from '../../src/document/package.js';
import { loadScenario } from '../../src/explore/scenario.js';
import { simulate } from '../../src/explore/simulate.js';
import type { VariantResult } from '../../src/report/result.js';
import { inFolder } from '../document/fixtures.js';

/** The rows of the page's table, by name: what they show of a result. */
const shown: Readonly<Record<string, (result: VariantResult) => string>> = {
  'DRAM traffic, KiB': ({ totals }) => kib(totals.dramBytes.total),
  'of these ifmap': ({ totals }) => kib(totals.dramBytes.ifmap),
  'of these weight': ({ totals }) => kib(totals.dramBytes.weight),
  'of these ofmap': ({ totals }) => kib(totals.dramBytes.ofmap),
  cycles: ({ totals }) => totals.cycles.toLocaleString('en-US'),
  'energy, uJ': ({ energy }) => microjoules(energy.totalPj),
  'of these DRAM': ({ energy }) => microjoules(energy.componentsPj.dram),
  'of these output-buffer': ({ energy }) => microjoules(energy.componentsPj.buffers['output-buffer']),
  'of these DMA': ({ energy }) => microjoules(energy.componentsPj.dma),
  'EDP, uJ*ms': ({ metrics }) => (metrics.edpPjS * 1e-3).toFixed(2),
};

function kib(bytes: number): string {
  return (bytes / 1024).toFixed(1);
}

function microjoules(pj: number): string {
  return (pj * 1e-6).toFixed(2);
}

describe('the page about maps that stay on chip', function () {
  this.timeout(300_000);

  it('shows the figures of its example', () =>
    inFolder(async (folder) => {
      const page = await readFile(join(packageRoot(), 'docs/residency.md'), 'utf8');
      const [, , scenario] = /## An example\n([^]*?)```yaml\n([^]*?)```/.exec(page) ?? [];
      const results: VariantResult[] = [];
      for (const keep of ['none', 'auto']) {
        const file = join(folder, `${keep}.yaml`);
        await writeFile(file, scenario.replace('keep: auto', `keep: ${keep}`));
        results.push((await simulate(await loadScenario(file))).variants[0]);
      }
      for (const [row, figure] of Object.entries(shown))
        expect(page).to.include(`| ${row} | ${results.map(figure).join(' | ')} |`);
      expect(results[1].notes.join('\n')).to.include('22 of 22 maps stay on chip: in output-buffer');
    }));
});
