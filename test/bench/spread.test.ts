import { expect } from 'chai';
import fc from 'fast-check';
import { ratioSpread, scaled, spreadOf } from '../../bench/timing/spread.js';

const values = fc.array(fc.double({ min: 1e-3, max: 1e6, noNaN: true }), { minLength: 1, maxLength: 30 });

describe('the spread of measured values', () => {
  it('takes the middle one of an odd number as the median, and the mean of the middle two otherwise', () => {
    expect(spreadOf([9, 1, 5]).median).to.equal(5);
    expect(spreadOf([4, 1, 9, 2]).median).to.equal(3);
    expect(spreadOf([7]).median).to.equal(7);
  });

  it('sorts numbers as numbers', () => {
    expect(spreadOf([100, 9, 20])).to.deep.include({ least: 9, median: 20, most: 100 });
  });

  it("interpolates quartiles as R's default does", () => {
    // quantile(c(1, 2, 3, 4, 10, 20), type = 7) in R: 1, 2.25, 3.5, 8.5, 20
    expect(spreadOf([20, 3, 1, 10, 2, 4])).to.deep.equal({
      ...{ least: 1, lowerQuartile: 2.25, median: 3.5, upperQuartile: 8.5, most: 20 },
      count: 6,
    });
  });

  it('has its figures in order, and none outside of the values', () => {
    fc.assert(
      fc.property(values, (all) => {
        const { least, lowerQuartile, median, upperQuartile, most, count } = spreadOf(all);
        expect([least, lowerQuartile, median, upperQuartile, most]).to.deep.equal(
          [least, lowerQuartile, median, upperQuartile, most].sort((a, b) => a - b),
        );
        expect([least, most, count]).to.deep.equal([Math.min(...all), Math.max(...all), all.length]);
      }),
    );
  });

  it('does not depend on the order of the values, and leaves it as it is', () => {
    const all = [3, 1, 2];
    expect(spreadOf(all)).to.deep.equal(spreadOf([1, 2, 3]));
    expect(all).to.deep.equal([3, 1, 2]);
  });

  it('refuses no values, and values that are no numbers', () => {
    expect(() => spreadOf([])).to.throw(RangeError, 'at least one');
    expect(() => spreadOf([1, NaN])).to.throw(RangeError, 'NaN');
  });

  it('of ratios is that of neighbours, not of medians', () => {
    // A machine that is three times slower in the second round: the ratio stays.
    expect(ratioSpread([2, 6, 2], [1, 3, 1])).to.deep.include({ least: 2, median: 2, most: 2 });
    expect(ratioSpread([2, 8, 3], [1, 2, 3])).to.deep.include({ least: 1, median: 2, most: 4 });
    expect(() => ratioSpread([1, 2], [1])).to.throw(RangeError, 'pairs');
  });

  it('takes another unit', () => {
    expect(scaled(spreadOf([1, 2, 4]), 0.5)).to.deep.equal(spreadOf([0.5, 1, 2]));
  });
});
