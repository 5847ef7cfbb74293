import { arrayContext } from '../../src/accelerator/arrayContext.js';
import { dataflowOf } from '../../src/dataflow/dataflows.js';
import type { PassShape } from '../../src/dataflow/pass.js';
import { passShape } from '../../src/mapping/passShape.js';
import { expect } from 'chai';
import fc from 'fast-check';
import type { Accelerator } from '../../src/accelerator/accelerator.js';
import { countLayer } from '../../src/counts/countLayer.js';
import { UserError } from '../../src/document/userError.js';
import { createMemory } from '../../src/machine/memory.js';
import { estimateLayer } from '../../src/machine/estimateLayer.js';
import type { LayerEstimate } from '../../src/machine/estimateLayer.js';
import { executeLayer } from '../../src/machine/executeLayer.js';
import { storeWeights } from '../../src/machine/layerDram.js';
import { mapLayer } from '../../src/search/mapLayer.js';
import { convProblem, vectorProblem } from '../../src/mapping/layerProblem.js';
import type { Mapping } from '../../src/mapping/mapping.js';
import { footprint, shortage } from '../../src/mapping/footprint.js';
import type { ConvProblem, LoopName } from '../../src/mapping/problem.js';
import { loopNames, wholeTile } from '../../src/mapping/problem.js';
import type { PrecisionSet } from '../../src/model/model.js';
import { elementsOf, isConv } from '../../src/network/layer.js';
import type { MapName } from '../../src/network/layer.js';
import { denseSupports, nonZeroTaps } from '../../src/sparsity/supports.js';
import { findFormat, storeLayer } from '../../src/storage/formats.js';
import { layoutOf, planar } from '../../src/storage/featureMapLayout.js';
import { tensors } from '../../src/tensor/dataSpace.js';
import type { Tensor } from '../../src/tensor/dataSpace.js';
import { bytesOf } from '../../src/tensor/precision.js';
import type { ElementArray } from '../../src/tensor/precision.js';
import { forwardImages, ofImage } from './forwardImages.js';
import { vectorLayers } from './vectorLayers.js';
import { conv } from '../model/networks.js';
import { buffer, cases, int8, layouts, machine, machines } from './arbitraries.js';
import type { Case } from './arbitraries.js';

function problemOf(
  { modelLayer, images }: Case,
  precision: PrecisionSet,
  storage = 'auto',
  layout = 'NCHW',
): ConvProblem {
  const { layer, supports, operands } = modelLayer;
  const given = { supports, precision: precision.weight, weights: operands?.weights };
  const isHeld = storage === 'auto' || findFormat(storage)?.refusal(given) === undefined;
  const stored = storeLayer(isHeld ? storage : 'auto', given, layer.name);
  return convProblem(layer, precision, stored, images, layoutOf(layout));
}

/** Formats of every kind; a layer that one cannot hold is stored as `auto` chooses. */
const storages = fc.constantFrom(
  'auto',
  'dense',
  'periodic',
  'pattern-id',
  'bitmask',
  'tap-position',
  'coo',
  'csr',
  'csc',
  'run-length',
  'run-length-1',
  '1:2',
  '3:4',
  'block-2x3',
  'dense+huffman',
  'csr+huffman',
  'run-length+huffman',
);

function run(
  given: Case,
  { schedule }: LayerEstimate,
  accelerator: Accelerator,
): ReturnType<typeof executeLayer> {
  const stored = storeWeights(given.modelLayer, schedule);
  return executeLayer(
    given.modelLayer,
    schedule,
    accelerator,
    stored,
    createMemory(accelerator.buffers),
    given.input,
    given.residual,
  );
}

function expected({ modelLayer, images, input, residual }: Case): ElementArray {
  const maps = new Map<MapName, ElementArray>([['input', input]]);
  if (residual !== undefined) maps.set('residual', residual);
  return forwardImages(modelLayer, images, maps);
}

/** Any tile of any order that fits, if the random one does. */
const tilings = fc.record({
  images: fc.integer({ min: 1, max: 3 }),
  filters: fc.integer({ min: 1, max: 12 }),
  channels: fc.integer({ min: 1, max: 9 }),
  rows: fc.integer({ min: 1, max: 9 }),
  columns: fc.integer({ min: 1, max: 9 }),
  order: fc.shuffledSubarray<LoopName>([...loopNames], { minLength: loopNames.length }),
  phases: fc.nat(5),
});

function mappingOf(
  problem: ConvProblem,
  given: Record<LoopName, number> & { order: LoopName[]; phases: number },
): Mapping {
  const whole = wholeTile(problem);
  const { assignment } = problem.storage.streamed;
  const period = assignment.kind === 'periodic' ? assignment.period : 1;
  const divisors = Array.from({ length: period }, (_, i) => i + 1).filter((size) => period % size === 0);
  return {
    tile: {
      images: Math.min(given.images, whole.images),
      filters: Math.min(given.filters, whole.filters),
      channels: Math.min(given.channels, whole.channels),
      rows: Math.min(given.rows, whole.rows),
      columns: Math.min(given.columns, whole.columns),
    },
    order: given.order,
    phasesPerGroup: divisors[given.phases % divisors.length],
  };
}

interface Mapped {
  readonly given: Case & { readonly precision: PrecisionSet };
  readonly accelerator: Accelerator;
  readonly problem: ConvProblem;
  readonly estimate: LayerEstimate;
}

/** Checks a property of random layers on random machines, under random mappings that fit, whatever the layout of their maps. */
function forFittingMappings(numRuns: number, check: (mapped: Mapped) => void): void {
  fc.assert(
    fc.property(
      cases(),
      machines,
      tilings,
      storages,
      layouts,
      (given, accelerator, tiling, storage, layout) => {
        const problem = problemOf(given, given.precision, storage, layout);
        const mapping = mappingOf(problem, tiling);
        fc.pre(shortage(footprint(problem, mapping, accelerator)) === undefined);
        check({ given, accelerator, problem, estimate: estimateLayer(problem, mapping, accelerator) });
      },
    ),
    { numRuns },
  );
}

describe('tile execution', () => {
  it('computes any integer layer bit for bit, under any mapping, on any machine', () => {
    forFittingMappings(800, ({ given, accelerator, estimate }) => {
      expect(run(given, estimate, accelerator).output).to.deep.equal(expected(given));
    });
  });

  it('computes the same under dense storage as under periodic storage', () => {
    fc.assert(
      fc.property(cases(), machines, (given, accelerator) => {
        const dense = mapLayer(problemOf(given, given.precision, 'dense'), accelerator);
        expect(run(given, dense, accelerator).output).to.deep.equal(expected(given));
      }),
      { numRuns: 60 },
    );
  });

  it('computes float32 layers within the rounding of their sums', () => {
    const float32: PrecisionSet = { ifmap: 'float32', weight: 'float32', accumulator: 'float32' };
    fc.assert(
      fc.property(cases({ precisions: [float32] }), machines, (given, accelerator) => {
        const { output } = run(given, mapLayer(problemOf(given, float32), accelerator), accelerator);
        expected(given).forEach((value, index) => {
          expect(output[index]).to.be.closeTo(value, 1e-4);
        });
      }),
      { numRuns: 60 },
    );
  });

  it('computes for each image of a batch what it computes for the image alone', () => {
    fc.assert(
      fc.property(cases(), machines, tilings, (given, accelerator, tiling) => {
        const { images } = given;
        const whole = problemOf(given, given.precision);
        const mapping = mappingOf(whole, { ...tiling, images: 1 });
        const order = ['images' as const, ...mapping.order.filter((loop) => loop !== 'images')];
        const alone = { ...given, images: 1 };
        const single = problemOf(alone, given.precision);
        const ofOne = mappingOf(single, tiling);
        fc.pre(shortage(footprint(whole, mapping, accelerator)) === undefined);
        fc.pre(shortage(footprint(single, ofOne, accelerator)) === undefined);
        const { output } = run(given, estimateLayer(whole, { ...mapping, order }, accelerator), accelerator);
        const estimate = estimateLayer(single, ofOne, accelerator);
        for (let image = 0; image < images; image++) {
          const { residual } = given;
          const own = {
            ...alone,
            input: ofImage(given.input, image, images),
            ...(residual && { residual: ofImage(residual, image, images) }),
          };
          expect(ofImage(output, image, images)).to.deep.equal(run(own, estimate, accelerator).output);
        }
      }),
      { numRuns: 200 },
    );
  });

  it('moves exactly the bytes that the timeline says', () => {
    forFittingMappings(500, ({ given, accelerator, estimate }) => {
      const { movedBytes } = run(given, estimate, accelerator);
      for (const tensor of tensors) {
        const { readBytes, writeBytes } = estimate.timeline.dram[tensor];
        expect(movedBytes[tensor], tensor).to.equal(readBytes + writeBytes);
      }
    });
  });

  it('moves as many bytes in every layout, in at least as many bursts as they fill', () => {
    forFittingMappings(500, ({ given, accelerator, problem, estimate }) => {
      const { schedule, timeline } = estimate;
      const { layer } = given.modelLayer;
      const same = estimateLayer({ ...problem, layout: planar }, schedule.mapping, accelerator);
      for (const tensor of tensors) {
        const { readBytes, writeBytes, readBursts, writeBursts } = timeline.dram[tensor];
        expect({ readBytes, writeBytes }, tensor).to.deep.equal({
          readBytes: same.timeline.dram[tensor].readBytes,
          writeBytes: same.timeline.dram[tensor].writeBytes,
        });
        // A burst with both values and index counts as values.
        if (tensor === 'index') continue;
        expect(readBursts * accelerator.dram.burstBytes, tensor).to.be.at.least(readBytes);
        expect(writeBursts * accelerator.dram.burstBytes, tensor).to.be.at.least(writeBytes);
      }
      const counts = countLayer(layer, schedule, timeline, accelerator);
      const planarCounts = countLayer(layer, same.schedule, same.timeline, accelerator);
      expect(counts.buffers, 'buffers hold the same, whatever the layout').to.deep.equal(
        planarCounts.buffers,
      );
    });
  });

  it('loads each weight tile, its index included, in the bursts of one block', () => {
    forFittingMappings(300, ({ accelerator, problem, estimate }) => {
      const { burstBytes } = accelerator.dram;
      const { steps, weightLayout } = estimate.schedule;
      let bursts = Math.ceil(problem.storage.table.length / burstBytes);
      for (const { transfersBefore } of steps) {
        for (const { transfer } of transfersBefore) {
          if (transfer.region !== 'weights') continue;
          expect(transfer.runs[0].offset % burstBytes).to.equal(0);
          bursts += Math.ceil(transfer.bytes / burstBytes);
        }
      }
      const { weight, index } = estimate.timeline.dram;
      expect(weight.readBursts + index.readBursts).to.equal(bursts);
      if (steps.length === 1) expect(weight.readBytes).to.equal(weightLayout?.size.valueBytes);
    });
  });

  it('never works on a pass while a tile is stored from the place of its partial sums', () => {
    let found = 0;
    forFittingMappings(500, ({ accelerator, estimate }) => {
      if (!estimate.schedule.footprint.ofmapInPlace) return;
      found++;
      // All buffers of these machines are single, so that loads overlap no pass either: whatever is on the bus takes its own time.
      const { dram, periodPs } = accelerator;
      const busPs = (trafficOf(estimate) * dram.burstBytes * 1e12) / dram.bandwidthBytesPerSecond;
      expect(estimate.timeline.endPs).to.be.at.least(estimate.timeline.passCycles * periodPs + busPs);
    });
    expect(found, 'mappings of this kind').to.be.above(10);
  });

  it('writes every ofmap element to DRAM once, and reads back as many partial sums as it spills', () => {
    forFittingMappings(500, ({ given, estimate }) => {
      const { dram } = estimate.timeline;
      const outputs = given.images * elementsOf(given.modelLayer.layer.outputShape);
      expect(dram.ofmap.writeBytes).to.equal(outputs * bytesOf(given.precision.ifmap));
      expect(dram.ofmap.readBytes).to.equal(0);
      expect(dram.psum.readBytes).to.equal(dram.psum.writeBytes);
    });
  });

  it('lets as many elements leave each buffer as have entered it', () => {
    forFittingMappings(500, ({ given, accelerator, problem, estimate }) => {
      const { layer } = given.modelLayer;
      const { schedule, timeline } = estimate;
      const { buffers } = countLayer(layer, schedule, timeline, accelerator);
      const total = (tensor: Tensor, field: 'readElements' | 'writeElements'): number =>
        Object.values(buffers).reduce((sum, byTensor) => sum + byTensor[tensor][field], 0);
      const outputs = given.images * elementsOf(layer.outputShape);
      expect(total('ofmap', 'writeElements')).to.equal(outputs);
      expect(total('ofmap', 'readElements')).to.equal(outputs);
      expect(total('psum', 'readElements')).to.equal(total('psum', 'writeElements'));
      const { dram } = timeline;
      if (!problem.storage.format.needsWeights) {
        expect(total('weight', 'writeElements') * bytesOf(given.precision.weight)).to.equal(
          dram.weight.readBytes,
        );
      }
      for (const { ifmap } of Object.values(buffers)) {
        if (ifmap.readElements > 0) expect(ifmap.writeElements).to.be.above(0);
      }
    });
  });

  it('carries out each MAC that exists once, and stays within the bounds of array and DRAM', () => {
    forFittingMappings(500, ({ given, accelerator, problem, estimate }) => {
      const { layer, supports } = given.modelLayer;
      const { schedule, timeline } = estimate;
      const counts = countLayer(layer, schedule, timeline, accelerator);
      const positions = given.images * layer.outputShape.height * layer.outputShape.width;
      expect(counts.macs.effectual).to.equal(nonZeroTaps(supports) * positions);
      expect(counts.macs.performed).to.equal(nonZeroTaps(problem.storage.streamed) * positions);
      expect(counts.macs.effectualUnpadded).to.be.at.most(counts.macs.effectual);
      const { rows, columns, macLanes } = accelerator.array;
      expect(counts.cycles).to.be.at.least(counts.macs.performed / (rows * columns * macLanes));
      const dramBytes = tensors.reduce(
        (sum, tensor) => sum + timeline.dram[tensor].readBytes + timeline.dram[tensor].writeBytes,
        0,
      );
      expect(timeline.endPs).to.be.at.least((dramBytes * 1e12) / accelerator.dram.bandwidthBytesPerSecond);
      const roundsOf = (shape: PassShape): number =>
        dataflowOf(accelerator.array.dataflow).weightRounds(shape, arrayContext(accelerator));
      const decoded = schedule.steps.reduce(
        (sum, { tile }) =>
          sum +
          roundsOf(passShape(problem, schedule.mapping, tile)) * problem.storage.decodeWork(tile).entries,
        0,
      );
      expect(counts.decoding.entries, 'positions are read whenever a tile is streamed').to.equal(decoded);
      const stalls = Object.values(counts.stallCycles);
      expect(Math.min(...stalls)).to.be.at.least(0);
      expect(counts.cycles).to.equal(counts.computeCycles + timeline.drainCycles + counts.stallCycles.dram);
      const streaming = schedule.steps.reduce((sum, { pass }) => {
        const { cycles, weightLoadStalls, decodeStalls, ifmapStalls, psumStalls, drainStalls } = pass;
        return sum + cycles - weightLoadStalls - decodeStalls - ifmapStalls - psumStalls - drainStalls;
      }, 0);
      const stalled = stalls.reduce((sum, cycles) => sum + cycles, 0);
      expect(counts.cycles, 'every cycle streams or has its cause').to.equal(streaming + stalled);
    });
  });

  it('never becomes slower with more bandwidth, nor costlier in DRAM traffic with larger buffers', () => {
    fc.assert(
      fc.property(cases(), machines, (given, accelerator) => {
        const problem = problemOf(given, given.precision);
        const base = mapLayer(problem, accelerator);
        const { dram } = accelerator;
        const faster = {
          ...accelerator,
          dram: { ...dram, bandwidthBytesPerSecond: dram.bandwidthBytesPerSecond * 2 },
        };
        const sped = estimateLayer(problem, base.schedule.mapping, faster);
        expect(sped.timeline.endPs).to.be.at.most(base.timeline.endPs);
        const larger = {
          ...accelerator,
          buffers: accelerator.buffers.map((each) => ({ ...each, capacityBytes: each.capacityBytes * 3 })),
        };
        expect(trafficOf(mapLayer(problem, larger))).to.be.at.most(trafficOf(base));
      }),
      { numRuns: 60 },
    );
  });

  it('runs pools, additions and ReLUs as defined, padding included', () => {
    const images = 3;
    const { layers, maps } = vectorLayers(images);
    const tiny = machine({ buffers: [buffer('shared', ['ifmap', 'weight', 'psum', 'ofmap'], 96)] });
    const where = [machine(), tiny].flatMap((accelerator) =>
      ['NCHW', 'NHWC', 'NCHW2c'].map((layout) => ({ accelerator, layout: layoutOf(layout) })),
    );
    for (const modelLayer of layers) {
      const { layer } = modelLayer;
      if (isConv(layer)) continue;
      for (const { accelerator, layout } of where) {
        const { schedule, timeline } = mapLayer(vectorProblem(layer, int8, images, layout), accelerator);
        const stored = storeWeights(modelLayer, schedule);
        const memory = createMemory(accelerator.buffers);
        const residual = layer.kind === 'add' ? maps.get('other') : undefined;
        const { output, movedBytes } = executeLayer(
          modelLayer,
          schedule,
          accelerator,
          stored,
          memory,
          maps.get('input')!,
          residual,
        );
        expect(output, layer.kind).to.deep.equal(forwardImages(modelLayer, images, maps));
        expect(movedBytes.ofmap).to.equal(timeline.dram.ofmap.writeBytes);
        expect(movedBytes.ifmap).to.equal(timeline.dram.ifmap.readBytes);
      }
    }
  });

  it('reports an accumulator that overflows instead of wrapping round', () => {
    const precision: PrecisionSet = { ifmap: 'int16', weight: 'int16', accumulator: 'int32' };
    const [given] = fc.sample(cases({ precisions: [precision] }), { seed: 5, numRuns: 1 });
    given.input.fill(32767);
    given.modelLayer.operands!.weights.fill(32767);
    const accelerator = machine();
    const estimate = mapLayer(problemOf(given, precision, 'dense'), accelerator);
    expect(() => run(given, estimate, accelerator)).to.throw(
      UserError,
      /layer layer: filter 0 overflows its int32 accumulator/,
    );
  });

  it('is exact with 16-bit accumulators as long as no sum leaves them', () => {
    const precision: PrecisionSet = { ifmap: 'int8', weight: 'int8', accumulator: 'int16' };
    // Weights that no int8 input could overflow, and such as only these inputs do not.
    const largest = fc.constantFrom(1, 7);
    fc.assert(
      fc.property(
        cases({ precisions: [precision] }),
        machines,
        tilings,
        largest,
        (given, accelerator, tiling, most) => {
          const { weights } = given.modelLayer.operands!;
          weights.forEach((weight, index) => (weights[index] = weight % (most + 1)));
          given.input.forEach((value, index) => (given.input[index] = value % 8));
          const problem = problemOf(given, precision, 'dense');
          const mapping = mappingOf(problem, tiling);
          fc.pre(shortage(footprint(problem, mapping, accelerator)) === undefined);
          const estimate = estimateLayer(problem, mapping, accelerator);
          expect(run(given, estimate, accelerator).output).to.deep.equal(expected(given));
          const { psum } = estimate.schedule.footprint;
          const { images, filters, rows, columns } = mapping.tile;
          if (psum !== undefined)
            expect(psum.slotBytes).to.equal(Math.ceil((images * filters * rows * columns * 2) / 8) * 8);
        },
      ),
      { numRuns: 200 },
    );
  });

  it('reports a 16-bit accumulator that overflows, in a sum or by its bias', () => {
    const precision: PrecisionSet = { ifmap: 'int8', weight: 'int8', accumulator: 'int16' };
    const layer = conv(
      'layer',
      { channels: 4, height: 1, width: 1 },
      { filters: 1, kernel: [1, 1], padding: [0, 0, 0, 0] },
    );
    const [sample] = fc.sample(cases({ precisions: [precision] }), { seed: 5, numRuns: 1 });
    const overflow = (inputs: number[], bias: number) => () => {
      const given: Case = {
        images: 1,
        input: Int8Array.from(inputs),
        modelLayer: {
          ...sample.modelLayer,
          layer,
          supports: denseSupports(1, 4, 1),
          operands: { weights: Int8Array.of(127, 127, 127, 127), bias: Float64Array.of(bias) },
        },
      };
      const accelerator = machine();
      return run(given, mapLayer(problemOf(given, precision, 'dense'), accelerator), accelerator);
    };
    // 2 x 127 x 127 = 32258 fits; 127 x 4 more is the largest that does.
    expect(overflow([127, 127, 4, 0], 1)).to.not.throw();
    expect(overflow([127, 127, 5, 0], 0)).to.throw(
      UserError,
      /filter 0 overflows its int16 accumulator.*got 32893.*int32 or int48/,
    );
    expect(overflow([127, 127, 5, -127], 0), 'on its way').to.throw(UserError, /got 32893/);
    expect(overflow([127, 127, 4, 0], 2)).to.throw(UserError, /got 32768/);
    expect(overflow([-127, -127, -4, 0], -2)).to.not.throw();
    expect(overflow([-127, -127, -4, 0], -3)).to.throw(UserError, /got -32769/);
  });

  it('names the buffer, the need and the room when no tile fits', () => {
    const [given] = fc.sample(cases({ precisions: [int8] }), { seed: 3, numRuns: 1 });
    const { buffers } = machine();
    const small = machine({
      buffers: [buffers[0], buffers[1], buffer('output-buffer', ['psum', 'ofmap'], 4)],
    });
    expect(() => mapLayer(problemOf(given, int8), small)).to.throw(
      UserError,
      /test-machine\.yaml: layer layer: no mapping fits test-machine; .*output-buffer.*more than its 4 B.*would do: /,
    );
  });
});

function trafficOf({ timeline }: LayerEstimate): number {
  return tensors.reduce(
    (sum, tensor) => sum + timeline.dram[tensor].readBursts + timeline.dram[tensor].writeBursts,
    0,
  );
}
