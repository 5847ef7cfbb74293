import { expect } from 'chai';
import { join } from 'node:path';
import { cyclePartNames } from '../../src/counts/cycleParts.js';
import { UserError } from '../../src/document/userError.js';
import { explainScenario, loadScenario, simulate } from '../../src/index.js';
import type { Explained, ExplainedLayer, ExplainOptions, ExplainResult, Progress } from '../../src/index.js';
import { inWorkspace } from '../cli/command.js';

const zeros = Array(16).fill('0').join(', ');
const ones = Array(16).fill('1').join(', ');

/** A convolution, and a pooling that halves what comes out. */
const net = `kind: network
name: one
source: made up for tests
input: { channels: 16, height: 8, width: 8 }
normalization: { mean: [${zeros}], standardDeviation: [${ones}] }
nodes:
  - { name: conv, type: conv2d, filters: 64, kernel: 3, padding: 1 }
  - { name: pool, type: max-pool, kernel: 2, stride: 2 }
`;

const scenario = `kind: scenario
name: one
network: net.yaml
accelerator: machine.yaml
variants: [dense, PSD4_P8]
objective: latency
`;

interface Machine {
  readonly rows?: number;
  readonly columns?: number;
  readonly array?: string;
  /** Of the ifmap's, the weights' and the results' buffer. */
  readonly capacity?: readonly [string, string, string];
  readonly word?: readonly [number, number, number];
  readonly isDouble?: boolean;
  readonly dram?: string;
}

const ampleDram =
  '{ kind: flat, bandwidth: 64 GB/s, latency: 0 ns, burst: 64 B, energy: 8 pJ/bit, source: made up }';

/** Ample in all but what is given. */
function machine({
  rows = 4,
  columns = 4,
  array = '',
  capacity = ['64 KiB', '64 KiB', '64 KiB'],
  word = [128, 128, 128],
  isDouble = true,
  dram = ampleDram,
}: Machine): string {
  const holds = ['ifmap', 'weight', 'psum, ofmap'];
  const buffers = ['in', 'filters', 'out'].map(
    (name, index) =>
      `  - { name: ${name}, holds: [${holds[index]}], capacity: ${capacity[index]}, word: ${word[index]} bit, ` +
      `doubleBuffered: ${isDouble}, cell: itrs-lop }`,
  );
  return `kind: accelerator
name: made-up
technology: 45 nm
clock: 500 MHz
array: { rows: ${rows}, columns: ${columns}, dataflow: output-stationary${array} }
buffers:
${buffers.join('\n')}
postProcessor: { lanes: 64 }
dram: ${dram}
energyTable: edge-45nm
`;
}

function explain(
  given: Machine,
  options: ExplainOptions = {},
  files: Readonly<Record<string, string>> = {},
): Promise<ExplainResult> {
  const written = { 'net.yaml': net, 'scenario.yaml': scenario, 'machine.yaml': machine(given), ...files };
  return inWorkspace(async (folder) => {
    const loaded = await loadScenario(join(folder, 'scenario.yaml'));
    return explainScenario({ ...loaded, cells: loaded.cells.slice(0, 1) }, options);
  }, written);
}

async function layerOf(
  given: Machine,
  options: Omit<ExplainOptions, 'layers'> = {},
  name = 'conv',
): Promise<ExplainedLayer> {
  const { variants } = await explain(given, { ...options, layers: [name] });
  return variants[0].layers[0];
}

function gainOf({ changes }: Explained, change: string): number {
  const found = changes.find((each) => each.change === change);
  if (found === undefined) throw new Error(`${change} was not judged`);
  return found.gain;
}

function largestPart({ cycleParts }: Explained): string {
  return [...cyclePartNames].sort((a, b) => cycleParts[b] - cycleParts[a])[0];
}

function expectToAddUp({ cycles, cycleParts, energyPj, byComponent, byTensor }: Explained): void {
  expect(cyclePartNames.reduce((sum, name) => sum + cycleParts[name], 0)).to.equal(cycles);
  for (const parts of [byComponent, byTensor]) {
    expect(parts.reduce((sum, { pj }) => sum + pj, 0)).to.be.closeTo(energyPj, energyPj * 1e-9);
  }
}

describe('what bounds a layer', function () {
  this.timeout(60_000);

  it('is DRAM where that is starved, and twice its bandwidth takes half the time', async () => {
    const dram = ampleDram.replace('64 GB/s', '0.05 GB/s');
    const layer = await layerOf({ rows: 32, columns: 32, word: [128, 128, 128], dram });
    expect(layer.roofline.side).to.equal('memory');
    expect(layer.roofline.shareOfRoof).to.be.above(0.9);
    const { firstLoads, dramWait, lastStores } = layer.cycleParts;
    expect((firstLoads + dramWait + lastStores) / layer.cycles).to.be.above(0.9);
    const [best] = layer.changes;
    expect(best).to.include({ change: 'bandwidth:dram', title: 'DRAM: bandwidth 0.05 -> 0.1 GB/s' });
    expect(best.gain).to.be.within(1.9, 2);
    expect(best.after.latencyPs).to.be.closeTo(layer.figures.latencyPs / best.gain, 1);
    expect(best.after.dramBytes).to.equal(layer.figures.dramBytes);
    expectToAddUp(layer);
  });

  it('is the capacity of a buffer where tiles overlap and are loaded again, and twice as much ends that', async () => {
    // The whole ifmap takes 16 x 10 x 10 B with its padding.
    const capacity = ['1 KiB', '2 KiB', '8 KiB'] as const;
    const layer = await layerOf(
      { capacity, word: [32, 32, 128], isDouble: false },
      { objective: 'dram-traffic' },
    );
    const { movedBytes, compulsoryBytes, buffer, capacityBytes } = layer.traffic.ifmap;
    expect({ compulsoryBytes, buffer, capacityBytes }).to.deep.equal({
      ...{ compulsoryBytes: 1024, buffer: 'in', capacityBytes: 1024 },
    });
    expect(movedBytes).to.be.above(1024);
    const [best] = layer.changes;
    expect(best.change).to.equal('capacity:in');
    expect(layer.figures.dramBytes - best.after.dramBytes).to.equal(
      layer.figures.objective - best.after.objective,
    );
    // Ifmap, weights and results once, which all fill whole bursts.
    expect(best.after.dramBytes).to.equal(1024 + 64 * 16 * 9 + 64 * 64);
    expect(best.after.areaMm2).to.be.above(layer.figures.areaMm2);
  });

  it('is a port where that is too narrow for the array', async () => {
    const layer = await layerOf({ rows: 16, word: [32, 64, 128] });
    expect(largestPart(layer)).to.equal('ifmap');
    const [port] = layer.roofline.ports;
    expect(port).to.include({ buffer: 'in', bytesPerCycle: 4 });
    expect(port.askedReadBytes).to.be.within(14, 16);
    // 4 B in a cycle, each for the 4 columns: far below the 64 PEs.
    expect(port.roofPerCycle).to.equal(16);
    expect(gainOf(layer, 'word:in')).to.be.above(1.8);
    expect(gainOf(layer, 'ports:in')).to.equal(gainOf(layer, 'word:in'));
    expect(layer.changes.filter(({ gain }) => gain > 1.8).map(({ change }) => change)).to.include('ports:in');
    const ports = layer.changes.find(({ change }) => change === 'ports:in');
    expect(ports?.caveats.join()).to.match(/SRAM is priced with its one port/);
    expect(gainOf(layer, 'word:filters')).to.equal(1);
    expect(gainOf(layer, 'rows:array')).to.be.below(1.1);
  });

  it('is the array where nothing else holds it up', async () => {
    const layer = await layerOf({});
    expect(largestPart(layer)).to.equal('ideal');
    expect(layer.roofline).to.include({ side: 'compute', peakPerCycle: 16, roofPerCycle: 16 });
    expect(layer.roofline.shareOfRoof).to.be.above(0.85);
    expect(gainOf(layer, 'rows:array')).to.be.above(1.7);
    expect(gainOf(layer, 'columns:array')).to.be.above(1.7);
    expect(gainOf(layer, 'mac-lanes:array')).to.be.above(1.7);
    expect(gainOf(layer, 'bandwidth:dram')).to.be.below(1.1);
    expect(layer.changes[0].change).to.match(/array/);
  });

  it('is what lets tiles come in beside the work where double buffering is off', async () => {
    const given = {
      capacity: ['1 KiB', '4 KiB', '2 KiB'],
      word: [32, 64, 64],
      isDouble: false,
      dram: ampleDram.replace('64 GB/s', '1 GB/s'),
    } as const;
    const layer = await layerOf(given);
    expect(layer.cycleParts.dramWait).to.be.above(0);
    expect(layer.changes.map(({ change }) => change)).to.include.members([
      'double-buffering:in',
      'double-buffering:filters',
      'double-buffering:out',
    ]);
    for (const name of ['in', 'filters', 'out'])
      expect(gainOf(layer, `double-buffering:${name}`), name).to.be.at.least(1);
    const double = await layerOf({ ...given, isDouble: true });
    expect(double.changes.some(({ change }) => change.startsWith('double-buffering'))).to.equal(false);
  });

  it('never gets worse by larger buffers or wider ones, if time is what counts', async () => {
    for (const given of [
      { isDouble: false, capacity: ['1 KiB', '2 KiB', '2 KiB'], word: [32, 32, 32] },
      { capacity: ['2 KiB', '4 KiB', '4 KiB'], word: [32, 64, 64], rows: 8 },
    ] as const) {
      const layer = await layerOf({ ...given, dram: ampleDram.replace('64 GB/s', '2 GB/s') });
      for (const { change, gain } of layer.changes) {
        if (/^(capacity|word|ports|bandwidth|double-buffering):/.test(change))
          expect(gain, change).to.be.at.least(1);
      }
    }
  });

  it('is said of pooling by its lanes and operations', async () => {
    const layer = await layerOf({}, {}, 'pool');
    // 64 channels of 4 x 4 windows of 2 x 2
    expect(layer.roofline).to.include({ unit: 'operation', done: 4096, peakPerCycle: 64 });
    expect(layer.byComponent.find(({ name }) => name === 'MAC')?.pj).to.equal(0);
    expectToAddUp(layer);
    expect(layer.changes.map(({ change }) => change)).to.include('lanes:post-processor');
  });
});

describe('the explanation of a network', function () {
  this.timeout(60_000);

  it('has the figures of a run, parts that add up, and layers by their share of the objective', async () => {
    const written = { 'net.yaml': net, 'scenario.yaml': scenario, 'machine.yaml': machine({}) };
    await inWorkspace(async (folder) => {
      const loaded = await loadScenario(join(folder, 'scenario.yaml'), { dram: 'lpddr4-3200' });
      const { variants } = await explainScenario(loaded, { objective: 'edp' });
      const settings = { ...loaded.settings, execution: 'estimate' as const, objective: 'edp' as const };
      const run = await simulate({ ...loaded, settings });
      expect(variants.map(({ variant }) => variant)).to.deep.equal(['pSC9', 'PSD4_P8']);
      for (const [index, { network, layers }] of variants.entries()) {
        const { totals, energy, area, metrics } = run.variants[index];
        if (network === undefined) throw new Error('expected a network');
        expectToAddUp(network);
        expect(network.cycles).to.equal(totals.cycles);
        expect(network.roofline.done).to.equal(totals.macs.effectual);
        expect(network.energyPj).to.equal(energy.totalPj);
        expect(network.figures.latencyPs).to.equal(totals.latencyPs);
        expect(network.figures.objective * 1e-12).to.be.closeTo(metrics.edpPjS, metrics.edpPjS * 1e-12);
        expect(network.figures.areaMm2).to.equal(area.totalMm2);
        expect(layers.map(({ layer }) => layer)).to.deep.equal(['conv', 'pool']);
        const shares = layers.map(({ shareOfObjective }) => shareOfObjective ?? NaN);
        expect(shares[0]).to.be.above(shares[1]);
        expect(shares[0] + shares[1]).to.be.closeTo(1, 1e-12);
        const sum = (of: (each: Explained) => number): number =>
          layers.reduce((all, each) => all + of(each), 0);
        for (const name of cyclePartNames)
          expect(network.cycleParts[name], name).to.equal(sum(({ cycleParts }) => cycleParts[name]));
        expect(network.compulsoryEnergy.dramPj).to.be.closeTo(
          sum(({ compulsoryEnergy }) => compulsoryEnergy.dramPj),
          1,
        );
        expect(network.compulsoryEnergy.macPj).to.be.within(1, energy.componentsPj.mac * (1 + 1e-12));
        expect(network.compulsoryEnergy.dramPj).to.be.within(1, energy.componentsPj.dram);
        for (const { change, after } of network.changes) {
          const own = layers.map((each) => each.changes.find((other) => other.change === change)?.after);
          expect(own.reduce((all, each) => all + (each?.latencyPs ?? NaN), 0)).to.equal(after.latencyPs);
        }
        const gains = network.changes.map(({ gain }) => gain);
        expect(gains).to.deep.equal([...gains].sort((a, b) => b - a));
      }
    }, written);
  });

  it('lists changes that cannot be judged with the reason, without the place of what is not at fault', async () => {
    const { variants } = await explain({ array: ', skip: activation', word: [128, 128, 128] });
    const { refused, network } = variants[0];
    const reasonOf = (wanted: string): string =>
      refused.find(({ change }) => change === wanted)?.reason ?? '';
    expect(reasonOf('word:in')).to.match(
      /^buffer "in": a word of 256 bits is outside the measured range: SRAM table/,
    );
    expect(reasonOf('dataflow:weight-stationary')).to.match(
      /^array\.skip: expected "none" with the dataflow/,
    );
    expect(network?.changes.map(({ change }) => change)).not.to.include.members(
      refused.map((each) => each.change),
    );
  });

  it('keeps the time of a clock in mind that a larger buffer is too slow for', async () => {
    const { variants } = await explain(
      {},
      { layers: ['conv'] },
      { 'machine.yaml': machine({}).replace('500 MHz', '800 MHz') },
    );
    const caveats = variants[0].layers[0].changes.flatMap(({ caveats: each }) => each);
    expect(
      caveats.some((each) =>
        /^in takes [\d.]+ ns for an access, longer than the clock period of 1\.25 ns$/.test(each),
      ),
    ).to.equal(true);
  });

  it('says how far it has come, and ends when it is told to', async () => {
    const seen: Progress[] = [];
    await explain({}, { onProgress: (progress) => seen.push(progress) });
    expect(seen.map(({ done }) => done)).to.deep.equal(seen.map((_, index) => index + 1));
    expect(new Set(seen.map(({ total }) => total))).to.deep.equal(new Set([seen.length]));
    const abort = new AbortController();
    const stopped = explain(
      {},
      {
        signal: abort.signal,
        onProgress: ({ done }) => {
          if (done === 5) abort.abort(new Error('enough'));
        },
      },
    );
    await stopped.then(
      () => expect.fail('expected an end'),
      (error: unknown) => expect(error).to.have.property('message', 'enough'),
    );
  });

  it('refuses a layer that the network does not have', async () => {
    await explain({}, { layers: ['cnv'] }).then(
      () => expect.fail('expected a refusal'),
      (error: unknown) => {
        expect(error).to.be.instanceOf(UserError);
        expect(String(error)).to.include('expected a layer of one, got "cnv"; did you mean "conv"?');
      },
    );
  });

  it('leaves prescribed mappings as they are, also where another would be better', async () => {
    const mapping =
      'mapping:\n  conv: { tile: { filters: 4, channels: 16, rows: 2, columns: 8 }, order: filters rows columns channels }\n';
    const { variants } = await explain(
      {},
      { layers: ['conv'] },
      { 'scenario.yaml': `${scenario}${mapping}` },
    );
    const [layer] = variants[0].layers;
    expect(layer.mapping.tile).to.include({ filters: 4, rows: 2 });
    expect(gainOf(layer, 'capacity:in')).to.equal(1);
    expect(layer.changes.every(({ mappingsKept }) => mappingsKept === 0)).to.equal(true);
  });
});
