import { expect } from 'chai';
import fc from 'fast-check';
import type { Accelerator } from '../../src/accelerator/accelerator.js';
import { UserError } from '../../src/document/userError.js';
import { fits } from '../../src/mapping/capacity.js';
import { convProblem, vectorProblem } from '../../src/mapping/layerProblem.js';
import { prescribedMapping } from '../../src/mapping/prescribedMapping.js';
import type { LayerProblem, TileShape } from '../../src/mapping/problem.js';
import type { TilingSpec } from '../../src/scenario/scenario.js';
import { denseSupports } from '../../src/sparsity/supports.js';
import { storeLayer } from '../../src/storage/formats.js';
import { plainArray } from '../dataflow/passes.js';
import { buffer, int8, machine } from '../machine/arbitraries.js';
import { conv, pool } from '../model/networks.js';

const layer = conv('conv1', { channels: 16, height: 8, width: 8 }, { filters: 32 });
const supports = denseSupports(32, 16, 9);
const problem = convProblem(layer, int8, storeLayer('auto', { supports, precision: int8.weight }, 'conv1'));
const order = ['images', 'filters', 'rows', 'columns', 'channels'] as const;
const tile: TileShape = { images: 1, filters: 8, channels: 16, rows: 8, columns: 8 };

function refused(
  change: Partial<TilingSpec>,
  accelerator: Accelerator = machine(),
  each: LayerProblem = problem,
): string {
  try {
    prescribedMapping(each, { tile, order, ...change }, accelerator, () => 1);
  } catch (error) {
    expect(error).to.be.instanceOf(UserError);
    return (error as UserError).message;
  }
  throw new Error('was not refused');
}

const array = (dataflow: string, dataflows?: readonly string[]) =>
  machine({ array: { ...plainArray, rows: 6, columns: 8, dataflow, dataflows } });
const buffers = (ifmap: number, weight: number, output: number, doubleBuffered = true) =>
  machine({
    buffers: [
      buffer('ifmap-buffer', ['ifmap'], ifmap, { doubleBuffered }),
      buffer('weight-buffer', ['weight', 'index'], weight, { doubleBuffered }),
      buffer('output-buffer', ['psum', 'ofmap'], output, { doubleBuffered }),
    ],
  });

describe('a prescribed mapping is refused', () => {
  it('for a dataflow that the accelerator does not have, or that there is not', () => {
    expect(refused({ dataflow: 'lock-step' })).to.equal(
      'expected a dataflow of test-machine, which has output-stationary, got lock-step; ' +
        'add it to array.dataflow there, or leave it out',
    );
    expect(refused({ dataflow: 'lock-stepp' })).to.match(
      /^expected a dataflow, got "lock-stepp"; did you mean "lock-step"/,
    );
    const several = array('output-stationary', ['output-stationary', 'lock-step']);
    const spec = { tile, order, dataflow: 'lock-step' };
    expect(prescribedMapping(problem, spec, several, () => 1).dataflow).to.equal('lock-step');
  });

  it('for slots that a buffer without a second half cannot have', () => {
    const single = buffers(8192, 8192, 8192, false);
    for (const asked of ['double', 'resident'] as const) {
      expect(refused({ buffering: { weight: asked } }, single)).to.match(
        new RegExp(
          `^expected single buffering of weight in conv1, got ${asked}: buffer weight-buffer of test-machine is not double buffered`,
        ),
      );
    }
    const spec = { tile, order, buffering: { weight: 'single' } } as const;
    expect(prescribedMapping(problem, spec, single, () => 1).buffering).to.deep.equal({ weight: 'single' });
  });

  it('for PE sets of another dataflow, of a layer without weights, or larger than tile or array', () => {
    const rows = array('row-stationary');
    const peSets = { e: 4, p: 4, q: 2, r: 1, t: 2 };
    expect(prescribedMapping(problem, { tile, order, peSets }, rows, () => 1).rowStationary).to.deep.equal(
      peSets,
    );
    expect(refused({ peSets })).to.match(
      /^expected peSets for the dataflow row-stationary only, got them for output-stationary/,
    );
    expect(refused({ peSets: { ...peSets, e: 9 } }, rows)).to.match(
      /whose e is at most 8, the rows of a tile of conv1, got 9$/,
    );
    expect(refused({ peSets: { ...peSets, p: 5 } }, rows)).to.match(
      /whose p x t is at most 8, the filters .*, got 10$/,
    );
    expect(refused({ peSets: { ...peSets, q: 17 } }, rows)).to.match(
      /whose q x r is at most 16, the channels .*, got 17$/,
    );
    expect(refused({ peSets: { ...peSets, e: 8, p: 2, t: 3 } }, rows)).to.match(
      /^expected PE sets that fit the array, got 3 sets .* has room for 2; lower e, r or t$/,
    );
    const vector = vectorProblem(
      pool('pool', 'max-pool', 'input', { channels: 3, height: 8, width: 8 }, 2),
      int8,
    );
    const small = { images: 1, filters: 3, channels: 1, rows: 4, columns: 4 };
    expect(refused({ tile: small, peSets }, rows, vector)).to.match(
      /^expected no peSets for pool, which has no weights/,
    );
  });

  it('for want of room, with a single slot as the way out where that is enough', () => {
    expect(refused({}, buffers(8192, 2000, 8192))).to.match(
      /weight-buffer \(weight 2 x 1,152 B\), 304 B more than its 2,000 B; would fit: channels of at most 13 in place of 16; or buffering: \{ weight: single \}$/,
    );
  });

  it('for want of room for partial sums, which all channels in a tile would not need', () => {
    const cut = { ...tile, channels: 8 };
    expect(refused({ tile: cut }, buffers(8192, 8192, 1024))).to.match(
      /output-buffer \(psum 1 x 2,048 B \+ ofmap 2 x 512 B\), 2,048 B more than its 1,024 B; would fit: .*; or all 16 channels in a tile, which leaves fewer partial sums to keep$/,
    );
  });

  it('for want of room for the partial sums of several tiles, which channels innermost would not need', () => {
    const outside = ['images', 'channels', 'filters', 'rows', 'columns'] as const;
    const cut = { ...tile, channels: 8 };
    expect(refused({ tile: cut, order: outside }, buffers(8192, 8192, 4096))).to.match(
      /psum 2 x 2,048 B .*; or channels as the innermost loop, which leaves one tile of partial sums to keep$/,
    );
  });

  it('with a smaller size that does fit, while one more does not', () => {
    const random = fc.tuple(...[2000, 2000, 2000].map((most) => fc.integer({ min: 300, max: most })));
    let named = 0;
    fc.assert(
      fc.property(random, ([ifmap, weight, output]) => {
        const accelerator = buffers(ifmap, weight, output);
        const open = { tile, order, phasesPerGroup: 1 };
        fc.pre(!fits(problem, open, accelerator));
        const change = /would fit: (\w+) of at most (\d+) in place of (\d+)/.exec(refused({}, accelerator));
        if (change === null) return;
        named++;
        const [, loop, size, before] = change;
        const at = (count: number): boolean =>
          fits(problem, { ...open, tile: { ...tile, [loop]: count } }, accelerator);
        expect(tile[loop as keyof TileShape]).to.equal(Number(before));
        expect(at(Number(size))).to.equal(true);
        expect(at(Number(size) + 1)).to.equal(false);
      }),
      { numRuns: 200 },
    );
    expect(named).to.be.above(5);
  });

  it('but not for phases where there is no period', () => {
    const spec = { tile, order, phasesPerGroup: 4 };
    expect(prescribedMapping(problem, spec, machine(), () => 1).phasesPerGroup).to.equal(1);
  });
});
