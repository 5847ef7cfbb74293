import { expect } from 'chai';
import type { Growth, GrowthCurve } from '../../bench/measure/growth.js';
import { growthPlot } from '../../bench/print/growthPlot.js';
import { fitPowerLaw } from '../../bench/timing/slope.js';
import { spreadOf } from '../../bench/timing/spread.js';

function curve(factor: number, slope: number, xs: readonly number[]): GrowthCurve {
  const points = xs.map((x) => ({
    x,
    ms: spreadOf([0.9, 1, 1.2].map((noise) => noise * factor * x ** slope)),
  }));
  const fit = fitPowerLaw(points.map(({ x, ms }) => ({ x, y: ms.median })));
  return { points, slope: spreadOf([slope - 0.1, slope, slope + 0.1]), fit };
}

function growth(quantity: string, xs: readonly number[], slope: number): Growth {
  const about = 'forty-eight characters are as many as panels hold';
  return { quantity, about, tile: curve(0.01, slope, xs), estimate: curve(0.002, slope, xs) };
}

const plotted = growthPlot([
  growth('MACs', [2e6, 1e7, 6e8], 0.9),
  growth('channels', [16, 64, 512], 2),
  growth('PEs & ports', [16, 256, 4096], 0),
]);

const numbers = (attribute: string): number[] =>
  [...plotted.matchAll(new RegExp(` ${attribute}="([^"]*)"`, 'g'))].map(([, value]) => Number(value));

describe('the plot of how times grow', () => {
  it('has a mark for every point and one in the legend of each curve', () => {
    expect(plotted.match(/<circle /g)).to.have.length(3 * (3 + 1));
    expect(plotted.match(/<rect class="weight-tip"/g)).to.have.length(3 * (3 + 1));
  });

  it('stays within its frame', () => {
    const [, width, height] = /viewBox="0 0 (\d+) (\d+)"/.exec(plotted) ?? [];
    for (const x of ['x', 'x1', 'x2', 'cx'].flatMap(numbers)) expect(x).to.be.within(0, Number(width));
    for (const y of ['y', 'y1', 'y2', 'cy'].flatMap(numbers)) expect(y).to.be.within(0, Number(height));
  });

  it('has larger times above and larger sizes to the right', () => {
    const discs = [...plotted.matchAll(/<circle [^>]*cx="([^"]*)" cy="([^"]*)"/g)].map(([, x, y]) => [
      Number(x),
      Number(y),
    ]);
    // The first one is the legend's.
    const [, first, second, third] = discs;
    expect([first[0], second[0], third[0]]).to.deep.equal(
      [first[0], second[0], third[0]].toSorted((a, b) => a - b),
    );
    expect(first[1]).to.be.above(second[1]);
    expect(second[1]).to.be.above(third[1]);
  });

  it('says slopes with their quartiles, and escapes what it is given', () => {
    expect(plotted).to.contain('tile execution: slope 0.90 (0.85 to 0.95)');
    expect(plotted).to.contain('PEs &amp; ports').and.not.contain('PEs & ports');
  });
});
