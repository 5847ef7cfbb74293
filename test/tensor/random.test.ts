import { expect } from 'chai';
import fc from 'fast-check';
import { createRandom, deriveSeed } from '../../src/tensor/random.js';

const draws = (seed: number, count: number): number[] => {
  const random = createRandom(seed);
  return Array.from({ length: count }, () => random.next());
};

describe('random', () => {
  it('gives the same stream for the same seed', () => {
    fc.assert(
      fc.property(fc.maxSafeNat(), (seed) => {
        expect(draws(seed, 20)).to.deep.equal(draws(seed, 20));
      }),
    );
  });

  it('gives other streams for neighbouring seeds and for seeds that differ only above 32 bits', () => {
    expect(draws(1, 4)).to.not.deep.equal(draws(2, 4));
    expect(draws(1, 4)).to.not.deep.equal(draws(1 + 2 ** 32, 4));
  });

  it('keeps its streams from version to version', () => {
    const random = createRandom(1);
    expect([random.integer(1e6), random.integer(1e6), random.integer(1e6)]).to.deep.equal([
      949_957, 194_977, 545_161,
    ]);
    expect(deriveSeed(1, 'conv1')).to.equal(881_244_287);
  });

  it('draws uniform numbers in [0, 1): mean 1/2, variance 1/12', () => {
    const values = draws(3, 100_000);
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
    expect(mean).to.be.closeTo(1 / 2, 0.005);
    expect(variance).to.be.closeTo(1 / 12, 0.002);
    expect(values.every((value) => value >= 0 && value < 1)).to.be.true;
  });

  it('draws every integer below n, and no other', () => {
    const random = createRandom(4);
    const counts = new Array<number>(7).fill(0);
    for (let i = 0; i < 7000; i++) counts[random.integer(7)]++;
    expect(counts).to.have.length(7);
    expect(Math.min(...counts)).to.be.greaterThan(850);
    expect(Math.max(...counts)).to.be.lessThan(1150);
  });

  it('draws normal numbers with mean 0, variance 1 and kurtosis 3', () => {
    const random = createRandom(5);
    const values = Array.from({ length: 100_000 }, () => random.normal());
    const moment = (power: number): number =>
      values.reduce((sum, value) => sum + value ** power, 0) / values.length;
    expect(moment(1)).to.be.closeTo(0, 0.02);
    expect(moment(2)).to.be.closeTo(1, 0.02);
    expect(moment(4)).to.be.closeTo(3, 0.15);
  });

  it('derives another seed for every name', () => {
    const seeds = Array.from({ length: 1000 }, (_, i) => deriveSeed(7, `layer ${i}`));
    expect(new Set(seeds).size).to.equal(1000);
    expect(deriveSeed(7, 'a')).to.not.equal(deriveSeed(8, 'a'));
  });
});
