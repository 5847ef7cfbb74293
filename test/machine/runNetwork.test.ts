import { expect } from 'chai';
import fc from 'fast-check';
import { createMemory } from '../../src/machine/memory.js';
import { storeWeights } from '../../src/machine/layerDram.js';
import { mapLayer } from '../../src/search/mapLayer.js';
import { runNetwork } from '../../src/machine/runNetwork.js';
import type { RunnableLayer } from '../../src/machine/runNetwork.js';
import { convProblem } from '../../src/mapping/layerProblem.js';
import { storeLayer } from '../../src/storage/formats.js';
import { cases, int8, machine } from './arbitraries.js';
import { forwardImages } from './forwardImages.js';

const [given] = fc.sample(cases({ precisions: [int8] }), { seed: 11, numRuns: 1 });
const { modelLayer, images, input, residual } = given;
const accelerator = machine();

function runnable(): RunnableLayer {
  const { layer, supports } = modelLayer;
  const problem = convProblem(
    layer,
    int8,
    storeLayer('auto', { supports, precision: int8.weight }, layer.name),
    images,
  );
  const estimate = mapLayer(problem, accelerator);
  return { modelLayer, estimate, stored: storeWeights(modelLayer, estimate.schedule) };
}

function inputs(): Map<string, typeof input> {
  return new Map([['input', input], ...(residual === undefined ? [] : [['residual', residual] as const])]);
}

describe('running a network', () => {
  it('adds each feature map to those that the next layers read', () => {
    const maps = inputs();
    const [finished] = [...runNetwork([runnable()], createMemory(accelerator.buffers), maps, accelerator)];
    expect(finished.layer.name).to.equal('layer');
    expect(maps.get('layer'))
      .to.equal(finished.output)
      .and.to.deep.equal(forwardImages(modelLayer, images, inputs()));
  });

  it('does not go on when other bytes move than were counted', () => {
    const whole = runnable();
    const { timeline } = whole.estimate;
    const weight = { ...timeline.dram.weight, readBytes: timeline.dram.weight.readBytes + 1 };
    const wrong = { ...whole.estimate, timeline: { ...timeline, dram: { ...timeline.dram, weight } } };
    const run = runNetwork(
      [{ ...whole, estimate: wrong }],
      createMemory(accelerator.buffers),
      inputs(),
      accelerator,
    );
    expect(() => [...run]).to.throw(/layer layer: \d+ bytes of weight moved, \d+ were counted/);
  });
});
