import { expect } from 'chai';
import fc from 'fast-check';
import type { Accelerator } from '../../src/accelerator/accelerator.js';
import { dataflowNames } from '../../src/dataflow/dataflows.js';
import { UserError } from '../../src/document/userError.js';
import { fits } from '../../src/mapping/capacity.js';
import { halvings } from '../../src/mapping/tileSizes.js';
import { convProblem, vectorProblem } from '../../src/mapping/layerProblem.js';
import { noLegalMapping } from '../../src/mapping/noMapping.js';
import { wholeTile } from '../../src/mapping/problem.js';
import type { LayerProblem } from '../../src/mapping/problem.js';
import { denseSupports } from '../../src/sparsity/supports.js';
import { storeLayer } from '../../src/storage/formats.js';
import { plainArray } from '../dataflow/passes.js';
import { buffer, cases, int8, machine } from '../machine/arbitraries.js';
import { conv, pool } from '../model/networks.js';

const layer = conv('conv1', { channels: 16, height: 8, width: 8 }, { filters: 32 });
const supports = denseSupports(32, 16, 9);
const problem = convProblem(layer, int8, storeLayer('auto', { supports, precision: int8.weight }, 'conv1'));
const order = ['images', 'filters', 'rows', 'columns', 'channels'] as const;

/** Whether any tile of halved sizes fits with the buffers' own slots, or one slot for each tensor. */
function hasMapping(each: LayerProblem, accelerator: Accelerator): boolean {
  const whole = wholeTile(each);
  const single = { ifmap: 'single', weight: 'single', psum: 'single', ofmap: 'single' } as const;
  for (const images of halvings(whole.images))
    for (const filters of halvings(whole.filters))
      for (const channels of halvings(whole.channels))
        for (const rows of halvings(whole.rows))
          for (const columns of halvings(whole.columns)) {
            const mapping = { tile: { images, filters, channels, rows, columns }, order, phasesPerGroup: 1 };
            if (fits(each, mapping, accelerator)) return true;
            if (fits(each, { ...mapping, buffering: single }, accelerator)) return true;
          }
  return false;
}

const small = (weightBytes: number, change: object = {}, dataflow = 'output-stationary'): Accelerator =>
  machine({
    array: { ...plainArray, rows: 4, columns: 4, dataflow },
    buffers: [
      buffer('ifmap-buffer', ['ifmap'], 8192),
      buffer('weight-buffer', ['weight', 'index'], weightBytes, change),
      buffer('output-buffer', ['psum', 'ofmap'], 8192),
    ],
  });

describe('a layer without a legal mapping', () => {
  it('names the buffer, what is in it, how much is missing, and what would do', () => {
    // A kernel of 9 weights takes 16 B, since slots are whole 8-byte words.
    const error = noLegalMapping(problem, small(8));
    expect(error).to.be.instanceOf(UserError);
    expect(error.message).to.match(
      /^test-machine\.yaml: layer conv1: no mapping fits test-machine; the nearest, of tiles of 1 images, 1 filters, 1 channels, .*, needs 16 B of buffer weight-buffer \(weight 1 x 16 B\), 8 B more than its 8 B; would do: capacity: 16 B for buffer weight-buffer$/,
    );
    expect(error.location).to.deep.equal({ file: 'test-machine.yaml' });
  });

  it("points at the buffer in the accelerator's file", () => {
    const place = { file: 'test-machine.yaml', line: 12, column: 5 };
    const places = {
      ...{ technology: place, energyTable: place, skip: place },
      buffers: { 'weight-buffer': place },
    };
    expect(noLegalMapping(problem, { ...small(8), places }).location).to.deep.equal(place);
  });

  it('offers capacities that banks divide', () => {
    expect(noLegalMapping(problem, small(9, { banks: 3 })).message).to.match(
      /would do: capacity: 18 B for buffer weight-buffer$/,
    );
  });

  it('offers single slots, or a buffer that is not double, where only the second slots are too much', () => {
    expect(noLegalMapping(problem, small(24)).message).to.match(
      /needs 32 B of buffer weight-buffer \(weight 2 x 16 B\), 8 B more than its 24 B; would do: capacity: 32 B for buffer weight-buffer; or buffering: single of every tensor in a prescribed mapping\.conv1; or doubleBuffered: false for buffer weight-buffer$/,
    );
  });

  it('offers a dataflow that keeps its sums, where there is no room for psums', () => {
    const accelerator = machine({
      array: { ...plainArray, rows: 4, columns: 4, dataflow: 'weight-stationary' },
      buffers: [
        buffer('operands', ['ifmap', 'weight', 'index'], 8192),
        buffer('psum-buffer', ['psum'], 4),
        buffer('output-buffer', ['ofmap'], 8192),
      ],
    });
    const { message } = noLegalMapping(problem, accelerator);
    expect(message).to.include('needs 8 B of buffer psum-buffer (psum 1 x 8 B), 4 B more than its 4 B');
    expect(message).to.match(/or the dataflow output-stationary or lock-step\b/);
  });

  it('names register files, all that are too small', () => {
    const accelerator = machine({
      array: {
        ...{ ...plainArray, rows: 4, columns: 4, dataflow: 'row-stationary' },
        registerFiles: { ifmap: 2, weight: 3, psum: 3 },
      },
    });
    const { message } = noLegalMapping(problem, accelerator);
    expect(message).to.match(
      /needs 3 B of the ifmap register file of each PE, 1 B more than its 2 B, and 4 B of the psum/,
    );
    expect(message).to.match(
      /would do: 3 B for array\.registerFiles\.ifmap and 4 B for array\.registerFiles\.psum$/,
    );
  });

  it('is found for layers without weights, too', () => {
    const shape = { channels: 3, height: 8, width: 8 };
    const vector = vectorProblem(pool('pool', 'max-pool', 'input', shape, 4, 4, 0), int8);
    const accelerator = machine({
      buffers: [
        buffer('ifmap-buffer', ['ifmap'], 8),
        buffer('rest', ['weight', 'index', 'psum', 'ofmap'], 8192),
      ],
    });
    expect(noLegalMapping(vector, accelerator).message).to.match(
      /needs 16 B of buffer ifmap-buffer \(ifmap 1 x 16 B\), 8 B more than its 8 B; would do: capacity: 16 B/,
    );
  });

  it('does have one with the capacities that the message gives, in machines and layers of any kind', () => {
    let refused = 0;
    fc.assert(
      fc.property(
        cases(),
        fc.constantFrom(...dataflowNames()),
        fc.boolean(),
        fc.tuple(
          fc.integer({ min: 1, max: 12 }),
          fc.integer({ min: 1, max: 12 }),
          fc.integer({ min: 1, max: 12 }),
        ),
        ({ modelLayer, precision, images }, dataflow, doubleBuffered, [a, b, c]) => {
          const { layer: own, supports: some } = modelLayer;
          const stored = storeLayer('auto', { supports: some, precision: precision.weight }, own.name);
          const each = convProblem(own, precision, stored, images);
          const accelerator = machine({
            array: { ...plainArray, rows: 4, columns: 4, dataflow },
            buffers: [
              buffer('a', ['ifmap'], a * 4, { doubleBuffered }),
              buffer('b', ['weight', 'index'], b * 4, { doubleBuffered }),
              buffer('c', ['psum', 'ofmap'], c * 4, { doubleBuffered }),
            ],
          });
          fc.pre(!hasMapping(each, accelerator));
          refused++;
          const { message } = noLegalMapping(each, accelerator);
          const needs = [...message.matchAll(/capacity: (\d+) B for buffer (\w)/g)];
          expect(needs, message).to.not.have.length(0);
          const enlarged = (by: number): Accelerator => ({
            ...accelerator,
            buffers: accelerator.buffers.map((one) => {
              const need = needs.find(([, , name]) => name === one.name);
              return need === undefined ? one : { ...one, capacityBytes: Number(need[1]) + by };
            }),
          });
          expect(hasMapping(each, enlarged(0)), message).to.equal(true);
          if (needs.length === 1) expect(hasMapping(each, enlarged(-8)), message).to.equal(false);
        },
      ),
      { numRuns: 60 },
    );
    expect(refused).to.be.above(20);
  });
});
