import { expect } from 'chai';
import { loadAccelerator } from '../../src/accelerator/loadAccelerator.js';
import { countLayer } from '../../src/counts/countLayer.js';
import { mapLayer } from '../../src/search/mapLayer.js';
import { convProblem } from '../../src/mapping/layerProblem.js';
import { denseSupports } from '../../src/sparsity/supports.js';
import { storeLayer } from '../../src/storage/formats.js';
import { conv } from '../model/networks.js';
import { int8 } from './arbitraries.js';

describe('a layer of 16 channels, 16 filters of 3x3 and a padded map of 16x16, on 16x16 PEs', () => {
  it('reads each operand as often as output stationary has to, and DRAM once', async () => {
    const accelerator = await loadAccelerator('edge-16x16');
    const layer = conv(
      'layer',
      { channels: 16, height: 16, width: 16 },
      { filters: 16, kernel: [3, 3], padding: [1, 1, 1, 1] },
    );
    const supports = denseSupports(16, 16, 9);
    const stored = storeLayer('dense', { supports, precision: 'int8' }, 'layer');
    const { schedule, timeline } = mapLayer(convProblem(layer, int8, stored), accelerator);
    const counts = countLayer(layer, schedule, timeline, accelerator);
    // 256 positions and 16 filters in 16 folds of 144 taps: 16 x 16 x 144 of either operand
    expect(counts.buffers['ifmap-buffer'].ifmap.readElements).to.equal(36_864);
    expect(counts.buffers['weight-buffer'].weight.readElements).to.equal(36_864);
    expect(counts.buffers['output-buffer'].ofmap.writeElements).to.equal(4096);
    // Padding is not stored: 16 x 16 x 16 bytes and not 16 x 18 x 18.
    expect(counts.dram.ifmap.readBytes).to.equal(4096);
    expect(counts.buffers['ifmap-buffer'].ifmap.writeElements, 'the DMA fills the padding in').to.equal(5184);
    expect(counts.dram.weight.readBytes).to.equal(16 * 16 * 9);
    expect(counts.dram.ofmap.writeBytes).to.equal(4096);
    expect(counts.dram.psum).to.include({ readBytes: 0, writeBytes: 0 });
    // The array's own bytes: the padding that the DMA writes, and the outputs that it reads, are not among them.
    const none = { readBytes: 0, writeBytes: 0 };
    expect(counts.delivered).to.deep.equal({
      ifmap: { readBytes: 36_864, writeBytes: 0 },
      weight: { readBytes: 36_864, writeBytes: 0 },
      index: none,
      psum: none,
      ofmap: { readBytes: 0, writeBytes: 4096 },
    });
    // Each operand goes past 15 PEs; the 16 sums of row r in each of 16 folds pass the 15 - r PEs below.
    expect(counts.hops).to.deep.equal({ ifmap: 36_864 * 15, weight: 36_864 * 15, psum: 16 * 16 * 120 });
    expect(counts.registerEntries).to.deep.equal({ ifmap: 1, weight: 1, psum: 1 });
    // 16 folds of K + R + C - 2
    expect(counts.computeCycles).to.equal(16 * (144 + 16 + 16 - 2));
  });
});
