import { expect } from 'chai';
import fc from 'fast-check';
import { UserError } from '../../src/document/userError.js';
import { dataflowNames } from '../../src/dataflow/dataflows.js';
import { mapLayer } from '../../src/search/mapLayer.js';
import { convProblem } from '../../src/mapping/layerProblem.js';
import { prescribedMapping } from '../../src/mapping/prescribedMapping.js';
import { registerEntries, registerShortage } from '../../src/mapping/registerFiles.js';
import { denseSupports } from '../../src/sparsity/supports.js';
import { storeLayer } from '../../src/storage/formats.js';
import { plainArray } from '../dataflow/passes.js';
import { int8, machine } from '../machine/arbitraries.js';
import { conv } from '../model/networks.js';

const layer = conv('conv1', { channels: 16, height: 8, width: 8 }, { filters: 32 });
const supports = denseSupports(32, 16, 9);
const problem = convProblem(layer, int8, storeLayer('auto', { supports, precision: int8.weight }, 'conv1'));
const order = ['images', 'filters', 'rows', 'columns', 'channels'] as const;
const tile = { images: 1, filters: 8, channels: 16, rows: 8, columns: 8 };

const withFiles = (dataflow: string, registerFiles: object) =>
  machine({ array: { ...plainArray, rows: 4, columns: 4, dataflow, registerFiles } });

describe('register files', () => {
  it('that are too small for a prescribed mapping are named, with the need and the room', () => {
    // A sum is an int32.
    const small = withFiles('output-stationary', { psum: 3 });
    expect(() => prescribedMapping(problem, { tile, order }, small, () => 1)).to.throw(
      UserError,
      'expected a mapping of conv1 that fits test-machine, got one that needs 4 B of the psum register file of each PE, 1 B more than ' +
        'its 3 B; no smaller size alone would fit: make several smaller, or what is too small larger',
    );
    const large = withFiles('output-stationary', { ifmap: 1, weight: 1, psum: 4 });
    expect(prescribedMapping(problem, { tile, order }, large, () => 1).tile).to.deep.equal(tile);
  });

  it('that are too small for any mapping end the search, naming the file of the accelerator', () => {
    for (const dataflow of dataflowNames()) {
      const small = withFiles(dataflow, { psum: 3 });
      expect(() => mapLayer(problem, small), dataflow)
        .to.throw(
          UserError,
          /^test-machine.yaml: layer conv1: no mapping fits .* needs 4 B of the psum register file of each PE, 1 B more than its 3 B; would do: 4 B for array.registerFiles.psum/,
        )
        .with.nested.property('location.file', 'test-machine.yaml');
    }
  });

  it('keep the search to mappings that fit them', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 3, max: 12 }),
        fc.integer({ min: 3, max: 60 }),
        fc.integer({ min: 4, max: 40 }),
        fc.constantFrom<'serial' | 'overlapped'>('serial', 'overlapped'),
        (ifmap, weight, psum, preload) => {
          const { array, ...rest } = withFiles('row-stationary', { ifmap, weight, psum });
          const accelerator = { ...rest, array: { ...array, preload } };
          fc.pre(preload === 'serial' || weight >= 6);
          const { mapping } = mapLayer(problem, accelerator).schedule;
          expect(registerShortage(problem, mapping, accelerator)).to.equal(undefined);
        },
      ),
      { numRuns: 30 },
    );
  });

  it('limit nothing unless given, nor in layers without weights', () => {
    const mapping = { tile, order, phasesPerGroup: 1 };
    expect(registerShortage(problem, mapping, machine())).to.equal(undefined);
    const { kind, window, precision, accumulator, layout, residual, filters, images, name } = problem;
    expect(kind).to.equal('conv');
    const maps = { window, precision, accumulator, layout, images };
    const pool = { kind: 'vector', ...maps, residual, filters, name } as const;
    expect(registerShortage(pool, mapping, withFiles('output-stationary', { psum: 1 }))).to.equal(undefined);
    expect(registerEntries(pool, mapping, withFiles('output-stationary', { psum: 16 }))).to.deep.equal({
      ifmap: 0,
      weight: 0,
      psum: 0,
    });
  });

  it('have the whole entries that their bytes hold, or as many as the mapping needs', () => {
    const mapping = { tile, order, phasesPerGroup: 1, rowStationary: { e: 4, p: 3, q: 2, r: 1, t: 1 } };
    const entries = (dataflow: string, registerFiles: object, change: object = {}) => {
      const accelerator = withFiles(dataflow, registerFiles);
      return registerEntries(problem, mapping, {
        ...accelerator,
        array: { ...accelerator.array, ...change },
      });
    };
    // 18 bytes hold four sums of 32 bits.
    expect(entries('output-stationary', { psum: 18, ifmap: 5 })).to.deep.equal({
      ifmap: 5,
      weight: 1,
      psum: 4,
    });
    expect(entries('lock-step', {}, { macLanes: 2 })).to.deep.equal({ ifmap: 18, weight: 2, psum: 1 });
    // Two channels of 3 values, 3 filters x 2 channels x 3 weights, 3 sums.
    expect(entries('row-stationary', {})).to.deep.equal({ ifmap: 6, weight: 18, psum: 3 });
    expect(entries('row-stationary', { weight: 448 }, { preload: 'overlapped' })).to.deep.equal({
      ifmap: 6,
      weight: 448,
      psum: 3,
    });
    const overlapped = entries('weight-stationary', {}, { preload: 'overlapped', macLanes: 3 });
    expect(overlapped).to.deep.equal({ ifmap: 3, weight: 6, psum: 1 });
  });
});
