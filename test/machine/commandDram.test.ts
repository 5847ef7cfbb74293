import { expect } from 'chai';
import fc from 'fast-check';
import type { Accelerator } from '../../src/accelerator/accelerator.js';
import { defaultController } from '../../src/dram/controllerSettings.js';
import type { ControllerSettings } from '../../src/dram/controllerSettings.js';
import { checkCommands } from '../../src/dram/checker/checkCommands.js';
import type { DramPart } from '../../src/dram/part.js';
import { burstBytesOf, peakBytesPerSecond } from '../../src/dram/part.js';
import { createCommandLog } from '../../src/dram/trace/commandLog.js';
import { networkAddresses } from '../../src/machine/dram/addresses.js';
import { createDram } from '../../src/machine/dram/createDram.js';
import { mapLayer } from '../../src/search/mapLayer.js';
import type { LayerEstimate } from '../../src/machine/estimateLayer.js';
import { runTimeline } from '../../src/machine/timeline.js';
import { convProblem } from '../../src/mapping/layerProblem.js';
import { storeLayer } from '../../src/storage/formats.js';
import { tensors } from '../../src/tensor/dataSpace.js';
import { dramsim3Ddr4, plainPart } from '../dram/fixtures.js';
import { cases, int8, machine } from './arbitraries.js';
import type { Case } from './arbitraries.js';

function onPart(part: DramPart, controller: Partial<ControllerSettings> = {}): Accelerator {
  const settings = { ...defaultController, ...controller };
  return machine({
    dram: {
      kind: 'commands',
      part,
      controller: settings,
      bandwidthBytesPerSecond: peakBytesPerSecond(part) * settings.channels,
      burstBytes: burstBytesOf(part.organisation),
      source: 'test',
    },
  });
}

function mapped({ modelLayer: { layer, supports }, images }: Case, accelerator: Accelerator): LayerEstimate {
  const storage = storeLayer('auto', { supports, precision: int8.weight }, layer.name);
  return mapLayer(convProblem(layer, int8, storage, images), accelerator);
}

const settings = fc.record({
  channels: fc.constantFrom(1, 2),
  ranks: fc.constantFrom(1, 2),
  scheduler: fc.constantFrom('fr-fcfs' as const, 'round-robin' as const, 'in-order' as const),
  addressMap: fc.constantFrom(
    'row-rank-bank-column-bankgroup-channel',
    'row-rank-bankgroup-bank-column-channel',
  ),
  page: fc.constantFrom('open' as const, 'closed' as const),
  window: fc.constantFrom(1, 4, 32),
  writeHigh: fc.constant(1),
  writeLow: fc.constant(0),
});

describe('a layer on a DRAM of commands', () => {
  it('moves every burst that its tensors count, in legal commands, at no more than the peak', () => {
    fc.assert(
      fc.property(cases({ precisions: [int8] }), settings, (given, controller) => {
        const part = plainPart();
        const accelerator = onPart(part, controller);
        const { schedule } = mapped(given, accelerator);
        const log = createCommandLog();
        const dram = createDram(accelerator.dram, { observeCommand: log.add });
        const timeline = runTimeline(schedule, accelerator, { dram });
        const { dramActivity } = timeline;
        if (dramActivity === undefined) throw new Error('the DRAM knows of no commands');
        const { reads, writes, forwarded, merged, clocks, tagged } = dramActivity;
        let bursts = 0;
        tensors.forEach((tensor, tag) => {
          const { readBursts, writeBursts } = timeline.dram[tensor];
          bursts += readBursts + writeBursts;
          expect(tagged[tag].reads).to.be.at.most(readBursts);
          expect(tagged[tag].writes).to.be.at.most(writeBursts);
        });
        expect(reads + writes + forwarded + merged).to.equal(bursts);
        expect(clocks).to.equal(Math.ceil((timeline.cycles * accelerator.periodPs) / part.timing.tCKPs));
        expect(timeline.endPs).to.be.at.least(
          ((reads + writes) * 64 * 1e12) / accelerator.dram.bandwidthBytesPerSecond,
        );
        const { violations } = checkCommands(log.sorted(), part, { ...controller, refresh: true });
        expect(violations).to.deep.equal([]);
      }),
      { numRuns: 60 },
    );
  });

  it('tells the reads of positions from those of values', () => {
    const accelerator = onPart(plainPart());
    const timelines = fc.sample(cases({ precisions: [int8] }), { seed: 8, numRuns: 100 }).map((given) => {
      const { layer, supports } = given.modelLayer;
      const format = supports.assignment.kind === 'dense' ? 'dense' : 'coo';
      const storage = storeLayer(format, { supports, precision: int8.weight }, layer.name);
      const { schedule } = mapLayer(convProblem(layer, int8, storage, given.images), accelerator);
      return runTimeline(schedule, accelerator);
    });
    // Bursts that hold positions alone count as index; small tiles have none.
    const indexed = timelines.filter(({ dram }) => dram.index.readBursts > 0);
    expect(indexed).to.not.have.length(0);
    for (const { dram, dramActivity } of indexed) {
      for (const tensor of ['weight', 'index'] as const) {
        const { reads } = dramActivity?.tagged[tensors.indexOf(tensor)] ?? { reads: NaN };
        expect(reads).to.equal(dram[tensor].readBursts);
      }
    }
  });

  it('takes up where the layer before left the DRAM: its clock, its rows, its refreshes', () => {
    const accelerator = onPart(plainPart({ tREFI: 2000 }));
    const [given] = fc.sample(cases({ precisions: [int8] }), { seed: 5, numRuns: 1 });
    const { schedule } = mapped(given, accelerator);
    const dram = createDram(accelerator.dram);
    const layers = Array.from({ length: 30 }, () => runTimeline(schedule, accelerator, { dram }));
    const cycles = layers.reduce((sum, layer) => sum + layer.cycles, 0);
    const sum = (figure: 'clocks' | 'refreshes'): number =>
      layers.reduce((total, { dramActivity }) => total + (dramActivity?.[figure] ?? NaN), 0);
    expect(sum('clocks')).to.equal((cycles * accelerator.periodPs) / 1000);
    expect(sum('refreshes')).to.be.closeTo(sum('clocks') / 2000, 1);
    // The longest latency is each layer's own: refreshes lengthen that of some.
    expect(
      new Set(layers.map(({ dramActivity }) => dramActivity?.longestReadLatencyClocks)).size,
    ).to.be.above(2);
    expect(layers[1].dramActivity?.rowHits).to.be.above(layers[0].dramActivity?.rowHits ?? Infinity);
  });

  it('is slower where requests wait for one another than where the controller may choose', () => {
    const [given] = fc.sample(cases({ precisions: [int8] }), { seed: 5, numRuns: 1 });
    const { schedule } = mapped(given, onPart(dramsim3Ddr4));
    const cycles = (controller: Partial<ControllerSettings>): number =>
      runTimeline(schedule, onPart(dramsim3Ddr4, controller)).cycles;
    expect(cycles({ scheduler: 'in-order' })).to.be.above(cycles({}));
    expect(cycles({ page: 'closed' })).to.be.above(cycles({}));
  });
});

describe('addresses of a network', () => {
  const small = plainPart({}, { rows: 2 });
  const given = fc.sample(cases({ precisions: [int8] }), { seed: 5, numRuns: 1 })[0];
  const { layer } = given.modelLayer;

  it('give each tensor a place of its own, and a map to all layers that read it', () => {
    const accelerator = onPart(plainPart());
    const { schedule } = mapped(given, accelerator);
    const next = { ...layer, name: 'next', input: layer.output, output: 'next' };
    const [first, second] = networkAddresses(
      [
        { layer, schedule },
        { layer: next, schedule },
      ],
      accelerator,
    );
    expect(second.input).to.equal(first.output);
    const rowBytes = 16 * 64;
    const distinct = [first.input, first.weights, first.output, second.weights, second.output];
    expect(new Set(distinct).size).to.equal(distinct.length);
    for (const address of distinct) expect(address % rowBytes).to.equal(0);
  });

  it('are refused where the DRAM is too small, with what is needed and what there is', () => {
    const roomy = onPart(plainPart());
    const { schedule } = mapped(given, roomy);
    const cramped = onPart(small);
    const layers = Array.from({ length: 30 }, (_, index) => ({
      layer: { ...layer, name: `l${index}`, output: `l${index}` },
      schedule,
    }));
    expect(() => networkAddresses(layers, cramped)).to.throw(
      /expected weights and feature maps that fit the DRAM of test-machine, got \d+ B for the 8192 B of plain with 1 channels? of 1 ranks?/,
    );
  });
});
