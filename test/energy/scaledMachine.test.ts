import { expect } from 'chai';
import type { Accelerator, Scaling } from '../../src/accelerator/accelerator.js';
import { UserError } from '../../src/document/userError.js';
import { bankOf } from '../../src/energy/bufferPrices.js';
import type { EnergyTable } from '../../src/energy/energyTable.js';
import { createEnergyModel } from '../../src/energy/evaluate.js';
import type { Prices } from '../../src/energy/prices.js';
import { scalingFactors } from '../../src/energy/scaling/scalingFactors.js';
import { accelerator, counts, dramBursts, energyOf, int8, table } from './fixtures.js';

const scaling: Scaling = { method: 'stillmaker-baas', voltage: 0.8, flavour: 'hp' };
const at = (technologyNm: number, changes: Partial<Accelerator> = {}): Accelerator =>
  accelerator({ technologyNm, scaling, ...changes });

/** The toy table, measured at 45 nm and 1 V. */
const measured: EnergyTable = {
  ...table(),
  entries: table().entries.map((entry) => ({ ...entry, voltage: 1 })),
};
const pricesAt = (machine: Accelerator, by = measured): Prices =>
  createEnergyModel(machine, int8, by).pricesFor(counts());
const factors = scalingFactors(
  { technologyNm: 45, voltage: 1, flavour: 'hp' },
  { technologyNm: 32, voltage: 0.8, flavour: 'hp' },
);

describe('a machine of another node than its energy table', () => {
  it('takes energies, leakage and areas times the factors of the method, where it asks for that', () => {
    const prices = pricesAt(at(32));
    expect(prices.mac.value).to.be.closeTo(0.5 * factors.energy, 1e-12);
    expect(prices.registerFiles.psum.write.value).to.be.closeTo(0.02 * 32 * factors.energy, 1e-12);
    expect(prices.macLeak.value).to.be.closeTo(0.25 * factors.power, 1e-12);
    expect(prices.macArea?.value).to.be.closeTo(100 * factors.area, 1e-12);
    expect(prices.mac.source).to.include({ technologyNm: 45, voltage: 1, scaledBy: factors.energy });
  });

  it('has smaller PEs, and shorter wires', () => {
    expect(pricesAt(at(32)).pePitchMm).to.be.closeTo(Math.sqrt(196 * factors.area) / 1000, 1e-12);
  });

  it('takes the SRAM of the nearest measured node, scaled by the node alone, whose voltage nobody states', () => {
    const [left] = accelerator().buffers;
    const bank = bankOf(left, at(32), measured);
    const node = scalingFactors(
      { technologyNm: 45, voltage: 0.8, flavour: 'hp' },
      { technologyNm: 32, voltage: 0.8, flavour: 'hp' },
    );
    expect(bank.readPj).to.be.closeTo(2 * node.energy, 1e-12);
    expect(bank.leakageMw).to.be.closeTo(0.25 * node.power, 1e-12);
    expect(bank.areaMm2).to.be.closeTo(node.area, 1e-12);
    expect(bank.accessNs).to.be.closeTo(node.delay, 1e-12);
    expect(pricesAt(at(32)).buffers['left'].read.source).to.include({
      technologyNm: 45,
      scaledBy: node.energy,
    });
    expect(pricesAt(at(32)).buffers['left'].leak.source).to.include({ scaledBy: node.power });
  });

  it('takes SRAM as it was measured where its own node was', () => {
    const prices = pricesAt(at(45));
    expect(prices.buffers['left'].read.value).to.equal(2);
    expect(prices.buffers['left'].read.source).not.to.have.property('scaledBy');
    expect(prices.mac.value, 'the voltage is another one').to.be.lessThan(0.5);
  });

  it('leaves a figure of its own node and voltage alone, and one without a voltage where the node is its own', () => {
    expect(pricesAt(at(45, { scaling: { ...scaling, voltage: 1 } })).mac.value).to.equal(0.5);
    expect(pricesAt(at(45), table()).mac.value).to.equal(0.5);
    expect(pricesAt(at(45), table()).mac.source).not.to.have.property('scaledBy');
  });

  it('leaves the DRAM alone, which is another chip', () => {
    const layer = counts({ dram: dramBursts({ weight: [1, 0] }) });
    expect(energyOf(layer, at(32), measured).componentsPj.dram).to.equal(4096);
  });

  it('is refused at `scaling` where the method covers no such node or voltage', () => {
    const scalingPlace = { file: 'machine.yaml', line: 3, column: 10 };
    const place = { file: 'machine.yaml', line: 1, column: 1 };
    const places = { technology: place, energyTable: place, skip: place, scaling: scalingPlace, buffers: {} };
    expect(() => pricesAt(at(5, { places }))).to.throw(
      UserError,
      /^machine\.yaml:3:10: 5 nm: expected a node/,
    );
    expect(() => pricesAt(at(32, { places, scaling: { ...scaling, voltage: 3 } }))).to.throw(
      UserError,
      /^machine\.yaml:3:10: 3 V at \d+ nm: expected 0\.5 V to /,
    );
    expect(() => pricesAt(at(5))).to.throw(UserError, /^machine\.yaml: /);
  });
});
