import { expect } from 'chai';
import fc from 'fast-check';
import { UserError } from '../../src/document/userError.js';
import { estimateLayer } from '../../src/machine/estimateLayer.js';
import type { LayerEstimate } from '../../src/machine/estimateLayer.js';
import { valueOf } from '../../src/scenario/objective.js';
import { mapLayer, sumsOf } from '../../src/search/mapLayer.js';
import type { Timeline } from '../../src/machine/timeline.js';
import { halvings } from '../../src/mapping/tileSizes.js';
import { phaseGroupings } from '../../src/mapping/phaseGroupings.js';
import { footprint, shortage } from '../../src/mapping/footprint.js';
import { convProblem, problemKey } from '../../src/mapping/layerProblem.js';
import { prescribedMapping } from '../../src/mapping/prescribedMapping.js';
import { wholeTile } from '../../src/mapping/problem.js';
import type { ConvProblem } from '../../src/mapping/problem.js';
import { mapTraffic } from '../../src/mapping/traffic.js';
import { denseSupports } from '../../src/sparsity/supports.js';
import { layoutOf } from '../../src/storage/featureMapLayout.js';
import { storeLayer } from '../../src/storage/formats.js';
import { buffer, cases, int8, machine, machines } from '../machine/arbitraries.js';
import type { Case } from '../machine/arbitraries.js';
import { conv } from '../model/networks.js';

function problemOf({ modelLayer: { layer, supports }, images }: Case, layout = 'NCHW'): ConvProblem {
  const stored = storeLayer('auto', { supports, precision: int8.weight }, layer.name);
  return convProblem(layer, int8, stored, images, layoutOf(layout));
}

function burstsOf(dram: Timeline['dram']): number {
  return Object.values(dram).reduce((sum, { readBursts, writeBursts }) => sum + readBursts + writeBursts, 0);
}

const layer = conv('conv1', { channels: 16, height: 8, width: 8 }, { filters: 32 });
const supports = denseSupports(32, 16, 9);
const problem = convProblem(layer, int8, storeLayer('auto', { supports, precision: int8.weight }, 'conv1'));
const order = ['images', 'filters', 'rows', 'columns', 'channels'] as const;
const latency = (): number => 1;

describe('mapping', () => {
  it('predicts the traffic of maps that do not begin on a burst because of their padding', () => {
    // 16 channels of 2 x 2 are a burst, the 18 that there is room for are not.
    const small = conv('small', { channels: 16, height: 2, width: 2 }, { filters: 16 });
    const stored = storeLayer('auto', { supports: denseSupports(16, 16, 9), precision: 'int8' }, 'small');
    const each = convProblem(small, int8, stored, 2, layoutOf('NCHW3c'));
    const accelerator = machine({ dram: { ...machine().dram, burstBytes: 64 } });
    const mapping = { tile: wholeTile(each), order, phasesPerGroup: 1 };
    const { dram } = estimateLayer(each, mapping, accelerator).timeline;
    // Of each image a run of 15 channels and 4 of one: the first lie in one burst each, of the second image the long one in two.
    expect(dram.ifmap.readBursts).to.equal(5 + 6);
    expect(mapTraffic(each, 64).ifmap(mapping.tile)).to.equal(dram.ifmap.readBursts);
    expect(mapTraffic(each, 64).ofmap(mapping.tile)).to.equal(dram.ofmap.writeBursts);
  });

  it('finds a tiling whenever a single output of a single channel fits, and it fits', () => {
    fc.assert(
      fc.property(cases(), machines, fc.integer({ min: 1, max: 64 }), (given, base, words) => {
        const accelerator = {
          ...base,
          buffers: base.buffers.map((each) => ({ ...each, capacityBytes: words * 8 })),
        };
        const each = problemOf(given);
        const tile = { images: 1, filters: 1, channels: 1, rows: 1, columns: 1 };
        const single = { ifmap: 'single', weight: 'single', psum: 'single', ofmap: 'single' } as const;
        const mapping = { tile, order, phasesPerGroup: 1, buffering: single };
        const smallest = shortage(footprint(each, mapping, accelerator));
        let found: LayerEstimate | undefined;
        try {
          found = mapLayer(each, accelerator);
        } catch (error) {
          expect(error).to.be.instanceOf(UserError);
          expect(smallest).to.not.equal(undefined);
          // With all channels no partial sums need room, so that the nearest tile may lack it in another buffer than the smallest.
          const tooSmall = Array.from({ length: wholeTile(each).channels }, (_, channels) => {
            const larger = { ...mapping, tile: { ...tile, channels: channels + 1 } };
            return shortage(footprint(each, larger, accelerator))?.buffer.name;
          });
          expect(tooSmall).to.not.include(undefined);
          const { message } = error as UserError;
          expect(
            tooSmall.some((name) => message.includes(String(name))),
            message,
          ).to.equal(true);
        }
        if (found !== undefined) expect(shortage(found.schedule.footprint)).to.equal(undefined);
      }),
      { numRuns: 200 },
    );
  });

  it('is, for each objective, at least as good as for the others', () => {
    fc.assert(
      fc.property(cases(), machines, (given, accelerator) => {
        const each = problemOf(given);
        const sum = { latency: 1, dramBytes: 1000 };
        const value = (found: LayerEstimate): number => valueOf(sum, sumsOf(found, accelerator));
        const effort = { space: 'halved', judgements: Infinity, refinements: Infinity } as const;
        const traffic = mapLayer(each, accelerator, { objective: 'dram-traffic', effort });
        const latency = mapLayer(each, accelerator, { objective: 'latency', effort });
        const both = mapLayer(each, accelerator, { objective: sum, effort });
        expect(latency.timeline.endPs).to.be.at.most(Math.min(traffic.timeline.endPs, both.timeline.endPs));
        expect(burstsOf(traffic.timeline.dram)).to.be.at.most(burstsOf(latency.timeline.dram));
        expect(value(both)).to.be.at.most(Math.min(value(traffic), value(latency)));
      }),
      { numRuns: 40 },
    );
  });

  it('chooses the same mapping every time', () => {
    const first = mapLayer(problem, machine()).schedule.mapping;
    expect(mapLayer(problem, machine()).schedule.mapping).to.deep.equal(first);
  });

  it('fetches weights once for a batch whose images do not fit together', () => {
    const one = problem;
    const batch = { ...problem, images: 4 };
    const roomy = machine({
      buffers: [
        buffer('ifmap-buffer', ['ifmap'], 2048),
        buffer('weight-buffer', ['weight', 'index'], 8192),
        buffer('output-buffer', ['psum', 'ofmap'], 8192),
      ],
    });
    const single = mapLayer(one, roomy).timeline.dram;
    const { schedule, timeline } = mapLayer(batch, roomy);
    expect(schedule.mapping.tile.images).to.equal(1);
    expect(timeline.dram.weight).to.deep.equal(single.weight);
    expect(timeline.dram.ofmap.writeBytes).to.equal(4 * single.ofmap.writeBytes);
  });

  it('keeps room for partial sums wherever some leave the PEs', () => {
    const mapping = { tile: wholeTile(problem), order, phasesPerGroup: 1 };
    const holdsPsums = (dataflow: string, channels: number): boolean => {
      const accelerator = machine({ array: { ...machine().array, dataflow } });
      const tile = { ...mapping.tile, channels };
      return footprint(problem, { ...mapping, tile }, accelerator).psum !== undefined;
    };
    for (const dataflow of ['weight-stationary', 'input-stationary', 'row-stationary'])
      expect(holdsPsums(dataflow, 16), `${dataflow}: between folds`).to.equal(true);
    for (const dataflow of ['output-stationary', 'lock-step']) {
      expect(holdsPsums(dataflow, 16), `${dataflow}: sums stay`).to.equal(false);
      expect(holdsPsums(dataflow, 8), `${dataflow}: between tiles`).to.equal(true);
    }
  });

  it('halves sizes down to one', () => {
    expect(halvings(12)).to.deep.equal([12, 6, 3, 2, 1]);
    expect(halvings(1)).to.deep.equal([1]);
  });

  it('groups the phases of the period by its divisors, and of no period not at all', () => {
    expect(phaseGroupings(problem, machine())).to.deep.equal([1]);
    const patterns = Array.from({ length: 6 }, (_, slot) =>
      Uint8Array.from({ length: 9 }, (__, tap) => (tap === slot ? 1 : 0)),
    );
    const periodic = { ...supports, patterns, assignment: { kind: 'periodic', period: 6 } as const };
    const sparse = convProblem(
      layer,
      int8,
      storeLayer('auto', { supports: periodic, precision: int8.weight }, 'conv1'),
    );
    expect(phaseGroupings(sparse, machine())).to.deep.equal([1, 2, 3, 6]);
    const lockStep = machine({ array: { ...machine().array, dataflow: 'lock-step' } });
    expect(phaseGroupings(sparse, lockStep), 'all phases share a tap list').to.deep.equal([1]);
    const dense = convProblem(
      layer,
      int8,
      storeLayer('dense', { supports: periodic, precision: int8.weight }, 'conv1'),
    );
    expect(phaseGroupings(dense, machine())).to.deep.equal([1]);
  });

  it('knows equal layers by their key, whatever their names', () => {
    const other = { ...problem, name: 'conv2' };
    expect(problemKey(other)).to.equal(problemKey(problem));
    expect(problemKey({ ...problem, residual: true })).to.not.equal(problemKey(problem));
    expect(problemKey({ ...problem, images: 2 })).to.not.equal(problemKey(problem));
    expect(problemKey({ ...problem, layout: layoutOf('NHWC') })).to.not.equal(problemKey(problem));
    const dense = { ...supports, filters: 32 };
    expect(
      problemKey(
        convProblem(layer, int8, storeLayer('auto', { supports: dense, precision: int8.weight }, 'x')),
      ),
    ).to.equal(problemKey(problem));
  });
});

describe('a prescribed mapping', () => {
  const tile = { images: 1, filters: 8, channels: 16, rows: 8, columns: 8 };

  it('is taken as it stands', () => {
    const mapping = prescribedMapping(problem, { tile, order }, machine(), latency);
    expect(mapping).to.deep.equal({ tile, order, phasesPerGroup: 1 });
    const { schedule } = mapLayer(problem, machine(), { spec: { tile, order } });
    expect(schedule.mapping.tile).to.deep.equal(tile);
    expect(schedule.steps).to.have.length(4);
  });

  it('may not exceed the layer', () => {
    const spec = { tile: { ...tile, filters: 64 }, order };
    expect(() => prescribedMapping(problem, spec, machine(), latency)).to.throw(
      UserError,
      'expected at most 32 filters in a tile of conv1, got 64',
    );
    expect(wholeTile(problem).filters).to.equal(32);
    const images = { tile: { ...tile, images: 2 }, order };
    expect(() => prescribedMapping(problem, images, machine(), latency)).to.throw(
      UserError,
      'expected at most 1 images in a tile of conv1, got 2',
    );
  });

  it('must fit: the error names the buffer, the need and the room', () => {
    const { buffers } = machine();
    const small = machine({
      buffers: [buffers[0], buffer('weight-buffer', ['weight', 'index'], 1024), buffers[2]],
    });
    expect(() => prescribedMapping(problem, { tile, order }, small, latency)).to.throw(
      UserError,
      'expected a mapping of conv1 that fits test-machine, got one that needs 2,304 B of buffer weight-buffer (weight 2 x 1,152 B), ' +
        '1,280 B more than its 1,024 B; would fit: channels of at most 7 in place of 16',
    );
  });

  it('must divide the period into groups of phases', () => {
    const patterns = Array.from({ length: 4 }, () => new Uint8Array(9).fill(1));
    const periodic = { ...supports, patterns, assignment: { kind: 'periodic', period: 4 } as const };
    const sparse = convProblem(
      layer,
      int8,
      storeLayer('periodic', { supports: periodic, precision: int8.weight }, 'conv1'),
    );
    expect(() => prescribedMapping(sparse, { tile, order, phasesPerGroup: 3 }, machine(), latency)).to.throw(
      UserError,
      'expected phasesPerGroup to divide the period of conv1 (1, 2, 4), got 3',
    );
    expect(
      prescribedMapping(sparse, { tile, order, phasesPerGroup: 2 }, machine(), latency).phasesPerGroup,
    ).to.equal(2);
  });
});
