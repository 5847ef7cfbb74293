import { expect } from 'chai';
import { logAxis, tickText } from '../../bench/print/logAxis.js';

describe('a logarithmic axis', () => {
  it('has its ends where they are asked for, and equal ratios equally far apart', () => {
    const { at } = logAxis(1, 100, 50, 250);
    expect([at(1), at(10), at(100)].map((place) => Math.round(place))).to.deep.equal([50, 150, 250]);
  });

  it('runs upwards where the drawing does not', () => {
    const { at } = logAxis(1, 100, 250, 50);
    expect(at(10)).to.be.closeTo(150, 1e-9);
  });

  it('has ticks at powers of ten', () => {
    expect(logAxis(0.05, 2000, 0, 1).ticks).to.deep.equal([0.1, 1, 10, 100, 1000]);
  });

  it('has more of them where it is short', () => {
    expect(logAxis(0.03, 0.6, 0, 1).ticks).to.deep.equal([0.05, 0.1, 0.2, 0.5]);
  });

  it('refuses ends that have no logarithm or lie the wrong way round', () => {
    expect(() => logAxis(0, 1, 0, 1)).to.throw(RangeError);
    expect(() => logAxis(2, 1, 0, 1)).to.throw(RangeError);
  });

  it('labels ticks shortly', () => {
    expect([0.05, 1, 5000, 10_000, 2e6, 1e9].map(tickText)).to.deep.equal([
      ...['0.05', '1', '5000', '10k', '2M', '1G'],
    ]);
  });
});
