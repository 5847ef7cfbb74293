import { expect } from 'chai';
import { mkdirSync, writeFileSync } from 'node:fs';
import { rename } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Accelerator, CommandDramSpec } from '../../src/accelerator/accelerator.js';
import { loadAccelerator } from '../../src/accelerator/loadAccelerator.js';
import { registerDataflow } from '../../src/dataflow/dataflows.js';
import { outputStationary } from '../../src/dataflow/outputStationary.js';
import { packageVersion } from '../../src/document/package.js';
import type { EnergyTable } from '../../src/energy/energyTable.js';
import { canonicalJson } from '../../src/explore/canonicalJson.js';
import { digestOfModules } from '../../src/explore/codeVersion.js';
import { searchKey } from '../../src/explore/searchKey.js';
import type { MappingSearch } from '../../src/explore/searchKey.js';
import { convProblem, vectorProblem } from '../../src/mapping/layerProblem.js';
import type { ConvProblem } from '../../src/mapping/problem.js';
import type { PrecisionSet } from '../../src/model/model.js';
import type { Supports } from '../../src/sparsity/supports.js';
import { storeLayer } from '../../src/storage/formats.js';
import { inFolder } from '../document/fixtures.js';
import { int8, machine } from '../machine/arbitraries.js';
import { conv, pool, psd4p8 } from '../model/networks.js';

const shape = { channels: 16, height: 8, width: 8 };
const layer = conv('layer', shape, { filters: 16 });

function problemWith(supports: Supports, format = 'periodic', precision: PrecisionSet = int8): ConvProblem {
  const stored = storeLayer(format, { supports, precision: precision.weight }, 'layer');
  const kept = { input: 'ifmap-buffer', bytes: { 'ifmap-buffer': 1024 } };
  return { ...convProblem(layer, precision, stored), kept };
}

const energyTable: EnergyTable = {
  name: 'table',
  description: 'made up',
  file: 'table.yaml',
  technologyNm: 45,
  family: 'own',
  note: 'none of it is true',
  files: ['table.yaml', 'sram.yaml'],
  entries: [
    {
      component: 'mac',
      action: 'mac',
      when: { weight: ['int8'], buffer: ['ifmap-buffer'] },
      formula: '0.2 pJ',
      technologyNm: 45,
      voltage: 0.9,
      source: 'made up',
      derived: 'from nothing',
      family: 'own',
      place: { file: 'table.yaml', line: 3, column: 5 },
    },
  ],
  sram: {
    name: 'sram',
    family: 'own',
    source: 'made up',
    file: 'sram.yaml',
    cells: [
      {
        cell: 'itrs-lop',
        technologyNm: 45,
        widths: [
          {
            wordBits: 32,
            points: [
              {
                ...{ capacityBytes: 1024, wordBits: 32, readPj: 1, writePj: 2 },
                ...{ leakageMw: 0.1, areaMm2: 0.2, accessNs: 0.3 },
              },
            ],
          },
        ],
      },
    ],
  },
};

/** With every property that an accelerator can have. */
async function fullMachine(): Promise<Accelerator> {
  const { places, dram, buffers, ...others } = await loadAccelerator('edge-16x16');
  if (dram.kind !== 'commands') throw new Error('expected a DRAM with commands');
  const part: CommandDramSpec['part'] = { ...dram.part, location: { file: 'part.yaml', line: 1, column: 1 } };
  return {
    ...others,
    scaling: { method: 'stillmaker-baas', voltage: 0.9, flavour: 'hp' },
    array: {
      ...others.array,
      dataflows: ['output-stationary', 'weight-stationary'],
      pePitchMm: 0.05,
      registerFiles: { ifmap: 16, weight: 32, psum: 64 },
    },
    buffers: buffers.map((buffer) => ({ ...buffer, extrapolate: true })),
    dram: {
      ...dram,
      part,
      controller: { ...dram.controller, powerDownClocks: 100 },
      energyPjPerBit: 8,
      source: 'made up',
    },
    ...(places && { places }),
  };
}

/** The paths of all that is no object or array itself. */
function leavesOf(value: unknown, path: readonly string[] = []): string[][] {
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value))
    return value === undefined ? [] : [[...path]];
  return Object.entries(value).flatMap(([key, member]) => leavesOf(member, [...path, key]));
}

/** The value with another one at a path. */
function changedAt(value: unknown, [key, ...rest]: readonly string[]): unknown {
  if (key === undefined) return otherThan(value);
  if (Array.isArray(value))
    return value.map((each: unknown, index) => (String(index) === key ? changedAt(each, rest) : each));
  const members = value as Record<string, unknown>;
  return { ...members, [key]: changedAt(members[key], rest) };
}

function otherThan(value: unknown): unknown {
  switch (typeof value) {
    case 'number':
      return value + 1;
    case 'boolean':
      return !value;
    case 'string':
      return value === 'output-stationary' ? 'lock-step' : `${value}x`;
    default:
      throw new Error(`cannot change ${String(value)}`);
  }
}

function flat(): Accelerator {
  const { dram, ...others } = machine();
  if (dram.kind !== 'flat') throw new Error('expected a flat DRAM');
  return { ...others, dram: { ...dram, file: 'flat.yaml' } };
}

describe('the key of a mapping search', () => {
  let search: MappingSearch;
  before(async () => {
    search = {
      kind: 'conv2d',
      problem: problemWith(psd4p8(16, 16)),
      accelerator: await fullMachine(),
      energyTable,
      precision: int8,
      objective: 'edp',
      options: { budget: { seconds: 5 } },
    };
  });

  const expectChanges = (
    part: 'accelerator' | 'energyTable' | 'precision' | 'options',
    from: MappingSearch,
    isName: (path: string) => boolean,
  ): { readonly changed: number; readonly names: string[] } => {
    const key = searchKey(from);
    const names: string[] = [];
    let changed = 0;
    for (const path of leavesOf(from[part])) {
      const other = searchKey({ ...from, [part]: changedAt(from[part], path) });
      const place = path.join('.');
      if (isName(place)) {
        names.push(place);
        expect(other, `${part}.${place} is a name or a place`).to.equal(key);
        continue;
      }
      changed++;
      // A dataflow that is not known is code from outside, whose searches have no key.
      expect(other, `${part}.${place} matters`).not.to.equal(key);
    }
    return { changed, names };
  };

  it('changes with every field of the accelerator, its name, texts and places aside', () => {
    const isName = (path: string): boolean =>
      /^(name|description|file|energyTable|places\..*|dram\.source)$/.test(path) ||
      /^dram\.part\.(name|description|file|source|railsSource|location\..*)$/.test(path);
    const { changed, names } = expectChanges('accelerator', search, isName);
    expect(changed).to.be.above(90);
    expect(names).to.include.members(['name', 'file', 'places.dram.line', 'dram.part.name']);
  });

  it('changes with every field of a flat DRAM, where its figures come from aside', () => {
    const { changed } = expectChanges('accelerator', { ...search, accelerator: flat() }, (path) =>
      /^(name|description|file|energyTable|dram\.source|dram\.file)$/.test(path),
    );
    expect(changed).to.be.above(40);
  });

  it('changes with every figure of the energy table, whoever says it', () => {
    const { changed, names } = expectChanges('energyTable', search, (path) =>
      /^(name|description|file|files\..*|note|entries\.0\.(source|derived|place\..*)|sram\.(name|source|file))$/.test(
        path,
      ),
    );
    expect(changed).to.equal(21);
    expect(names).to.include('entries.0.place.line');
  });

  it('changes with the precision, the objective, the options, and what the post-processor does', () => {
    expect(expectChanges('precision', search, () => false).changed).to.equal(3);
    expect(expectChanges('options', search, () => false).changed).to.equal(1);
    const others = (['energy', 'latency', 'dram-traffic'] as const).map((objective) =>
      searchKey({ ...search, objective }),
    );
    const kinds = [searchKey(search), searchKey({ ...search, kind: 'fully-connected' })];
    expect(new Set([...kinds, ...others])).to.have.property('size', 5);
  });

  it('does not look at energies where nothing is priced, and does where weights say so', () => {
    const weighted = { ...search, objective: { energy: 1, latency: 2 } };
    const dearer = { ...energyTable, technologyNm: 65 };
    expect(searchKey({ ...weighted, energyTable: dearer })).to.not.equal(searchKey(weighted));
    for (const objective of ['latency', 'dram-traffic', { latency: 1, dramBytes: 2 }] as const) {
      const unpriced = { ...search, objective };
      const other = { ...energyTable, technologyNm: 65 };
      expect(searchKey({ ...unpriced, energyTable: other })).to.equal(searchKey(unpriced));
    }
  });

  it('changes with every field of the problem but its name', () => {
    const key = searchKey(search);
    const { storage, ...plain } = search.problem as ConvProblem;
    const paths = leavesOf(plain).map((path) => path.join('.'));
    expect(paths).to.include.members([
      'images',
      'window.stride.1',
      'layout.channelsPerBlock',
      'kept.input',
      'kept.bytes.ifmap-buffer',
      'residual',
    ]);
    for (const path of leavesOf(plain)) {
      const problem = { ...(changedAt(plain, path) as object), storage } as ConvProblem;
      const other = searchKey({ ...search, problem });
      if (path.join('.') === 'name') expect(other).to.equal(key);
      else expect(other, path.join('.')).not.to.equal(key);
    }
    const { kept, ...inDram } = search.problem;
    expect(kept).not.to.equal(undefined);
    expect(searchKey({ ...search, problem: inDram })).not.to.equal(key);
  });

  it('changes with the supports, bit by bit, and with how they are stored', () => {
    const supports = psd4p8(16, 16);
    const keys = [searchKey(search)];
    const add = (problem: ConvProblem, weights?: Int8Array): void => {
      keys.push(searchKey({ ...search, problem, weights }));
    };
    supports.patterns.forEach((pattern, index) => {
      pattern.forEach((bit, tap) => {
        const other = pattern.with(tap, 1 - bit);
        add(problemWith({ ...supports, patterns: supports.patterns.with(index, other) }));
      });
    });
    for (const format of ['dense', 'bitmask', 'coo', 'csr', 'csc']) add(problemWith(supports, format));
    add(problemWith(supports, 'periodic', { ...int8, weight: 'int16' }));
    expect(new Set(keys)).to.have.property('size', 1 + 8 * 9 + 6);
    const alike = { ...supports, patterns: supports.patterns.map((pattern) => pattern.slice()) };
    expect(searchKey({ ...search, problem: problemWith(alike) })).to.equal(keys[0]);
  });

  it('changes with each support of kernels that have their own', () => {
    const perKernel = (ids: Uint32Array): Supports => ({
      ...psd4p8(16, 16),
      assignment: { kind: 'per-kernel', ids },
    });
    const ids = Uint32Array.from({ length: 256 }, (_, kernel) => kernel % 8);
    const keyOf = (of: Uint32Array): string | undefined =>
      searchKey({ ...search, problem: problemWith(perKernel(of), 'csr') });
    const keys = Array.from(ids, (id, kernel) => keyOf(ids.with(kernel, (id + 1) % 8)));
    expect(new Set([keyOf(ids), ...keys])).to.have.property('size', 257);
    expect(keyOf(ids.slice())).to.equal(keyOf(ids));
  });

  it('changes with the weights where sizes follow from their values, and is none without them', () => {
    const supports = psd4p8(16, 16);
    const weights = Int8Array.from({ length: 16 * 16 * 9 }, (_, place) =>
      supports.patterns[(Math.floor(place / 144) + Math.floor((place % 144) / 9)) % 8][place % 9] === 0
        ? 0
        : (place % 5) + 1,
    );
    const stored = storeLayer('periodic+huffman', { supports, precision: 'int8', weights }, 'layer');
    const problem = convProblem(layer, int8, stored);
    const keyOf = (of?: Int8Array): string | undefined => searchKey({ ...search, problem, weights: of });
    expect(keyOf()).to.equal(undefined);
    expect(keyOf(weights)).to.be.a('string');
    expect(keyOf(weights.slice())).to.equal(keyOf(weights));
    const present = weights.findIndex((weight) => weight > 0);
    expect(keyOf(weights.with(present, 9))).not.to.equal(keyOf(weights));
    // Weights that no size follows from are none of its business.
    expect(searchKey({ ...search, weights })).to.equal(searchKey(search));
  });

  it('is the same for vector layers of other names, and none of another shape', () => {
    const keyOf = (name: string, kernel: number): string | undefined =>
      searchKey({
        ...search,
        kind: 'max-pool',
        problem: vectorProblem(pool(name, 'max-pool', 'input', shape, kernel), int8),
      });
    expect(keyOf('one', 2)).to.equal(keyOf('other', 2));
    expect(keyOf('one', 2)).not.to.equal(keyOf('one', 4));
  });

  it('changes with the code, of this package and of Node', () => {
    const { version } = JSON.parse(searchKey(search) ?? '') as { version: string };
    const [ofPackage, ofNode, ofModules] = version.split(' ');
    expect([ofPackage, ofNode]).to.deep.equal([packageVersion(), process.version]);
    expect(ofModules).to.match(/^[0-9a-f]{64}$/);
  });

  it('is none where a dataflow comes from outside', () => {
    const name = 'from-outside-of-the-key';
    registerDataflow({ ...outputStationary, name });
    const { array } = search.accelerator;
    const withArray = (change: object): MappingSearch => ({
      ...search,
      accelerator: { ...search.accelerator, array: { ...array, ...change } },
    });
    expect(searchKey(withArray({ dataflow: name, dataflows: undefined }))).to.equal(undefined);
    expect(searchKey(withArray({ dataflows: ['output-stationary', name] }))).to.equal(undefined);
  });
});

describe('the digest of modules', () => {
  it('follows what is searched with, name by name and byte by byte, and nothing that only shows results', () =>
    inFolder(async (folder) => {
      const write = (name: string, text: string): string => {
        mkdirSync(dirname(join(folder, name)), { recursive: true });
        writeFileSync(join(folder, name), text);
        return digestOfModules(folder);
      };
      const first = write('mapping/search.js', 'export const width = 4;');
      expect(write('cli/run.js', 'console.log(1);')).to.equal(first);
      expect(write('report/cli.js', 'export {};')).to.equal(first);
      expect(write('mapping/search.js.map', '{}')).to.equal(first);
      const changed = write('mapping/search.js', 'export const width = 5;');
      expect(changed).not.to.equal(first);
      const more = write('machine/cli/clock.js', '');
      expect(more).not.to.equal(changed);
      await rename(join(folder, 'machine/cli/clock.js'), join(folder, 'machine/cli/watch.js'));
      expect(digestOfModules(folder)).not.to.equal(more);
    }));
});

describe('canonical JSON', () => {
  it('is the same for equal data, in whatever order it was made', () => {
    expect(canonicalJson({ b: [1, { d: null, c: true }], a: 'x', e: undefined })).to.equal(
      '{"a":"x","b":[1,{"c":true,"d":null}]}',
    );
  });

  it('tells apart what plain JSON does not', () => {
    const all = [NaN, Infinity, -Infinity, null, 'Infinity', [], {}, [Infinity], new Uint8Array(4)];
    const typed = [
      new Uint8Array(1),
      new Int8Array(1),
      new Uint16Array(2),
      Uint8Array.of(1),
      new Float32Array(1),
    ];
    expect(new Set([...all, ...typed].map(canonicalJson))).to.have.property('size', 14);
    expect(canonicalJson(new Uint8Array([9, 1, 2, 9]).subarray(1, 3))).to.equal(
      canonicalJson(Uint8Array.of(1, 2)),
    );
  });

  it('refuses what it would lose a part of', () => {
    for (const value of [() => 1, new Map([[1, 2]]), new Set(), new Date(0), Symbol('x'), { a: [() => 1] }])
      expect(() => canonicalJson(value)).to.throw(/expected plain data/);
  });
});
