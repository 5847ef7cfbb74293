import { expect } from 'chai';
import fc from 'fast-check';
import type { Accelerator } from '../../src/accelerator/accelerator.js';
import { trafficOf, totalBurstBytes } from '../../src/counts/compulsoryTraffic.js';
import { countLayer } from '../../src/counts/countLayer.js';
import { cyclePartNames, cyclePartsOf, workOf } from '../../src/counts/cycleParts.js';
import type { CycleParts } from '../../src/counts/cycleParts.js';
import { portLoads } from '../../src/counts/portLoad.js';
import { rooflineOf } from '../../src/counts/roofline.js';
import type { Roofline } from '../../src/counts/roofline.js';
import { UserError } from '../../src/document/userError.js';
import { estimateLayer } from '../../src/machine/estimateLayer.js';
import type { LayerEstimate } from '../../src/machine/estimateLayer.js';
import { mapLayer } from '../../src/search/mapLayer.js';
import { convProblem, vectorProblem } from '../../src/mapping/layerProblem.js';
import { isConv } from '../../src/network/layer.js';
import type { Layer } from '../../src/network/layer.js';
import { denseSupports } from '../../src/sparsity/supports.js';
import { layoutOf } from '../../src/storage/featureMapLayout.js';
import { storeLayer } from '../../src/storage/formats.js';
import { plainArray } from '../dataflow/passes.js';
import { buffer, cases, int8, layouts, machine, machines } from '../machine/arbitraries.js';
import { vectorLayers } from '../machine/vectorLayers.js';
import { conv } from '../model/networks.js';

interface Looked {
  readonly parts: CycleParts;
  readonly cycles: number;
  readonly roofline: Roofline;
}

/** Parts and roofline of a layer; checks what always holds of its traffic. */
function lookAt(layer: Layer, { schedule, timeline }: LayerEstimate, accelerator: Accelerator): Looked {
  const counts = countLayer(layer, schedule, timeline, accelerator);
  const parts = cyclePartsOf(schedule, timeline, counts, accelerator);
  const { burstBytes } = accelerator.dram;
  const traffic = trafficOf(schedule.problem, counts, { isCompressed: false, burstBytes });
  let movedBytes = 0;
  for (const [tensor, each] of Object.entries(traffic)) {
    expect(each.compulsoryBytes, tensor).to.be.a('number').and.at.most(each.movedBytes);
    movedBytes += each.movedBytes;
  }
  expect(movedBytes).to.be.at.most(totalBurstBytes(traffic));
  const { ideal, storedZeros, missingTaps, unusedPes, foldEdges } = parts;
  const roofline = rooflineOf(
    {
      work: workOf(schedule, counts, accelerator),
      cycles: counts.cycles,
      unstalledCycles: ideal + storedZeros + missingTaps + unusedPes + foldEdges,
      burstBytes: totalBurstBytes(traffic),
      ports: portLoads(layer.kind, schedule, accelerator),
    },
    accelerator,
  );
  return { parts, cycles: counts.cycles, roofline };
}

function expectToAddUp({ parts, cycles, roofline }: Looked, sharesPorts = true): void {
  expect(cyclePartNames.reduce((sum, name) => sum + parts[name], 0)).to.equal(cycles);
  for (const name of cyclePartNames) {
    expect(Number.isInteger(parts[name]), name).to.equal(true);
    expect(parts[name], name).to.be.at.least(0);
  }
  // A part in a thousand million for the rounding of bandwidth to bytes in a cycle.
  expect(roofline.shareOfRoof).to.be.within(0, 1 + 1e-9);
  for (const { busyCycles, roofPerCycle, isShared } of roofline.ports) {
    // An index that is read ahead, and a layer without MACs, do not wait for what is written through a shared port meanwhile.
    if (isShared && !sharesPorts) continue;
    expect(busyCycles).to.be.at.most(cycles);
    if (roofPerCycle !== null) expect(roofline.attainedPerCycle).to.be.at.most(roofPerCycle * (1 + 1e-9));
  }
}

const anyVectorLayer = fc.constantFrom(...vectorLayers().layers.map(({ layer }) => layer));

function unlessImpossible(action: () => void): void {
  try {
    action();
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
  }
}

describe('the parts of the cycles', () => {
  it('are whole, never negative and add up, below every roof, whatever the layer, machine and dataflow', () => {
    fc.assert(
      fc.property(cases(), machines, layouts, (given, accelerator, layout) => {
        const { layer, supports } = given.modelLayer;
        const stored = storeLayer('auto', { supports, precision: given.precision.weight }, layer.name);
        const problem = convProblem(layer, given.precision, stored, given.images, layoutOf(layout));
        unlessImpossible(() => {
          expectToAddUp(lookAt(layer, mapLayer(problem, accelerator), accelerator));
        });
      }),
      { numRuns: 150 },
    );
  });

  it('do so for formats that are decoded, and for layers without MACs', () => {
    fc.assert(
      fc.property(
        cases(),
        machines,
        fc.constantFrom('csr', 'bitmask', 'run-length', 'dense'),
        (given, accelerator, format) => {
          const { layer, supports } = given.modelLayer;
          unlessImpossible(() => {
            const stored = storeLayer(format, { supports, precision: given.precision.weight }, layer.name);
            const problem = convProblem(layer, given.precision, stored, given.images);
            expectToAddUp(lookAt(layer, mapLayer(problem, accelerator), accelerator), false);
          });
        },
      ),
      { numRuns: 100 },
    );
    fc.assert(
      fc.property(anyVectorLayer, machines, fc.integer({ min: 1, max: 3 }), (layer, accelerator, images) => {
        unlessImpossible(() => {
          if (isConv(layer)) throw new Error(`${layer.name} has MACs`);
          const problem = vectorProblem(layer, int8, images);
          const looked = lookAt(layer, mapLayer(problem, accelerator), accelerator);
          expectToAddUp(looked, false);
          expect(looked.roofline.unit).to.equal('operation');
        });
      }),
      { numRuns: 60 },
    );
  });

  it('are those of a layer that is worked out by hand', () => {
    // A 1x1 convolution of 4 channels over 4x4 maps, 8 filters, on 16x4 PEs: 512 MACs, two folds of 4 + 16 + 4 - 2 cycles.
    const layer = conv(
      'layer',
      { channels: 4, height: 4, width: 4 },
      { filters: 8, kernel: [1, 1], padding: [0, 0, 0, 0] },
    );
    const supports = denseSupports(8, 4, 1);
    const stored = storeLayer('auto', { supports, precision: 'int8' }, 'layer');
    const wide = { wordBits: 1024 };
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
      dram: { kind: 'flat', bandwidthBytesPerSecond: 1e9, latencyPs: 10_000, burstBytes: 32, source: 'test' },
    });
    const tile = { images: 1, filters: 8, channels: 4, rows: 4, columns: 4 };
    const order = ['images', 'filters', 'rows', 'columns', 'channels'] as const;
    const problem = convProblem(layer, int8, stored);
    const estimate = estimateLayer(problem, { tile, order, phasesPerGroup: 1 }, accelerator);
    const { parts, cycles, roofline } = lookAt(layer, estimate, accelerator);
    // Loads: 10 ns and 32 + 64 B at 1 B/ns; store: 10 ns and 128 B.
    expect(cycles).to.equal(106 + 44 + 1 + 138);
    const none = { storedZeros: 0, missingTaps: 0, unusedPes: 0 };
    const unstalled = { weightLoad: 0, decode: 0, ifmap: 0, psum: 0 };
    expect(parts).to.deep.equal({
      ...{ ideal: 8, ...none, foldEdges: 36, ...unstalled },
      ...{ drain: 1, firstLoads: 106, dramWait: 0, lastStores: 138 },
    });
    expect(roofline).to.deep.include({
      ...{ unit: 'MAC', done: 512, dense: 512, peakPerCycle: 64, burstBytes: 224, dramBytesPerCycle: 1 },
      ...{ ridge: 64, side: 'memory' },
    });
    expect(roofline.intensity).to.be.closeTo(512 / 224, 1e-12);
    expect(roofline.roofPerCycle).to.be.closeTo(512 / 224, 1e-12);
    expect(roofline.attainedPerCycle).to.be.closeTo(512 / 289, 1e-12);
    expect(roofline.shareOfRoof).to.be.closeTo(224 / 289, 1e-12);
    // Each of the 8 streaming steps reads 16 B of ifmap and 4 B of weights, in words of 128 B.
    const [ifmap, weight, output] = roofline.ports;
    expect(ifmap).to.include({ buffer: 'ifmap-buffer', readBytes: 8 * 128, writeBytes: 0, busyCycles: 8 });
    expect(ifmap.askedReadBytes).to.be.closeTo((8 * 128) / 44, 1e-12);
    expect(ifmap.roofPerCycle).to.equal(64);
    expect(weight.busyCycles).to.equal(8);
    expect(output).to.include({ readBytes: 0, writeBytes: 2 * 128, busyCycles: 2 });
  });

  it('tells taps that filters lack from PEs that are too many, and stored zeros from both', () => {
    // 4 filters on 8 columns, of which every second lacks the only tap of every second channel; 64 positions.
    const layer = conv(
      'layer',
      { channels: 2, height: 1, width: 64 },
      { filters: 4, kernel: [1, 1], padding: [0, 0, 0, 0] },
    );
    const supports = {
      ...{ filters: 4, channels: 2, taps: 1 },
      patterns: [Uint8Array.of(1), Uint8Array.of(0)],
      assignment: { kind: 'periodic', period: 2 },
    } as const;
    const accelerator = machine({
      array: { rows: 4, columns: 8, dataflow: 'output-stationary', ...plainArray, fill: 'used' },
      buffers: machine().buffers.map((each) => ({ ...each, wordBits: 128 })),
    });
    const tile = { images: 1, filters: 4, channels: 2, rows: 1, columns: 64 };
    const order = ['images', 'filters', 'rows', 'columns', 'channels'] as const;
    const partsOf = (format: string, phasesPerGroup: number): CycleParts => {
      const problem = convProblem(layer, int8, storeLayer(format, { supports, precision: 'int8' }, 'layer'));
      return lookAt(layer, estimateLayer(problem, { tile, order, phasesPerGroup }, accelerator), accelerator)
        .parts;
    };
    // 256 effectual MACs, 32 slots in a cycle, 16 of them of PEs in use. Streamed past 4 filters, both taps take 512 slots.
    const once = { ideal: 8, unusedPes: 16 };
    expect(partsOf('periodic', 2)).to.include({ ...once, storedZeros: 0, missingTaps: 8 });
    expect(partsOf('dense', 1)).to.include({ ...once, storedZeros: 8, missingTaps: 0 });
    // One phase after the other: each streams only its own taps past 2 filters.
    expect(partsOf('periodic', 1)).to.include({ ideal: 8, unusedPes: 24, storedZeros: 0, missingTaps: 0 });
  });
});

describe('compulsory traffic', () => {
  it('leaves out the rows and columns that a window steps over', () => {
    const layer = conv(
      'down',
      { channels: 3, height: 8, width: 8 },
      { filters: 5, kernel: [1, 1], stride: [2, 2], padding: [0, 0, 0, 0], residual: 'other' },
    );
    const stored = storeLayer('dense', { supports: denseSupports(5, 3, 1), precision: 'int8' }, 'down');
    const problem = convProblem(layer, int8, stored, 2);
    const accelerator = machine();
    const { schedule, timeline } = mapLayer(problem, accelerator);
    const counts = countLayer(layer, schedule, timeline, accelerator);
    const options = { isCompressed: false, burstBytes: 32 };
    const traffic = trafficOf(problem, counts, options);
    // 4 x 4 of 8 x 8, and the second map of the addition.
    expect(traffic.ifmap.compulsoryBytes).to.equal(2 * 3 * 16 + 2 * 5 * 16);
    expect(traffic.weight.compulsoryBytes).to.equal(15);
    expect(traffic.ofmap.compulsoryBytes).to.equal(2 * 5 * 16);
    expect(traffic.psum.compulsoryBytes).to.equal(0);
    const kept = { input: 'ifmap-buffer', residual: 'output-buffer', output: 'output-buffer', bytes: {} };
    const onChip = trafficOf({ ...problem, kept }, counts, options);
    expect([onChip.ifmap.compulsoryBytes, onChip.ofmap.compulsoryBytes]).to.deep.equal([0, 0]);
    const compressed = trafficOf(problem, counts, { ...options, isCompressed: true });
    expect(
      [compressed.ifmap, compressed.index, compressed.ofmap].map((each) => each.compulsoryBytes),
    ).to.deep.equal([null, null, null]);
  });
});
