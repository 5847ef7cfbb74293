import { expect } from 'chai';
import { join } from 'node:path';
import { packageRoot } from '../../src/document/package.js';
import { UserError } from '../../src/document/userError.js';
import { planScenario } from '../../src/explore/plan.js';
import { loadScenario } from '../../src/explore/scenario.js';
import { mapLayer } from '../../src/search/mapLayer.js';
import { convProblem } from '../../src/mapping/layerProblem.js';
import { prescribedMapping } from '../../src/mapping/prescribedMapping.js';
import type { RowStationarySpec } from '../../src/scenario/scenario.js';
import { denseSupports } from '../../src/sparsity/supports.js';
import { storeLayer } from '../../src/storage/formats.js';
import { plainArray } from '../dataflow/passes.js';
import { buffer, int8, machine } from '../machine/arbitraries.js';
import { conv } from '../model/networks.js';

const layer = conv('conv1', { channels: 16, height: 8, width: 8 }, { filters: 32 });
const supports = denseSupports(32, 16, 9);
const problem = {
  ...convProblem(layer, int8, storeLayer('dense', { supports, precision: int8.weight }, 'conv1')),
  images: 4,
};
const spec: RowStationarySpec = { m: 16, n: 2, e: 4, p: 4, q: 2, r: 1, t: 2 };

const chip = (registerFiles: object = {}) =>
  machine({
    array: { ...plainArray, rows: 6, columns: 4, dataflow: 'row-stationary', registerFiles },
    buffers: [
      buffer('glb', ['ifmap', 'psum', 'ofmap'], 8192, { doubleBuffered: false }),
      buffer('filters', ['weight', 'index'], 8192),
    ],
  });

const refused = (change: Partial<RowStationarySpec>, accelerator = chip()): string => {
  try {
    prescribedMapping(problem, { rowStationary: { ...spec, ...change } }, accelerator, () => 1);
  } catch (error) {
    expect(error).to.be.instanceOf(UserError);
    return (error as UserError).message;
  }
  throw new Error('was not refused');
};

describe("Eyeriss's mapping", () => {
  it('is a tile of m filters, q x r channels, e rows and n images, whose channels come innermost', () => {
    const { schedule } = mapLayer(problem, chip(), { spec: { rowStationary: spec } });
    expect(schedule.mapping).to.deep.equal({
      tile: { images: 2, filters: 16, channels: 2, rows: 4, columns: 8 },
      order: ['images', 'rows', 'columns', 'filters', 'channels'],
      phasesPerGroup: 1,
      rowStationary: { e: 4, p: 4, q: 2, r: 1, t: 2 },
    });
    // Images, rows, filters and channels are cut into 2, 2, 2 and 8; each pass has 16 / (p t) processing passes.
    expect(schedule.steps).to.have.length(2 * 2 * 2 * 8);
    const { pass } = schedule.steps[1];
    expect(pass.activePes).to.equal(3 * 4 * 2);
    expect(pass.macs).to.equal(16 * 2 * 9 * 2 * 4 * 8);
  });

  it('must fit the array', () => {
    expect(refused({ r: 2 })).to.equal(
      'expected PE sets that fit the array, got 4 sets (r = 2 x t = 2) of 3 x 4 PEs; ' +
        'the array of 6 x 4 PEs has room for 2; lower e, r or t',
    );
  });

  it('must fit the register files', () => {
    expect(refused({}, chip({ weight: 23 }))).to.match(
      /needs 24 B of the weight register file of each PE, 1 B more than its 23 B; would fit: p of at most 3 in place of 4$/,
    );
    expect(refused({}, chip({ ifmap: 5 }))).to.match(
      /needs 6 B of the ifmap register file of each PE, 1 B more than its 5 B; would fit: q of at most 1 in place of 2$/,
    );
    expect(refused({}, chip({ psum: 15 }))).to.match(
      /needs 16 B of the psum register file of each PE, 1 B more than its 15 B; would fit: p of at most 3 in place of 4$/,
    );
  });

  it('must fit the buffers', () => {
    // Psums of 32 filters, 4 images, 4 rows and 8 columns; the ofmap takes their place.
    const psums = 32 * 4 * 4 * 8 * 4;
    const ifmap = 4 * 2 * 6 * 10;
    expect(refused({ m: 32, n: 4 })).to.equal(
      'expected a mapping of conv1 that fits test-machine, got one that needs 16,864 B of buffer glb ' +
        `(ifmap 1 x ${ifmap} B + psum 1 x 16,384 B (the ofmap takes its place)), 8,672 B more than its 8,192 B; ` +
        'would fit: m of at most 15 in place of 32',
    );
    expect(psums + ifmap).to.equal(16_864);
  });

  it('may not exceed the layer or the batch', () => {
    expect(refused({ m: 64 })).to.equal('expected m of at most 32, the filters of a group, in conv1, got 64');
    expect(refused({ n: 5 })).to.equal('expected n of at most 4, the images of the batch, in conv1, got 5');
    expect(refused({ e: 9 })).to.equal('expected e of at most 8, the output rows, in conv1, got 9');
    expect(refused({ q: 17 })).to.equal(
      'expected q x r of at most 16, the channels of a group, in conv1, got 17',
    );
    expect(refused({ p: 9 })).to.equal('expected p x t of at most 16, the filters of m, in conv1, got 18');
  });

  it('is for a row-stationary array', () => {
    expect(refused({}, machine())).to.equal(
      'expected tile and order for the dataflow output-stationary of test-machine, got rowStationary; ' +
        'give these, or take an accelerator whose array.dataflow is row-stationary',
    );
  });

  it('is for layers with weights', () => {
    const { window, precision, accumulator, images } = problem;
    const pool = {
      kind: 'vector',
      name: 'pool1',
      filters: 16,
      residual: false,
      window,
      precision,
      accumulator,
      layout: problem.layout,
      images,
    } as const;
    expect(() => prescribedMapping(pool, { rowStationary: spec }, chip(), () => 1)).to.throw(
      UserError,
      'expected a layer that runs on the array, got pool1',
    );
  });
});

describe("the scenario of Eyeriss's paper", () => {
  it("runs AlexNet's convolutions with its Table III, on as many PEs as it reports", async () => {
    const scenario = await loadScenario(join(packageRoot(), 'configs/scenarios/eyeriss-alexnet.yaml'));
    const [{ layers }] = await planScenario(scenario);
    const convolutions = layers.filter(({ layer: { name } }) => scenario.layers.includes(name));
    const passes = convolutions.map(({ estimate }) => estimate.schedule.steps.map(({ pass }) => pass));
    expect(passes.map(([{ activePes }]) => activePes)).to.deep.equal([154, 135, 156, 156, 156]);
    // Filters of n images, F columns and S taps: p q n F S cycles and a load of p t q r R S / 2 for each processing pass.
    const [conv1, conv2] = passes.map((each) => each.reduce((sum, { cycles }) => sum + cycles, 0));
    expect(conv1).to.equal(3 * 3 * 8 * 4 * (16 * 55 * 11 + (32 * 121) / 2));
    expect(conv2).to.equal(2 * 8 * 24 * 4 * (32 * 27 * 5 + (32 * 25) / 2));
  }).timeout(30_000);
});
