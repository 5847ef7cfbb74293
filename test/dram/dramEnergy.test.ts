import { expect } from 'chai';
import fc from 'fast-check';
import { commandEnergy, dramEnergy } from '../../src/dram/dramEnergy.js';
import { loadPart } from '../../src/dram/loadPart.js';
import { burstBytesOf } from '../../src/dram/part.js';
import type { DramPart } from '../../src/dram/part.js';
import { activity, roundPart } from './parts.js';

/** Of one bit read and written, and of one device's activate. */
function figuresOf(part: DramPart): { read: number; write: number; activate: number } {
  const bits = burstBytesOf(part.organisation) * 8;
  const { readPj, writePj, activatePj } = commandEnergy(part);
  return { read: readPj / bits, write: writePj / bits, activate: activatePj / part.organisation.devices };
}

const withoutBus = (part: DramPart): DramPart => ({
  ...part,
  rails: part.rails.filter(({ name }) => name !== 'VDDQ'),
});
const coreOnly = (part: DramPart): DramPart => ({
  ...part,
  rails: part.rails.filter(({ name }) => name !== 'VPP'),
});

describe('DRAM energy from currents', () => {
  it('is that of a trace worked out by hand', () => {
    // 2 devices. An activate: 2 V x (50 mA x 40 ns - (30 x 30 + 20 x 10)) = 1800 pJ on A, 1 V x (6 x 40 - 2 x 40) = 160 on B.
    // A read: 2 V x (130 - 30) mA x 4 ns = 800 pJ. A write: 2 V x (110 - 30) x 4 = 640 pJ. B draws nothing more for either.
    // A refresh: 2 V x (120 - 20) mA x 100 ns = 20,000 pJ on A, 1 V x (12 - 2) x 100 = 1000 on B.
    expect(commandEnergy(roundPart())).to.deep.equal({
      activatePj: 3920,
      readPj: 1600,
      writePj: 1280,
      refreshPj: 42_000,
      bankRefreshPj: 10_500,
    });
    // One activate, two reads, one write, one refresh. Background: 2 devices x (2 V x IDD of A + 1 V x IDD of B) x ns.
    const energy = dramEnergy(
      activity({
        ...{ clocks: 1000, activates: 1, precharges: 1, reads: 2, writes: 1, refreshes: 1 },
        ...{
          activeStandbyClocks: 100,
          prechargeStandbyClocks: 300,
          activePowerDownClocks: 200,
          prechargePowerDownClocks: 400,
        },
      }),
      roundPart(),
    );
    expect(energy).to.deep.equal({
      activatePj: 3920,
      readPj: 3200,
      writePj: 1280,
      refreshPj: 42_000,
      backgroundPj: {
        activeStandby: 12_400, // 2 x (60 + 2) mW x 100 ns
        prechargeStandby: 25_200, // 2 x (40 + 2) mW x 300 ns
        activePowerDown: 8400, // 2 x (20 + 1) mW x 200 ns
        prechargePowerDown: 8800, // 2 x (10 + 1) mW x 400 ns
      },
      totalPj: 105_200,
    });
  });

  // `derived_pJ_per_bit` and `act_pre` worked out from the same data sheets, their times not rounded to clocks.
  it('agrees with figures of the parts that were derived elsewhere', async () => {
    const lpddr4 = await loadPart('lpddr4-3200');
    expect(figuresOf(lpddr4).read).to.be.closeTo(8.47, 5e-3);
    expect(figuresOf(lpddr4).write).to.be.closeTo(5.033, 5e-4);
    expect(figuresOf(lpddr4).activate).to.be.closeTo(1204.7, 0.05);
    expect(figuresOf(withoutBus(lpddr4)).read).to.be.closeTo(5.264, 5e-4);
    expect(figuresOf(withoutBus(lpddr4)).write).to.be.closeTo(3.867, 5e-4);
    const ddr3 = figuresOf(await loadPart('ddr3-1600'));
    expect(ddr3.read).to.be.closeTo(13.184, 5e-4);
    expect(ddr3.write).to.be.closeTo(13.77, 5e-4);
    expect(ddr3.activate).to.be.closeTo(4687.5, 0.05);
    const lpddr3 = figuresOf(await loadPart('lpddr3-1600'));
    expect(lpddr3.read).to.be.closeTo(4.594, 5e-4);
    expect(lpddr3.write).to.be.closeTo(3.656, 5e-4);
    const ddr4 = figuresOf(await loadPart('ddr4-2400'));
    expect(ddr4.read).to.be.closeTo(5.748, 5e-4);
    expect(ddr4.write).to.be.closeTo(4.998, 5e-4);
    const wide = figuresOf(await loadPart('ddr4-2400-x16'));
    expect(wide.read).to.be.closeTo(6.123, 5e-4);
    expect(wide.write).to.be.closeTo(5.654, 5e-4);
    const hbm2 = figuresOf(await loadPart('hbm2-2000'));
    expect(hbm2.read).to.be.closeTo(1.57, 5e-4);
    expect(hbm2.write).to.be.closeTo(2.086, 5e-4);
    // Of a pseudo channel, half a channel.
    expect(hbm2.activate).to.be.closeTo(828 / 2, 0.05);
  });

  it('differs from these by what rounding to clocks does to tRAS and tRC, less than 1 %', async () => {
    expect(figuresOf(await loadPart('lpddr3-1600')).activate / 2731.7).to.be.closeTo(1, 0.003);
    expect(figuresOf(await loadPart('ddr4-2400')).activate / 429.9).to.be.closeTo(1, 0.008);
    // The derivation leaves out the 4 mA that the x16 device draws from VPP.
    expect(figuresOf(coreOnly(await loadPart('ddr4-2400-x16'))).activate / 2048.8).to.be.closeTo(1, 0.01);
    expect(figuresOf(await loadPart('ddr4-2400-x16')).activate / 2048.8).to.be.closeTo(1.066, 0.001);
  });

  it('charges a refreshing rank IDD5 in all, commands and background together', () => {
    const { totalPj } = dramEnergy(activity({ refreshes: 1, prechargeStandbyClocks: 100 }), roundPart());
    expect(totalPj).to.equal(2 * (2 * 120 + 12) * 100);
  });

  it('takes refreshing all banks one by one for refreshing them together', () => {
    const part = roundPart();
    expect(dramEnergy(activity({ bankRefreshes: 4 }), part).refreshPj).to.equal(
      dramEnergy(activity({ refreshes: 1 }), part).refreshPj,
    );
  });

  it('of two stretches is that of both together, and its parts are its total', () => {
    const count = fc.integer({ min: 0, max: 1e6 });
    const anyActivity = fc.record({
      ...{ activates: count, reads: count, writes: count, refreshes: count, bankRefreshes: count },
      ...{ activeStandbyClocks: count, prechargeStandbyClocks: count },
      ...{ activePowerDownClocks: count, prechargePowerDownClocks: count },
    });
    fc.assert(
      fc.property(anyActivity, anyActivity, (a, b) => {
        const part = roundPart();
        const both = Object.fromEntries(
          Object.keys(a).map((key) => [key, a[key as keyof typeof a] + b[key as keyof typeof b]]),
        );
        const together = dramEnergy(activity(both), part);
        const apart = dramEnergy(activity(a), part).totalPj + dramEnergy(activity(b), part).totalPj;
        expect(together.totalPj).to.be.closeTo(apart, together.totalPj * 1e-12);
        const { activatePj, readPj, writePj, refreshPj, backgroundPj } = together;
        const states = Object.values(backgroundPj).reduce((sum, pj) => sum + pj, 0);
        expect(activatePj + readPj + writePj + refreshPj + states).to.be.closeTo(
          together.totalPj,
          together.totalPj * 1e-12,
        );
      }),
    );
  });
});
