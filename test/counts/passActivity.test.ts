import { expect } from 'chai';
import { join } from 'node:path';
import { countLayer } from '../../src/counts/countLayer.js';
import { passStretches } from '../../src/counts/passActivity.js';
import type { Stretch } from '../../src/counts/passActivity.js';
import { registerTensors } from '../../src/dataflow/counters.js';
import { packageRoot } from '../../src/document/package.js';
import { planScenario } from '../../src/explore/plan.js';
import { loadScenario } from '../../src/explore/scenario.js';
import { tensors } from '../../src/tensor/dataSpace.js';

describe('the passes of a layer, each kind once', () => {
  it('come together to what the layer counts, the DMA aside', async () => {
    const scenario = await loadScenario(join(packageRoot(), 'configs/scenarios/resnet20-cifar10.yaml'), {
      variants: ['PSD4_P8'],
    });
    const [{ accelerator, layers }] = await planScenario(scenario);
    let repeated = 0;
    for (const { layer, estimate } of layers) {
      const counts = countLayer(layer, estimate.schedule, estimate.timeline, accelerator);
      const stretches = passStretches(layer.kind, estimate.schedule, accelerator);
      const total = (figure: (stretch: Stretch) => number): number =>
        stretches.reduce((sum, stretch) => sum + figure(stretch) * stretch.times, 0);
      const { name } = layer;
      expect(
        total(({ activity }) => activity.macs.performed),
        name,
      ).to.equal(counts.macs.performed);
      expect(
        total(({ cycles }) => cycles),
        name,
      ).to.equal(counts.computeCycles);
      expect(
        total(({ activity }) => activity.postProcessorOperations),
        name,
      ).to.equal(counts.postProcessorOperations);
      for (const tensor of registerTensors) {
        expect(
          total(({ activity }) => activity.hops[tensor]),
          name,
        ).to.equal(counts.hops[tensor]);
        expect(
          total(({ activity }) => activity.registers[tensor].reads),
          name,
        ).to.equal(counts.registers[tensor].reads);
      }
      for (const tensor of tensors) {
        expect(
          total(({ activity }) => activity.delivered[tensor].readBytes),
          name,
        ).to.equal(counts.delivered[tensor].readBytes);
      }
      repeated += stretches.filter(({ times }) => times > 1).length;
    }
    expect(repeated, 'passes that a layer repeats').to.be.greaterThan(0);
  });
});
