import { expect } from 'chai';
import { changesTable } from '../../src/report/changesTable.js';
import type { ChangeOutcome, Figures } from '../../src/report/explainResult.js';
import { rooflinePlot } from '../../src/report/rooflinePlot.js';

const figures: Figures = { objective: 4, latencyPs: 2e9, energyPj: 3e6, dramBytes: 2048, areaMm2: 1.5 };

function outcome(change: string, gain: number, caveats: readonly string[] = []): ChangeOutcome {
  const after = { ...figures, objective: 4 / gain, latencyPs: 1e9 };
  return { change, title: `title of ${change}`, caveats, after, gain, mappingsKept: 0 };
}

describe('the table of changes', () => {
  it('shows what helps with what it takes, its caveats numbered, and lists the rest', () => {
    const changes = [
      outcome('a', 2, ['a caveat']),
      outcome('b', 1.25),
      outcome('c', 1.0001),
      outcome('d', 0.5),
    ];
    const text = changesTable('conv', { figures, changes }, 'energy');
    const lines = text.split('\n');
    expect(lines[0]).to.equal('conv: what lowers the energy, and by how much');
    const cells = lines
      .filter((line) => line.startsWith('│'))
      .map((line) => line.split('│').map((cell) => cell.trim()));
    expect(cells.slice(2).map((row) => row.slice(1, -1))).to.deep.equal([
      ['as it is', '', '2.0000', '3.0000', '2.0', '1.500'],
      ['title of a [1]', '2.000x', '1.0000', '3.0000', '2.0', '1.500'],
      ['title of b', '1.250x', '1.0000', '3.0000', '2.0', '1.500'],
    ]);
    expect(text).to.match(
      /\n {2}\[1\] a caveat\n {2}no help:\n {4}title of c \(1\.000x\)\n {4}title of d \(0\.500x\)$/,
    );
  });

  it('says so where nothing helps', () => {
    const text = changesTable('conv', { figures, changes: [outcome('a', 1), outcome('b', 0.9)] }, 'edp');
    expect(text).to.equal(
      'conv: none of 2 changes lowers the EDP\n  no help:\n    title of a (1.000x)\n    title of b (0.900x)',
    );
  });

  it('shows what helps one layer and not the network', () => {
    const text = changesTable('network', { figures, changes: [outcome('a', 1)] }, 'edp', [
      { title: 'conv', changes: [outcome('a', 1.5)] },
    ]);
    expect(text).to.match(/title of a *│ *1\.000x │ *1\.500x │/);
    expect(text).not.to.include('no help');
  });
});

describe('the plot of a roofline', () => {
  it('puts the roof where the DRAM and then the array end, and points below it', () => {
    const text = rooflinePlot({ peakPerCycle: 64, dramBytesPerCycle: 4 }, [
      { mark: 'N', intensity: 4, attainedPerCycle: 8 },
      { mark: '1', intensity: 64, attainedPerCycle: 64 },
      { mark: '2', intensity: null, attainedPerCycle: 10 },
    ]);
    const lines = text.split('\n');
    expect(lines[0]).to.equal('MACs per cycle');
    const grid = lines.slice(1, 14).map((line) => line.slice(line.indexOf('|') + 1));
    expect(lines[1]).to.match(/^ *64 \|/);
    expect(text).not.to.include('2\n');
    const rowOf = (mark: string): number => grid.findIndex((line) => line.includes(mark));
    const columnOf = (mark: string): number => grid[rowOf(mark)].indexOf(mark);
    expect(rowOf('1')).to.equal(0);
    expect(columnOf('N')).to.be.below(columnOf('1'));
    // The ridge of 16 lies in the middle of 4 and 64.
    expect(grid[0].indexOf('-')).to.be.closeTo((columnOf('N') + columnOf('1')) / 2, 1);
    // At N the roof is 16, twice what is attained.
    const above = grid.findIndex((line) => line[columnOf('N')] === '/');
    expect(above).to.be.below(rowOf('N'));
    expect(lines.at(-1)).to.match(/^ +2\.5 +102 {2}MACs per DRAM byte$/);
  });
});
