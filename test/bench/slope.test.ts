import { expect } from 'chai';
import fc from 'fast-check';
import { fitPowerLaw } from '../../bench/timing/slope.js';

const slopes = fc.double({ min: -3, max: 3, noNaN: true });
const factors = fc.double({ min: 1e-3, max: 1e3, noNaN: true });

describe('the fit of a power law', () => {
  it('finds the law that points were made of', () => {
    fc.assert(
      fc.property(slopes, factors, (slope, factor) => {
        const points = [8, 16, 100, 1000].map((x) => ({ x, y: factor * x ** slope }));
        const found = fitPowerLaw(points);
        expect(found.slope).to.be.closeTo(slope, 1e-9);
        expect(found.factor / factor).to.be.closeTo(1, 1e-9);
      }),
    );
  });

  it('is 0 for a time that does not grow, 1 for one in proportion, 2 for a square', () => {
    const of = (law: (x: number) => number): number =>
      fitPowerLaw([1, 2, 4, 8].map((x) => ({ x, y: law(x) }))).slope;
    expect(of(() => 7)).to.be.closeTo(0, 1e-12);
    expect(of((x) => 3 * x)).to.be.closeTo(1, 1e-12);
    expect(of((x) => x * x)).to.be.closeTo(2, 1e-12);
  });

  it('is below 1 where a part of the time does not grow', () => {
    const { slope } = fitPowerLaw([1, 10, 100].map((x) => ({ x, y: 5 + x })));
    expect(slope).to.be.within(0.3, 0.8);
  });

  it('takes the least squares of the logarithms', () => {
    // Logarithms to base 2: (0, 0), (1, 3), (2, 3). By hand: slope 3 / 2, and 2^(2 - 3/2) at x = 1.
    const { slope, factor } = fitPowerLaw([
      { x: 1, y: 1 },
      { x: 2, y: 8 },
      { x: 4, y: 8 },
    ]);
    expect(slope).to.be.closeTo(1.5, 1e-12);
    expect(factor).to.be.closeTo(Math.SQRT2, 1e-12);
  });

  it('refuses one size alone, and values that have no logarithm', () => {
    const same = [
      { x: 3, y: 1 },
      { x: 3, y: 2 },
    ];
    expect(() => fitPowerLaw(same)).to.throw(RangeError, 'two sizes');
    expect(() => fitPowerLaw([])).to.throw(RangeError, 'two sizes');
    expect(() => fitPowerLaw([...same, { x: 4, y: 0 }])).to.throw(RangeError, 'above zero');
  });
});
