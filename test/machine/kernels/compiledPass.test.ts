import { expect } from 'chai';
import fc from 'fast-check';
import { estimateLayer } from '../../../src/machine/estimateLayer.js';
import { executeLayer } from '../../../src/machine/executeLayer.js';
import { kernelNames } from '../../../src/machine/kernels/kernelNames.js';
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
import { buffer, cases, machine } from '../arbitraries.js';

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

function compare(
  most: { readonly channels: number; readonly filters: number; readonly side: number },
  numRuns: number,
): void {
  fc.assert(
    fc.property(
      cases({ precisions, most }),
      tilings,
      fc.constantFrom('auto', 'dense', 'periodic', 'bitmask', 'csr', '3:4', 'dense+huffman'),
      (given, { parts, order, buffering }, storage) => {
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
          const memory = createMemory(roomy.buffers, kernel);
          return executeLayer(
            given.modelLayer,
            schedule,
            roomy,
            weights,
            memory,
            given.input,
            given.residual,
          );
        });
        // Bytes, so that floats are compared to the last bit.
        expect(bytesView(compiled.output)).to.deep.equal(bytesView(plain.output));
        expect(compiled.movedBytes).to.deep.equal(plain.movedBytes);
      },
    ),
    { numRuns },
  );
}

describe('compiled kernels', () => {
  it('compute what plain TypeScript does, to the last bit, for maps of many blocks of positions', () => {
    compare({ channels: 6, filters: 20, side: 24 }, 250);
  });

  it('compute the same for many channels', () => {
    compare({ channels: 160, filters: 10, side: 7 }, 150);
  });

  it('compute the same for many small layers', () => {
    compare({ channels: 9, filters: 12, side: 5 }, 500);
  });
});
