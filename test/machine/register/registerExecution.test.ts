import { expect } from 'chai';
import fc from 'fast-check';
import type { Accelerator } from '../../../src/accelerator/accelerator.js';
import { countLayer } from '../../../src/counts/countLayer.js';
import { dataflowOf } from '../../../src/dataflow/dataflows.js';
import { createMemory } from '../../../src/machine/memory.js';
import { executeLayer } from '../../../src/machine/executeLayer.js';
import type { LayerExecution } from '../../../src/machine/executeLayer.js';
import { storeWeights } from '../../../src/machine/layerDram.js';
import { mapLayer } from '../../../src/search/mapLayer.js';
import { runTimeline } from '../../../src/machine/timeline.js';
import { convProblem } from '../../../src/mapping/layerProblem.js';
import { storeLayer } from '../../../src/storage/formats.js';
import { cases, machines } from '../arbitraries.js';

const numRuns = Number(process.env.PSCONV_LAYER_CASES ?? 2000);

/** The machine with its zero activations gated or skipped, where its dataflow can. */
const machinesWithZeros = fc
  .tuple(
    machines,
    fc.constantFrom<'none' | 'activation'>('none', 'activation'),
    fc.constantFrom<'none' | 'activation'>('none', 'none', 'activation'),
  )
  .map(([accelerator, gate, wantsSkip]): Accelerator => {
    const cannot = dataflowOf(accelerator.array.dataflow).cannotSkip !== undefined;
    const skip = cannot ? 'none' : wantsSkip;
    return { ...accelerator, array: { ...accelerator.array, gate, skip } };
  });

describe('the three executions of a layer', () => {
  it('count the same, and compute the same', () => {
    let compared = 0;
    fc.assert(
      fc.property(cases(), machinesWithZeros, fc.nat(3), (given, accelerator, sparsing) => {
        const { modelLayer, precision, images, residual } = given;
        const input = given.input.map((value, i) => ((i * 7) % 4 < sparsing ? 0 : value));
        const { layer, supports } = modelLayer;
        const stored = storeLayer('auto', { supports, precision: precision.weight }, layer.name);
        let estimate;
        try {
          estimate = mapLayer(convProblem(layer, precision, stored, images), accelerator);
        } catch {
          fc.pre(false);
          return;
        }
        const { schedule } = estimate;
        const run = (execution: 'tile' | 'register'): LayerExecution =>
          executeLayer(
            modelLayer,
            schedule,
            accelerator,
            storeWeights(modelLayer, schedule),
            createMemory(accelerator.buffers),
            input,
            residual,
            { execution },
          );
        const tile = run('tile');
        const register = run('register');
        expect([...register.output]).to.deep.equal([...tile.output]);
        expect(register.movedBytes).to.deep.equal(tile.movedBytes);
        const counts = (execution: LayerExecution) =>
          countLayer(layer, execution.schedule, runTimeline(execution.schedule, accelerator), accelerator);
        expect(counts(register)).to.deep.equal(counts(tile));
        const { gate, skip } = accelerator.array;
        if (gate === 'none' && skip === 'none')
          expect(counts(register)).to.deep.equal(countLayer(layer, schedule, estimate.timeline, accelerator));
        compared++;
      }),
      { numRuns },
    );
    expect(compared).to.be.at.least(numRuns);
  }).timeout(0);
});
