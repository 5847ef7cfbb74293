import { expect } from 'chai';
import { join } from 'node:path';
import type { Accelerator } from '../../src/accelerator/accelerator.js';
import { createRemapper } from '../../src/explore/remapLayer.js';
import { estimateLayer } from '../../src/machine/estimateLayer.js';
import type { LayerEstimate } from '../../src/machine/estimateLayer.js';
import { mapLayer } from '../../src/search/mapLayer.js';
import { convProblem } from '../../src/mapping/layerProblem.js';
import { denseSupports } from '../../src/sparsity/supports.js';
import { storeLayer } from '../../src/storage/formats.js';
import { inWorkspace } from '../cli/command.js';
import { loadScenario } from '../../src/index.js';
import { buffer, int8, machine } from '../machine/arbitraries.js';
import { conv } from '../model/networks.js';

const layer = conv('layer', { channels: 8, height: 14, width: 16 }, { filters: 8 });
const stored = storeLayer('dense', { supports: denseSupports(8, 8, 9), precision: 'int8' }, 'layer');
const problem = convProblem(layer, int8, stored);
const order = ['images', 'filters', 'rows', 'columns', 'channels'] as const;
const mapping = {
  tile: { images: 1, filters: 8, channels: 8, rows: 5, columns: 16 },
  order,
  phasesPerGroup: 1,
} as const;

/** Five rows of all channels fit the ifmap buffer, seven do not. */
function small(doubleBuffered = false): Accelerator {
  return machine({
    buffers: [
      buffer('in', ['ifmap'], 1024, { doubleBuffered }),
      buffer('filters', ['weight', 'index'], 1024, { doubleBuffered: false }),
      buffer('out', ['psum', 'ofmap'], 2048, { doubleBuffered: false }),
    ],
  });
}

function ifmapBytes({ timeline }: LayerEstimate): number {
  return timeline.dram.ifmap.readBytes;
}

describe('a layer on a changed machine', () => {
  const remap = (
    before: Accelerator,
    after: Accelerator,
    given: LayerEstimate,
  ): Promise<{ readonly estimate: LayerEstimate; readonly isKept: boolean }> =>
    inWorkspace(async (folder) => {
      const loaded = await loadScenario(join(folder, 'scenario.yaml'));
      const scenario = { ...loaded, settings: { ...loaded.settings, objective: 'dram-traffic' as const } };
      const plan = { ...scenario.cells[0], accelerator: before, layers: [] };
      const { planned, isKept } = await createRemapper(scenario, plan, after)({ layer, estimate: given });
      return { estimate: planned.estimate, isKept };
    });

  it('keeps its mapping where the search finds none as good', async () => {
    const after = { ...small(), array: { ...small().array, rows: 8 } };
    const searched = mapLayer(problem, after);
    const { estimate, isKept } = await remap(small(), after, estimateLayer(problem, mapping, small()));
    // Each of the two cuts between tiles of five rows brings two rows again.
    expect(ifmapBytes(estimate)).to.be.at.most(8 * 16 * (14 + 4));
    expect(isKept).to.equal(ifmapBytes(searched) > ifmapBytes(estimate));
    if (isKept) {
      expect(estimate.schedule.mapping.tile).to.deep.equal(mapping.tile);
      expect(estimate.timeline.cycles).to.be.below(estimateLayer(problem, mapping, small()).timeline.cycles);
    }
  });

  it('keeps one slot for what had one before double buffering', async () => {
    const before = estimateLayer(problem, mapping, small());
    const { estimate, isKept } = await remap(small(), small(true), before);
    // Two slots of five rows would not fit.
    expect(ifmapBytes(estimate)).to.be.at.most(ifmapBytes(before));
    if (isKept) expect(estimate.schedule.mapping.buffering).to.deep.equal({ ifmap: 'single' });
  });

  it('is searched for anew in another dataflow, and where its mapping has no room', async () => {
    const before = estimateLayer(problem, mapping, small());
    const other = { ...small(), array: { ...small().array, dataflow: 'lock-step' } };
    expect((await remap(small(), other, before)).isKept).to.equal(false);
    const [input, ...rest] = small().buffers;
    const less = { ...small(), buffers: [{ ...input, capacityBytes: 512 }, ...rest] };
    const { estimate, isKept } = await remap(small(), less, before);
    expect(isKept).to.equal(false);
    expect(estimate.schedule.footprint.ifmap.slotBytes).to.be.at.most(512);
  });
});
