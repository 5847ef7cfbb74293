import { expect } from 'chai';
import fc from 'fast-check';
import { anyTraffic, capacityOf } from './randomTraffic.js';

describe('random DRAM traffic', () => {
  it('draws timings that hold together', () => {
    fc.assert(
      fc.property(anyTraffic, ({ part: { organisation, timing } }) => {
        const { bankGroups, banksPerGroup, burstLength } = organisation;
        expect(timing.tRC).to.be.at.least(timing.tRAS + timing.tRP);
        expect(timing.tRPab).to.be.at.least(timing.tRP);
        expect(timing.tCCD_S).to.be.at.least(burstLength / 2);
        for (const name of ['tCCD', 'tRRD', 'tWTR'] as const) {
          expect(timing[`${name}_L`], name).to.be.at.least(timing[`${name}_S`]);
          if (bankGroups === 1) expect(timing[`${name}_L`], name).to.equal(timing[`${name}_S`]);
        }
        expect(timing.tREFI).to.be.at.least(2 * timing.tRFC);
        expect(timing.tREFI).to.be.at.least(2 * bankGroups * banksPerGroup * (timing.tRFCpb ?? 0));
      }),
    );
  });

  it('draws requests within the device, in the order of their clocks and batches', () => {
    fc.assert(
      fc.property(anyTraffic, ({ part, settings, requests }) => {
        const capacity = capacityOf(part, settings);
        expect(requests[0].batch).to.equal(0);
        requests.forEach(({ address, earliestClock, tag, batch }, index) => {
          expect(address).to.satisfy(
            (byte: number) => Number.isInteger(byte) && byte >= 0 && byte < capacity,
          );
          expect(tag).to.be.within(0, 7);
          const before = requests[Math.max(0, index - 1)];
          expect(earliestClock).to.be.at.least(before.earliestClock);
          expect(batch - before.batch).to.be.within(0, 1);
        });
      }),
    );
  });

  it('sets marks of writes within the window, and refreshes single banks only of parts that can', () => {
    fc.assert(
      fc.property(anyTraffic, ({ part, settings }) => {
        const { window, writeHigh, writeLow, refresh } = settings;
        expect(writeHigh).to.be.within(1, window);
        expect(writeLow).to.be.within(0, writeHigh - 1);
        if (refresh === 'per-bank') expect(part.timing.tRFCpb).to.be.a('number');
      }),
    );
  });
});
