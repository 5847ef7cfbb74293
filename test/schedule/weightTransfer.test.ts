import { expect } from 'chai';
import { convProblem } from '../../src/mapping/layerProblem.js';
import { bufferAccess, createAccessTable } from '../../src/dataflow/counters.js';
import { singleRun } from '../../src/mapping/runs.js';
import { countFill } from '../../src/schedule/fills.js';
import { portsOf } from '../../src/accelerator/arrayContext.js';
import { blockTransfer, burstsOf, indexBurstsOf } from '../../src/schedule/transfer.js';
import { denseSupports } from '../../src/sparsity/supports.js';
import { storeLayer } from '../../src/storage/formats.js';
import { int8, machine } from '../machine/arbitraries.js';
import { conv } from '../model/networks.js';

/** 40 bytes of values and 30 of index behind them, from a burst boundary on. */
const tile = { ...blockTransfer('weight', 'weights', false, 64, 70, 40), indexBytes: 30 };

describe('a weight tile with an index', () => {
  it('is one block: a burst with both counts once, as values', () => {
    expect([burstsOf(tile, 32), indexBurstsOf(tile, 32)]).to.deep.equal([3, 1]);
    expect([burstsOf(tile, 64), indexBurstsOf(tile, 64)]).to.deep.equal([2, 1]);
    expect([burstsOf(tile, 128), indexBurstsOf(tile, 128)]).to.deep.equal([2, 1]);
    expect(indexBurstsOf({ ...tile, runs: [singleRun(0, 70)] }, 128)).to.equal(0);
    expect(indexBurstsOf({ ...tile, indexBytes: 70 }, 32), 'index alone').to.equal(3);
    expect(indexBurstsOf(blockTransfer('weight', 'weights', false, 0, 70, 70), 32)).to.equal(0);
  });

  it('is one stream of words at the buffer', () => {
    const accelerator = machine();
    const layer = conv('layer', { channels: 1, height: 4, width: 4 }, { filters: 1 });
    const stored = storeLayer('dense', { supports: denseSupports(1, 1, 9), precision: 'int8' }, 'layer');
    const fills = createAccessTable(accelerator.buffers.length);
    countFill(
      fills,
      { ...tile, bytes: 71, indexBytes: 30 },
      convProblem(layer, int8, stored),
      portsOf(accelerator),
    );
    // Words of 32 bits: 41 bytes begin the eleventh, all 71 the eighteenth.
    expect(bufferAccess(fills, 1, 'weight')).to.include({
      writeElements: 40,
      writeTransactions: 11,
      writeBytes: 41,
    });
    expect(bufferAccess(fills, 1, 'index')).to.include({
      writeElements: 30,
      writeTransactions: 7,
      writeBytes: 30,
    });
  });
});
