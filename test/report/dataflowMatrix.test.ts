import { expect } from 'chai';
import { noArea } from '../energy/fixtures.js';
import { addEnergy, energyMetrics } from '../../src/energy/layerEnergy.js';
import { dataflowMatrix } from '../../src/report/dataflowMatrix.js';
import type { ScenarioResult, VariantResult } from '../../src/report/result.js';
import { terminalTable } from '../../src/report/terminalTable.js';
import { savingsOf, totalsOf } from '../../src/report/totals.js';

interface Given {
  readonly variant: string;
  readonly dataflow: string;
  readonly cycles: number;
  readonly storage?: string;
}

/** A cycle takes 1 ns and 1 uJ, so that the EDP is the square of the cycles, in units of 1e-6 uJ*ms. */
function variantOf({ variant, dataflow, cycles, storage = 'auto' }: Given): VariantResult {
  const latencyPs = cycles * 1000;
  const energy = { ...addEnergy([]), totalPj: cycles * 1e6, latencyPs };
  return {
    variant,
    storage,
    dataflow,
    usedDataflows: [dataflow],
    description: '',
    notes: [],
    layers: [],
    totals: { ...totalsOf([], 1), cycles, latencyPs, utilization: 1 / cycles },
    energy,
    metrics: energyMetrics(energy),
    ...{ peakChipPowerMw: 0, area: noArea },
    check: { layers: 1, outputs: 1000, mismatches: 0 },
  };
}

function resultOf(...given: readonly Given[]): ScenarioResult {
  return { ...uncheckedOf(...given), reference: 'the reference' };
}

/** Each is compared with the first of its dataflow, if that is dense. */
function uncheckedOf(...given: readonly Given[]): ScenarioResult {
  const variants = given.map(variantOf);
  return {
    scenario: 's',
    description: '',
    network: { name: 'n', source: '' },
    accelerator: { name: 'a', dataflow: 'x', rows: 4, columns: 4, clockHz: 1e9, technologyNm: 45 },
    energyTable: 't',
    precision: { ifmap: 'int8', weight: 'int8', accumulator: 'int32' },
    layout: 'NCHW',
    execution: 'tile',
    batch: 1,
    images: 1,
    notes: ['a note'],
    variants: variants.map((each) => {
      const dense = variants.find(({ dataflow }) => dataflow === each.dataflow);
      return dense?.variant === 'dense' ? { ...each, savings: savingsOf(each, dense) } : each;
    }),
  };
}

/** Cells of each line of the table, blanks around them cut off. */
function rowsOf(text: string | undefined): string[][] {
  return (text ?? '')
    .split('\n')
    .filter((line) => line.includes('│'))
    .map((line) =>
      line
        .split('│')
        .slice(1, -1)
        .map((cell) => cell.trim()),
    );
}

const twoByTwo = [
  { variant: 'dense', dataflow: 'x', cycles: 1000 },
  { variant: 'dense', dataflow: 'y', cycles: 4000 },
  { variant: 'sparse', dataflow: 'x', cycles: 500 },
  { variant: 'sparse', dataflow: 'y', cycles: 1000 },
] as const;

describe('the matrix of dataflows and variants', () => {
  it('holds cycles, utilization, energy and EDP, with how much less than dense in the same dataflow', () => {
    expect(rowsOf(dataflowMatrix(resultOf(...twoByTwo)))).to.deep.equal([
      ['', 'dense', 'sparse'],
      ['Cycles'],
      ['x', '1,000 (1.00x)', '500 (2.00x)'],
      ['y', '4,000 (1.00x)', '1,000 (4.00x)'],
      ['Utilization'],
      ['x', '0.1 %', '0.2 %'],
      ['y', '0.0 %', '0.1 %'],
      ['Energy, uJ'],
      ['x', '1,000.00 (1.00x)', '500.00 (2.00x)'],
      ['y', '4,000.00 (1.00x)', '1,000.00 (4.00x)'],
      ['EDP, uJ*ms'],
      ['x', '1.00 (1.00x)', '0.25 (4.00x)'],
      ['y', '16.00 (1.00x)', '1.00 (16.00x)'],
    ]);
  });

  it('gives each storage a column where several are compared', () => {
    const [a, b] = ['csr', 'coo'].map((storage, index) =>
      ['x', 'y'].map((dataflow) => ({ variant: 'sparse', storage, dataflow, cycles: 100 * (index + 1) })),
    );
    const [names, storages, , ...rows] = rowsOf(dataflowMatrix(resultOf(...a, ...b)));
    expect([names, storages]).to.deep.equal([
      ['', 'sparse', 'sparse'],
      ['', 'csr', 'coo'],
    ]);
    expect(rows.slice(0, 2)).to.deep.equal([
      ['x', '100', '200'],
      ['y', '100', '200'],
    ]);
  });

  it('has no ratios, and does not explain them, where nothing is dense', () => {
    const text = dataflowMatrix(
      resultOf(...twoByTwo.map((each) => ({ ...each, variant: `p${each.variant}` }))),
    );
    expect(text)
      .to.include('4,000')
      .and.not.to.match(/\d+x\)|brackets/);
    expect(dataflowMatrix(resultOf(...twoByTwo))).to.include('in brackets');
  });

  it('shows where a pair is missing', () => {
    expect(rowsOf(dataflowMatrix(resultOf(...twoByTwo.slice(0, 3))))[3]).to.deep.equal([
      'y',
      '4,000 (1.00x)',
      '-',
    ]);
  });

  it('is left out unless there are several dataflows and several variants', () => {
    expect(dataflowMatrix(resultOf(twoByTwo[0]))).to.equal(undefined);
    expect(dataflowMatrix(resultOf(twoByTwo[0], twoByTwo[1])), 'one variant').to.equal(undefined);
    expect(dataflowMatrix(resultOf(twoByTwo[0], twoByTwo[2])), 'one dataflow').to.equal(undefined);
  });
});

describe('the result for people', () => {
  it('has the matrix before the table, whose columns name their dataflow', () => {
    const text = terminalTable(resultOf(...twoByTwo));
    const matrix = dataflowMatrix(resultOf(...twoByTwo)) ?? '';
    expect(text).to.include(matrix);
    const [variants, dataflows] = rowsOf(text.slice(text.indexOf(matrix) + matrix.length));
    expect(variants.slice(2)).to.deep.equal(['dense', 'dense', 'sparse', 'sparse']);
    expect(dataflows.slice(2)).to.deep.equal(['x', 'y', 'x', 'y']);
    expect(text.split('\n')[0]).to.include('4x4 PEs, x / y, 1,000 MHz');
  });

  it('has the matrix alone in place of a table of more than eight columns, and still says what was checked', () => {
    const many = ['dense', 'a', 'b', 'c', 'd'].flatMap((variant, index) =>
      ['x', 'y'].map((dataflow) => ({ variant, dataflow, cycles: 1000 - index })),
    );
    const eight = terminalTable(resultOf(...many.slice(0, 8)));
    expect(eight).to.include('DRAM traffic');
    const ten = resultOf(...many);
    const text = terminalTable(ten);
    expect(text).to.include(dataflowMatrix(ten)).and.not.to.include('DRAM traffic');
    expect(text).to.include('check against the reference: 10,000 outputs compared, 0 mismatches');
    expect(text).to.include('summary.csv').and.to.include('a note');
    const wrong = ten.variants.map((each, index) =>
      index === 9 ? { ...each, check: { layers: 1, outputs: 1000, mismatches: 3 } } : each,
    );
    expect(terminalTable({ ...ten, variants: wrong })).to.include('10,000 outputs compared, 3 mismatches');
    expect(terminalTable(uncheckedOf(...many)))
      .to.include('summary.csv')
      .and.not.to.include('outputs compared');
  });

  it('has the table alone for a single dataflow, however many variants there are', () => {
    const many = Array.from({ length: 10 }, (_, i) => ({ variant: `v${i}`, dataflow: 'x', cycles: 10 + i }));
    const text = terminalTable(resultOf(...many));
    expect(text).to.include('DRAM traffic').and.not.to.include('Energy, uJ');
    expect(text.split('\n')[0]).to.include('4x4 PEs, x, 1,000 MHz');
  });
});
