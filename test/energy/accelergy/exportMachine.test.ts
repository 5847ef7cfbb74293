import { expect } from 'chai';
import fc from 'fast-check';
import type { LayerCounts } from '../../../src/counts/layerCounts.js';
import { registerTensors } from '../../../src/dataflow/counters.js';
import { defaultController } from '../../../src/dram/controllerSettings.js';
import { backgroundOf, dramEnergy } from '../../../src/dram/dramEnergy.js';
import { evaluateCounts } from '../../../src/energy/accelergy/evaluateCounts.js';
import type { EvaluatedCounts } from '../../../src/energy/accelergy/evaluateCounts.js';
import { instancesOf } from '../../../src/energy/accelergy/componentName.js';
import { exportMachine } from '../../../src/energy/accelergy/exportMachine.js';
import type { AccelergyExport } from '../../../src/energy/accelergy/exportMachine.js';
import { layerKinds } from '../../../src/energy/action.js';
import { areaOf } from '../../../src/energy/area.js';
import { createEnergyModel, evaluateEnergy } from '../../../src/energy/evaluate.js';
import { addEnergy } from '../../../src/energy/layerEnergy.js';
import type { Energy } from '../../../src/energy/layerEnergy.js';
import { activity, roundPart } from '../../dram/parts.js';
import { refusal } from '../../document/fixtures.js';
import { accelerator, bufferAccess, counts, dramBursts, int8, perTensor, table } from '../fixtures.js';

/** 2 x 3 PEs of two lanes, 4 lanes after them, a bank on the left and four on the right; everything costs something. */
const machine = accelerator({
  periodPs: 2500,
  array: { ...accelerator().array, macLanes: 2 },
  postProcessor: { lanes: 4 },
});
const dear = table({
  'register-file read': '0.01 pJ/bit * entries',
  'register-file write': '0.02 pJ/bit * entries',
  'buffer route': '0.03 pJ/bit * banks',
  'network deliver': '0.07 pJ/bit * arrayWidthMm',
  'network hop': '0.7 pJ/bit * pePitchMm',
  'post-processor leak': '0.3 mW',
  'post-processor area': '30 um^2',
  'decoder area': '11 um^2',
  'dma transfer': '0.001 pJ/bit',
  'dma area': '5 um^2',
  'clock cycle': '0.1 pJ * ifmapEntries + 0.1 pJ * psumEntries',
  'chip leak': '0.9 mW * weightEntries',
});
const model = createEnergyModel(machine, int8, dear);

const some = fc.nat({ max: 1_000_000 });
const few = fc.integer({ min: 1, max: 3 });
const layer: fc.Arbitrary<LayerCounts> = fc
  .record({
    kind: fc.constantFrom(...layerKinds),
    latencyPs: some,
    entries: fc.record({ ifmap: few, weight: few, psum: few }),
    figures: fc.array(some, { minLength: 14, maxLength: 14 }),
  })
  .map(({ kind, latencyPs, entries, figures: [a, b, c, d, e, f, g, h, i, j, k, l, m, n] }) => {
    const accesses = counts().buffers;
    return counts({
      ...{ kind, latencyPs, registerEntries: entries },
      macs: { dense: a, effectual: a, effectualUnpadded: a, performed: a, gated: b },
      registers: {
        ifmap: { reads: a, writes: c },
        weight: { reads: d, writes: e },
        psum: { reads: f, writes: g },
      },
      buffers: {
        left: { ...accesses['left'], ifmap: bufferAccess(h, i) },
        right: { ...accesses['right'], weight: bufferAccess(j, k), psum: bufferAccess(l, m) },
      },
      delivered: perTensor(() => ({ readBytes: n, writeBytes: h })),
      hops: { ifmap: i, weight: j, psum: k },
      patternTableReadBits: l,
      decoding: { entries: m, maskBits: n, symbols: a },
      postProcessorOperations: b,
      dram: {
        ...dramBursts({ ifmap: [c, 0], ofmap: [0, d] }),
        weight: { readBytes: e, writeBytes: 0, readBursts: f, writeBursts: 0 },
      },
    });
  });

function energyOf(layers: readonly LayerCounts[]): Energy {
  return addEnergy(layers.map((each) => evaluateEnergy(each, model)));
}

function sumOf(
  { components }: EvaluatedCounts,
  which: (component: string, action: string) => boolean,
): number {
  return components.reduce(
    (sum, { name, actions }) =>
      actions
        .filter((action) => which(name, action.name))
        .reduce((total, { energyPj }) => total + energyPj, sum),
    0,
  );
}

function rowsOf({ ert }: AccelergyExport, component: string, action: string) {
  const { actions } = ert.tables.find(({ name }) => name.replace(/\[.*/, '') === `toy.${component}`)!;
  return actions.filter(({ name }) => name === action);
}

describe("a machine in Accelergy's terms", () => {
  it('comes to the energy of its layers, in all and by component, whatever they did', () => {
    fc.assert(
      fc.property(fc.array(layer, { minLength: 1, maxLength: 4 }), (layers) => {
        const { ert, counts: counted, estimation } = exportMachine(layers, model);
        const evaluated = evaluateCounts(ert, counted);
        const { totalPj, componentsPj } = energyOf(layers);
        const close = (found: number, wanted: number, what: string): void => {
          expect(found, what).to.be.closeTo(wanted, Math.max(totalPj, 1) * 1e-9);
        };
        close(evaluated.totalPj, totalPj, 'total');
        expect(estimation.totalPj).to.equal(evaluated.totalPj);
        expect(estimation.components).to.deep.equal(
          evaluated.components.map(({ name, energyPj }) => ({ name, energyPj })),
        );
        const active = (part: RegExp): number =>
          sumOf(evaluated, (component, action) => part.test(component) && action !== 'leak');
        close(active(/\.mac\[/), componentsPj.mac, 'mac');
        close(active(/-register-file\[/), componentsPj.registerFiles, 'register files');
        close(active(/\.left$/), componentsPj.buffers['left'], 'left');
        close(active(/\.right\[0\.\.3\]$/), componentsPj.buffers['right'], 'right');
        close(active(/\.network$/), componentsPj.network, 'network');
        close(active(/\.post-processor\[/), componentsPj.postProcessor, 'post-processor');
        close(active(/\.pattern-table$/), componentsPj.patternTable, 'pattern table');
        close(active(/\.decoder\[/), componentsPj.decoder, 'decoder');
        close(active(/\.dma$/), componentsPj.dma, 'dma');
        close(active(/\.dram$/), componentsPj.dram, 'dram');
        close(active(/\.clock$/), componentsPj.clock, 'clock');
        close(
          sumOf(evaluated, (_, action) => action === 'leak'),
          componentsPj.leakage,
          'leakage',
        );
      }),
    );
  });

  const one = counts({
    latencyPs: 10_000,
    macs: { dense: 7, effectual: 7, effectualUnpadded: 7, performed: 7, gated: 0 },
    registers: { ...counts().registers, weight: { reads: 5, writes: 1 } },
    registerEntries: { ifmap: 1, weight: 18, psum: 1 },
    postProcessorOperations: 3,
  });

  it('names components by the instance: lanes of MACs and of the post-processor, PEs, banks, entries of the decoder', () => {
    const { ert, counts: counted } = exportMachine([one], model);
    expect(ert.tables.map(({ name }) => name)).to.deep.equal([
      'toy.left',
      'toy.right[0..3]',
      'toy.mac[0..11]',
      'toy.ifmap-register-file[0..5]',
      'toy.weight-register-file[0..5]',
      'toy.psum-register-file[0..5]',
      'toy.network',
      'toy.post-processor[0..3]',
      'toy.pattern-table',
      'toy.decoder[0..2]',
      'toy.dma',
      'toy.dram',
      'toy.clock',
      'toy.chip',
    ]);
    expect(counted.components.map(({ name }) => name)).to.deep.equal(ert.tables.map(({ name }) => name));
  });

  it('leaks once for each instance and cycle of the core', () => {
    const exported = exportMachine([one], model);
    // 0.25 mW in 2.5 ns; 4 cycles of 12 lanes
    expect(rowsOf(exported, 'mac', 'leak')).to.deep.equal([{ name: 'leak', arguments: {}, energyPj: 0.625 }]);
    const { actions } = exported.counts.components.find(({ name }) => name === 'toy.mac[0..11]')!;
    expect(actions.find(({ name }) => name === 'leak')).to.deep.include({ count: 48 });
    // Four banks of 0.25 mW
    expect(rowsOf(exported, 'right', 'leak')[0].energyPj).to.equal(0.625);
  });

  it('has one row of an action that has one price, and arguments where prices differ', () => {
    expect(rowsOf(exportMachine([one], model), 'weight-register-file', 'read')).to.deep.equal([
      { name: 'read', arguments: {}, energyPj: 0.01 * 18 * 8 },
    ]);
    const other = {
      ...one,
      layer: 'other',
      kind: 'add' as const,
      registerEntries: { ifmap: 1, weight: 2, psum: 1 },
    };
    const exported = exportMachine([one, other, { ...one, layer: 'third' }], model);
    expect(rowsOf(exported, 'weight-register-file', 'read')).to.deep.equal([
      { name: 'read', arguments: { entries: 18 }, energyPj: 0.01 * 18 * 8 },
      { name: 'read', arguments: { entries: 2 }, energyPj: 0.01 * 2 * 8 },
    ]);
    expect(rowsOf(exported, 'ifmap-register-file', 'read')).to.have.length(1);
    expect(rowsOf(exported, 'post-processor', 'operation').map((row) => row.arguments)).to.deep.equal([
      { layer: 'conv2d' },
      { layer: 'add' },
    ]);
    expect(rowsOf(exported, 'chip', 'leak').map((row) => row.arguments)).to.deep.equal([
      { ifmapEntries: 1, weightEntries: 18, psumEntries: 1 },
      { ifmapEntries: 1, weightEntries: 2, psumEntries: 1 },
    ]);
    const { actions } = exported.counts.components.find(({ name }) => name.includes('weight-register'))!;
    expect(actions.filter(({ name }) => name === 'read').map(({ count }) => count)).to.deep.equal([10, 5]);
  });

  it('has the area of each instance, with register files as large as any layer needs', () => {
    const other = { ...one, registerEntries: { ifmap: 9, weight: 2, psum: 3 } };
    const { art } = exportMachine([one, other], model);
    const prices = model.pricesFor({ registerEntries: { ifmap: 9, weight: 18, psum: 3 } });
    const total = art.tables.reduce((sum, { name, areaUm2 }) => sum + areaUm2 * instancesOf(name), 0);
    expect(total).to.be.closeTo(areaOf(machine, prices).totalMm2 * 1e6, 1e-6);
    const areas = Object.fromEntries(art.tables.map(({ name, areaUm2 }) => [name, areaUm2]));
    expect(areas['toy.mac[0..11]']).to.equal(100);
    expect(areas['toy.weight-register-file[0..5]']).to.equal(2 * 18 * 8);
    expect(areas['toy.right[0..3]']).to.equal(1e6);
    expect(areas).not.to.have.any.keys('toy.network', 'toy.dram', 'toy.clock', 'toy.chip');
  });

  it('charges standing by of a DRAM by the clock of a rank, state by state', () => {
    const part = roundPart();
    const commands = createEnergyModel(
      {
        ...machine,
        dram: {
          kind: 'commands',
          ...{ part, controller: defaultController, bandwidthBytesPerSecond: 1e9, burstBytes: 64 },
          source: 'made up',
        },
      },
      int8,
      dear,
    );
    const dramActivity = {
      ...activity({
        reads: 5,
        activates: 2,
        refreshes: 3,
        activeStandbyClocks: 70,
        prechargeStandbyClocks: 30,
        activePowerDownClocks: 20,
        prechargePowerDownClocks: 10,
      }),
      tagged: [{ reads: 4, writes: 0, activates: 1 }],
    };
    const layers = [
      { ...one, dramActivity },
      { ...one, layer: 'other', dramActivity },
    ];
    const exported = exportMachine(layers, commands);
    const { dramParts, dram } = addEnergy(layers.map((each) => evaluateEnergy(each, commands))).componentsPj;
    const counted = exported.counts.components.find(({ name }) => name === 'toy.dram')!;
    expect(
      counted.actions
        .filter(({ name }) => name === 'background')
        .map(({ arguments: state, count }) => [state, count]),
    ).to.deep.equal([
      [{ state: 'active-standby' }, 140],
      [{ state: 'precharge-standby' }, 60],
      [{ state: 'active-power-down' }, 40],
      [{ state: 'precharge-power-down' }, 20],
    ]);
    const evaluated = evaluateCounts(exported.ert, exported.counts);
    const of = (wanted: string): number =>
      sumOf(evaluated, (component, action) => component === 'toy.dram' && action === wanted);
    const { backgroundPj } = dramEnergy(dramActivity, part);
    expect(backgroundPj.activePowerDown / 20).not.to.equal(backgroundPj.prechargePowerDown / 10);
    expect(of('background')).to.be.closeTo(2 * backgroundOf(backgroundPj), 1e-9 * dram);
    expect(dramParts!.background).to.be.closeTo(2 * backgroundOf(backgroundPj), 1e-9 * dram);
    expect(of('read')).to.be.closeTo(dramParts!.read, 1e-9 * dram);
    expect(of('activate')).to.be.closeTo(dramParts!.activate, 1e-9 * dram);
    expect(of('refresh')).to.be.closeTo(dramParts!.refresh, 1e-9 * dram);
  });

  it('puts no dots of names between levels, and refuses a buffer that has the name of something else', async () => {
    const [left, right] = machine.buffers;
    const named = (accelerator: string, ...names: readonly string[]): AccelergyExport =>
      exportMachine(
        [{ ...one, buffers: {} }],
        createEnergyModel(
          {
            ...machine,
            name: accelerator,
            buffers: [
              { ...left, name: names[0] },
              { ...right, name: names[1] },
            ],
          },
          int8,
          dear,
        ),
      );
    expect(named('v1.2', 'a.b', 'c').ert.tables[0].name).to.equal('v1_2.a_b');
    const taken = /^machine\.yaml: buffer "(mac|a_b)": expected a name that no other component has/;
    expect(await refusal(() => named('x', 'mac', 'c'))).to.match(taken);
    expect(await refusal(() => named('x', 'a.b', 'a_b'))).to.match(taken);
  });

  it('has rows of what never happened', () => {
    const exported = exportMachine([one], model);
    expect(rowsOf(exported, 'decoder', 'symbol')).to.have.length(1);
    for (const tensor of registerTensors)
      expect(rowsOf(exported, `${tensor}-register-file`, 'write')).to.have.length(1);
  });
});
