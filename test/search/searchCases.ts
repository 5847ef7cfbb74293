import fc from 'fast-check';
import type { Accelerator } from '../../src/accelerator/accelerator.js';
import { defaultController } from '../../src/dram/controllerSettings.js';
import { burstBytesOf, peakBytesPerSecond } from '../../src/dram/part.js';
import { createEnergyModel } from '../../src/energy/evaluate.js';
import { convProblem, vectorProblem } from '../../src/mapping/layerProblem.js';
import type { LayerProblem } from '../../src/mapping/problem.js';
import { isConv } from '../../src/network/layer.js';
import type { ConvLayer, Layer } from '../../src/network/layer.js';
import type { MappingObjective } from '../../src/scenario/objective.js';
import type { SearchProblem } from '../../src/search/floor.js';
import { layoutOf } from '../../src/storage/featureMapLayout.js';
import { storeLayer } from '../../src/storage/formats.js';
import { plainPart } from '../dram/fixtures.js';
import { table } from '../energy/fixtures.js';
import { cases, int8, layouts, machines } from '../machine/arbitraries.js';
import type { Case } from '../machine/arbitraries.js';
import { fusedCases, problemsOf } from '../machine/fusedCases.js';
import { vectorLayers } from '../machine/vectorLayers.js';

/** Figures of everything, so that no part of the energy goes unseen. */
const everything = table({
  'buffer read': '6 pJ',
  'buffer write': '9 pJ',
  'buffer route': '0.05 pJ/bit',
  'buffer leak': '1 mW',
  'network deliver': '0.04 pJ/bit',
  'network hop': '0.02 pJ/bit',
  'dma transfer': '0.1 pJ/bit',
  'clock cycle': '3 pJ',
  'post-processor leak': '0.2 mW',
});

function problemOf({ modelLayer: { layer, supports }, images }: Case, layout = 'NCHW'): LayerProblem {
  const stored = storeLayer('auto', { supports, precision: int8.weight }, layer.name);
  return convProblem(layer, int8, stored, images, layoutOf(layout));
}

/** The machine with a DRAM by commands. */
function withCommands(accelerator: Accelerator, channels: number): Accelerator {
  const part = plainPart();
  return {
    ...accelerator,
    dram: {
      kind: 'commands',
      part,
      controller: { ...defaultController, channels },
      bandwidthBytesPerSecond: peakBytesPerSecond(part) * channels,
      burstBytes: burstBytesOf(part.organisation),
      source: 'test',
      ...(part.rails.length === 0 && { energyPjPerBit: 4 }),
    },
  };
}

const objectives: fc.Arbitrary<MappingObjective> = fc.constantFrom<MappingObjective>(
  'edp',
  'energy',
  'latency',
  'dram-traffic',
  { energy: 1, latency: 0.5, dramBytes: 2 },
);

function searchOf(given: Case, accelerator: Accelerator, objective: MappingObjective): SearchProblem {
  const { layer } = given.modelLayer;
  return {
    problem: problemOf(given),
    accelerator,
    objective,
    priced: { layer, model: createEnergyModel(accelerator, int8, everything) },
  };
}

/** Some of a layer's maps stay in the buffers. */
const keptIn = fc.record({
  input: fc.boolean(),
  residual: fc.boolean(),
  output: fc.boolean(),
  bytes: fc.nat(512).map((words) => words * 8),
});

type KeptChoice = typeof keptIn extends fc.Arbitrary<infer T> ? T : never;

function withKept<T extends LayerProblem>(problem: T, { buffers }: Accelerator, chosen: KeptChoice): T {
  const [first, last] = [buffers[0].name, buffers[buffers.length - 1].name];
  return {
    ...problem,
    kept: {
      ...(chosen.input && { input: first }),
      ...(chosen.residual && problem.residual && { residual: last }),
      ...(chosen.output && { output: last }),
      bytes: { [first]: chosen.bytes },
    },
  };
}

/** Small layers of every kind, convolutions with a pooling fused into them among them, with and without maps that stay on chip. */
export const unusualSearches: fc.Arbitrary<SearchProblem> = fc
  .record({
    given: fusedCases([int8]),
    which: fc.constantFrom('fused' as const, 'plain' as const, 'pool' as const, 'vector' as const),
    vector: fc.nat(4),
    machine: machines,
    objective: objectives,
    kept: fc.option(keptIn),
    dram: fc.constantFrom('flat' as const, 'flat' as const, 'commands' as const),
  })
  .map(({ given, which, vector, machine, objective, kept, dram }) => {
    const accelerator = dram === 'flat' ? machine : withCommands(machine, 1);
    const model = createEnergyModel(accelerator, int8, everything);
    const own = problemsOf(given);
    const { layer: alone } = vectorLayers().layers[vector];
    const [layer, problem]: [Layer, LayerProblem] =
      which === 'fused'
        ? [given.modelLayer.layer, own.fused]
        : which === 'plain'
          ? [given.modelLayer.layer, own.alone]
          : which === 'pool'
            ? [given.pool.layer, own.pool]
            : [alone, vectorProblem(notConv(alone), int8, given.images)];
    return {
      problem: kept === null ? problem : withKept(problem, accelerator, kept),
      accelerator,
      objective,
      priced: { layer, model },
    };
  });

export function notConv(layer: Layer): Exclude<Layer, ConvLayer> {
  if (isConv(layer)) throw new Error(`${layer.name} has weights`);
  return layer;
}

/** Small convolutions on machines of every kind, for every objective. */
export const searches: fc.Arbitrary<SearchProblem> = fc
  .record({
    given: cases({ precisions: [int8] }),
    machine: machines,
    layout: layouts,
    objective: objectives,
    dram: fc.constantFrom('flat' as const, 'flat' as const, 'commands' as const),
    channels: fc.constantFrom(1, 2),
  })
  .map(({ given, machine, layout, objective, dram, channels }) => {
    const accelerator = dram === 'flat' ? machine : withCommands(machine, channels);
    return { ...searchOf(given, accelerator, objective), problem: problemOf(given, layout) };
  });
