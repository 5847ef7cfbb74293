import { expect } from 'chai';
import { nearestByRatio } from '../../src/energy/nearestByRatio.js';

describe('nearest by ratio', () => {
  it('goes by ratio, not by difference', () => {
    expect(nearestByRatio([10, 100], 40)).to.equal(100);
    expect(nearestByRatio([100, 10], 30)).to.equal(10);
  });

  it('takes the larger of two equally near', () => {
    expect(nearestByRatio([16, 64], 32)).to.equal(64);
  });

  it('finds none among none', () => {
    expect(nearestByRatio([], 32)).to.equal(undefined);
  });
});
