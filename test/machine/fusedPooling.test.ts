import { expect } from 'chai';
import fc from 'fast-check';
import type { Accelerator } from '../../src/accelerator/accelerator.js';
import { countLayer } from '../../src/counts/countLayer.js';
import type { LayerCounts } from '../../src/counts/layerCounts.js';
import { passStretches } from '../../src/counts/passActivity.js';
import { createMemory } from '../../src/machine/memory.js';
import { createStoredMap } from '../../src/machine/compressedDram.js';
import { estimateLayer } from '../../src/machine/estimateLayer.js';
import type { LayerEstimate } from '../../src/machine/estimateLayer.js';
import { executeLayer } from '../../src/machine/executeLayer.js';
import type { ExecuteOptions, LayerExecution } from '../../src/machine/executeLayer.js';
import { storeWeights } from '../../src/machine/layerDram.js';
import { mapLayer } from '../../src/search/mapLayer.js';
import { runTimeline } from '../../src/machine/timeline.js';
import { footprint, shortage } from '../../src/mapping/footprint.js';
import { poolingFault } from '../../src/mapping/fusedPool.js';
import { convProblem, withPool } from '../../src/mapping/layerProblem.js';
import type { Mapping } from '../../src/mapping/mapping.js';
import { loopNames, wholeTile } from '../../src/mapping/problem.js';
import type { ConvProblem, LayerProblem } from '../../src/mapping/problem.js';
import type { PrecisionSet } from '../../src/model/model.js';
import { elementsOf } from '../../src/network/layer.js';
import { compressedBytes, compressedLayout } from '../../src/schedule/compressedMap.js';
import { dmaProgram } from '../../src/schedule/dmaProgram.js';
import { denseSupports } from '../../src/sparsity/supports.js';
import { findActivationFormat } from '../../src/storage/activations/activationFormats.js';
import { storeLayer } from '../../src/storage/formats.js';
import { tensors } from '../../src/tensor/dataSpace.js';
import { bytesOf } from '../../src/tensor/precision.js';
import type { ElementArray } from '../../src/tensor/precision.js';
import { conv, pool } from '../model/networks.js';
import { plainArray } from '../dataflow/passes.js';
import { buffer, int8, layouts, machine, machines } from './arbitraries.js';
import { forwardImages } from './forwardImages.js';
import { fusedCases, fusedMapping, fusedTilings, problemsOf } from './fusedCases.js';
import type { FusedCase } from './fusedCases.js';

function run(
  given: FusedCase,
  { schedule }: LayerEstimate,
  accelerator: Accelerator,
  options: ExecuteOptions = {},
): LayerExecution {
  const { modelLayer, input, residual } = given;
  const stored = storeWeights(modelLayer, schedule);
  const memory = createMemory(accelerator.buffers);
  return executeLayer(modelLayer, schedule, accelerator, stored, memory, input, residual, {
    pool: given.pool,
    ...options,
  });
}

/** What the two layers compute one after the other, by plain loops. */
function expected({ modelLayer, pool: pooling, images, input, residual }: FusedCase): {
  readonly unpooled: ElementArray;
  readonly output: ElementArray;
} {
  const maps = new Map<string, ElementArray>([['input', input]]);
  if (residual !== undefined) maps.set('residual', residual);
  const unpooled = forwardImages(modelLayer, images, maps);
  return { unpooled, output: forwardImages(pooling, images, new Map([[modelLayer.layer.output, unpooled]])) };
}

interface Fused {
  readonly given: FusedCase;
  readonly accelerator: Accelerator;
  readonly problem: ConvProblem;
  readonly estimate: LayerEstimate;
}

/** Checks a property of random pairs on random machines, under random mappings that fit and cut no window. */
function forFusedMappings(numRuns: number, check: (fused: Fused) => void): void {
  fc.assert(
    fc.property(fusedCases(), machines, fusedTilings, layouts, (given, accelerator, tiling, layout) => {
      const { fused: problem } = problemsOf(given, layout);
      const mapping = fusedMapping(problem, tiling);
      fc.pre(shortage(footprint(problem, mapping, accelerator)) === undefined);
      check({ given, accelerator, problem, estimate: estimateLayer(problem, mapping, accelerator) });
    }),
    { numRuns },
  );
}

function countsOf({ given, accelerator }: Fused, execution: LayerExecution): LayerCounts {
  const timeline = runTimeline(execution.schedule, accelerator);
  return countLayer(given.modelLayer.layer, execution.schedule, timeline, accelerator);
}

describe('a pooling that is fused into a convolution', () => {
  it('computes what the two layers do, bit for bit, under any mapping, on any machine', () => {
    forFusedMappings(800, ({ given, accelerator, estimate }) => {
      const { output, unpooled } = run(given, estimate, accelerator);
      const plain = expected(given);
      expect(unpooled).to.deep.equal(plain.unpooled);
      expect(output).to.deep.equal(plain.output);
    });
  });

  it('computes float32 layers within the rounding of their sums', () => {
    const float32: PrecisionSet = { ifmap: 'float32', weight: 'float32', accumulator: 'float32' };
    fc.assert(
      fc.property(fusedCases([float32]), fusedTilings, (given, tiling) => {
        const { fused } = problemsOf(given);
        const mapping = fusedMapping(fused, tiling);
        const accelerator = machine();
        fc.pre(shortage(footprint(fused, mapping, accelerator)) === undefined);
        const { output } = run(given, estimateLayer(fused, mapping, accelerator), accelerator);
        expected(given).output.forEach((value, index) => {
          expect(output[index]).to.be.closeTo(value, 1e-4);
        });
      }),
      { numRuns: 60 },
    );
  });

  it('is counted alike by all three executions', () => {
    forFusedMappings(400, (fused) => {
      const { given, accelerator, estimate } = fused;
      const tile = run(given, estimate, accelerator);
      const register = run(given, estimate, accelerator, { execution: 'register' });
      expect(register.output).to.deep.equal(tile.output);
      expect(register.unpooled).to.deep.equal(tile.unpooled);
      expect(register.movedBytes).to.deep.equal(tile.movedBytes);
      const counts = countsOf(fused, tile);
      expect(countsOf(fused, register)).to.deep.equal(counts);
      const { layer } = given.modelLayer;
      expect(countLayer(layer, estimate.schedule, estimate.timeline, accelerator)).to.deep.equal(counts);
    });
  });

  it('moves exactly the bytes that the timeline says, of the pooled map alone', () => {
    forFusedMappings(500, ({ given, accelerator, estimate }) => {
      const { movedBytes } = run(given, estimate, accelerator);
      const { dram } = estimate.timeline;
      for (const tensor of tensors)
        expect(movedBytes[tensor], tensor).to.equal(dram[tensor].readBytes + dram[tensor].writeBytes);
      const outputs = given.images * elementsOf(given.pool.layer.outputShape);
      expect(dram.ofmap).to.include({
        writeBytes: outputs * bytesOf(given.precision.ifmap),
        readBytes: 0,
      });
    });
  });

  it('reads of the buffers what windows look at, and writes what it makes', () => {
    forFusedMappings(400, (fused) => {
      const { given, accelerator, estimate, problem } = fused;
      const { layer } = given.modelLayer;
      const { schedule, timeline } = estimate;
      const counts = countLayer(layer, schedule, timeline, accelerator);
      const total = (field: 'readElements' | 'writeElements'): number =>
        Object.values(counts.buffers).reduce((sum, { ofmap }) => sum + ofmap[field], 0);
      const unpooled = given.images * elementsOf(layer.outputShape);
      const outputs = given.images * elementsOf(given.pool.layer.outputShape);
      const { window, kind } = problem.pool!;
      const windows = elementsUnder(window);
      expect(total('writeElements')).to.equal(unpooled + outputs);
      expect(total('readElements'), 'by the pooling, then by the DMA').to.equal(
        given.images * given.pool.layer.outputShape.channels * windows + outputs,
      );
      const operations = outputs * window.kernelHeight * window.kernelWidth;
      expect(counts.pooling).to.deep.equal({ layer: 'pool', kind, operations });
      expect(counts.postProcessorOperations).to.equal(unpooled + operations);
      const stretches = passStretches(layer.kind, schedule, accelerator);
      const sum = (figure: (each: (typeof stretches)[number]) => number): number =>
        stretches.reduce((all, each) => all + each.times * figure(each), 0);
      expect(sum(({ cycles }) => cycles)).to.equal(counts.computeCycles);
      expect(sum(({ activity }) => (activity.kind === kind ? activity.postProcessorOperations : 0))).to.equal(
        operations,
      );
    });
  });

  it('costs the array what it costs alone, and waits have their causes', () => {
    forFusedMappings(400, ({ given, accelerator, estimate, problem }) => {
      const { layer } = given.modelLayer;
      const { schedule, timeline } = estimate;
      const counts = countLayer(layer, schedule, timeline, accelerator);
      const { pool: none, ...alone } = problem;
      expect(none).to.not.equal(undefined);
      const own = estimateLayer(alone, schedule.mapping, accelerator);
      const ownCounts = countLayer(layer, own.schedule, own.timeline, accelerator);
      const { macs, registers, hops, decoding } = counts;
      expect({ macs, registers, hops, decoding }).to.deep.equal({
        macs: ownCounts.macs,
        registers: ownCounts.registers,
        hops: ownCounts.hops,
        decoding: ownCounts.decoding,
      });
      const cyclesOf = (passes: ReadonlyArray<{ readonly cycles: number } | undefined>): number =>
        passes.reduce((sum, pass) => sum + (pass?.cycles ?? 0), 0);
      const { steps } = schedule;
      expect(counts.computeCycles).to.equal(
        cyclesOf(steps.map(({ pass }) => pass)) + cyclesOf(steps.map(({ pooling }) => pooling)),
      );
      expect(Math.min(...Object.values(counts.stallCycles))).to.be.at.least(0);
      expect(counts.cycles).to.equal(counts.computeCycles + timeline.drainCycles + counts.stallCycles.dram);
    });
  });

  it('leaves compressed maps as well, with the bytes that are counted', () => {
    const format = findActivationFormat('bitmask')!;
    forFusedMappings(150, ({ given, accelerator, problem, estimate }) => {
      if (problem.layout.name !== 'NCHW') return;
      const { schedule } = estimate;
      const { burstBytes } = accelerator.dram;
      const output = createStoredMap(compressedLayout(problem, schedule.mapping, format, burstBytes));
      const found = run(given, estimate, accelerator, { maps: { output } });
      expect([...found.output]).to.deep.equal([...expected(given).output]);
      const { dram } = runTimeline(schedule, accelerator, { maps: { output } });
      expect(dram.ofmap.writeBytes + dram.index.writeBytes).to.equal(compressedBytes(output));
      expect(found.movedBytes.ofmap).to.equal(dram.ofmap.writeBytes);
    });
  });

  it('lets a residual in only when the tile before it in its slot has been pooled', () => {
    let waits = 0;
    forFusedMappings(400, ({ problem, estimate }) => {
      if (!problem.residual) return;
      const { schedule } = estimate;
      const program = dmaProgram(schedule);
      const last = new Map<number, number>();
      schedule.steps.forEach(({ slots, tile }, index) => {
        if (!tile.lastChannels) return;
        const { first, last: end } = program.steps[index];
        const [load] = program.operations
          .slice(first, end)
          .filter(({ transfer }) => transfer.region === 'residual');
        const before = last.get(slots.ofmap);
        expect(load.waitsFor).to.deep.equal(
          before === undefined ? { kind: 'nothing' } : { kind: 'drain', step: before },
        );
        if (before !== undefined) waits++;
        last.set(slots.ofmap, index);
      });
    });
    expect(waits).to.be.above(100);
  });

  it('saves writing and reading back the map between, where tiles are whole', () => {
    let compared = 0;
    fc.assert(
      fc.property(fusedCases(), layouts, (given, layout) => {
        const { fused, alone, pool: pooling } = problemsOf(given, layout);
        const large = machine({
          buffers: [buffer('shared', ['ifmap', 'weight', 'index', 'psum', 'ofmap'], 1e6)],
        });
        const bytes = (problem: LayerProblem): number => {
          const mapping: Mapping = { tile: wholeTile(problem), order: [...loopNames], phasesPerGroup: 1 };
          return totalBytes(estimateLayer(problem, mapping, large));
        };
        const { height, width } = pooling.window.input;
        const { padding, stride, kernelHeight, kernelWidth, output } = pooling.window;
        // Rows and columns behind the last window are not read by a pooling that stands alone.
        const rows = Math.min(height, (output.height - 1) * stride[0] + kernelHeight - padding[0]);
        const columns = Math.min(width, (output.width - 1) * stride[1] + kernelWidth - padding[2]);
        fc.pre(rows === height && columns === width);
        const map = given.images * elementsOf(alone.window.output) * bytesOf(given.precision.ifmap);
        expect(bytes(alone) + bytes(pooling) - bytes(fused)).to.equal(2 * map);
        compared++;
      }),
      { numRuns: 300 },
    );
    expect(compared).to.be.above(100);
  });

  it('is mapped by the search on tiles that cut no window, or refused by name', () => {
    let mapped = 0;
    fc.assert(
      fc.property(fusedCases(), machines, layouts, (given, accelerator, layout) => {
        const { fused } = problemsOf(given, layout);
        let estimate: LayerEstimate;
        try {
          estimate = mapLayer(fused, accelerator);
        } catch (error) {
          expect(String(error)).to.match(/layer layer: .*, or leave pool out of fuse/);
          return;
        }
        mapped++;
        const { mapping } = estimate.schedule;
        expect(poolingFault(fused, mapping.tile)).to.equal(undefined);
        expect(run(given, estimate, accelerator).output).to.deep.equal(expected(given).output);
      }),
      { numRuns: 150 },
    );
    expect(mapped).to.be.above(100);
  });
});

/** Elements of one channel that windows look at, padding left out, as often as they do. */
function elementsUnder(window: NonNullable<ConvProblem['pool']>['window']): number {
  const { input, output, stride, padding, kernelHeight, kernelWidth } = window;
  let elements = 0;
  for (let row = 0; row < output.height; row++) {
    for (let column = 0; column < output.width; column++) {
      for (let y = 0; y < kernelHeight; y++) {
        for (let x = 0; x < kernelWidth; x++) {
          const atRow = row * stride[0] - padding[0] + y;
          const atColumn = column * stride[1] - padding[2] + x;
          if (atRow >= 0 && atRow < input.height && atColumn >= 0 && atColumn < input.width) elements++;
        }
      }
    }
  }
  return elements;
}

function totalBytes({ timeline }: LayerEstimate): number {
  return tensors.reduce(
    (sum, tensor) => sum + timeline.dram[tensor].readBytes + timeline.dram[tensor].writeBytes,
    0,
  );
}

describe('the clock of a fused pooling', () => {
  /** A 1x1 convolution of 4 channels over 4x4 maps on a 16x4 array, 2x2 maxima of its 8 filters in one or two tiles. */
  const fused = (filters: number, doubleBuffered: boolean, sharedPorts = false): LayerEstimate => {
    const layer = conv(
      'layer',
      { channels: 4, height: 4, width: 4 },
      { filters: 8, kernel: [1, 1], padding: [0, 0, 0, 0] },
    );
    const storage = storeLayer('auto', { supports: denseSupports(8, 4, 1), precision: 'int8' }, 'layer');
    const pooling = pool('pool', 'max-pool', 'layer', layer.outputShape, 2);
    const problem = withPool(convProblem(layer, int8, storage), pooling);
    const wide = { wordBits: 1024, doubleBuffered };
    const accelerator = machine({
      array: { rows: 16, columns: 4, dataflow: 'output-stationary', ...plainArray },
      clockHz: 1e9,
      periodPs: 1000,
      buffers: [
        buffer('ifmap-buffer', ['ifmap'], 8192, wide),
        buffer('weight-buffer', ['weight', 'index'], 8192, wide),
        buffer('output-buffer', ['psum', 'ofmap'], 8192, { ...wide, wordBits: 64, sharedPorts }),
      ],
      postProcessor: { lanes: 16 },
      dram: {
        kind: 'flat',
        bandwidthBytesPerSecond: 1e9,
        latencyPs: 10_000,
        burstBytes: 32,
        energyPjPerBit: 8,
        source: 'test',
      },
    });
    const tile = { images: 1, filters, channels: 4, rows: 4, columns: 4 };
    return estimateLayer(problem, { tile, order: [...loopNames], phasesPerGroup: 1 }, accelerator);
  };

  it('begins when the tile is complete, and the store when it is done', () => {
    const { timeline, schedule } = fused(8, true);
    const [{ pass, pooling }] = schedule.steps;
    // 128 elements over 16 lanes are 8 cycles, or 16 words of 64 bits; 32 results are 4 words, written meanwhile.
    expect(pooling?.cycles).to.equal(16);
    expect(pooling?.ifmapStalls).to.equal(8);
    const loads = 10 + 32 + 64;
    const computed = loads + pass.cycles + pass.tailDrainCycles + 16;
    expect(timeline.endPs).to.equal((computed + 10 + 32) * 1000);
    expect(timeline.passCycles).to.equal(pass.cycles + 16);
    expect(timeline.drainCycles).to.equal(pass.tailDrainCycles);
    expect(timeline.dramCycles).to.equal(loads + 10 + 32);
  });

  it('reads and writes in turn where the buffer has one port for both', () => {
    expect(fused(8, true, true).schedule.steps[0].pooling?.cycles).to.equal(16 + 4);
  });

  it('holds up the array, but not the loads of the next tile', () => {
    const { timeline, schedule } = fused(4, true);
    const [{ pass, pooling }] = schedule.steps;
    const each = pass.cycles + pass.tailDrainCycles + (pooling?.cycles ?? 0);
    // The second tile's weights are in at 138 ns, before the first is pooled.
    const pooled = 10 + 32 + 64 + each;
    expect(pooled).to.be.above(138);
    const stored = Math.max(pooled + each + 10, pooled + 10 + 32) + 32;
    expect(timeline.endPs).to.equal(stored * 1000);
  });

  it('waits until the slot of what it makes is stored, where there is one', () => {
    const [single, double] = [fused(4, false), fused(4, true)];
    expect(single.schedule.footprint.pooled?.count).to.equal(1);
    expect(single.schedule.steps.map(({ slots }) => slots.pooled)).to.deep.equal([0, 0]);
    expect(double.schedule.steps.map(({ slots }) => slots.pooled)).to.deep.equal([0, 1]);
    expect(single.timeline.dram).to.deep.equal(double.timeline.dram);
    const [{ pass, pooling }] = single.schedule.steps;
    const pooled = pooling?.cycles ?? 0;
    // The second weights are requested when the first pass ends, and the first store, a burst, follows them on the bus.
    const loaded = 10 + 32 + 64 + pass.cycles + 10 + 32;
    const stored = loaded + 32;
    const complete = loaded + pass.cycles + pass.tailDrainCycles;
    expect(complete).to.be.below(stored);
    expect(single.timeline.endPs).to.equal((stored + pooled + 10 + 32) * 1000);
  });
});
