import { expect } from 'chai';
import { join } from 'node:path';
import type { Accelerator } from '../../src/accelerator/accelerator.js';
import type { LayerCounts } from '../../src/counts/layerCounts.js';
import { packageRoot } from '../../src/document/package.js';
import { createEnergyModel, evaluateEnergy } from '../../src/energy/evaluate.js';
import type { EnergyComponents } from '../../src/energy/layerEnergy.js';
import { loadEnergyTable } from '../../src/energy/table.js';
import { loadScenario } from '../../src/explore/scenario.js';
import type { Scenario } from '../../src/explore/scenario.js';
import { simulate } from '../../src/explore/simulate.js';

const scaling = { method: 'stillmaker-baas', voltage: 0.9, flavour: 'hp' } as const;

/** The scenario with other hardware and another table. */
async function withTable(scenario: Scenario, name: string, changes: Partial<Accelerator>): Promise<Scenario> {
  const changed = (machine: Accelerator): Accelerator => ({ ...machine, ...changes });
  return {
    ...scenario,
    accelerator: changed(scenario.accelerator),
    energyTable: await loadEnergyTable(name),
    cells: scenario.cells.map((cell) => ({ ...cell, accelerator: changed(cell.accelerator) })),
  };
}

describe('a convolution of 64 channels by 64 filters of 3 x 3, by three families of figures', () => {
  let scenario: Scenario;
  let layer: LayerCounts;
  let edge: EnergyComponents;
  let horowitz: EnergyComponents;
  let aladdin: EnergyComponents;

  /** On edge-16x16 at 45 nm, 0.9 V, everything brought there. */
  const energyBy = async (name: string, changes: Partial<Accelerator> = {}): Promise<EnergyComponents> => {
    const { accelerator, energyTable, settings } = await withTable(scenario, name, { scaling, ...changes });
    return evaluateEnergy(layer, createEnergyModel(accelerator, settings.precision, energyTable))
      .componentsPj;
  };

  before(async () => {
    scenario = await loadScenario(join(packageRoot(), 'configs/scenarios/resnet18-cifar10.yaml'), {
      variants: ['pSC9'],
      layers: ['layer1.0.conv2'],
      execution: 'estimate',
    });
    const { variants } = await simulate(scenario);
    layer = variants[0].layers[0].counts;
    edge = await energyBy('edge-45nm');
    horowitz = await energyBy('horowitz-45nm');
    aladdin = await energyBy('aladdin-40nm');
  });

  /** pJ of the chip. */
  const chipPj = ({ buffers, ...others }: EnergyComponents): number => {
    const { mac, registerFiles, network, postProcessor, patternTable, decoder, dma, clock, leakage } = others;
    const parts = [mac, registerFiles, network, postProcessor, patternTable, decoder, dma, clock, leakage];
    return [...parts, ...Object.values(buffers)].reduce((sum, pj) => sum + pj, 0);
  };

  it('takes 1.3 times as much with the caches of Horowitz, and 1.4 times with the arithmetic of Aladdin', () => {
    expect(chipPj(horowitz) / chipPj(edge)).to.be.closeTo(1.27, 0.03);
    expect(chipPj(aladdin) / chipPj(edge)).to.be.closeTo(1.44, 0.03);
  });

  // Horowitz, ISSCC 2014, 45 nm, and Aladdin, 40 nm, 1 ns: 32-bit multiply 3.1 and 12.68 pJ, int32 add 0.1 and 0.21 pJ
  it('pays four times as much for a multiplier of Aladdin, and twice as much for an adder', () => {
    const { performed } = layer.macs;
    const [multiply, add] = [12.68 / 16 / 0.2, 0.21 / 0.1];
    expect(multiply).to.be.within(3.9, 4);
    expect(edge.mac).to.be.closeTo(performed * (0.2 + 0.1), 1);
    expect(aladdin.mac).to.be.closeTo(performed * (0.2 * multiply + 0.1 * add), 1);
    expect(aladdin.mac / edge.mac).to.be.closeTo(3.34, 0.01);
    expect(aladdin.postProcessor / edge.postProcessor).to.be.closeTo(3.97, 0.01);
  });

  it('pays Horowitz for arithmetic in both tables that are of his family', () => {
    expect(horowitz.mac).to.equal(edge.mac);
    expect(horowitz.postProcessor).to.equal(edge.postProcessor);
  });

  it('pays the same for one register in all of them, which is Aladdin everywhere', () => {
    expect(Object.values(layer.registerEntries)).to.deep.equal([1, 1, 1]);
    expect(horowitz.registerFiles).to.equal(edge.registerFiles);
    expect(aladdin.registerFiles).to.be.closeTo(edge.registerFiles, 1);
  });

  it('pays 3.6 times as much for a cache of Horowitz as for an SRAM of CACTI 7, low operating power', () => {
    for (const [buffer, pj] of Object.entries(edge.buffers)) {
      expect(horowitz.buffers[buffer] / pj, buffer).to.be.within(3.5, 3.7);
      expect(aladdin.buffers[buffer], buffer).to.equal(pj);
    }
  });

  it("pays more for wires where PEs are larger, which Aladdin's are", () => {
    // Areas of a PE of int8: Aladdin's, and that of edge-45nm, with 48 bits of registers each
    const pitch = Math.sqrt((6350 / 16 + 278 + 48 * 5.98) / (282 + 137 + 48 * 5.98));
    expect(aladdin.network / edge.network).to.be.closeTo(pitch, 1e-6);
  });

  it("pays for Horowitz's DRAM where the accelerator leaves it to the table", async () => {
    const { dram } = scenario.accelerator;
    const flat = {
      kind: 'flat',
      source: 'the energy table',
      ...{ burstBytes: dram.burstBytes, bandwidthBytesPerSecond: 12.8e9, latencyPs: 0 },
    } as const;
    const byTable = await energyBy('horowitz-45nm', { dram: flat });
    const bursts = Object.values(layer.dram).reduce(
      (sum, { readBursts, writeBursts }) => sum + readBursts + writeBursts,
      0,
    );
    expect(byTable.dram).to.be.closeTo((bursts * dram.burstBytes * 8 * 1300) / 64, 1);
    // A part's currents are the accelerator's own.
    expect(horowitz.dram).to.equal(edge.dram);
  });

  it('says in the notes of a run what was scaled, and that 40 nm is taken as 45 nm', async () => {
    const changes = { technologyNm: 40, scaling };
    const { notes } = await simulate(await withTable(scenario, 'aladdin-40nm', changes));
    const scaled = notes.find((note) => note.startsWith('energy figures scaled'));
    expect(scaled).to.match(/scaled to 40 nm, 0\.9 V \(hp\) after Stillmaker and Baas 2017/);
    expect(scaled).to.match(/buffers x1 from 45 nm/);
    expect(scaled).to.match(/network x0\.8115 from 40 nm at 1 V/);
    expect(scaled, 'measured at 40 nm, at a voltage that nobody states').not.to.match(/mac|registerFiles/);
    expect(notes).to.include('40 nm is taken as 45 nm, the nearest node of the method');
    const foreign = notes.find((note) => note.startsWith('energy figures of other families'));
    expect(foreign).to.match(
      /: buffers \(cacti-7\), network \(accelergy-wire\), leakage \(cacti-7\), clock \(cnnergy-65nm\)$/,
    );
  });
});
