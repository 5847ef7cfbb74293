import { expect } from 'chai';
import fc from 'fast-check';
import { clocksOfAtLeast, clocksOfAtMost } from '../../src/dram/clocks.js';

describe('times in clocks', () => {
  const meant: ReadonlyArray<readonly [ns: number, tCKPs: number, clocks: number]> = [
    [14.16, 833, 17],
    [3.332, 833, 4],
    [4.9, 833, 6],
    [5, 833, 6],
    [7.5, 833, 9],
    [32, 833, 39],
    [18, 1250, 15],
    [60, 1250, 48],
    [0, 1250, 0],
    // 10.025 clocks are meant to be 10, 10.026 are not.
    [10.025, 1000, 10],
    [10.026, 1000, 11],
  ];
  for (const [ns, tCKPs, clocks] of meant) {
    it(`${ns} ns at a clock of ${tCKPs} ps are ${clocks}`, () => {
      expect(clocksOfAtLeast(ns * 1000, tCKPs)).to.equal(clocks);
    });
  }

  it('last at least as long as the time, but for 2.6 % of a clock, and no clock longer', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0, max: 1e7, noNaN: true }),
        fc.integer({ min: 100, max: 5000 }),
        (ps, tCKPs) => {
          const clocks = clocksOfAtLeast(ps, tCKPs);
          expect(clocks * tCKPs).to.be.above(ps - 0.0261 * tCKPs - 0.001);
          expect((clocks - 1) * tCKPs).to.be.below(ps);
        },
      ),
    );
  });

  it('never exceed a time that is the longest allowed', () => {
    expect(clocksOfAtMost(7_800_000, 833)).to.equal(9363);
    expect(clocksOfAtMost(3_900_000, 1250)).to.equal(3120);
  });
});
