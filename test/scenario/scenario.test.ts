import { expect } from 'chai';
import { mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { toEditorSchema } from '../../src/document/jsonSchema.js';
import { UserError } from '../../src/document/userError.js';
import { readScenarioFile } from '../../src/scenario/scenario.js';
import type { ScenarioFile } from '../../src/scenario/scenario.js';
import { loopNames } from '../../src/scenario/layerMapping.js';
import { scenarioSchema } from '../../src/scenario/schema.js';

const least = 'kind: scenario\nname: x\nnetwork: n\naccelerator: a\nvariants: [pSC9, PSD4_P8]\n';

let folder: string;
before(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'psconv-')));
});
after(() => {
  rmSync(folder, { recursive: true, force: true });
});

async function read(text: string): Promise<ScenarioFile> {
  writeFileSync(join(folder, 's.yaml'), text);
  return (await readScenarioFile(join(folder, 's.yaml'))).value;
}
async function fault(text: string): Promise<string> {
  try {
    await read(text);
  } catch (error) {
    if (error instanceof UserError) return error.message.replace(`${folder}/`, '');
    throw error;
  }
  throw new Error('expected a refusal, got none');
}
const withKeys = (keys: string): Promise<ScenarioFile> => read(`${least}${keys}\n`);
const faultIn = (keys: string): Promise<string> => fault(`${least}${keys}\n`);

describe('a scenario', () => {
  it('needs a name, a network, an accelerator and variants; the rest has defaults', async () => {
    expect(await read(least)).to.deep.equal({
      kind: 'scenario',
      name: 'x',
      description: '',
      network: 'n',
      accelerator: 'a',
      variants: ['pSC9', 'PSD4_P8'],
      precision: { ifmap: 'int8', weight: 'int8', accumulator: 'int32' },
      weights: { seed: 1 },
      execution: 'tile',
      kernel: 'simd',
      batch: 1,
      images: { seed: 1 },
      calibrationImages: 8,
      storage: 'auto',
      activations: 'dense',
      layout: 'NCHW',
      keep: 'none',
      mapping: 'auto',
      fuse: 'none',
      objective: 'edp',
      seed: 1,
      check: { enabled: true, backend: 'wasm' },
    });
    for (const key of ['kind', 'name', 'network', 'accelerator']) {
      const without = least.replace(new RegExp(`^${key}:.*\n`, 'm'), '');
      expect(await fault(without)).to.match(
        key === 'kind'
          ? /top key "kind: scenario"/
          : new RegExp(`^s.yaml:1:1: missing key "${key}"; expected `),
      );
    }
  });

  it('gives its seed to everything random that has none of its own', async () => {
    expect(await withKeys('seed: 7')).to.deep.include({
      seed: 7,
      weights: { seed: 7 },
      images: { seed: 7 },
    });
    expect(await withKeys('seed: 7\nweights: { seed: 0 }\nimages: { count: 4 }')).to.deep.include({
      weights: { seed: 0 },
      images: { seed: 7, count: 4 },
    });
  });

  it('chooses the accumulator that fits the wider operand, unless told', async () => {
    const precisionOf = async (text: string): Promise<string> =>
      Object.values((await withKeys(`precision: ${text}`)).precision).join(' ');
    expect(await precisionOf('int16')).to.equal('int16 int16 int48');
    expect(await precisionOf('float32')).to.equal('float32 float32 float32');
    expect(await precisionOf('{ ifmap: int16, weight: int8 }')).to.equal('int16 int8 int48');
    expect(await precisionOf('{ ifmap: int8, weight: int8 }')).to.equal('int8 int8 int32');
    expect(await precisionOf('{ ifmap: int16, weight: int16, accumulator: int32 }')).to.equal(
      'int16 int16 int32',
    );
    expect(await precisionOf('{ ifmap: int8, weight: int8, accumulator: int16 }')).to.equal(
      'int8 int8 int16',
    );
  });

  it('makes paths of weights and images absolute, relative to its file', async () => {
    const value = await withKeys('weights: { file: ../w/a.npz }\nimages: { file: b.bin, count: 5 }');
    expect(value.weights).to.deep.equal({ file: join(folder, '..', 'w', 'a.npz') });
    expect(value.images).to.deep.equal({ file: join(folder, 'b.bin'), first: 0, count: 5 });
  });

  it('prescribes tilings layer by layer', async () => {
    const tile = { filters: 64, channels: 32, rows: 8, columns: 16 };
    const value = await withKeys(
      `mapping:\n  conv1:\n    tile: ${JSON.stringify(tile)}\n    order: filters rows columns channels\n    phasesPerGroup: 2`,
    );
    expect(value.mapping).to.deep.equal({
      conv1: {
        tile: { images: 1, ...tile },
        order: ['images', 'filters', 'rows', 'columns', 'channels'],
        phasesPerGroup: 2,
      },
    });
  });

  it("prescribes Eyeriss's mapping in place of a tiling", async () => {
    const given = '{ m: 64, e: 13, p: 16, q: 4, r: 1, t: 4 }';
    const value = await withKeys(`mapping: { conv3: { rowStationary: ${given} } }`);
    expect(value.mapping).to.deep.equal({
      conv3: { rowStationary: { m: 64, n: 1, e: 13, p: 16, q: 4, r: 1, t: 4 } },
    });
  });

  it('takes images together, and tiles them where it is told', async () => {
    const tile = { images: 2, filters: 64, channels: 32, rows: 8, columns: 16 };
    const value = await withKeys(
      `batch: 4\nmapping: { conv1: { tile: ${JSON.stringify(tile)}, order: filters images rows columns channels } }`,
    );
    expect(value.batch).to.equal(4);
    expect(value.mapping).to.deep.equal({
      conv1: { tile, order: ['filters', 'images', 'rows', 'columns', 'channels'] },
    });
    expect(await faultIn('batch: 0')).to.match(/^s.yaml:6:8: batch: expected positive integer, got 0$/);
  });

  it('names layers to report, an energy table, a storage and a reference', async () => {
    expect(
      await withKeys(
        'layers: [conv1]\nenergy: ./e.yaml\nstorage: periodic\ncheck: { enabled: false, backend: cpu }',
      ),
    ).to.deep.include({
      layers: ['conv1'],
      energy: './e.yaml',
      storage: 'periodic',
      check: { enabled: false, backend: 'cpu' },
    });
  });

  it('names the dataflows to compare, each once', async () => {
    expect(await withKeys('dataflows: [b, a]')).to.have.deep.property('dataflows', ['b', 'a']);
    expect(await faultIn('dataflows: [a, a]')).to.match(
      /^s.yaml:6:16: dataflows\[1\]: expected each dataflow once, got "a" again$/,
    );
    expect(await faultIn('dataflows: a')).to.match(/dataflows: expected list, got "a"$/);
  });

  it('is described to editors', () => {
    const schema = toEditorSchema(scenarioSchema, 'scenario');
    expect(schema.required).to.have.members(['kind', 'name', 'network', 'accelerator']);
    expect(schema.additionalProperties).to.equal(false);
    expect(Object.keys(schema.properties as object)).to.include.members(['mapping', 'check', 'precision']);
  });
});

describe('a scenario is refused', () => {
  it('for an unknown key, with the one that was meant', async () => {
    expect(await faultIn('calibrationImage: 3')).to.match(
      /^s.yaml:6:1: calibrationImage: unknown key; did you mean "calibrationImages"\?/,
    );
    expect(await fault(least.replace('variants', 'varients'))).to.match(
      /^s.yaml:5:1: varients: unknown key; did you mean "variants"\? the keys here are kind, name/,
    );
  });

  it('for another kind', async () => {
    expect(await fault(least.replace('scenario', 'network'))).to.equal(
      's.yaml:1:7: kind: expected "scenario", got "network": a file of another kind',
    );
  });

  it('for a name that is no file name', async () => {
    for (const name of ['a/b', '..', '""', '"a b"', '-x', `${'x'.repeat(65)}`, '18', '"a\\0"']) {
      expect(await fault(least.replace('name: x', `name: ${name}`)), name).to.match(
        /^s.yaml:2:7: name: expected name of letters, digits/,
      );
    }
  });

  it('for variants and a comparison, or neither', async () => {
    expect(await fault(least.replace(/variants.*\n/, ''))).to.match(
      /^s\.yaml:1:1: expected one of the keys variants and compare, got none$/,
    );
    expect(await faultIn('compare: [{ variant: dense }]')).to.match(
      /:6:10: compare: expected one of the keys variants and compare, got both$/,
    );
    const compare = (text: string): Promise<string> =>
      fault(least.replace(/variants.*\n/, `compare: ${text}\n`));
    expect(await compare('[{ variant: dense, storage: [] }]')).to.match(
      /compare\[0\]\.storage: expected .*storage format, got empty list/,
    );
    expect(await compare('[{ storage: csr }]')).to.match(/compare\[0\]: missing key "variant"/);
    expect(await compare('[{ variant: dense, format: csr }]')).to.match(/format: unknown key/);
  });

  it('for variants that are none, empty or repeated', async () => {
    const variants = (text: string): Promise<string> => fault(least.replace('[pSC9, PSD4_P8]', text));
    expect(await variants('[]')).to.match(/variants: expected list of at least 1 variant, got empty list$/);
    expect(await variants('dense')).to.match(/variants: expected list, got "dense"$/);
    expect(await variants('[dense, ""]')).to.match(/:5:19: variants\[1\]: expected variant, got ""$/);
    expect(await variants('[a, b, a]')).to.match(
      /:5:18: variants\[2\]: expected each variant once, got "a" again$/,
    );
    expect(await variants('[3]')).to.match(/variants\[0\]: expected variant, got 3$/);
  });

  it('for references that are no words', async () => {
    expect(await fault(least.replace('network: n', 'network:'))).to.match(
      /^s.yaml:3:1: network: expected name or path of a network, got nothing$/,
    );
    expect(await fault(least.replace('accelerator: a', 'accelerator: [a]'))).to.match(
      /accelerator: expected name or path of an accelerator, got list$/,
    );
  });

  it('for precisions that are unknown or do not go together', async () => {
    expect(await faultIn('precision: int61')).to.match(
      /precision: expected one of "int8", "int16", "float32" or mapping .*, got "int61"; did you mean "int16"\?$/,
    );
    expect(await faultIn('precision: { ifmap: int8 }')).to.match(
      /precision: missing key "weight"; expected one of/,
    );
    for (const mix of [
      '{ ifmap: int8, weight: float32 }',
      '{ ifmap: float32, weight: int16 }',
      '{ ifmap: int8, weight: int8, accumulator: float32 }',
      '{ ifmap: float32, weight: float32, accumulator: int32 }',
    ]) {
      expect(await faultIn(`precision: ${mix}`)).to.match(
        /^s.yaml:6:12: precision: expected float32 for ifmap, weight and accumulator together or for none of them, got/,
      );
    }
  });

  it('for seeds and counts that make no sense', async () => {
    expect(await faultIn('seed: -1')).to.match(/seed: expected non-negative integer, got -1$/);
    expect(await faultIn('seed: 1.5')).to.match(/seed: expected non-negative integer, got 1.5$/);
    expect(await faultIn('seed: 1e300')).to.match(/of at most 9007199254740991, got 1e\+300$/);
    expect(await faultIn('images: { count: 0 }')).to.match(/images.count: expected positive integer, got 0$/);
    expect(await faultIn('images: { count: 1e9 }')).to.match(/of at most 1000000, got 1000000000$/);
    expect(await faultIn('calibrationImages: .nan')).to.match(/expected positive integer, got NaN$/);
    expect(await faultIn('images: { file: a, first: -1 }')).to.match(
      /images.first: expected non-negative integer, got -1$/,
    );
  });

  it('for sources that mix a seed and a file', async () => {
    expect(await faultIn('weights: { seed: 3, file: a.npz }')).to.match(
      /weights.file: does not go with the other keys; the key here is seed$/,
    );
    expect(await faultIn('weights: { sed: 3 }')).to.match(/weights.sed: unknown key; did you mean "seed"\?/);
    expect(await faultIn('weights: a.npz')).to.match(
      /weights: expected mapping with the key .*, got "a.npz"$/,
    );
  });

  it('for a backend that there is not', async () => {
    expect(await faultIn('check: { backend: wsam }')).to.match(
      /check.backend: .* got "wsam"; did you mean "wasm"\?$/,
    );
    expect(await faultIn('check: { enabled: yes }')).to.match(
      /check.enabled: expected true or false, got "yes"$/,
    );
  });

  it('for a mapping that is incomplete, absurd or names a loop twice', async () => {
    const mapping = (tile: string, order: string): Promise<string> =>
      faultIn(`mapping:\n  c1:\n    tile: ${tile}\n    order: ${order}`);
    const tile = '{ filters: 1, channels: 1, rows: 1, columns: 1 }';
    expect(await mapping('{ filters: 1, channels: 1, rows: 1 }', loopNames.join(' '))).to.match(
      /^s.yaml:8:11: mapping.c1.tile: missing key "columns"; expected positive integer$/,
    );
    expect(await mapping('{ filters: 0, channels: 1, rows: 1, columns: 1 }', loopNames.join(' '))).to.match(
      /mapping.c1.tile.filters: expected positive integer, got 0$/,
    );
    for (const order of [
      'filters rows',
      'filters rows columns columns',
      'filters rows columns depth',
      'filters rows columns images',
      'images images filters rows columns channels',
      '""',
      '[rows]',
    ]) {
      expect(await mapping(tile, order), order).to.match(
        /^s.yaml:9:12: mapping.c1.order: expected filters, channels, rows, columns and, with a batch, images, each once, outermost first, got/,
      );
    }
    const rows = (given: string): Promise<string> => faultIn(`mapping:\n  c1: { ${given} }`);
    expect(await rows('rowStationary: { m: 1, e: 1, p: 1, q: 1, r: 1 }')).to.match(
      /^s.yaml:7:\d+: mapping.c1.rowStationary: missing key "t"; expected positive integer$/,
    );
    expect(await rows('rowStationary: { m: 1, e: 1, p: 0, q: 1, r: 1, t: 1 }')).to.match(
      /mapping.c1.rowStationary.p: expected positive integer, got 0$/,
    );
    expect(await rows(`rowStationary: { m: 1, e: 1, p: 1, q: 1, r: 1, t: 1 }, tile: ${tile}`)).to.match(
      /mapping.c1.tile: unknown key; the key here is rowStationary$/,
    );
  });

  it('for layers given twice', async () => {
    expect(await faultIn('layers: [a, a]')).to.match(/layers\[1\]: expected each layer once, got "a" again$/);
  });
});
