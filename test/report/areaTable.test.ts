import { expect } from 'chai';
import type { Area } from '../../src/energy/area.js';
import { areaOf } from '../../src/energy/area.js';
import type { FigureSource } from '../../src/energy/energyTable.js';
import { createEnergyModel } from '../../src/energy/evaluate.js';
import { areaTable } from '../../src/report/areaTable.js';
import { terminalTable } from '../../src/report/terminalTable.js';
import { accelerator, counts, int8, noArea, table } from '../energy/fixtures.js';
import { resultOf } from './fixtures.js';
import { cell, numberOf, printedTables } from './printedTables.js';

function source(component: string, family: string, changes: Partial<FigureSource> = {}): FigureSource {
  return { component, family, source: 'invented', foreign: false, derived: false, ...changes };
}

const known: Area = {
  componentsMm2: {
    ...{ mac: 0.25, registerFiles: 0.125, buffers: { glb: 0.5, small: 0.0625 }, postProcessor: 0.03125 },
    ...{ decoder: 0, dma: 0.03125 },
  },
  totalMm2: 1,
  pePitchMm: 0.0265,
  sources: [source('mac', 'toy'), source('buffers', 'toy-sram'), source('buffers', 'toy-sram')],
};

const partly: Area = {
  ...known,
  componentsMm2: {
    ...known.componentsMm2,
    registerFiles: 0.625,
    buffers: { glb: 0.5, small: null },
    dma: null,
  },
  totalMm2: 1.40625,
  pePitchMm: null,
  sources: [source('mac', 'toy'), source('registerFiles', 'other', { scaledBy: 0.123456, technologyNm: 65 })],
};

describe('the area of the chip', () => {
  it('stands by component, variants side by side, with shares', () => {
    const [printed] = printedTables(
      areaTable(resultOf({ variant: 'dense', area: known }, { variant: 'half', area: partly })),
    );
    expect(printed).to.deep.equal({
      title: 'area of the chip by component',
      head: ['', 'dense mm2', 'share', 'half mm2', 'share'],
      rows: [
        ['MAC', '0.2500', '25.0 %', '0.2500', '17.8 %'],
        ['register files', '0.1250', '12.5 %', '0.6250', '44.4 %'],
        ['glb', '0.5000', '50.0 %', '0.5000', '35.6 %'],
        ['small', '0.0625', '6.3 %', '-', '-'],
        ['post-processor', '0.0313', '3.1 %', '0.0313', '2.2 %'],
        ['decoder', '0', '0.0 %', '0', '0.0 %'],
        ['DMA', '0.0313', '3.1 %', '-', '-'],
        ['total', '1.0000', '100.0 %', '1.4063', '100.0 %'],
        ['side of a PE, um', '26.5', '', '-', ''],
      ],
    });
  });

  it('says what is not in it, what is unknown, and of which families the figures are', () => {
    const text = areaTable(resultOf({ area: known }, { area: partly }));
    expect(text).to.include(
      '  not in it: wires between components, control, the pattern table, unused room; the DRAM is another chip\n',
    );
    expect(text).to.include('  -: the energy table does not say; left out of the total\n');
    expect(text.split('\n').at(-1)).to.equal(
      '  figures of: MAC (toy), buffers (toy-sram), register files (other x0.1235 from 65 nm)',
    );
    expect(areaTable(resultOf({ area: known }))).to.not.include('does not say');
  });

  it('has the total of the main table, of a machine that is priced', () => {
    const { pricesFor } = createEnergyModel(accelerator(), int8, table({ 'decoder area': '40 um^2' }));
    const area = areaOf(
      accelerator(),
      pricesFor(counts({ registerEntries: { ifmap: 1, weight: 2, psum: 4 } })),
    );
    const result = resultOf({ area });
    const [printed] = printedTables(areaTable(result));
    const [, ...parts] = printed.rows.slice(0, -2).map((row) => row[1]);
    const sum = [printed.rows[0][1], ...parts].reduce(
      (all, each) => all + (each === '-' ? 0 : numberOf(each)),
      0,
    );
    const total = numberOf(cell(printed, 'total', 'v mm2'));
    expect(sum).to.be.closeTo(total, 6e-4);
    const [main] = printedTables(terminalTable(result));
    expect(total).to.be.closeTo(numberOf(main.rows.find(([name]) => name === 'area of the chip')?.[2]), 6e-4);
    // A MAC, and 8 x 1 + 8 x 2 + 32 x 4 bits of registers of 2 um^2
    expect(cell(printed, 'side of a PE, um', 'v mm2')).to.equal(Math.sqrt(100 + 2 * 152).toFixed(1));
    expect(cell(printed, 'post-processor', 'v mm2')).to.equal('-');
  });

  it('claims nothing where nothing is known', () => {
    const text = areaTable(resultOf({ area: noArea }));
    const [printed] = printedTables(text);
    expect(printed.rows.every(([, mm2]) => mm2 === '-')).to.equal(true);
    expect(text).to.not.include('figures of');
  });

  it('gives many variants tables one below the other, with all of them', () => {
    const many = Array.from({ length: 14 }, (_, at) => ({ variant: `v${at}`, area: known }));
    const tables = printedTables(areaTable(resultOf(...many)));
    const names = tables.flatMap(({ head }) => head.filter((each) => each.endsWith(' mm2')));
    expect(names).to.deep.equal(many.map(({ variant }) => `${variant} mm2`));
    expect(tables.map(({ head }) => head.length)).to.deep.equal([13, 13, 5]);
    expect(tables.map(({ rows }) => rows.length)).to.deep.equal([9, 9, 9]);
  });
});
