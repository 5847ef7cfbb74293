import { expect } from 'chai';
import fc from 'fast-check';
import { estimateLayer } from '../../../src/machine/estimateLayer.js';
import { executeLayer } from '../../../src/machine/executeLayer.js';
import type { LayerExecution } from '../../../src/machine/executeLayer.js';
import { storeWeights } from '../../../src/machine/layerDram.js';
import { createMemory } from '../../../src/machine/memory.js';
import type { MachineMemory } from '../../../src/machine/memory.js';
import { convProblem } from '../../../src/mapping/layerProblem.js';
import { footprint, shortage } from '../../../src/mapping/footprint.js';
import { loopNames, wholeTile } from '../../../src/mapping/problem.js';
import type { LoopName } from '../../../src/mapping/problem.js';
import { bytesView } from '../../../src/storage/elementBytes.js';
import { planar } from '../../../src/storage/featureMapLayout.js';
import { storeLayer } from '../../../src/storage/formats.js';
import { buffer, cases, machine } from '../arbitraries.js';

const accelerator = machine({
  buffers: [
    buffer('ifmap-buffer', ['ifmap'], 1 << 22),
    buffer('weight-buffer', ['weight', 'index'], 1 << 22),
    buffer('output-buffer', ['psum', 'ofmap'], 1 << 22),
  ],
});

const bufferings = fc.constantFrom('single' as const, 'double' as const);

describe('passes that threads share', function () {
  this.timeout(300_000);
  const memories: MachineMemory[] = [];
  before(() => {
    for (const threads of [1, 2, 3])
      memories.push(createMemory(accelerator.buffers, { threads, fewestSharedProducts: 0 }));
  });
  after(async () => {
    await Promise.all(memories.map((memory) => memory.close()));
  });

  it('compute the same to the last bit, whatever waits for what', () => {
    fc.assert(
      fc.property(
        cases({
          precisions: [
            { ifmap: 'int8', weight: 'int8', accumulator: 'int32' },
            { ifmap: 'int16', weight: 'int16', accumulator: 'int48' },
            { ifmap: 'float32', weight: 'float32', accumulator: 'float32' },
          ],
          most: { channels: 40, filters: 40, side: 20 },
        }),
        fc.record(
          Object.fromEntries(loopNames.map((loop) => [loop, fc.integer({ min: 1, max: 3 })])) as Record<
            LoopName,
            fc.Arbitrary<number>
          >,
        ),
        fc.shuffledSubarray<LoopName>([...loopNames], { minLength: loopNames.length }),
        fc.record({ ifmap: bufferings, weight: bufferings, psum: bufferings, ofmap: bufferings }),
        (given, trips, order, buffering) => {
          const { layer, supports, operands } = given.modelLayer;
          const toStore = { supports, precision: given.precision.weight, weights: operands?.weights };
          const stored = storeLayer('auto', toStore, layer.name);
          const problem = convProblem(layer, given.precision, stored, given.images, planar);
          const whole = wholeTile(problem);
          const tile = Object.fromEntries(
            loopNames.map((loop) => [loop, Math.ceil(whole[loop] / trips[loop])]),
          ) as Record<LoopName, number>;
          const mapping = { tile, order, phasesPerGroup: 1, buffering };
          fc.pre(shortage(footprint(problem, mapping, accelerator)) === undefined);
          const { schedule } = estimateLayer(problem, mapping, accelerator);
          const weights = storeWeights(given.modelLayer, schedule);
          const run = (memory: MachineMemory): LayerExecution =>
            executeLayer(
              given.modelLayer,
              schedule,
              accelerator,
              weights,
              memory,
              given.input,
              given.residual,
            );
          const [alone, ...others] = memories.map(run);
          for (const other of others) {
            expect(bytesView(other.output)).to.deep.equal(bytesView(alone.output));
            expect(other.movedBytes).to.deep.equal(alone.movedBytes);
          }
        },
      ),
      { numRuns: 120 },
    );
  });

  it('go on when the memory has grown', async () => {
    const memory = createMemory(accelerator.buffers, { threads: 2, fewestSharedProducts: 0 });
    const grown = memory.allocate(100 * 2 ** 20);
    grown.fill(1, grown.length - 64);
    memory.threads?.begin(1, 'loadPatch', ...copyOf(grown, grown.length - 64, grown.length - 32));
    memory.threads?.finish();
    expect([...grown.subarray(grown.length - 33)]).to.deep.equal(new Array<number>(33).fill(1));
    await memory.close();
  });

  it('are not waited for in vain when they fail', async () => {
    const memory = createMemory(accelerator.buffers, { threads: 2 });
    memory.threads?.begin(1, 'loadPatch', ...copyOf(memory.allocate(64), 2 ** 31, 0));
    expect(() => memory.threads?.finish()).to.throw('a thread of the kernels failed');
    await memory.close();
  });
});

/** Arguments of `loadPatch` that copy 32 bytes within a piece of memory. */
function copyOf({ byteOffset }: Uint8Array, from: number, to: number): number[] {
  return [byteOffset + from, 1, 32, 1, 32, 1, 32, 32, byteOffset + to, 1, 32, 0, 0];
}
