import { expect } from 'chai';
import fc from 'fast-check';
import type { Accelerator } from '../../src/accelerator/accelerator.js';
import type { LayerCounts } from '../../src/counts/layerCounts.js';
import { energyBreakdown } from '../../src/report/energyBreakdown.js';
import type { EnergySplit } from '../../src/report/energyBreakdown.js';
import type { ScenarioResult } from '../../src/report/result.js';
import { terminalTable } from '../../src/report/terminalTable.js';
import { tensors } from '../../src/tensor/dataSpace.js';
import { activity } from '../dram/parts.js';
import { accelerator, bufferAccess, counts, dramBursts, perTensor } from '../energy/fixtures.js';
import { resultOf, roundDram } from './fixtures.js';
import type { GivenVariant } from './fixtures.js';
import { cell, numberOf, printedTables } from './printedTables.js';
import type { PrintedTable } from './printedTables.js';

const splits: readonly EnergySplit[] = ['component', 'level', 'tensor'];

interface Done {
  readonly macs: number;
  readonly bursts: number;
  readonly leftReads?: number;
  readonly tableBits?: number;
  readonly operations?: number;
}

/**
 * By the toy table a MAC takes 0.5 pJ, a burst 64 x 8 bits x 8 pJ = 4096 pJ, a word of the left buffer 2 pJ, a bit of the pattern table
 * 0.25 pJ, an output 3 pJ.
 */
function layer(name: string, done: Done, changes: Partial<LayerCounts> = {}): LayerCounts {
  const { macs, bursts, leftReads = 0, tableBits = 0, operations = 0 } = done;
  const none = counts();
  return counts({
    layer: name,
    macs: { ...none.macs, performed: macs },
    dram: dramBursts({ weight: [bursts, 0] }),
    buffers: {
      ...none.buffers,
      left: perTensor((tensor) => bufferAccess(tensor === 'ifmap' ? leftReads : 0)),
    },
    patternTableReadBits: tableBits,
    postProcessorOperations: operations,
    ...changes,
  });
}

const one = layer('one', { macs: 4e6, bursts: 1000, leftReads: 1e6, operations: 1e6 });
const two = layer('two', { macs: 0, bursts: 500, tableBits: 2e6 });

/** What the whole-network table says of a name, the first variant's. */
function mainFigure(result: ScenarioResult, name: string): number {
  const [table] = printedTables(terminalTable(result));
  return numberOf(table.rows.find((row) => row[0] === name && row[1] === 'uJ')?.[2]);
}

/** Half a unit of the last digit for each figure that is added, and for the sum. */
function roundingOf(figures: readonly string[]): number {
  const digits = Math.max(0, ...figures.map((figure) => (/\.(\d+)/.exec(figure)?.[1] ?? '').length));
  return ((figures.length + 1) / 2 + 1e-6) * 10 ** -digits;
}

function expectSum(figures: readonly string[], total: string, which: string): void {
  const sum = figures.reduce((all, figure) => all + numberOf(figure), 0);
  expect(sum, which).to.be.closeTo(numberOf(total), roundingOf([...figures, total]));
}

/** Rows, columns, and shares of both. */
function expectToAddUp({ head, rows }: PrintedTable): void {
  const layers = rows.slice(0, -2);
  const [total, share] = rows.slice(-2);
  expect([total[0], share[0]]).to.deep.equal(['total', 'share']);
  for (const row of [...layers, total]) expectSum(row.slice(1, -2), row.at(-2) ?? '', `row ${row[0]}`);
  head.slice(1).forEach((name, index) => {
    expectSum(
      layers.map((row) => row[index + 1]),
      total[index + 1],
      `column ${name}`,
    );
  });
  expectSum(share.slice(1, -2), share.at(-2) ?? '', 'shares of columns');
}

describe('energy by layer', () => {
  it('has a column for each component that takes any, and a row for each layer', () => {
    const [table, ...others] = printedTables(
      energyBreakdown(resultOf({ variant: 'half', layers: [one, two] }), 'component'),
    );
    expect(others).to.deep.equal([]);
    expect(table).to.deep.equal({
      title: 'half: energy by layer and component, uJ',
      head: ['layer', 'MAC', 'left', 'pattern table', 'post-processor', 'DRAM', 'total', 'share'],
      rows: [
        ['one', '2.000', '2.000', '0', '3.000', '4.096', '11.096', '81.3 %'],
        ['two', '0', '0', '0.500', '0', '2.048', '2.548', '18.7 %'],
        ['total', '2.000', '2.000', '0.500', '3.000', '6.144', '13.644', '100.0 %'],
        ['share', '14.7 %', '14.7 %', '3.7 %', '22.0 %', '45.0 %', '100.0 %', ''],
      ],
    });
  });

  it('has a column for each level, from the outside in', () => {
    const [table] = printedTables(energyBreakdown(resultOf({ layers: [one, two] }), 'level'));
    expect(table.title).to.equal('v: energy by layer and level, uJ');
    expect(table.head).to.deep.equal(['layer', 'DRAM', 'buffers', 'arithmetic', 'control', 'total', 'share']);
    expect(table.rows[2]).to.deep.equal(['total', '6.144', '2.000', '5.000', '0.500', '13.644', '100.0 %']);
  });

  it('has a column for each tensor, and one for what belongs to none', () => {
    const [table] = printedTables(energyBreakdown(resultOf({ layers: [one, two] }), 'tensor'));
    expect(table.title).to.equal('v: energy by layer and tensor, uJ');
    expect(table.head).to.deep.equal(['layer', 'ifmap', 'weight', 'index', 'none', 'total', 'share']);
    expect(table.rows[2]).to.deep.equal(['total', '2.000', '6.144', '0.500', '5.000', '13.644', '100.0 %']);
  });

  it('adds up by rows and columns, to the whole network of the main table', () => {
    const count = fc.nat(1e7);
    const done = fc.record({
      macs: count,
      bursts: fc.nat(1e5),
      leftReads: count,
      tableBits: count,
      operations: count,
    });
    const registers = fc.record({ reads: count, writes: count });
    const drawn = fc.tuple(
      done,
      fc.record({ ifmap: registers, weight: registers, psum: registers }),
      fc.nat(1e9),
    );
    fc.assert(
      fc.property(fc.array(drawn, { minLength: 1, maxLength: 5 }), (all) => {
        const layers = all.map(([what, files, latencyPs], at) =>
          layer(`layer${at}`, what, {
            ...{ registers: files, registerEntries: { ifmap: 1, weight: 2, psum: 4 }, latencyPs },
          }),
        );
        const result = resultOf({ layers });
        for (const split of splits) {
          const [table] = printedTables(energyBreakdown(result, split));
          expect(table.rows).to.have.length(all.length + 2);
          expectToAddUp(table);
          const total = table.rows[all.length].at(-2) ?? '';
          expect(numberOf(total), split).to.be.closeTo(mainFigure(result, 'total'), 0.0051);
          if (split !== 'component') continue;
          for (const name of table.head.slice(1, -2)) {
            expect(numberOf(cell(table, 'total', name)), name).to.be.closeTo(
              mainFigure(result, name),
              0.0051,
            );
          }
        }
      }),
      { numRuns: 20 },
    );
  });

  it('leaves out, variant by variant, what takes nothing', () => {
    const dense = { variant: 'dense', layers: [one] };
    const sparse = { variant: 'sparse', layers: [one, two] };
    const [first, second] = printedTables(energyBreakdown(resultOf(dense, sparse), 'component'));
    expect(first.title).to.match(/^dense:/);
    expect(first.head).to.not.include('pattern table');
    expect(second.title).to.match(/^sparse:/);
    expect(second.head).to.include('pattern table');
    for (const table of [first, second]) {
      expect(table.head).to.not.include('right');
      expect(table.head).to.not.include('decoder');
      expectToAddUp(table);
    }
  });

  it('keeps a column whose figures are too small for the digits', () => {
    const tiny = layer('tiny', { macs: 4e9, bursts: 0, tableBits: 1 });
    const [table] = printedTables(energyBreakdown(resultOf({ layers: [tiny] }), 'component'));
    expect(cell(table, 'tiny', 'MAC')).to.equal('2,000.00');
    expect(cell(table, 'tiny', 'pattern table')).to.equal('0.00');
    expect(table.head).to.not.include('decoder');
  });

  it('shows a small network with more digits, and all variants with as many', () => {
    const small = layer('small', { macs: 1e4, bursts: 0 });
    const smaller = layer('smaller', { macs: 2, bursts: 0 });
    const [first, second] = printedTables(
      energyBreakdown(resultOf({ layers: [small] }, { layers: [smaller] }), 'component'),
    );
    expect(cell(first, 'small', 'MAC')).to.equal('0.005000');
    expect(cell(second, 'smaller', 'MAC')).to.equal('0.000001');
    const beside = printedTables(energyBreakdown(resultOf({ layers: [small] }, { layers: [one] }), 'level'));
    expect(cell(beside[0], 'small', 'arithmetic')).to.equal('0.005');
  });

  it('shows a DRAM by its commands in one column, what belongs to no tensor as such', () => {
    const machine: Accelerator = accelerator({ dram: roundDram });
    const run = layer(
      'run',
      { macs: 4e6, bursts: 0 },
      {
        dramActivity: activity({
          tagged: tensors.map((tensor) =>
            tensor === 'weight'
              ? { activates: 10, reads: 60, writes: 40 }
              : { activates: 0, reads: 0, writes: 0 },
          ),
          ...{ clocks: 1000, activates: 10, reads: 60, writes: 40, refreshes: 2, bankRefreshes: 3 },
          ...{ activeStandbyClocks: 600, prechargeStandbyClocks: 400 },
        }),
      },
    );
    const result = resultOf({ layers: [run], machine });
    const [component, level, tensor] = splits.map(
      (split) => printedTables(energyBreakdown(result, split))[0],
    );
    expect(component.head).to.deep.equal(['layer', 'MAC', 'DRAM', 'total', 'share']);
    // 10 x 3920 pJ, 60 x 1600, 40 x 1280, 2 x 42,000 + 3 x 10,500, 600 x 124 + 400 x 84
    const [commands, background] = [0.0392 + 0.096 + 0.0512, 0.084 + 0.0315 + 0.0744 + 0.0336];
    expect(cell(component, 'run', 'DRAM')).to.equal((commands + background).toFixed(4));
    expect(cell(component, 'total', 'DRAM')).to.equal(cell(level, 'total', 'DRAM'));
    expect(mainFigure(result, 'DRAM')).to.equal(Number((commands + background).toFixed(2)));
    expect(cell(tensor, 'run', 'weight')).to.equal(commands.toFixed(4));
    expect(numberOf(cell(tensor, 'run', 'none'))).to.be.closeTo(2 + background, 1e-4);
    for (const table of [component, level, tensor]) expectToAddUp(table);
  });

  it('names storage and dataflow where several are compared', () => {
    const titles = (...given: readonly GivenVariant[]): string[] =>
      printedTables(energyBreakdown(resultOf(...given), 'level')).map(({ title }) => title);
    expect(titles({ storage: 'csr', layers: [one] }, { storage: 'bitmask', layers: [one] })).to.deep.equal([
      'v, csr: energy by layer and level, uJ',
      'v, bitmask: energy by layer and level, uJ',
    ]);
    expect(titles({ dataflow: 'y', layers: [one] }, { dataflow: 'z', layers: [one] })[1]).to.match(/^v, z:/);
  });

  it('claims no shares of nothing', () => {
    const [table] = printedTables(
      energyBreakdown(resultOf({ layers: [counts({ layer: 'idle' })] }), 'tensor'),
    );
    expect(table.head).to.deep.equal(['layer', 'total', 'share']);
    expect(table.rows).to.deep.equal([
      ['idle', '0', '-'],
      ['total', '0', '-'],
      ['share', '-', ''],
    ]);
  });
});
