import { expect } from 'chai';
import type { FigureEnergy } from '../../src/energy/layerEnergy.js';
import { sensitivityOf } from '../../src/energy/sensitivity.js';
import { sensitivityCsv, sensitivityText } from '../../src/report/sensitivityReport.js';
import type { SensitivityResult, VariantSensitivity } from '../../src/report/sensitivityResult.js';

const source = {
  component: 'mac',
  family: 'toy',
  source: 'made up, for tests',
  foreign: false,
  derived: true,
};

function energyOf(...pj: readonly number[]) {
  const figures = pj.map((energyPj, index) => [`figure ${index}`, { energyPj, source }] as const);
  return {
    figures: Object.fromEntries(figures) as Record<string, FigureEnergy>,
    totalPj: pj.reduce((sum, each) => sum + each, 0),
    latencyPs: 1000,
  };
}

type Changes = Partial<Pick<VariantSensitivity, 'storage' | 'dataflow' | 'dense'>>;

/** Dense and sparse by their figures, in pJ. */
function variantOf(
  dense: readonly number[],
  sparse: readonly number[],
  by: number,
  changes: Changes = {},
): VariantSensitivity {
  return {
    ...sensitivityOf(energyOf(...dense), energyOf(...sparse), { by }),
    ...{ variant: 'sparse', storage: 'auto', dataflow: 'x' },
    dense: { variant: 'dense', storage: 'auto' },
    ...changes,
  };
}

function resultOf(by: number, ...variants: readonly VariantSensitivity[]): SensitivityResult {
  return {
    ...{ scenario: 's', network: 'n', accelerator: 'a', energyTable: 't' },
    ...{ metric: 'energy', by, objective: 'latency', notes: ['a note'] },
    variants,
  };
}

function textOf(dense: readonly number[], sparse: readonly number[], by: number): string {
  return sensitivityText(resultOf(by, variantOf(dense, sparse, by)), 12);
}

describe('sensitivity in words', () => {
  it('says how far off figures may be, rounded down', () => {
    // Gains 80 and -20: 60 - 100 x.
    const text = textOf([100, 20], [20, 40], 0.2);
    expect(text).to.include(
      'sparse saves energy against dense, 2.000x; with any one figure off by 20 % it is ',
    );
    expect(text).to.include('It saves energy as long as no figure is off by more than 60 %.\n');
    // Gains 70 and -20: 50 / 90 is 55.56 %.
    expect(textOf([90, 20], [20, 40], 0.2)).to.include('off by more than 55.5 %.');
    expect(textOf([1000, 1000], [1, 1998.9], 1e-6)).to.include(
      'It saves energy only while no figure is off by as much as 0.1 %.',
    );
  });

  it('says what is enough to end a saving', () => {
    // Gains 90 and -80: 10 / 170 is 5.88 %; one alone ends it from 10 / 90 on.
    const [dense, sparse] = [
      [100, 100],
      [10, 180],
    ];
    expect(textOf(dense, sparse, 0.05)).to.include('more than 5.8 %.\n');
    expect(textOf(dense, sparse, 0.1)).to.include('more than 5.8 %; any one alone may be off by 10 %.\n');
    expect(textOf(dense, sparse, 0.125)).to.include(
      'more than 5.8 %; one that is off by 12.5 % can be enough to end it.\n',
    );
  });

  it('says that a saving holds whatever the figures are', () => {
    expect(textOf([100, 20], [20, 20], 0.2)).to.include('It saves energy whatever the figures are');
  });

  it('says what does not save, and whether it might', () => {
    const text = textOf([10, 180], [100, 100], 0.2);
    expect(text).to.include('sparse does not save energy against dense, 0.950x; ');
    expect(text).to.include('At best it would save energy.\n');
    expect(textOf([10, 180], [100, 100], 0.02)).to.include('Not even at best does it save energy.\n');
  });
});

describe('sensitivity in a table', () => {
  it('shows so many figures, says what the others come to at most, and where mappings come from', () => {
    // Swings 0.0684, 0.03831, 0.0364 and 0.0064; what is said of those left out is rounded up.
    const result = resultOf(0.1, variantOf([50, 30, 20, 10], [20, 25, 5, 6], 0.1));
    const text = sensitivityText(result, 1);
    expect(text.match(/│ figure \d/g)).to.have.length(1);
    expect(text).to.include('  3 more figures with a swing of at most 0.0384: --top 4, or sensitivity.csv\n');
    expect(sensitivityText(result, 3)).to.include('  1 more figure with ');
    expect(sensitivityText(result, 4)).to.not.include(' more figure');
    expect(text).to.include(
      '  mappings are not searched again with changed figures; searched for least latency',
    );
    expect(text).to.match(/\n {2}a note$/);
  });

  it('draws no bar where nothing but rounding moves', () => {
    const dense = [3, 7, 11];
    const sparse = dense.map((pj) => pj / 3);
    expect(variantOf(dense, sparse, 0.2).figures[0].swing).to.be.above(0);
    const rows = textOf(dense, sparse, 0.2)
      .split('\n')
      .filter((line) => /^│ figure \d/.test(line));
    expect(rows).to.have.length(3);
    for (const row of rows) expect(row).to.match(/│ 0\.0000 │ {13}│ +│$/);
  });

  it('names storage and dataflow where several are compared, and only there', () => {
    const dense = { variant: 'dense', storage: 'dense' };
    const titles = (...changes: readonly Changes[]): string[] =>
      sensitivityText(resultOf(0.1, ...changes.map((each) => variantOf([10], [5], 0.1, each))), 1)
        .split('\n')
        .filter((line) => line.includes(' against ') && line.endsWith(': 2.000x'));
    expect(titles({})).to.deep.equal(['sparse against dense: 2.000x']);
    expect(titles({ dense })).to.deep.equal(['sparse auto against dense dense: 2.000x']);
    expect(titles({}, { dataflow: 'y' })[1]).to.equal('sparse y against dense y: 2.000x');
  });

  it('has a row per variant and figure in its CSV, sources in full', () => {
    const by = 0.07;
    const variants = [variantOf([100, 20], [20, 40], by), variantOf([4, 1], [1, 1], by)];
    const [head, first, ...rest] = sensitivityCsv(resultOf(by, ...variants))
      .trim()
      .split('\n');
    expect(rest).to.have.length(3);
    expect(head).to.include('changePercent,rank,figure,');
    expect(first).to.include(',energy,7,1,figure 1,20,40,');
    expect(first).to.match(/,60,1,toy,"made up, for tests",true,false$/);
    expect(rest[2], 'no break-even').to.match(/,,1,toy,/);
  });
});
