import { expect } from 'chai';
import type { LayerCounts } from '../../src/counts/layerCounts.js';
import type { Stretch } from '../../src/counts/passActivity.js';
import { createEnergyModel, evaluateEnergy } from '../../src/energy/evaluate.js';
import { energyMetrics } from '../../src/energy/layerEnergy.js';
import { peakChipPower } from '../../src/energy/peakPower.js';
import { accelerator, bufferAccess, counts, dramBursts, int8, perTensor, table } from './fixtures.js';

describe('the most that a chip draws', () => {
  const model = createEnergyModel(accelerator(), int8, table({ 'clock cycle': '6 pJ' }));
  const macs = (performed: number): Pick<LayerCounts, 'macs'> => ({
    macs: { dense: 0, effectual: 0, effectualUnpadded: 0, performed, gated: 0 },
  });
  type Pass = readonly [performed: number, cycles: number, times?: number];
  const stretchesOf = (passes: readonly Pass[]): Stretch[] =>
    passes.map(([performed, cycles, times = 1]) => ({ activity: counts(macs(performed)), cycles, times }));

  /** Of passes that leave `idleCycles` between them; `others` is done beside them. */
  const powers = (
    passes: readonly Pass[],
    idleCycles = 0,
    others: Partial<LayerCounts> = {},
  ): { readonly peak: number; readonly average: number | null } => {
    const total = (figure: (pass: Pass) => number): number =>
      passes.reduce((sum, pass) => sum + figure(pass) * (pass[2] ?? 1), 0);
    const layer = counts({
      ...macs(total(([performed]) => performed)),
      latencyPs: (total(([, cycles]) => cycles) + idleCycles) * 1000,
      ...others,
    });
    const energy = evaluateEnergy(layer, model);
    return {
      peak: peakChipPower(stretchesOf(passes), energy, model, model.pricesFor(layer)),
      average: energyMetrics(energy).chipPowerMw,
    };
  };

  // 6 MACs of 0.5 pJ in each cycle of 1 ns are 3 mW; the clock draws 6 mW, leakage takes 3.875
  it('is what its MACs draw, over the cycles that they take, and what goes on anyway', () => {
    expect(powers([[600, 100]]).peak).to.be.closeTo(3 + 6 + 3.875, 1e-12);
    expect(powers([[600, 100]]).average, 'the same all the time').to.be.closeTo(12.875, 1e-12);
  });

  it('is that of the busiest stretch, however short', () => {
    const passes: Pass[] = [
      [600, 100, 5],
      [12, 1],
      [1000, 1000],
    ];
    expect(powers(passes).peak).to.be.closeTo(6 + 6 + 3.875, 1e-12);
    expect(powers(passes, 1e6).peak, 'with pauses between them').to.be.closeTo(6 + 6 + 3.875, 1e-9);
  });

  it('counts what is done beside the stretches as spread over all of the layer', () => {
    // 100 words of 3 pJ that the DMA writes into the buffer `left`, over 200 ns: 1.5 mW
    const buffers = {
      left: perTensor((tensor) => (tensor === 'ifmap' ? bufferAccess(0, 100) : bufferAccess())),
    };
    expect(powers([[600, 100]], 100, { buffers }).peak).to.be.closeTo(3 + 6 + 3.875 + 1.5, 1e-12);
  });

  it('leaves the DRAM out', () => {
    const dram = dramBursts({ weight: [1000, 0] });
    expect(powers([[600, 100]], 0, { dram }).peak).to.be.closeTo(12.875, 1e-9);
  });

  it('is never less than the average', () => {
    for (const idleCycles of [0, 1, 1000]) {
      const { peak, average } = powers(
        [
          [600, 100, 3],
          [7, 3],
          [0, 50],
        ],
        idleCycles,
      );
      expect(peak).to.be.at.least(average ?? NaN);
    }
  });

  it('is nothing where nothing runs', () => {
    expect(powers([]).peak).to.equal(0);
    expect(powers([[600, 0]]).peak).to.equal(0);
  });
});
