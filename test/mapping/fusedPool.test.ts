import { expect } from 'chai';
import fc from 'fast-check';
import { keepsWindowsWhole, poolingFault } from '../../src/mapping/fusedPool.js';
import { footprint, shortage } from '../../src/mapping/footprint.js';
import { convProblem, problemKey, withPool } from '../../src/mapping/layerProblem.js';
import { prescribedMapping } from '../../src/mapping/prescribedMapping.js';
import { loopNames, wholeTile } from '../../src/mapping/problem.js';
import type { ConvProblem } from '../../src/mapping/problem.js';
import { isEmpty, mostPooled, pooledBox } from '../../src/mapping/storedTile.js';
import { tilesInOrder } from '../../src/mapping/tiles.js';
import { UserError } from '../../src/document/userError.js';
import { denseSupports } from '../../src/sparsity/supports.js';
import { storeLayer } from '../../src/storage/formats.js';
import { buffer, int8, machine } from '../machine/arbitraries.js';
import { fusedCases, fusedMapping, fusedTilings, problemsOf } from '../machine/fusedCases.js';
import { conv, pool } from '../model/networks.js';

/** Rows of the map that a window looks at: the first and the one behind the last. */
function windowRows({ pool: fused }: ConvProblem, at: number): readonly [number, number] {
  const { window } = fused!;
  const first = at * window.stride[0] - window.padding[0];
  return [Math.max(0, first), Math.min(window.input.height, first + window.kernelHeight)];
}

/** A convolution of 8 filters over 12 x 12 outputs, and a square pooling of these. */
function pair(kernel: number, stride = kernel, padding = 0): ConvProblem {
  const layer = conv('conv1', { channels: 4, height: 12, width: 12 }, { filters: 8 });
  const storage = storeLayer('dense', { supports: denseSupports(8, 4, 9), precision: 'int8' }, 'conv1');
  const pooling = pool('pool1', 'max-pool', 'conv1', layer.outputShape, kernel, stride, padding);
  return withPool(convProblem(layer, int8, storage), pooling);
}

function sizesOf(problem: ConvProblem): number[] {
  return Array.from({ length: 12 }, (_, i) => i + 1).filter((size) =>
    keepsWindowsWhole(problem, 'rows', size),
  );
}

describe('tiles of a convolution that is pooled on the way out', () => {
  it('may have the rows and columns that cut no window', () => {
    expect(sizesOf(pair(2))).to.deep.equal([2, 4, 6, 8, 10, 12]);
    expect(sizesOf(pair(3))).to.deep.equal([3, 6, 9, 12]);
    expect(sizesOf(pair(3, 2)), 'overlapping windows; rows 11 and 12 are behind the last').to.deep.equal([
      11, 12,
    ]);
    expect(
      sizesOf(pair(2, 2, 1)),
      'the first window has one row, those behind it begin with odd ones',
    ).to.deep.equal([7, 9, 11, 12]);
    expect(sizesOf(pair(1, 2)), 'windows of one row').to.deep.equal([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]);
    expect(sizesOf(pair(2, 3)), 'a row between windows').to.deep.equal([3, 6, 8, 9, 11, 12]);
    expect(sizesOf(pair(12)), 'the whole map').to.deep.equal([12]);
  });

  it('are those of which every window lies in one', () => {
    fc.assert(
      fc.property(fusedCases(), (given) => {
        const { fused } = problemsOf(given);
        const { height } = fused.window.output;
        for (let size = 1; size <= height + 1; size++) {
          const isWhole = Array.from({ length: fused.pool!.window.output.height }, (_, at) =>
            windowRows(fused, at),
          ).every(([first, end]) => Math.floor(first / size) === Math.floor((end - 1) / size));
          expect(keepsWindowsWhole(fused, 'rows', size), `${size} of ${height}`).to.equal(isWhole);
        }
      }),
      { numRuns: 500 },
    );
  });

  it('hold every output of the pooling once, and its windows with it', () => {
    fc.assert(
      fc.property(fusedCases(), fusedTilings, (given, tiling) => {
        const { fused } = problemsOf(given);
        const { pool: fusedPool } = fused;
        const { output } = fusedPool!.window;
        const mapping = fusedMapping(fused, tiling);
        const seen = new Uint8Array(given.images * output.channels * output.height * output.width);
        let most = 0;
        for (const tile of tilesInOrder(fused, mapping)) {
          if (!tile.lastChannels) continue;
          const box = pooledBox(fusedPool!, tile);
          if (!isEmpty(box)) most = Math.max(most, box.rowCount * box.columnCount);
          for (let image = 0; image < box.imageCount; image++) {
            for (let channel = 0; channel < box.channelCount; channel++) {
              for (let row = box.rowStart; row < box.rowStart + box.rowCount; row++) {
                const [first, end] = windowRows(fused, row);
                expect(first).to.be.at.least(tile.rowStart);
                expect(end).to.be.at.most(tile.rowStart + tile.rowCount);
                for (let column = box.columnStart; column < box.columnStart + box.columnCount; column++) {
                  const map = (box.imageStart + image) * output.channels + box.channelStart + channel;
                  seen[(map * output.height + row) * output.width + column]++;
                }
              }
            }
          }
        }
        expect([...new Set(seen)]).to.deep.equal([1]);
        expect(mostPooled(fusedPool!, mapping.tile)).to.equal(most);
      }),
      { numRuns: 500 },
    );
  });

  it('are refused with the loop, the size and the nearest that would do', () => {
    const fault = (problem: ConvProblem, rows: number, columns: number) =>
      poolingFault(problem, { ...wholeTile(problem), rows, columns });
    expect(fault(pair(2), 4, 6)).to.equal(undefined);
    expect(fault(pair(2), 3, 6)).to.equal(
      'expected rows in a tile of conv1 that cut no window of pool1, which is fused into it, got 3; take 2 or 4, or leave ' +
        'pool1 out of fuse',
    );
    expect(fault(pair(2), 4, 1)).to.match(/^expected columns in a tile of conv1 .*got 1; take 2, or leave/);
    expect(fault(pair(3, 2), 6, 12)).to.match(/got 6; take 11, or leave/);
    const { pool: none, ...alone } = pair(2);
    expect(none).to.not.equal(undefined);
    expect(fault(alone, 3, 5)).to.equal(undefined);
  });

  it('are refused where they are prescribed', () => {
    const order = [...loopNames];
    const tile = { images: 1, filters: 8, channels: 4, rows: 3, columns: 12 };
    const map = (rows: number) => () =>
      prescribedMapping(pair(2), { tile: { ...tile, rows }, order }, machine(), () => 0);
    expect(map(3)).to.throw(UserError, /^expected rows in a tile of conv1 that cut no window of pool1/);
    expect(map(4)().tile.rows).to.equal(4);
  });
});

describe('the room of a convolution that is pooled on the way out', () => {
  const tile = { images: 1, filters: 4, channels: 4, rows: 4, columns: 12 };
  const mapping = { tile, order: [...loopNames], phasesPerGroup: 1 };

  it('is one slot for finished tiles, and as many for pooled ones as would be stored', () => {
    const { ofmap, pooled } = footprint(pair(2), mapping, machine());
    expect(ofmap).to.include({ count: 1, slotBytes: 4 * 4 * 12 });
    expect(pooled).to.include({ count: 2, slotBytes: 4 * 2 * 6 });
    expect(pooled?.buffer).to.equal(ofmap.buffer);
    const single = { ...mapping, buffering: { ofmap: 'single' } as const };
    expect(footprint(pair(2), single, machine()).pooled?.count).to.equal(1);
    const { pool: none, ...alone } = pair(2);
    expect(none).to.not.equal(undefined);
    expect(footprint(alone, mapping, machine())).to.not.have.property('pooled');
  });

  it('has a second slot for a residual that comes in while another is pooled', () => {
    expect(footprint({ ...pair(2), residual: true }, mapping, machine()).ofmap.count).to.equal(2);
  });

  it('counts both', () => {
    const shared = machine({ buffers: [buffer('shared', ['ifmap', 'weight', 'index', 'psum', 'ofmap'], 8)] });
    const { pool: none, ...alone } = pair(2);
    expect(none).to.not.equal(undefined);
    const needed = (problem: ConvProblem): number =>
      shortage(footprint(problem, mapping, shared))?.neededBytes ?? 0;
    expect(needed(alone) - needed(pair(2))).to.equal(2 * 192 - (192 + 2 * 48));
  });

  it('is not the same problem as without the pooling, nor with another', () => {
    const keys = [pair(2), pair(3), pair(2, 1), { ...pair(2), pool: undefined }].map(problemKey);
    expect(new Set(keys).size).to.equal(4);
    const renamed = pair(2);
    expect(problemKey({ ...renamed, pool: { ...renamed.pool!, name: 'other' } })).to.equal(keys[0]);
  });
});
