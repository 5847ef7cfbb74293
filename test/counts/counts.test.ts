import { expect } from 'chai';
import fc from 'fast-check';
import type { Accelerator } from '../../src/accelerator/accelerator.js';
import { countLayer } from '../../src/counts/countLayer.js';
import { effectualMacsWithoutPadding } from '../../src/counts/macs.js';
import { bufferAccess, registerTensors } from '../../src/dataflow/counters.js';
import type { LayerEstimate } from '../../src/machine/estimateLayer.js';
import { mapLayer } from '../../src/search/mapLayer.js';
import { convProblem, vectorProblem } from '../../src/mapping/layerProblem.js';
import type { ConvProblem } from '../../src/mapping/problem.js';
import { elementsOf } from '../../src/network/layer.js';
import type { ConvLayer } from '../../src/network/layer.js';
import { denseSupports, patternIndex } from '../../src/sparsity/supports.js';
import type { Supports } from '../../src/sparsity/supports.js';
import { storeLayer } from '../../src/storage/formats.js';
import { tensors } from '../../src/tensor/dataSpace.js';
import { bytesOf } from '../../src/tensor/precision.js';
import { cases, int8, machine, machines } from '../machine/arbitraries.js';
import { conv, pool } from '../model/networks.js';

function estimateOrNone(problem: ConvProblem, accelerator: Accelerator): LayerEstimate | undefined {
  try {
    return mapLayer(problem, accelerator);
  } catch {
    return undefined;
  }
}

/** One multiplication after the other. */
function countOneByOne({ geometry }: ConvLayer, supports: Supports): number {
  const { kernelWidth, stride, padding, dilation, input, output } = geometry;
  let macs = 0;
  for (let filter = 0; filter < supports.filters; filter++) {
    for (let channel = 0; channel < supports.channels; channel++) {
      supports.patterns[patternIndex(supports, filter, channel)].forEach((tap, index) => {
        for (let row = 0; row < output.height; row++) {
          for (let column = 0; column < output.width; column++) {
            const y = row * stride[0] - padding[0] + Math.floor(index / kernelWidth) * dilation[0];
            const x = column * stride[1] - padding[2] + (index % kernelWidth) * dilation[1];
            if (tap === 1 && y >= 0 && y < input.height && x >= 0 && x < input.width) macs++;
          }
        }
      });
    }
  }
  return macs;
}

describe('counts', () => {
  it('leave out exactly the multiplications with padding', () => {
    fc.assert(
      fc.property(cases(), ({ modelLayer: { layer, supports } }) => {
        expect(effectualMacsWithoutPadding(layer.geometry, supports)).to.equal(
          countOneByOne(layer, supports),
        );
      }),
      { numRuns: 200 },
    );
  });

  it("know a layer's parameters and stored bytes", () => {
    const layer = conv(
      'conv',
      { channels: 4, height: 6, width: 6 },
      { filters: 8, bias: true, batchNorm: 'bn' },
    );
    const patterns = [Uint8Array.of(1, 1, 0, 1, 1, 0, 0, 0, 0), new Uint8Array(9).fill(1)];
    const supports: Supports = {
      ...denseSupports(8, 4, 9),
      patterns,
      assignment: { kind: 'periodic', period: 2 },
    };
    const problem = convProblem(
      layer,
      int8,
      storeLayer('auto', { supports, precision: int8.weight }, 'conv'),
    );
    const { schedule, timeline } = mapLayer(problem, machine());
    const counts = countLayer(layer, schedule, timeline, machine());
    const weights = (8 * 4 * (4 + 9)) / 2;
    // 2 patterns of 9 bits
    expect(counts.weightBytes).to.deep.equal({ value: weights, position: 0, pointer: 0, table: 3 });
    expect(counts).to.include({
      weightDenseBytes: 8 * 4 * 9,
      parameters: weights + 8 + 2 * 8,
    });
    expect(counts.macs).to.include({
      dense: 8 * 4 * 9 * 36,
      effectual: weights * 36,
      performed: weights * 36,
      gated: 0,
    });
    expect(counts.dram.index.readBytes).to.equal(3);
  });

  it('give a pool window elements to work on, and no MACs', () => {
    const layer = pool('pool', 'max-pool', 'input', { channels: 4, height: 6, width: 6 }, 2);
    const { schedule, timeline } = mapLayer(vectorProblem(layer, int8), machine());
    const counts = countLayer(layer, schedule, timeline, machine());
    expect(counts.postProcessorOperations).to.equal(4 * 9 * 4);
    expect(counts.macs.performed).to.equal(0);
    expect(counts.parameters).to.equal(0);
    expect(counts.hops).to.deep.equal({ ifmap: 0, weight: 0, psum: 0 });
    expect(counts.registerEntries).to.deep.equal({ ifmap: 0, weight: 0, psum: 0 });
    expect(counts.delivered.ifmap).to.deep.equal({ readBytes: 4 * 9 * 4, writeBytes: 0 });
    expect(counts.delivered.ofmap).to.deep.equal({ readBytes: 0, writeBytes: 36 });
    expect(counts.dram.ifmap.readBytes).to.equal(144);
    expect(counts.dram.ofmap.writeBytes).to.equal(36);
  });

  it('tell what array and post-processor move from what the DMA does, and add up the hops of all passes', () => {
    fc.assert(
      fc.property(cases(), machines, ({ modelLayer, precision, images }, accelerator) => {
        const { layer, supports } = modelLayer;
        const stored = storeLayer('auto', { supports, precision: precision.weight }, layer.name);
        const problem = convProblem(layer, precision, stored, images);
        const estimate = estimateOrNone(problem, accelerator);
        fc.pre(estimate !== undefined);
        const { schedule, timeline } = estimate;
        const { buffers, delivered, hops } = countLayer(layer, schedule, timeline, accelerator);
        for (const tensor of tensors) {
          const expected = { readBytes: 0, writeBytes: 0 };
          accelerator.buffers.forEach(({ name }, index) => {
            const fills = bufferAccess(timeline.fills, index, tensor);
            expected.readBytes += buffers[name][tensor].readBytes - fills.readBytes;
            expected.writeBytes += buffers[name][tensor].writeBytes - fills.writeBytes;
          });
          expect(delivered[tensor], tensor).to.deep.equal(expected);
        }
        for (const tensor of registerTensors)
          expect(hops[tensor]).to.equal(schedule.steps.reduce((sum, { pass }) => sum + pass.hops[tensor], 0));
        // Each output once; the DMA writes no ofmap.
        const outputs = images * elementsOf(layer.geometry.output);
        expect(delivered.ofmap).to.deep.equal({
          readBytes: 0,
          writeBytes: outputs * bytesOf(precision.ifmap),
        });
      }),
      { numRuns: 200 },
    );
  });

  it('are of all images of a batch, and of its parameters once', () => {
    const pooling = pool('pool', 'max-pool', 'input', { channels: 4, height: 6, width: 6 }, 2);
    const spec = {
      tile: { images: 2, filters: 4, channels: 1, rows: 3, columns: 3 },
      order: ['images', 'filters', 'channels', 'rows', 'columns'],
    } as const;
    const pooled = mapLayer(vectorProblem(pooling, int8, 3), machine(), { spec });
    expect(pooled.schedule.steps).to.have.length(2);
    const ofPool = countLayer(pooling, pooled.schedule, pooled.timeline, machine());
    expect(ofPool.postProcessorOperations).to.equal(3 * 4 * 9 * 4);
    expect(ofPool.dram.ofmap.writeBytes).to.equal(3 * 36);

    const layer = conv('conv', { channels: 4, height: 6, width: 6 }, { filters: 8 });
    const supports = denseSupports(8, 4, 9);
    const stored = storeLayer('auto', { supports, precision: int8.weight }, 'conv');
    const { schedule, timeline } = mapLayer(convProblem(layer, int8, stored, 3), machine());
    const counts = countLayer(layer, schedule, timeline, machine());
    const weights = 8 * 4 * 9;
    expect(counts.macs).to.include({ dense: 3 * weights * 36, performed: 3 * weights * 36 });
    expect(counts.macs.effectualUnpadded).to.equal(3 * effectualMacsWithoutPadding(layer.geometry, supports));
    expect(counts.parameters).to.equal(weights);
    expect(counts.weightBytes.value).to.equal(weights);
  });
});
