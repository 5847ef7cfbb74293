import { expect } from 'chai';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../src/document/package.js';
import { loadScenario } from '../src/explore/scenario.js';
import { surveyStorage } from '../src/explore/surveyStorage.js';
import { formatFixed } from '../src/report/format.js';
import { storageTotals } from '../src/report/storageSurvey.js';
import type { StorageTotals } from '../src/report/storageSurvey.js';

const variants = ['PSD4_P8', 'PSD2_P8', 'PSD1_P16'];
const formats = ['periodic', 'pattern-id', 'bitmask', 'tap-position', 'coo', 'csr', 'csc', 'run-length'];
/** The columns of the page's table. */
const cases = (['resnet18-cifar10', 'vgg16-cifar10'] as const).flatMap((network) =>
  (['int8', 'int16'] as const).map((precision) => ({ network, precision })),
);

/** By column of the table, then `variant format`. */
async function survey(): Promise<Array<Map<string, StorageTotals>>> {
  return Promise.all(
    cases.map(async ({ network, precision }) => {
      const scenario = await loadScenario(join(packageRoot(), `configs/scenarios/${network}.yaml`), {
        variants,
        precision,
      });
      const { variants: surveyed } = await surveyStorage(scenario, formats);
      return new Map(
        surveyed.flatMap(({ variant, formats: each }) =>
          each.flatMap((format) => {
            const totals = storageTotals(format);
            return totals === undefined ? [] : [[`${variant} ${format.format}`, totals] as const];
          }),
        ),
      );
    }),
  );
}

describe('the storage page', function () {
  this.timeout(60_000);
  let columns: Array<Map<string, StorageTotals>>;
  before(async () => {
    columns = await survey();
  });
  const ratios = (variant: string, format: string, part: 'totalBytes' | 'indexBytes'): number[] =>
    columns.map((column) => {
      const of = column.get(`${variant} ${format}`);
      const periodic = column.get(`${variant} periodic`);
      if (of === undefined || periodic === undefined) throw new Error(`no ${variant} ${format}`);
      return of[part] / periodic[part];
    });

  it('shows what periodic storage takes beside every other format, as surveyed', () => {
    const page = readFileSync(join(packageRoot(), 'docs/storage.md'), 'utf8').split('\n');
    const missing = variants.flatMap((variant) =>
      formats.slice(1).flatMap((format) => {
        const totals = ratios(variant, format, 'totalBytes').map((ratio) => formatFixed(ratio, 2));
        const indices = ratios(variant, format, 'indexBytes').map((ratio) => formatFixed(ratio, 0));
        const line = `| ${variant} | \`${format}\` | ${[...totals, ...indices].join(' | ')} |`;
        return page.includes(line) ? [] : [line];
      }),
    );
    expect(missing.join('\n')).to.equal('');
  });

  it('says which cells come near the claims of Heo et al., 2022', () => {
    const near = (part: 'totalBytes' | 'indexBytes', claim: number, within: number): string[] =>
      variants.flatMap((variant) =>
        formats.flatMap((format) =>
          ratios(variant, format, part).flatMap((ratio, column) => {
            const { network, precision } = cases[column];
            return Math.abs(ratio / claim - 1) <= within
              ? [`${network} ${precision} ${variant} ${format}`]
              : [];
          }),
        ),
      );
    // COO at 8 bits in every variant of both networks, and nothing else.
    expect(near('totalBytes', 3.67, 0.01)).to.have.members(
      variants.flatMap((variant) =>
        ['resnet18-cifar10', 'vgg16-cifar10'].map((network) => `${network} int8 ${variant} coo`),
      ),
    );
    expect(near('indexBytes', 22_044, 0.07)).to.deep.equal([]);
    expect(near('indexBytes', 22_044, 0.12)).to.have.members([
      'resnet18-cifar10 int8 PSD4_P8 tap-position',
      'resnet18-cifar10 int16 PSD4_P8 tap-position',
      'resnet18-cifar10 int8 PSD2_P8 run-length',
    ]);
  });
});
