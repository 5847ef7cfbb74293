import { expect } from 'chai';
import { addEnergy, energyMetrics } from '../../src/energy/layerEnergy.js';
import { counts, dramBursts, energyOf } from './fixtures.js';

const first = energyOf(
  counts({
    macs: { dense: 900, effectual: 400, effectualUnpadded: 400, performed: 400, gated: 0 },
    latencyPs: 1_000_000,
    dram: dramBursts({ weight: [1, 0] }),
  }),
);
const second = energyOf(
  counts({ layer: 'pool', kind: 'max-pool', latencyPs: 3_000_000, dram: dramBursts({ ofmap: [0, 2] }) }),
);

describe('energy of several layers', () => {
  const total = addEnergy([first, second]);

  it('is the sum of theirs, part by part', () => {
    expect(total.componentsPj.mac).to.equal(200);
    expect(total.componentsPj.dram).to.equal(3 * 4096);
    expect(total.tensorsPj).to.include({ weight: 4096, ofmap: 8192 });
    // 3.875 mW over 4 us
    expect(total.componentsPj.leakage).to.be.closeTo(15_500, 1e-9);
    expect(total.componentsPj.buffers).to.deep.equal({ left: 0, right: 0 });
    expect(total.totalPj).to.be.closeTo(200 + 12_288 + 15_500, 1e-9);
    expect(total.latencyPs).to.equal(4_000_000);
    expect(total.effectualMacs).to.equal(400);
  });

  it('takes the latency that it is given where layers overlap', () => {
    expect(addEnergy([first, second], 3_500_000).latencyPs).to.equal(3_500_000);
  });

  it('names each source once', () => {
    expect(total.sources).to.deep.equal(first.sources);
  });

  it('adds up level by level and figure by figure', () => {
    expect(total.levelsPj).to.include({ arithmetic: 200, dram: 3 * 4096, buffers: 0 });
    expect(total.levelsPj.idle).to.be.closeTo(15_500, 1e-9);
    expect(total.figures['mac mac'].energyPj).to.equal(200);
    expect(total.figures['dram energy per bit'].energyPj).to.equal(3 * 4096);
    expect(total.figures['mac leak'].energyPj).to.be.closeTo(6 * 0.25 * 4000, 1e-9);
    const sum = Object.values(total.figures).reduce((all, { energyPj }) => all + energyPj, 0);
    expect(sum).to.be.closeTo(total.totalPj, 1e-9);
  });
});

describe('figures of merit', () => {
  it('follow from energy, latency and effectual MACs', () => {
    // 1000 pJ in 2 us with 400 MACs
    const metrics = energyMetrics({ ...first, totalPj: 1000, latencyPs: 2_000_000 });
    expect(metrics.edpPjS).to.be.closeTo(2e-3, 1e-15);
    expect(metrics.edpJs).to.be.closeTo(2e-15, 1e-27);
    expect(metrics.pjPerMac).to.equal(2.5);
    expect(metrics.tops).to.be.closeTo(800 / 2e-6 / 1e12, 1e-12);
    expect(metrics.topsPerWatt).to.be.closeTo(0.8, 1e-12);
    expect(metrics.averagePowerMw).to.be.closeTo(0.5, 1e-12);
    const { dram } = first.componentsPj;
    expect(metrics.chipPowerMw).to.be.closeTo((1000 - dram) / 2000, 1e-12);
  });

  it('agree with each other: TOPS per watt is TOPS over power', () => {
    const { tops, topsPerWatt, averagePowerMw } = energyMetrics(first);
    expect(tops! / (averagePowerMw! / 1000)).to.be.closeTo(topsPerWatt!, 1e-12);
  });

  it('are null, not infinite, without MACs or without time', () => {
    expect(energyMetrics(second).pjPerMac).to.equal(null);
    expect(energyMetrics({ ...first, latencyPs: 0 })).to.include({ tops: null, averagePowerMw: null });
  });
});
