import { plainArray } from '../dataflow/passes.js';
import { expect } from 'chai';
import type { BufferSpec } from '../../src/accelerator/accelerator.js';
import { placeSlots } from '../../src/machine/buffers.js';
import { createMemory } from '../../src/machine/memory.js';
import { createFlatDram } from '../../src/machine/dram/flat.js';
import { estimateLayer } from '../../src/machine/estimateLayer.js';
import type { LayerEstimate } from '../../src/machine/estimateLayer.js';
import { shortage } from '../../src/mapping/footprint.js';
import type { ConvProblem, LoopName } from '../../src/mapping/problem.js';
import { convProblem } from '../../src/mapping/layerProblem.js';
import { singleRun } from '../../src/mapping/runs.js';
import { blockTransfer, burstsOf } from '../../src/schedule/transfer.js';
import { denseSupports } from '../../src/sparsity/supports.js';
import { storeLayer } from '../../src/storage/formats.js';
import { conv } from '../model/networks.js';
import { buffer, int8, machine } from './arbitraries.js';

const order = ['images', 'filters', 'rows', 'columns', 'channels'] as const;
const dram = {
  kind: 'flat',
  bandwidthBytesPerSecond: 1e9,
  latencyPs: 10_000,
  burstBytes: 32,
  energyPjPerBit: 8,
  source: 'test',
} as const;

/** A 1x1 convolution of 4 channels over 4x4 maps on a 16x4 array; 8 filters in one or two tiles. */
function run(filters: number, doubleBuffered: boolean) {
  const layer = conv(
    'layer',
    { channels: 4, height: 4, width: 4 },
    { filters: 8, kernel: [1, 1], padding: [0, 0, 0, 0] },
  );
  const supports = denseSupports(8, 4, 1);
  const problem = convProblem(layer, int8, storeLayer('auto', { supports, precision: int8.weight }, 'layer'));
  const wide = { wordBits: 1024, doubleBuffered };
  const accelerator = machine({
    array: { rows: 16, columns: 4, dataflow: 'output-stationary', ...plainArray },
    clockHz: 1e9,
    periodPs: 1000,
    buffers: [
      buffer('ifmap-buffer', ['ifmap'], 8192, wide),
      buffer('weight-buffer', ['weight', 'index'], 8192, wide),
      buffer('output-buffer', ['psum', 'ofmap'], 8192, wide),
    ],
    postProcessor: { lanes: 64 },
    dram,
  });
  const tile = { images: 1, filters, channels: 4, rows: 4, columns: 4 };
  return estimateLayer(problem, { tile, order, phasesPerGroup: 1 }, accelerator);
}

describe('timeline', () => {
  it('is loads, pass, drain and store one after the other for a single tile', () => {
    const { timeline } = run(8, true);
    // Loads: 10 ns latency, then 32 B of weights and 64 B of ifmap at 1 B/ns. Two folds of 4 + 16 + 4 - 2 cycles, the
    // results drain in 1 cycle. Store: 10 ns latency and 128 B.
    const loads = 10 + 32 + 64;
    const pass = 2 * 22;
    expect(timeline.passCycles).to.equal(pass);
    expect(timeline.endPs).to.equal((loads + pass + 1 + 10 + 128) * 1000);
    expect(timeline.cycles).to.equal(loads + pass + 1 + 10 + 128);
    expect(timeline.drainCycles).to.equal(1);
    expect(timeline.dramCycles).to.equal(loads + 10 + 128);
  });

  it('loads the next tile and stores the last one while the array works, with two halves', () => {
    const { timeline, schedule } = run(4, true);
    expect(schedule.steps).to.have.length(2);
    // Weights of the second tile follow the first loads on the bus: 32 B (a burst) each. The first pass ends at
    // 106 + 22 ns; the second starts when its weights are in, at 138 ns, and its loads do not wait for the pass.
    const secondStart = 138;
    const firstStored = Math.max(106 + 22 + 1 + 10, 138) + 64;
    const secondStored = Math.max(secondStart + 22 + 1 + 10, firstStored) + 64;
    expect(timeline.endPs).to.equal(secondStored * 1000);
  });

  it('waits for the array before it loads the next tile, with one half', () => {
    const single = run(4, false);
    const double = run(4, true);
    expect(single.timeline.endPs).to.be.above(double.timeline.endPs);
    expect(single.timeline.dram).to.deep.equal(double.timeline.dram);
  });

  it('does not fetch a tile again that is still in its slot', () => {
    const { schedule } = run(4, true);
    const loads = schedule.steps.map(({ transfersBefore }) =>
      transfersBefore.map(({ transfer }) => transfer.tensor),
    );
    expect(loads).to.deep.equal([['weight', 'ifmap'], ['weight']]);
  });
});

/** Two output tiles, each of two channel tiles: partial sums wait in their slot for the second. */
function runInPlace(
  outputBuffers: BufferSpec[],
  loops: readonly LoopName[] = order,
  change: Partial<ConvProblem> = {},
) {
  const layer = conv(
    'layer',
    { channels: 4, height: 4, width: 4 },
    { filters: 8, kernel: [1, 1], padding: [0, 0, 0, 0] },
  );
  const supports = denseSupports(8, 4, 1);
  const problem = convProblem(layer, int8, storeLayer('auto', { supports, precision: int8.weight }, 'layer'));
  const accelerator = machine({
    array: { rows: 16, columns: 4, dataflow: 'output-stationary', ...plainArray },
    clockHz: 1e9,
    periodPs: 1000,
    buffers: [
      buffer('ifmap-buffer', ['ifmap'], 8192, single),
      buffer('weight-buffer', ['weight', 'index'], 8192, single),
      ...outputBuffers,
    ],
    postProcessor: { lanes: 64 },
    dram,
  });
  const tile = { images: 1, filters: 4, channels: 2, rows: 4, columns: 4 };
  return estimateLayer({ ...problem, ...change }, { tile, order: loops, phasesPerGroup: 1 }, accelerator);
}

const single = { wordBits: 1024, ports: 8, doubleBuffered: false };

describe('a finished tile in the place of its partial sums', () => {
  const inPlace = (): LayerEstimate => runInPlace([buffer('output-buffer', ['psum', 'ofmap'], 256, single)]);
  const apart = (): LayerEstimate =>
    runInPlace([buffer('psum-buffer', ['psum'], 256, single), buffer('ofmap-buffer', ['ofmap'], 64, single)]);

  it('takes no room of its own', () => {
    const { footprint } = inPlace().schedule;
    expect(footprint.ofmapInPlace).to.equal(true);
    expect(footprint.psum?.slotBytes).to.equal(4 * 16 * 4);
    expect(shortage(footprint)).to.equal(undefined);
    expect(shortage({ ...footprint, ofmapInPlace: false })?.neededBytes).to.equal(256 + 64);
    expect(apart().schedule.footprint.ofmapInPlace).to.equal(false);
  });

  it('needs a place of its own beside sums that are spilled, for a residual, in a double buffer or where it is wider', () => {
    const output = (change: Partial<BufferSpec> = {}): BufferSpec[] => [
      buffer('output-buffer', ['psum', 'ofmap'], 2048, { ...single, ...change }),
    ];
    const spilled = ['images', 'channels', 'filters', 'rows', 'columns'] as const;
    for (const { schedule } of [
      runInPlace(output(), spilled),
      runInPlace(output(), order, { residual: true }),
      runInPlace(output({ doubleBuffered: true })),
      runInPlace(output(), order, { precision: 'float32', accumulator: 'int16' }),
    ]) {
      expect(schedule.footprint.ofmapInPlace).to.equal(false);
    }
    expect(runInPlace(output()).schedule.footprint.ofmapInPlace).to.equal(true);
  });

  it('lies in the same bytes of the SRAM', () => {
    const { footprint } = inPlace().schedule;
    const { psum, ofmap } = placeSlots(
      footprint,
      createMemory([footprint.ifmap.buffer, footprint.weight!.buffer, footprint.psum!.buffer]).sram,
    );
    psum.slots[0][5] = 77;
    expect(ofmap.slots[0][5]).to.equal(77);
  });

  it('keeps the next tile from starting until it is stored', () => {
    const shared = inPlace().timeline;
    const separate = apart().timeline;
    expect(shared.passCycles).to.equal(separate.passCycles);
    expect(shared.dram).to.deep.equal(separate.dram);
    // After the second pass the loads of the third go over the bus, then the first tile's store. Apart, the third pass (20
    // cycles) is over before the store, and the loads of the fourth, which take its slots, follow the store at once. In place
    // it starts only when the store is through, and these loads 20 ns and a latency of 10 ns later.
    expect(shared.endPs - separate.endPs).to.equal((20 + 10) * 1000);
  });
});

describe('flat DRAM', () => {
  const block = (offset: number, bytes: number) =>
    blockTransfer('ifmap', 'input', false, offset, bytes, bytes);

  it('moves whole bursts at its bandwidth after its latency', () => {
    const one = createFlatDram(dram);
    expect(burstsOf(block(0, 33), dram.burstBytes)).to.equal(2);
    expect(one.endPs(one.request(block(0, 33), 0, 5000))).to.equal(5000 + 10_000 + 64_000);
  });

  it('hides the latency of a transfer behind the data of the one before', () => {
    const one = createFlatDram(dram);
    one.request(block(0, 32), 0, 0);
    expect(one.endPs(one.request(block(32, 32), 0, 0))).to.equal(10_000 + 64_000);
  });

  it('moves a burst that two runs share twice', () => {
    const runs = { ...block(0, 64), runs: [{ ...singleRun(0, 16), outerCount: 4, outerPitch: 16 }] };
    expect(burstsOf(runs, dram.burstBytes)).to.equal(4);
  });

  it('takes no time for nothing', () => {
    const one = createFlatDram(dram);
    expect(one.endPs(one.request(block(0, 0), 0, 700))).to.equal(700);
  });
});
