import { expect } from 'chai';
import { areaOf } from '../../src/energy/area.js';
import type { Area } from '../../src/energy/area.js';
import { createEnergyModel } from '../../src/energy/evaluate.js';
import { accelerator, int8, table, toyFigures, withFigures } from './fixtures.js';

const area = (by = table(), machine = accelerator(), entries = 1): Area =>
  areaOf(
    machine,
    createEnergyModel(machine, int8, by).pricesFor({
      registerEntries: { ifmap: entries, weight: 1, psum: 1 },
    }),
  );

describe('the area of a chip', () => {
  it('is that of all its instances: lanes, register files, banks', () => {
    const { componentsMm2, totalMm2 } = area(
      table({ 'post-processor area': '1000 um^2', 'decoder area': '10 um^2', 'dma area': '5 um^2' }),
    );
    // 6 PEs: a MAC of 100 um^2, and 8 + 8 + 32 bits of 2 um^2; banks of 1 mm^2; 1 lane; 3 entries a cycle
    expect(componentsMm2.mac).to.be.closeTo(6e-4, 1e-15);
    expect(componentsMm2.registerFiles).to.be.closeTo(6 * 96e-6, 1e-15);
    expect(componentsMm2.buffers).to.deep.equal({ left: 1, right: 4 });
    expect(componentsMm2.postProcessor).to.be.closeTo(1e-3, 1e-15);
    expect(componentsMm2.decoder).to.be.closeTo(30e-6, 1e-15);
    expect(componentsMm2.dma).to.be.closeTo(5e-6, 1e-15);
    expect(totalMm2).to.be.closeTo(6e-4 + 576e-6 + 5 + 1e-3 + 35e-6, 1e-12);
  });

  it('grows with the lanes of a PE and with its register files', () => {
    const { array } = accelerator();
    const lanes = area(table(), accelerator({ array: { ...array, macLanes: 3 } }));
    expect(lanes.componentsMm2.mac).to.be.closeTo(18e-4, 1e-15);
    expect(area(table(), accelerator(), 5).componentsMm2.registerFiles).to.be.closeTo(6 * 160e-6, 1e-15);
  });

  it('makes a PE the square of its parts, unless its side is given', () => {
    expect(area().pePitchMm).to.be.closeTo(Math.sqrt(196) / 1000, 1e-15);
    const { array } = accelerator();
    expect(area(table(), accelerator({ array: { ...array, pePitchMm: 0.5 } })).pePitchMm).to.equal(0.5);
  });

  it('is null, not nothing, where the table does not say', () => {
    const { 'mac area': mac, ...others } = toyFigures;
    expect(mac).to.be.a('string');
    const { componentsMm2, totalMm2, pePitchMm } = area(withFigures(others));
    expect(componentsMm2).to.include({ mac: null, postProcessor: null, decoder: null, dma: null });
    expect(pePitchMm).to.equal(null);
    expect(totalMm2).to.be.closeTo(5 + 576e-6, 1e-12);
  });

  it('names who says so', () => {
    expect(area().sources.map(({ component, family }) => `${component} ${family}`)).to.have.members([
      'mac toy',
      'registerFiles toy',
      'buffers toy-sram',
    ]);
  });
});
