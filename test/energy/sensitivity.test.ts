import { expect } from 'chai';
import fc from 'fast-check';
import { UserError } from '../../src/document/userError.js';
import type { FigureSource } from '../../src/energy/energyTable.js';
import type { FigureEnergy } from '../../src/energy/layerEnergy.js';
import { sensitivityOf } from '../../src/energy/sensitivity.js';
import type { Sensitivity } from '../../src/energy/sensitivity.js';

const source: FigureSource = {
  component: 'mac',
  family: 'toy',
  source: 'made up for tests',
  foreign: false,
  derived: false,
};

/** An energy of figures a, b, c, ... */
function energyOf(pj: Readonly<Record<string, number>>, latencyPs = 1000) {
  const figures = Object.entries(pj).map(([name, energyPj]) => [name, { energyPj, source }] as const);
  return {
    figures: Object.fromEntries(figures) as Record<string, FigureEnergy>,
    totalPj: Object.values(pj).reduce((sum, each) => sum + each, 0),
    latencyPs,
  };
}

type Named = Readonly<Record<string, number>>;

function compare(dense: Named, sparse: Named, by: number): Sensitivity {
  return sensitivityOf(energyOf(dense), energyOf(sparse), { by });
}

const name = (index: number): string => String.fromCharCode(97 + index);

interface Drawn {
  readonly dense: Named;
  readonly sparse: Named;
  readonly pairs: ReadonlyArray<readonly [number, number]>;
}

/** Some figures cost one of the two nothing, but neither takes nothing at all. */
const energies: fc.Arbitrary<Drawn> = fc
  .array(fc.tuple(fc.integer({ min: 0, max: 1000 }), fc.integer({ min: 0, max: 1000 })), {
    minLength: 1,
    maxLength: 10,
  })
  .filter((pairs) => [0, 1].every((side) => pairs.some((pair) => pair[side] > 0)))
  .map((pairs) => ({
    pairs,
    dense: Object.fromEntries(pairs.map(([pj], index) => [name(index), pj])),
    sparse: Object.fromEntries(pairs.map(([, pj], index) => [name(index), pj])),
  }));

const shares = fc.integer({ min: 1, max: 99 }).map((percent) => percent / 100);

/** dense / sparse at every corner of the box: each figure at 1 - by or 1 + by. */
function corners(pairs: Drawn['pairs'], by: number): number[] {
  return Array.from({ length: 2 ** pairs.length }, (_, corner) => {
    const sum = (side: 0 | 1): number =>
      pairs.reduce((total, pair, place) => total + pair[side] * ((corner >> place) & 1 ? 1 + by : 1 - by), 0);
    return sum(0) / sum(1);
  });
}

function expectClose(found: number, wanted: number): void {
  expect(found).to.be.closeTo(wanted, 1e-9 * Math.max(1, wanted));
}

describe('sensitivity to figures', () => {
  // 200 pJ and 100 pJ.
  const dense = { read: 100, leak: 50, mac: 50 };
  const sparse = { read: 40, leak: 35, mac: 25 };

  it('is what a sum worked out by hand says, in the order of a tornado', () => {
    const { ratio, figures, anyOne } = compare(dense, sparse, 0.5);
    expect(ratio).to.equal(2);
    expect(figures.map(({ figure }) => figure)).to.deep.equal(['read', 'leak', 'mac']);
    expect(figures.map((each) => [each.ratioAtLow, each.ratioAtHigh])).to.deep.equal([
      [150 / 80, 250 / 120],
      [175 / 82.5, 225 / 117.5],
      [175 / 87.5, 225 / 112.5],
    ]);
    expectClose(figures[0].swing, 250 / 120 - 150 / 80);
    expectClose(figures[1].swing, 175 / 82.5 - 225 / 117.5);
    expect(figures[0]).to.include({ densePj: 100, sparsePj: 40, denseShare: 0.5, sparseShare: 0.4 });
    expect(figures[0].source).to.deep.equal(source);
    expect(anyOne).to.deep.equal({ lowest: 150 / 80, highest: 175 / 82.5 });
  });

  it('puts figures of equal swing in the order of their names', () => {
    const figures = compare({ b: 1, c: 1, a: 1 }, { c: 1, a: 1, b: 1 }, 0.1).figures;
    expect(figures.map(({ figure }) => figure)).to.deep.equal(['a', 'b', 'c']);
  });

  it('is at its worst with what sparse saves most low and what it saves least high, and at its best the other way round', () => {
    // mac, of which dense takes 2 times as much, draws both ends towards 2, and is low at both.
    const { together } = compare(dense, sparse, 0.5);
    expectClose(together.lowest, (50 + 75 + 25) / (20 + 52.5 + 12.5));
    expectClose(together.highest, (150 + 25 + 25) / (60 + 17.5 + 12.5));
  });

  it('says how far all figures may be off before nothing is saved', () => {
    // Gains 60 and -10: 50 - 70 x = 0.
    const { breakEvenX, survives } = compare({ a: 100, b: 10 }, { a: 40, b: 20 }, 0.7);
    expectClose(breakEvenX ?? NaN, 5 / 7);
    expect(survives).to.deep.equal({ anyOne: true, together: true });
    expect(compare({ a: 100, b: 10 }, { a: 40, b: 20 }, 0.72).survives.together).to.equal(false);
    expect(compare({ a: 100, b: 100 }, { a: 10, b: 180 }, 0.5).survives).to.deep.equal({
      anyOne: false,
      together: false,
    });
  });

  it('says so where no figure weighs against it, and where it does not save to begin with', () => {
    expect(compare(dense, sparse, 0.2).breakEvenX).to.equal(null);
    expect(compare(sparse, dense, 0.2)).to.deep.include({
      breakEvenX: 0,
      survives: { anyOne: false, together: false },
    });
    expect(compare(dense, dense, 0.2).breakEvenX).to.equal(0);
  });

  it('takes a figure that only one of the two spends anything on', () => {
    const { figures, together } = compare({ a: 100 }, { a: 50, table: 10 }, 0.2);
    const table = figures.find(({ figure }) => figure === 'table');
    expect(table).to.include({ densePj: 0, sparsePj: 10, ratioAtLow: 100 / 58, ratioAtHigh: 100 / 62 });
    expectClose(together.lowest, 80 / (40 + 12));
  });

  it('weighs EDP with latencies that stay as they are', () => {
    const edp = sensitivityOf(energyOf(dense, 3000), energyOf(sparse, 1500), { by: 0.5, metric: 'edp' });
    const energy = compare(dense, sparse, 0.5);
    expect(edp.latencyRatio).to.equal(2);
    expect(edp.ratio).to.equal(4);
    expectClose(edp.together.lowest, 2 * energy.together.lowest);
    expectClose(edp.anyOne.highest, 2 * energy.anyOne.highest);
    // Half the time makes up for a quarter more energy: gains 2 x 100 - 110 and 2 x 20 - 40.
    const slower = [energyOf({ a: 100, b: 20 }, 2000), energyOf({ a: 110, b: 50 }, 1000)] as const;
    const { ratio, breakEvenX } = sensitivityOf(...slower, { by: 0.1, metric: 'edp' });
    expect(ratio).to.equal(1.5);
    expectClose(breakEvenX ?? NaN, 80 / 100);
    expect(sensitivityOf(...slower, { by: 0.1 }).breakEvenX).to.equal(0);
  });

  it('has as its extremes those of all corners of the box', () => {
    fc.assert(
      fc.property(energies, shares, ({ dense, sparse, pairs }, by) => {
        const { together } = compare(dense, sparse, by);
        const all = corners(pairs, by);
        expectClose(together.lowest, Math.min(...all));
        expectClose(together.highest, Math.max(...all));
      }),
      { numRuns: 300 },
    );
  });

  it('breaks even where the worst corner does', () => {
    fc.assert(
      fc.property(energies, ({ dense, sparse, pairs }) => {
        const { ratio, breakEvenX } = compare(dense, sparse, 0.1);
        if (breakEvenX === null) expect(Math.min(...corners(pairs, 0.999999))).to.be.at.least(1);
        else if (breakEvenX === 0) expect(ratio).to.be.at.most(1);
        else expectClose(Math.min(...corners(pairs, breakEvenX)), 1);
      }),
      { numRuns: 300 },
    );
  });

  it('survives changes of all figures just as long as they are below the break-even', () => {
    fc.assert(
      fc.property(energies, shares, ({ dense, sparse }, by) => {
        const { breakEvenX, survives, together, anyOne, ratio } = compare(dense, sparse, by);
        if (Math.abs((breakEvenX ?? 1) - by) > 1e-9)
          expect(survives.together).to.equal(by < (breakEvenX ?? 1));
        expect(survives).to.deep.equal({ anyOne: anyOne.lowest > 1, together: together.lowest > 1 });
        expect(together.lowest).to.be.at.most(anyOne.lowest * (1 + 1e-12));
        expect(anyOne.lowest).to.be.at.most(ratio);
        expect(anyOne.highest).to.be.at.least(ratio);
        expect(together.highest).to.be.at.least(anyOne.highest * (1 - 1e-12));
      }),
    );
  });

  it('changes nothing by nothing', () => {
    fc.assert(
      fc.property(energies, ({ dense, sparse }) => {
        const { ratio, figures, anyOne, together } = compare(dense, sparse, 0);
        for (const found of [anyOne.lowest, anyOne.highest, together.lowest, together.highest])
          expectClose(found, ratio);
        expect(figures.every(({ swing }) => swing === 0)).to.equal(true);
      }),
    );
  });

  it('is the same of figures that are all larger by one factor', () => {
    fc.assert(
      fc.property(energies, shares, fc.integer({ min: 2, max: 50 }), ({ dense, sparse }, by, factor) => {
        const scaled = (pj: Named): Named =>
          Object.fromEntries(Object.entries(pj).map(([key, each]) => [key, each * factor]));
        const [one, other] = [compare(dense, sparse, by), compare(scaled(dense), scaled(sparse), by)];
        expectClose(other.ratio, one.ratio);
        expectClose(other.together.lowest, one.together.lowest);
        expectClose(other.together.highest, one.together.highest);
        expectClose(other.breakEvenX ?? 1, one.breakEvenX ?? 1);
        const swings = ({ figures }: Sensitivity): Map<string, number> =>
          new Map(figures.map(({ figure, swing }) => [figure, swing]));
        swings(other).forEach((swing, figure) => {
          expectClose(swing, swings(one).get(figure) ?? NaN);
        });
      }),
    );
  });

  it('refuses shares that are none, variants that take nothing, and figures that leave energy out', () => {
    for (const by of [-0.1, 1, NaN])
      expect(() => compare(dense, sparse, by)).to.throw(UserError, 'from 0 to below 1');
    expect(() => compare(dense, {}, 0.2)).to.throw(UserError, 'got 0 pJ in 1000 ps');
    const leaky = { ...energyOf(dense), totalPj: 201 };
    expect(() => sensitivityOf(leaky, energyOf(sparse), { by: 0.2 })).to.throw(
      Error,
      'account for 200 pJ of 201 pJ',
    );
  });
});
