import { expect } from 'chai';
import type { EvaluatedCounts } from '../../src/energy/accelergy/evaluateCounts.js';
import { accelergyBreakdown, accelergyTable } from '../../src/report/accelergyTable.js';

function evaluated(energies: Record<string, number>): EvaluatedCounts {
  return {
    components: Object.entries(energies).map(([name, energyPj]) => ({
      name,
      table: name.replace(/\[\d+\]/, '[0..3]'),
      actions: [],
      energyPj,
    })),
    totalPj: Object.values(energies).reduce((sum, energyPj) => sum + energyPj, 0),
  };
}

describe("the breakdown of Accelergy's energies", () => {
  const areas = (tables: Record<string, number>) => ({
    version: '0.4',
    tables: Object.entries(tables).map(([name, areaUm2]) => ({ name, areaUm2 })),
  });

  it('adds up the instances of a component', () => {
    const { tables, totalPj, totalUm2 } = accelergyBreakdown(
      evaluated({ 'PE[0]': 1, 'PE[2]': 2, glb: 9 }),
      undefined,
    );
    expect(tables).to.deep.equal([
      { table: 'PE[0..3]', instances: 4, energyPj: 3, share: 0.25, areaUm2: null },
      { table: 'glb', instances: 1, energyPj: 9, share: 0.75, areaUm2: null },
    ]);
    expect([totalPj, totalUm2]).to.deep.equal([12, null]);
  });

  it('takes instances from the area table where the energy table has no ranges', () => {
    const { tables, totalUm2 } = accelergyBreakdown(evaluated({ PE: 1 }), areas({ 'PE[0..15]': 2.5 }));
    expect(tables).to.deep.equal([{ table: 'PE', instances: 16, energyPj: 1, share: 1, areaUm2: 40 }]);
    expect(totalUm2).to.equal(40);
  });

  it('takes its own instances where the area table has more', () => {
    const { tables } = accelergyBreakdown(evaluated({ 'PE[1]': 1 }), areas({ 'PE[0..15]': 2.5 }));
    expect(tables).to.deep.equal([{ table: 'PE[0..3]', instances: 4, energyPj: 1, share: 1, areaUm2: 10 }]);
  });

  it('leaves out no area, and makes none up', () => {
    const { tables, totalUm2 } = accelergyBreakdown(evaluated({ glb: 1 }), areas({ 'NoC[0..1]': 3 }));
    expect(tables).to.deep.equal([
      { table: 'glb', instances: 1, energyPj: 1, share: 1, areaUm2: null },
      { table: 'NoC[0..1]', instances: 2, energyPj: null, share: null, areaUm2: 6 },
    ]);
    expect(totalUm2).to.equal(6);
  });

  it('has no shares of nothing', () => {
    expect(accelergyBreakdown(evaluated({ glb: 0 }), undefined).tables[0]?.share).to.equal(null);
  });

  it('shows six digits of small totals, too', () => {
    const lines = accelergyTable(accelergyBreakdown(evaluated({ glb: 0.000123456 }), undefined));
    expect(lines).to.match(/glb +│ +1 │ 0\.000123456 │ 100\.0 %/);
    expect(accelergyTable(accelergyBreakdown(evaluated({ glb: 0 }), undefined))).to.match(
      /glb +│ +1 │ +0\.000 │ +- │/,
    );
  });
});
