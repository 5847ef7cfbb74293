import { expect } from 'chai';
import { totalsOf } from '../../src/report/totals.js';
import { counts } from '../energy/fixtures.js';

describe('totals', () => {
  it('measure utilization against all multiplications that the array could have made', () => {
    const macs = { dense: 600, effectual: 600, effectualUnpadded: 600, performed: 600, gated: 0 };
    const layers = [counts({ macs, cycles: 100 }), counts({ macs, cycles: 50 })];
    expect(totalsOf(layers, 16).utilization).to.equal(1200 / (150 * 16));
  });
});
