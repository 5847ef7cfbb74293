import { expect } from 'chai';
import fc from 'fast-check';
import type { Accelerator } from '../../src/accelerator/accelerator.js';
import { bufferAccess } from '../../src/dataflow/counters.js';
import { countLayer } from '../../src/counts/countLayer.js';
import { createMemory } from '../../src/machine/memory.js';
import { estimateLayer } from '../../src/machine/estimateLayer.js';
import { estimateNetwork } from '../../src/machine/estimateNetwork.js';
import type { ComputingExecution } from '../../src/machine/execution.js';
import { mapLayer } from '../../src/search/mapLayer.js';
import { runNetwork } from '../../src/machine/runNetwork.js';
import type { RunnableLayer } from '../../src/machine/runNetwork.js';
import type { KeptLayer } from '../../src/mapping/keep/keepGraph.js';
import { convProblem } from '../../src/mapping/layerProblem.js';
import type { KeptMaps } from '../../src/mapping/problem.js';
import type { PrecisionSet } from '../../src/model/model.js';
import { elementsOf, inputsOf } from '../../src/network/layer.js';
import type { MapName } from '../../src/network/layer.js';
import type { Network } from '../../src/network/network.js';
import { denseSupports } from '../../src/sparsity/supports.js';
import { storeLayer } from '../../src/storage/formats.js';
import { tensors } from '../../src/tensor/dataSpace.js';
import { bytesOf } from '../../src/tensor/precision.js';
import type { ElementArray } from '../../src/tensor/precision.js';
import { conv, smallNetwork } from '../model/networks.js';
import { graphOf, randomNodes } from '../network/randomGraphs.js';
import { plainArray } from '../dataflow/passes.js';
import { buffer, int8, layouts, machine, machines } from './arbitraries.js';
import { forwardImages } from './forwardImages.js';
import {
  keepAsWished,
  problemsOf,
  runnableLayers,
  seededNetwork,
  wishDraws,
  wishes,
} from './keptNetworks.js';
import type { Seeded } from './keptNetworks.js';

const int16: PrecisionSet = { ifmap: 'int16', weight: 'int8', accumulator: 'int48' };

/** Joined maps of all images. */
function joined(inputs: readonly ElementArray[]): ElementArray {
  const all = new (inputs[0].constructor as new (length: number) => ElementArray)(
    inputs.length * inputs[0].length,
  );
  inputs.forEach((input, image) => {
    all.set(input, image * input.length);
  });
  return all;
}

function run(
  { inputs }: Seeded,
  layers: readonly RunnableLayer[],
  accelerator: Accelerator,
  execution: ComputingExecution = 'tile',
) {
  const maps = new Map<MapName, ElementArray>([['input', joined(inputs)]]);
  return [...runNetwork(layers, createMemory(accelerator.buffers), maps, accelerator, execution)];
}

function expectedMaps({ model, inputs }: Seeded): Map<MapName, ElementArray> {
  const maps = new Map<MapName, ElementArray>([['input', joined(inputs)]]);
  for (const layer of model.layers) maps.set(layer.layer.output, forwardImages(layer, inputs.length, maps));
  return maps;
}

/** A network whose maps stay on chip as far as they are wished to, ready to run. */
interface Kept {
  readonly seeded: Seeded;
  readonly accelerator: Accelerator;
  readonly kept: readonly KeptLayer[];
  readonly layers: readonly RunnableLayer[];
}

/** Checks a property of random networks on random machines with random maps on chip. */
function forKeptMaps(numRuns: number, check: (kept: Kept) => void): Promise<void> {
  return fc.assert(
    fc.asyncProperty(
      ...([randomNodes, machines, fc.constantFrom(1, 3, 8), wishDraws, layouts] as const),
      ...([fc.constantFrom(int8, int16), fc.constantFrom(1, 2), fc.nat(1e6)] as const),
      async (nodes, large, divisor, draws, layout, precision, images, seed) => {
        const { network } = graphOf(nodes);
        const accelerator = {
          ...large,
          buffers: large.buffers.map((each) => ({
            ...each,
            capacityBytes: Math.ceil(each.capacityBytes / divisor),
          })),
        };
        const seeded = await seededNetwork(network, precision, images, seed);
        const problems = problemsOf(seeded, layout);
        const kept = await keepAsWished(network, problems, accelerator, wishes(draws, accelerator));
        fc.pre(kept?.some(({ maps }) => maps !== undefined) === true);
        if (kept === undefined) return;
        check({ seeded, accelerator, kept, layers: runnableLayers(seeded, problems, kept, accelerator) });
      },
    ),
    { numRuns },
  );
}

describe('maps that stay on chip', function () {
  this.timeout(120_000);

  it('are read as they were written: outputs are those of the layers one by one, in tile and in register', () =>
    forKeptMaps(15, ({ seeded, accelerator, layers }) => {
      const expected = expectedMaps(seeded);
      const tile = run(seeded, layers, accelerator);
      for (const { layer, output } of tile)
        expect([...output], layer.name).to.deep.equal([...expected.get(layer.output)!]);
      const register = run(seeded, layers, accelerator, 'register');
      const estimates = [
        ...estimateNetwork(
          layers.map(({ modelLayer, estimate }) => ({ layer: modelLayer.layer, estimate })),
          accelerator,
          { densityOf: () => 1, seed: 1 },
        ),
      ];
      tile.forEach(({ layer, estimate }, index) => {
        expect([...register[index].output]).to.deep.equal([...expected.get(layer.output)!]);
        const counts = countLayer(layer, estimate.schedule, estimate.timeline, accelerator);
        for (const other of [register[index].estimate, estimates[index].estimate])
          expect(countLayer(layer, other.schedule, other.timeline, accelerator)).to.deep.equal(counts);
      });
    }));

  it('cost no DRAM traffic: of the same mapping exactly what their transfers move is saved, and copied', () =>
    forKeptMaps(25, ({ accelerator, layers }) => {
      for (const { modelLayer, estimate } of layers) {
        const { layer } = modelLayer;
        const { schedule, timeline } = estimate;
        const { problem, mapping } = schedule;
        const { kept, ...inDram } = problem;
        const plain = estimateLayer(inDram, mapping, accelerator).timeline;
        const size = bytesOf(problem.precision);
        const outputs = problem.images * elementsOf(layer.outputShape) * size;
        const isKept = (name: keyof KeptMaps): boolean => kept?.[name] !== undefined;

        expect(plain.dram.ofmap.writeBytes).to.equal(outputs);
        expect(timeline.dram.ofmap.writeBytes).to.equal(isKept('output') ? 0 : outputs);
        expect(timeline.copiedBytes.ofmap).to.equal(isKept('output') ? outputs : 0);
        const residual = problem.residual ? outputs : 0;
        const input = plain.dram.ifmap.readBytes - residual;
        const copied = (isKept('input') ? input : 0) + (isKept('residual') ? residual : 0);
        expect(timeline.copiedBytes.ifmap).to.equal(copied);
        expect(timeline.dram.ifmap.readBytes).to.equal(plain.dram.ifmap.readBytes - copied);
        for (const tensor of ['weight', 'index', 'psum'] as const)
          expect(timeline.dram[tensor]).to.deep.equal(plain.dram[tensor]);

        // What leaves a kept map enters slots, and the other way round; slots see what they saw before.
        const ends = { reads: 0, writes: 0 };
        accelerator.buffers.forEach(({ wordBits }, index) => {
          for (const tensor of tensors) {
            const own = bufferAccess(timeline.fills, index, tensor);
            const before = bufferAccess(plain.fills, index, tensor);
            const readBytes = own.readBytes - before.readBytes;
            const writeBytes = own.writeBytes - before.writeBytes;
            ends.reads += readBytes;
            ends.writes += writeBytes;
            expect((own.readTransactions - before.readTransactions) * (wordBits / 8)).to.be.at.least(
              readBytes,
            );
            expect((own.writeTransactions - before.writeTransactions) * (wordBits / 8)).to.be.at.least(
              writeBytes,
            );
            expect((own.readElements - before.readElements) * size).to.equal(readBytes);
          }
        });
        expect(ends).to.deep.equal({ reads: copied, writes: timeline.copiedBytes.ofmap });
      }
    }));

  it('take the room of the slots: a mapping that needs it is not found', () =>
    forKeptMaps(20, ({ accelerator, layers }) => {
      for (const { estimate } of layers) {
        const { footprint, problem } = estimate.schedule;
        const used = new Map(Object.entries(problem.kept?.bytes ?? {}));
        for (const slots of [
          footprint.ifmap,
          footprint.weight,
          footprint.psum,
          footprint.ofmapInPlace ? undefined : footprint.ofmap,
        ]) {
          if (slots === undefined) continue;
          const { name } = slots.buffer;
          used.set(name, (used.get(name) ?? 0) + slots.count * slots.slotBytes);
        }
        for (const { name, capacityBytes } of accelerator.buffers)
          expect(used.get(name) ?? 0).to.be.at.most(capacityBytes);
      }
    }));
});

/** Two blocks with residuals and a pool, all maps in one buffer. */
async function keptBlocks(capacityBytes: number) {
  const network: Network = smallNetwork();
  const accelerator = machine({
    buffers: [
      buffer('glb', ['ifmap', 'weight', 'index', 'psum', 'ofmap'], capacityBytes, { doubleBuffered: false }),
    ],
  });
  const seeded = await seededNetwork(network, int8, 1, 7);
  const problems = problemsOf(seeded, 'NCHW');
  const kept = await keepAsWished(network, problems, accelerator, () => 'glb');
  if (kept === undefined) throw new Error('the network fits');
  return { network, accelerator, seeded, kept, layers: runnableLayers(seeded, problems, kept, accelerator) };
}

describe('maps of a small network that stay in one buffer', () => {
  it('leave the DRAM its input, its result and its weights', async () => {
    const { network, kept, layers } = await keptBlocks(16384);
    expect(kept.slice(0, -1).every(({ maps }) => maps?.output === 'glb')).to.equal(true);
    for (const { modelLayer, estimate } of layers) {
      const { layer } = modelLayer;
      const { dram } = estimate.timeline;
      const isFirst = inputsOf(layer).includes('input');
      expect(dram.ifmap.readBytes, layer.name).to.equal(isFirst ? elementsOf(network.input) : 0);
      expect(dram.ofmap.writeBytes).to.equal(layer.output === network.output ? 5 : 0);
    }
  });

  it('would be found wrong if slots or another map overwrote them', async () => {
    const { seeded, accelerator, layers } = await keptBlocks(4096);
    const expected = expectedMaps(seeded);
    const wrongLayers = (changed: readonly RunnableLayer[]): string[] =>
      run(seeded, changed, accelerator).flatMap(({ layer, output }) =>
        expected.get(layer.output)!.some((value, at) => value !== output[at]) ? [layer.name] : [],
      );
    expect(wrongLayers(layers)).to.deep.equal([]);
    // The stem's map is the residual of `join`: `branch` writes its own over it.
    const [stem, branch, join, ...others] = layers;
    const stolen = stem.kept!.output;
    const early: RunnableLayer[] = [
      stem,
      { ...branch, kept: { ...branch.kept!, output: stolen } },
      { ...join, kept: { ...join.kept!, input: stolen } },
      ...others,
    ];
    expect(wrongLayers(early)).to.include('join');
    // And slots that start where a map lies.
    const low = { buffer: 'glb', offset: 0, bytes: 512 };
    const overlapping: RunnableLayer[] = [
      { ...stem, kept: { ...stem.kept!, output: low } },
      { ...branch, kept: { ...branch.kept!, input: low, slotsFrom: {} } },
      { ...join, kept: { ...join.kept!, residual: low, slotsFrom: {} } },
      ...others,
    ];
    expect(wrongLayers(overlapping)).to.not.deep.equal([]);
  });

  it('are refused where they have no place in the buffer that is said', async () => {
    const { seeded, accelerator, layers } = await keptBlocks(16384);
    const [first, ...others] = layers;
    expect(() => run(seeded, [{ ...first, kept: undefined }, ...others], accelerator)).to.throw(
      /layer stem: its output has no place where it is kept/,
    );
  });
});

describe('the time of copies', () => {
  const dram = {
    kind: 'flat',
    bandwidthBytesPerSecond: 1e9,
    latencyPs: 10_000,
    burstBytes: 32,
    energyPjPerBit: 8,
    source: 'test',
  } as const;

  /** A 1x1 convolution of 4 channels over 4x4 maps on a 16x4 array, 8 filters in tiles of so many; a cycle is a nanosecond. */
  function timeline(filters: number, kept: KeptMaps | undefined, doubleBuffered = true, narrowBits = 64) {
    const layer = conv(
      'layer',
      { channels: 4, height: 4, width: 4 },
      { filters: 8, kernel: [1, 1], padding: [0, 0, 0, 0] },
    );
    const supports = denseSupports(8, 4, 1);
    const stored = storeLayer('auto', { supports, precision: int8.weight }, 'layer');
    const problem = { ...convProblem(layer, int8, stored), kept };
    const accelerator = machine({
      array: { rows: 16, columns: 4, dataflow: 'output-stationary', ...plainArray },
      clockHz: 1e9,
      periodPs: 1000,
      buffers: [
        buffer('ifmap-buffer', ['ifmap'], 8192, { wordBits: 1024, doubleBuffered }),
        buffer('weight-buffer', ['weight', 'index'], 8192, { wordBits: 1024, doubleBuffered }),
        buffer('output-buffer', ['psum', 'ofmap'], 8192, { wordBits: 1024, doubleBuffered }),
        buffer('narrow', [], 8192, { wordBits: narrowBits, doubleBuffered }),
      ],
      postProcessor: { lanes: 64 },
      dram,
    });
    const order = ['images', 'filters', 'rows', 'columns', 'channels'] as const;
    const tile = { images: 1, filters, channels: 4, rows: 4, columns: 4 };
    return estimateLayer(problem, { tile, order, phasesPerGroup: 1 }, accelerator).timeline;
  }

  it('is a cycle for each word of the narrower buffer, beside the DRAM', () => {
    // Weights are in after 10 + 32 ns; the ifmap, 8 words of 8 bytes, long before. Pass and drain take 45 cycles.
    const input = timeline(8, { input: 'narrow', bytes: { narrow: 64 } });
    expect(input.endPs / 1000).to.equal(42 + 45 + 10 + 128);
    // The ifmap comes behind the weights on the bus; the ofmap leaves in 16 words of 8 bytes.
    const output = timeline(8, { output: 'narrow', bytes: { narrow: 128 } });
    expect(output.endPs / 1000).to.equal(106 + 45 + 16);
    // In a wide buffer the ofmap is a word.
    const wide = timeline(8, { output: 'ifmap-buffer', bytes: { 'ifmap-buffer': 128 } });
    expect(wide.endPs / 1000).to.equal(106 + 45 + 1);
    expect(wide.dramCycles).to.equal(106 + 1);
  });

  it('does not hold up the DRAM, nor the DRAM a copy, unless a transfer waits for it', () => {
    // Two tiles of 4 filters. Both weights are asked for at once: in at 42 and 74 ns; the passes take 22 cycles and a drain of 1.
    const kept = { input: 'narrow', output: 'narrow', bytes: { narrow: 192 } };
    // First pass 42 to 64, stored in 8 words to 73; second 74 to 96, drained 97, stored to 105.
    expect(timeline(4, kept).endPs / 1000).to.equal(105);
    // With one slot the second weights wait for the first pass: asked for at 64, in at 64 + 10 + 32; the store from 65 on goes beside them.
    expect(timeline(4, kept, false).endPs / 1000).to.equal(106 + 22 + 1 + 8);
  });

  it('is that of one copy after the other', () => {
    const kept = { input: 'narrow', output: 'narrow', bytes: { narrow: 192 } };
    // Words of a byte: the ifmap is in at 64. First pass to 86, drained 87, stored to 151; second 86 to 108, stored behind the first.
    const slow = timeline(4, kept, true, 8);
    expect(slow.endPs / 1000).to.equal(151 + 64);
    expect(slow.copiedBytes).to.deep.equal({ ifmap: 64, weight: 0, index: 0, psum: 0, ofmap: 128 });
  });

  it('is less than by way of the DRAM, and no byte goes there, where a layer is mapped with its maps on chip', () => {
    const layer = conv('layer', { channels: 4, height: 6, width: 6 }, { filters: 8 });
    const stored = storeLayer('auto', { supports: denseSupports(8, 4, 9), precision: int8.weight }, 'layer');
    const problem = convProblem(layer, int8, stored);
    const kept = {
      input: 'ifmap-buffer',
      output: 'output-buffer',
      bytes: { 'ifmap-buffer': 144, 'output-buffer': 288 },
    };
    const found = mapLayer({ ...problem, kept }, machine());
    expect(found.timeline.dram.ifmap.readBytes).to.equal(0);
    expect(found.timeline.dram.ofmap.writeBytes).to.equal(0);
    expect(found.timeline.endPs).to.be.below(mapLayer(problem, machine()).timeline.endPs);
  });
});
