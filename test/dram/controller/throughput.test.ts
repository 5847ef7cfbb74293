import { expect } from 'chai';
import { defaultController } from '../../../src/dram/controllerSettings.js';
import type { ControllerSettings } from '../../../src/dram/controllerSettings.js';
import type { DramPart } from '../../../src/dram/part.js';
import { dramsim3Ddr4, linearCongruential, runRequests } from '../fixtures.js';

const count = 20_000;

function clocksPerBurst(
  part: DramPart,
  settings: Partial<ControllerSettings>,
  address: (index: number) => number,
  isWrite = false,
): number {
  const requests = Array.from({ length: count }, (_, index) => ({ address: address(index), isWrite }));
  return runRequests(part, { ...defaultController, ...settings }, requests).endClock / count;
}

describe('what DRAM gets through', () => {
  const { timing } = dramsim3Ddr4;
  const sharePerRefresh = 1 - timing.tRFC / timing.tREFI;

  it('is the peak less refresh for streams, where bank groups change from burst to burst', () => {
    const settings = { addressMap: 'row-bank-column-bankgroup' };
    const ideal = timing.tCCD_S / sharePerRefresh;
    for (const isWrite of [false, true]) {
      const found = clocksPerBurst(dramsim3Ddr4, settings, (index) => 64 * index, isWrite);
      expect(found).to.be.within(0.999 * ideal, 1.02 * ideal);
    }
  });

  it('is limited by tCCD_L within one bank group', () => {
    const settings = { addressMap: 'bankgroup-bank-row-column', window: 4, bankQueue: 4 };
    const ideal = timing.tCCD_L / sharePerRefresh;
    const row = 8192;
    // Some clocks go by at each of the 156 changes of rows.
    const found = clocksPerBurst(dramsim3Ddr4, settings, (index) => 64 * index);
    expect(found - ideal).to.be.within(0, (timing.tRC + timing.tRCDRD) / (row / 64));
  });

  it('is four activates in tFAW where every access opens a row of another bank', () => {
    const next = linearCongruential(1);
    const found = clocksPerBurst(dramsim3Ddr4, {}, () => (next() >>> 2) & ~63);
    const ideal = timing.tFAW / 4 / sharePerRefresh;
    expect(found).to.be.within(ideal, 1.03 * ideal);
  });

  it('is tRRD_S where that is wider than a quarter of tFAW', () => {
    const part = { ...dramsim3Ddr4, timing: { ...timing, tRRD_S: 10, tRRD_L: 10 } };
    const next = linearCongruential(1);
    const found = clocksPerBurst(part, {}, () => (next() >>> 2) & ~63);
    expect(found).to.be.within(10 / sharePerRefresh, (1.03 * 10) / sharePerRefresh);
  });

  it('is a row a tRC where all rows lie in one bank', () => {
    const settings = { addressMap: 'row-bankgroup-bank-column' };
    const found = clocksPerBurst(dramsim3Ddr4, settings, (index) => (index * 131072) % 2 ** 32);
    expect(found).to.be.within(timing.tRC / sharePerRefresh, (1.01 * timing.tRC) / sharePerRefresh);
  });
});
