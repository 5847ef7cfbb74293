import { expect } from 'chai';
import fc from 'fast-check';
import type { CommandDramSpec, FlatDramSpec } from '../../src/accelerator/accelerator.js';
import type { LayerCounts } from '../../src/counts/layerCounts.js';
import { UserError } from '../../src/document/userError.js';
import { commandEnergy } from '../../src/dram/dramEnergy.js';
import { defaultController } from '../../src/dram/controllerSettings.js';
import { addEnergy } from '../../src/energy/layerEnergy.js';
import type { LayerEnergy } from '../../src/energy/layerEnergy.js';
import { tensors } from '../../src/tensor/dataSpace.js';
import { activity, roundPart } from '../dram/parts.js';
import { accelerator, counts, dramBursts, energyOf, table } from './fixtures.js';

const spec: CommandDramSpec = {
  kind: 'commands',
  part: roundPart(),
  controller: defaultController,
  bandwidthBytesPerSecond: 4e9,
  burstBytes: 16,
  source: 'invented currents',
};

const evaluate = (changes: Partial<LayerCounts>, dram = spec): LayerEnergy =>
  energyOf(counts(changes), accelerator({ dram }));

const none = { reads: 0, writes: 0, activates: 0 };
const dramActivity = activity({
  ...{
    activates: 3,
    reads: 5,
    writes: 2,
    refreshes: 1,
    activeStandbyClocks: 100,
    prechargePowerDownClocks: 400,
  },
  tagged: [
    { reads: 3, writes: 0, activates: 1 }, // ifmap
    { reads: 2, writes: 0, activates: 1 }, // weight
    none,
    none,
    { reads: 0, writes: 2, activates: 1 }, // ofmap
  ],
});

describe('DRAM energy of a layer on a real part', () => {
  it('is that of its commands, and of standing by', () => {
    // Per command: activate 3920, read 1600, write 1280, refresh 42,000 pJ. Standing by: 124 pJ a clock active, 22 in power-down.
    const { componentsPj, totalPj } = evaluate({ dramActivity });
    expect(componentsPj.dramParts).to.deep.equal({
      activate: 11_760,
      read: 8000,
      write: 2560,
      refresh: 42_000,
      background: 12_400 + 8800,
    });
    expect(componentsPj.dram).to.equal(85_520);
    expect(totalPj).to.equal(85_520);
  });

  it('belongs to the tensor that the commands were for; refresh and background to none', () => {
    const { tensorsPj, withoutTensorPj } = evaluate({ dramActivity });
    expect(tensorsPj).to.deep.equal({
      ifmap: 3 * 1600 + 3920,
      weight: 2 * 1600 + 3920,
      index: 0,
      psum: 0,
      ofmap: 2 * 1280 + 3920,
    });
    expect(withoutTensorPj).to.equal(42_000 + 21_200);
  });

  it('counts what was for nobody known, and refreshes of single banks at their share', () => {
    const stray = activity({ activates: 2, reads: 3, writes: 1, bankRefreshes: 4 });
    const { componentsPj, withoutTensorPj } = evaluate({ dramActivity: stray });
    const each = commandEnergy(spec.part);
    expect(componentsPj.dramParts).to.deep.equal({
      activate: 2 * 3920,
      read: 3 * 1600,
      write: 1280,
      refresh: 4 * each.bankRefreshPj,
      background: 0,
    });
    expect(withoutTensorPj).to.equal(componentsPj.dram);
  });

  it('names the part and who gives its currents', () => {
    expect(evaluate({ dramActivity }).sources.find(({ component }) => component === 'dram')).to.include({
      family: 'round',
      source: 'invented currents',
    });
  });

  it('is that of whole bursts where an energy per bit is given', () => {
    const { componentsPj, tensorsPj } = evaluate(
      { dramActivity, dram: dramBursts({ weight: [3, 0], ofmap: [0, 2] }) },
      { ...spec, energyPjPerBit: 2 },
    );
    expect(componentsPj.dram).to.equal(5 * 128 * 2);
    expect(tensorsPj).to.include({ weight: 3 * 256, ofmap: 2 * 256 });
    expect(componentsPj).to.not.have.property('dramParts');
  });

  it('is not made up where no commands were counted', () => {
    expect(() => evaluate({})).to.throw(/layer conv: .*none were counted/);
  });

  const count = fc.integer({ min: 0, max: 1e6 });
  const anyTagged = fc.tuple(
    ...tensors.map(() => fc.record({ reads: count, writes: count, activates: count })),
  );
  const anyActivity = fc
    .record({
      tagged: anyTagged,
      ...{
        refreshes: count,
        bankRefreshes: count,
        activeStandbyClocks: count,
        prechargeStandbyClocks: count,
      },
      ...{ activePowerDownClocks: count, prechargePowerDownClocks: count },
    })
    .map(({ tagged, ...others }) => {
      const sum = (key: keyof typeof none): number => tagged.reduce((total, each) => total + each[key], 0);
      return activity({
        ...others,
        ...{ tagged, reads: sum('reads'), writes: sum('writes'), activates: sum('activates') },
      });
    });

  it('is the sum of its parts, and the same by tensor, for any commands', () => {
    fc.assert(
      fc.property(anyActivity, (any) => {
        const { componentsPj, tensorsPj, withoutTensorPj, totalPj } = evaluate({ dramActivity: any });
        const parts = Object.values(componentsPj.dramParts ?? {}).reduce((sum, pj) => sum + pj, 0);
        expect(parts).to.be.closeTo(componentsPj.dram, componentsPj.dram * 1e-12);
        const byTensor = Object.values(tensorsPj).reduce((sum, pj) => sum + pj, withoutTensorPj);
        expect(byTensor).to.be.closeTo(totalPj, totalPj * 1e-12);
      }),
    );
  });

  it('of several layers adds up part by part', () => {
    const layer = evaluate({ dramActivity });
    const { dram, dramParts } = addEnergy([layer, layer]).componentsPj;
    expect(dram).to.equal(2 * 85_520);
    expect(dramParts).to.deep.equal({
      activate: 23_520,
      read: 16_000,
      write: 5120,
      refresh: 84_000,
      background: 42_400,
    });
    const flat = energyOf(counts());
    expect(addEnergy([flat, flat]).componentsPj).to.not.have.property('dramParts');
  });
});

describe('DRAM energy that the table gives', () => {
  const { energyPjPerBit, ...bare } = accelerator().dram;
  void energyPjPerBit;
  const machine = accelerator({ dram: bare as FlatDramSpec });
  const layer = counts({ dram: dramBursts({ weight: [2, 0], ofmap: [0, 1] }) });

  it('is charged where the DRAM has none of its own, reads and writes each at theirs', () => {
    const { componentsPj, figures } = energyOf(
      layer,
      machine,
      table({ 'dram read': '2 pJ/bit', 'dram write': '3 pJ/bit' }),
    );
    // a burst of 64 bytes
    expect(componentsPj.dram).to.equal(512 * (2 * 2 + 3));
    expect(figures['dram read'].energyPj).to.equal(2048);
  });

  it('leaves the figure of the DRAM itself alone', () => {
    const priced = table({ 'dram read': '2 pJ/bit', 'dram write': '3 pJ/bit' });
    expect(energyOf(layer, accelerator(), priced).componentsPj.dram).to.equal(3 * 4096);
  });

  it('is missed when neither gives one', () => {
    expect(() => energyOf(layer, machine, table({ 'dram read': '2 pJ/bit' }))).to.throw(
      UserError,
      /^machine\.yaml: dram: expected an energy per bit .*got neither here nor in toy/,
    );
    const place = { file: 'machine.yaml', line: 30, column: 7 };
    const places = { technology: place, energyTable: place, skip: place, dram: place, buffers: {} };
    expect(() => energyOf(layer, { ...machine, places })).to.throw(UserError, /^machine\.yaml:30:7: dram: /);
  });
});
