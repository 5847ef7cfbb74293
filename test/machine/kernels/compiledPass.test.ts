import { expect } from 'chai';
import fc from 'fast-check';
import { estimateLayer } from '../../../src/machine/estimateLayer.js';
import { executeLayer } from '../../../src/machine/executeLayer.js';
import { kernelNames } from '../../../src/scenario/execution.js';
import { storeWeights } from '../../../src/machine/layerDram.js';
import { createMemory } from '../../../src/machine/memory.js';
import { convProblem } from '../../../src/mapping/layerProblem.js';
import { footprint, shortage } from '../../../src/mapping/footprint.js';
import { loopNames, wholeTile } from '../../../src/mapping/problem.js';
import type { LoopName } from '../../../src/mapping/problem.js';
import type { PrecisionSet } from '../../../src/model/model.js';
import { findFormat, storeLayer } from '../../../src/storage/formats.js';
import { planar } from '../../../src/storage/featureMapLayout.js';
import { bytesView } from '../../../src/storage/elementBytes.js';
import { denseSupports } from '../../../src/sparsity/supports.js';
import { makeRequantization } from '../../../src/tensor/requantization.js';
import { conv } from '../../model/networks.js';
import { buffer, cases, machine } from '../arbitraries.js';
import type { Case } from '../arbitraries.js';

/** Of every width, and sums of every width: int32, too wide for int32 even though weights are int8, and float32. */
const precisions: readonly PrecisionSet[] = [
  { ifmap: 'int8', weight: 'int8', accumulator: 'int32' },
  { ifmap: 'int8', weight: 'int8', accumulator: 'int48' },
  { ifmap: 'int16', weight: 'int8', accumulator: 'int48' },
  { ifmap: 'int8', weight: 'int16', accumulator: 'int48' },
  { ifmap: 'int16', weight: 'int16', accumulator: 'int48' },
  { ifmap: 'float32', weight: 'float32', accumulator: 'float32' },
];

const roomy = machine({
  buffers: [
    buffer('ifmap-buffer', ['ifmap'], 1 << 22),
    buffer('weight-buffer', ['weight', 'index'], 1 << 22),
    buffer('output-buffer', ['psum', 'ofmap'], 1 << 22),
  ],
});

/** Parts of each loop, of 16: from tiles of one to the whole. */
const tilings = fc.record({
  parts: fc.record(
    Object.fromEntries(loopNames.map((loop) => [loop, fc.integer({ min: 1, max: 16 })])) as Record<
      LoopName,
      fc.Arbitrary<number>
    >,
  ),
  order: fc.shuffledSubarray<LoopName>([...loopNames], { minLength: loopNames.length }),
  buffering: fc.constantFrom('single' as const, 'double' as const),
});

interface Tiling {
  readonly parts: Readonly<Record<LoopName, number>>;
  readonly order: readonly LoopName[];
  readonly buffering: 'single' | 'double';
}

/** Runs a layer by both kernels and compares what they made. Layers that a format cannot hold are stored as `auto` chooses. */
function compareOne(
  given: Case & { readonly precision: PrecisionSet },
  { parts, order, buffering }: Tiling,
  storage: string,
): void {
  const { layer, supports, operands } = given.modelLayer;
  const held = { supports, precision: given.precision.weight, weights: operands?.weights };
  const isHeld = storage === 'auto' || findFormat(storage)?.refusal(held) === undefined;
  const stored = storeLayer(isHeld ? storage : 'auto', held, layer.name);
  const problem = convProblem(layer, given.precision, stored, given.images, planar);
  const whole = wholeTile(problem);
  const tile = Object.fromEntries(
    loopNames.map((loop) => [loop, Math.max(1, Math.ceil((whole[loop] * parts[loop]) / 16))]),
  ) as Record<LoopName, number>;
  const mapping = {
    tile,
    order,
    phasesPerGroup: 1,
    buffering: { ifmap: buffering, weight: buffering, psum: buffering, ofmap: buffering },
  };
  fc.pre(shortage(footprint(problem, mapping, roomy)) === undefined);
  const { schedule } = estimateLayer(problem, mapping, roomy);
  const weights = storeWeights(given.modelLayer, schedule);
  const [compiled, plain] = kernelNames.map((kernel) => {
    const memory = createMemory(roomy.buffers, { kernel });
    return executeLayer(given.modelLayer, schedule, roomy, weights, memory, given.input, given.residual);
  });
  // Bytes, so that floats are compared to the last bit.
  expect(bytesView(compiled.output)).to.deep.equal(bytesView(plain.output));
  expect(compiled.movedBytes).to.deep.equal(plain.movedBytes);
}

const storages = fc.constantFrom('auto', 'dense', 'periodic', 'bitmask', 'csr', '3:4', 'dense+huffman');

function compare(
  most: { readonly channels: number; readonly filters: number; readonly side: number },
  numRuns: number,
): void {
  fc.assert(fc.property(cases({ precisions, most }), tilings, storages, compareOne), { numRuns });
}

describe('compiled kernels', () => {
  it('compute what plain TypeScript does, to the last bit, for maps of many blocks of positions', () => {
    compare({ channels: 6, filters: 20, side: 24 }, 250);
  });

  it('compute the same for many channels', () => {
    compare({ channels: 160, filters: 10, side: 7 }, 150);
  });

  it('compute the same where halves of weights add up to the most', () => {
    // 128 is 256 - 128: the low half at its largest, in more taps than int32 sums of such products hold.
    const [channels, side] = [200, 4];
    const precision: PrecisionSet = { ifmap: 'int16', weight: 'int16', accumulator: 'int48' };
    const modelLayer = {
      layer: conv('layer', { channels, height: side, width: side }, { filters: 2 }),
      supports: denseSupports(2, channels, 9),
      operands: { weights: new Int16Array(2 * channels * 9).fill(128), bias: Float64Array.of(0, 5) },
      requantization: makeRequantization(Float64Array.of(1e-6, 2e-6), 0, -32767, 32767),
    };
    const input = new Int16Array(channels * side * side).fill(-32767);
    const whole = Object.fromEntries(loopNames.map((loop) => [loop, 16]));
    compareOne(
      { precision, modelLayer, images: 1, input },
      { parts: whole as Record<LoopName, number>, order: loopNames, buffering: 'single' },
      'dense',
    );
  });

  it('compute the same for many small layers', () => {
    compare({ channels: 9, filters: 12, side: 5 }, 500);
  });
});
