import { expect } from 'chai';
import fc from 'fast-check';
import type { Accelerator } from '../../src/accelerator/accelerator.js';
import { countLayer } from '../../src/counts/countLayer.js';
import type { Dataflow } from '../../src/dataflow/dataflow.js';
import { dataflowNames, registerDataflow } from '../../src/dataflow/dataflows.js';
import { outputStationary } from '../../src/dataflow/outputStationary.js';
import { wholeOf } from '../../src/dataflow/passLoops.js';
import { estimateLayer } from '../../src/machine/estimateLayer.js';
import type { LayerEstimate } from '../../src/machine/estimateLayer.js';
import { mapLayer } from '../../src/search/mapLayer.js';
import { footprint, shortage } from '../../src/mapping/footprint.js';
import { convProblem, vectorProblem } from '../../src/mapping/layerProblem.js';
import { wholeTile } from '../../src/mapping/problem.js';
import type { ConvProblem } from '../../src/mapping/problem.js';
import { isConv } from '../../src/network/layer.js';
import { layerLimits } from '../../src/report/layerLimits.js';
import { levelAccesses } from '../../src/report/levelAccesses.js';
import type { LevelAccess } from '../../src/report/levelAccesses.js';
import { loopNestOf } from '../../src/report/loopNest.js';
import { nestText } from '../../src/report/loopNestText.js';
import { denseSupports } from '../../src/sparsity/supports.js';
import { storeLayer } from '../../src/storage/formats.js';
import { buffer, cases, int8, machine, machines } from '../machine/arbitraries.js';
import type { Case } from '../machine/arbitraries.js';
import { vectorLayers } from '../machine/vectorLayers.js';
import { conv } from '../model/networks.js';

const order = ['images', 'filters', 'rows', 'columns', 'channels'] as const;

function problemOf({ modelLayer, precision, images }: Case & { precision: typeof int8 }): ConvProblem {
  const { layer, supports } = modelLayer;
  const stored = storeLayer('auto', { supports, precision: precision.weight }, layer.name);
  return convProblem(layer, precision, stored, images);
}

/** Any tile of a layer that fits. */
const estimates = fc
  .record({ given: cases(), accelerator: machines, divide: fc.array(fc.integer({ min: 1, max: 4 })) })
  .map(({ given, accelerator, divide }) => {
    const problem = problemOf(given);
    const whole = wholeTile(problem);
    const size = (at: number, of: number): number => Math.ceil(of / (divide[at] ?? 1));
    const tile = {
      images: size(0, whole.images),
      filters: size(1, whole.filters),
      channels: size(2, whole.channels),
      rows: size(3, whole.rows),
      columns: size(4, whole.columns),
    };
    const mapping = { tile, order, phasesPerGroup: 1 };
    return { given, problem, accelerator, mapping };
  })
  .filter(
    ({ problem, mapping, accelerator }) => shortage(footprint(problem, mapping, accelerator)) === undefined,
  )
  .map(({ given, problem, accelerator, mapping }) => ({
    ...{ layer: given.modelLayer.layer, accelerator },
    estimate: estimateLayer(problem, mapping, accelerator),
  }));

describe('a loop nest', () => {
  it('covers the layer: its loops over tiles add up to every dimension, and the largest tile is the pass', () => {
    fc.assert(
      fc.property(estimates, ({ estimate: { schedule }, accelerator }) => {
        const { problem, mapping, steps } = schedule;
        const [dram] = loopNestOf(schedule, accelerator).levels;
        const whole = wholeTile(problem);
        const trips = dram.loops.reduce((product, loop) => product * loop.trips, 1);
        expect(trips).to.equal(steps.length);
        for (const loop of dram.loops.filter(({ over }) => over !== 'groups'))
          expect(wholeOf(loop.parts), loop.over).to.equal(whole[loop.over as keyof typeof whole]);
        expect(dram.loops.map(({ over }) => over).filter((over) => over !== 'groups')).to.deep.equal(
          mapping.order,
        );
      }),
      { numRuns: 100 },
    );
  });

  it('uses as many PEs as the counts of the layer say', () => {
    fc.assert(
      fc.property(estimates, ({ estimate: { schedule, timeline }, layer, accelerator }) => {
        const { pes } = loopNestOf(schedule, accelerator);
        expect(pes?.used).to.equal(countLayer(layer, schedule, timeline, accelerator).activePes);
      }),
      { numRuns: 100 },
    );
  });

  it('fills a share of each buffer that the footprint of the mapping says', () => {
    fc.assert(
      fc.property(estimates, ({ estimate: { schedule }, accelerator }) => {
        const held = loopNestOf(schedule, accelerator).levels.flatMap((level) => level.held ?? []);
        for (const { name } of accelerator.buffers) {
          const share = held
            .filter((tile) => tile.buffer === name)
            .reduce((sum, tile) => sum + tile.share, 0);
          expect(share).to.be.at.most(1);
        }
        for (const { tensor, slots, slotBytes } of held)
          expect(schedule.footprint[tensor]).to.include({ count: slots, slotBytes });
      }),
      { numRuns: 60 },
    );
  });

  it('ends at the buffers where a dataflow does not say its loops', () => {
    const silent: Dataflow = { ...outputStationary, name: 'says-no-loops' };
    delete silent.loopsOf;
    registerDataflow(silent);
    const accelerator = { ...roomy, array: { ...roomy.array, dataflow: silent.name } };
    const nest = loopNestOf(mapLayer(problem, accelerator).schedule, accelerator);
    expect(nest.levels.map(({ name }) => name)).to.deep.equal(['DRAM', 'buffers']);
    expect(nest).to.include({ dataflow: silent.name }).and.not.have.property('pes');
    expect(nestText(nest)).to.match(/ofmap 2 x [\d,]+ B in output-buffer, [\d.]+ % of 16,384 B$/);
  });

  it('of a layer without weights ends at the post-processor', () => {
    for (const { layer: own } of vectorLayers().layers) {
      if (isConv(own)) throw new Error('expected a layer without weights');
      const { schedule } = mapLayer(vectorProblem(own, int8), machine());
      const nest = loopNestOf(schedule, machine());
      expect(nest.levels.map(({ name }) => name)).to.deep.equal(['DRAM', 'buffers', 'post-processor']);
      expect(nest).to.not.have.any.keys('dataflow', 'pes');
    }
  });
});

const layer = conv('conv1', { channels: 16, height: 8, width: 8 }, { filters: 32 });
const supports = denseSupports(32, 16, 9);
const problem = convProblem(layer, int8, storeLayer('auto', { supports, precision: int8.weight }, 'conv1'));
const roomy = machine({
  buffers: [
    buffer('ifmap-buffer', ['ifmap'], 8192),
    buffer('weight-buffer', ['weight', 'index'], 8192),
    buffer('output-buffer', ['psum', 'ofmap'], 16384),
  ],
});

const of = (estimate: LayerEstimate, accelerator: Accelerator): LevelAccess[] =>
  levelAccesses(
    estimate.schedule,
    countLayer(layer, estimate.schedule, estimate.timeline, accelerator),
    accelerator,
  );
const at = (accesses: readonly LevelAccess[], level: string, tensor: string): LevelAccess =>
  accesses.find((each) => each.level === level && each.tensor === tensor)!;

describe('the accesses of a level', () => {
  it('are tiles times bytes where tiles cut evenly', () => {
    const tile = { images: 1, filters: 8, channels: 8, rows: 4, columns: 8 };
    const mapping = { tile, order, phasesPerGroup: 1 };
    for (const dataflow of dataflowNames()) {
      const accelerator = { ...roomy, array: { ...roomy.array, dataflow } };
      const estimate = estimateLayer(problem, mapping, accelerator);
      const accesses = of(estimate, accelerator);
      const { buffers } = countLayer(layer, estimate.schedule, estimate.timeline, accelerator);
      const ifmap = at(accesses, 'ifmap-buffer', 'ifmap');
      expect(ifmap.fills! * ifmap.tileBytes!, dataflow).to.equal(buffers['ifmap-buffer'].ifmap.writeBytes);
      const weight = at(accesses, 'weight-buffer', 'weight');
      expect(weight.fills! * weight.tileBytes!).to.equal(buffers['weight-buffer'].weight.writeBytes);
      const ofmap = at(accesses, 'output-buffer', 'ofmap');
      expect(ofmap.drains! * ofmap.tileBytes!).to.equal(estimate.timeline.dram.ofmap.writeBytes);
      // 4 x 2 tiles of outputs, each of 2 of channels; a patch of 4 rows is 6 high.
      expect(ifmap).to.include({ fills: 16, tileElements: 8 * 6 * 10 });
      expect(ofmap).to.include({ drains: 8, fills: 0, tileElements: 8 * 4 * 8, reuse: 1 });
      expect(at(accesses, 'output-buffer', 'psum')).to.include({ tileElements: 8 * 4 * 8, tileBytes: 1024 });
    }
  });

  it('are those of the counts, and of DRAM all that the transfers move', () => {
    fc.assert(
      fc.property(estimates, ({ estimate: { schedule, timeline }, layer: own, accelerator }) => {
        const counts = countLayer(own, schedule, timeline, accelerator);
        const accesses = levelAccesses(schedule, counts, accelerator);
        const elementBytes = { int8: 1, int16: 2, float32: 4 }[schedule.problem.precision];
        for (const { level, tensor, reads, writes, reuse } of accesses) {
          if (level === 'DRAM') {
            const { readBytes, writeBytes } = timeline.dram[tensor];
            if (tensor !== 'ifmap' && tensor !== 'ofmap') continue;
            expect([reads, writes].map((elements) => elements * elementBytes)).to.deep.equal([
              readBytes,
              writeBytes,
            ]);
          } else if (level !== 'registers') {
            const { readElements, writeElements } = counts.buffers[level][tensor];
            expect([reads, writes]).to.deep.equal([readElements, writeElements]);
          }
          if (reuse !== undefined) expect(reuse).to.be.at.least(0);
        }
      }),
      { numRuns: 100 },
    );
  });

  it('are reused as often as the array takes them for each time that they come', () => {
    // One tile; two folds of 8 positions each, 4 columns: 16 x 8 folds stream each weight and each window.
    const mapping = { tile: wholeTile(problem), order, phasesPerGroup: 1 };
    const accesses = of(estimateLayer(problem, mapping, roomy), roomy);
    const weight = at(accesses, 'weight-buffer', 'weight');
    expect(weight.reads / (32 * 16 * 9)).to.equal(64 / 4);
    expect(weight.reuse).to.equal(64 / 4);
    const ifmap = at(accesses, 'ifmap-buffer', 'ifmap');
    expect(ifmap.reuse).to.equal((64 * 16 * 9 * (32 / 4)) / (16 * 8 * 8));
    const macs = 32 * 16 * 9 * 64;
    expect(at(accesses, 'registers', 'weight').reuse).to.equal(macs / weight.reads);
    expect(at(accesses, 'registers', 'ifmap').reuse).to.equal(macs / ifmap.reads);
  });

  it("of a residual in the same buffer are not the array's", () => {
    const added = { ...problem, residual: true };
    const one = machine({
      buffers: [buffer('all', ['ifmap', 'weight', 'index', 'psum', 'ofmap'], 65536)],
    });
    const mapping = { tile: wholeTile(problem), order, phasesPerGroup: 1 };
    const registers = (estimate: LayerEstimate): number => at(of(estimate, one), 'registers', 'ifmap').reuse!;
    expect(registers(estimateLayer(added, mapping, one))).to.equal(
      registers(estimateLayer(problem, mapping, one)),
    );
  });
});

describe('a loop nest as text', () => {
  it('says how many tiles there are and how small the last one is', () => {
    const tile = { images: 1, filters: 12, channels: 16, rows: 3, columns: 8 };
    const { schedule } = estimateLayer(problem, { tile, order, phasesPerGroup: 1 }, roomy);
    expect(nestText(loopNestOf(schedule, roomy)).split('\n')).to.deep.equal([
      '  DRAM',
      '    for filters in 3 tiles of 12 (the last 8)',
      '      for rows in 3 tiles of 3 (the last 2)',
      '  buffers',
      '        ifmap 2 x 800 B in ifmap-buffer, 19.5 % of 8,192 B',
      '        weight 2 x 1,728 B in weight-buffer, 42.2 % of 8,192 B',
      '        ofmap 2 x 288 B in output-buffer, 3.5 % of 16,384 B',
      '  array: 16 of 4 x 4 PEs (100.0 %)',
      '        for filters in 3 folds of 4',
      '          for positions in 6 folds of 4',
      '            parallel-for positions in 4 on rows',
      '              parallel-for filters in 4 on columns',
      '  PE',
      '                for taps in 144  # 16 channels x 9 taps',
    ]);
  });
});

describe('what limits a layer', () => {
  it('are shares of its cycles, the largest first, that add up', () => {
    fc.assert(
      fc.property(estimates, ({ estimate: { schedule, timeline }, layer: own, accelerator }) => {
        const limits = layerLimits(countLayer(own, schedule, timeline, accelerator));
        const sum = limits.reduce((total, { share }) => total + share, 0);
        expect(sum).to.be.closeTo(1, 1e-9);
        expect(limits.map(({ share }) => share)).to.deep.equal(
          limits.map(({ share }) => share).sort((a, b) => b - a),
        );
      }),
      { numRuns: 60 },
    );
  });
});
