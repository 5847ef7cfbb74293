import { expect } from 'chai';
import type { ChipActivity } from '../../src/counts/passActivity.js';
import { createEnergyModel } from '../../src/energy/evaluate.js';
import { peakChipPower } from '../../src/energy/peakPower.js';
import { accelerator, counts, int8, table } from './fixtures.js';

describe('the most that a chip draws', () => {
  const model = createEnergyModel(accelerator(), int8, table({ 'clock cycle': '6 pJ' }));
  const prices = model.pricesFor(counts());
  const macs = (performed: number): ChipActivity =>
    counts({ macs: { dense: 0, effectual: 0, effectualUnpadded: 0, performed, gated: 0 } });
  const peak = (...stretches: ReadonlyArray<readonly [performed: number, cycles: number]>): number =>
    peakChipPower(
      stretches.map(([performed, cycles]) => ({ activity: macs(performed), cycles })),
      model,
      prices,
    );

  it('is what its MACs draw, over the cycles that they take, and what goes on anyway', () => {
    // 6 MACs of 0.5 pJ in each cycle of 1 ns are 3 mW; the clock draws 6 mW, leakage takes 3.875
    expect(peak([600, 100])).to.be.closeTo(3 + 6 + 3.875, 1e-12);
  });

  it('is that of the busiest stretch, however short', () => {
    expect(peak([600, 100], [12, 1], [1000, 1000])).to.be.closeTo(6 + 6 + 3.875, 1e-12);
  });

  it('is nothing where nothing runs, and no stretch without time counts', () => {
    expect(peak()).to.equal(0);
    expect(peak([600, 0])).to.equal(0);
  });
});
