import { expect } from 'chai';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { dataflowNames } from '../../src/dataflow/dataflows.js';
import { packageRoot } from '../../src/document/package.js';
import { UserError } from '../../src/document/userError.js';
import { mapScenario } from '../../src/explore/mapScenario.js';
import { planScenario } from '../../src/explore/plan.js';
import type { CellPlan } from '../../src/explore/plan.js';
import { loadScenario } from '../../src/explore/scenario.js';
import { simulate } from '../../src/explore/simulate.js';
import { mappingFileText } from '../../src/report/mappingFileText.js';
import { files, inWorkspace } from '../cli/command.js';

const { 'scenario.yaml': scenario, 'machine.yaml': machine } = files;
const withMapping = (mapping: string, more = '') => ({
  'scenario.yaml': `${scenario}mapping: ${mapping}\n${more}`,
});
const tile = (filters: number): string =>
  `{ tile: { filters: ${filters}, channels: 16, rows: 8, columns: 8 }, order: filters rows columns channels }`;

const plans = async (folder: string): Promise<CellPlan[]> =>
  planScenario(await loadScenario(join(folder, 'scenario.yaml')));
const faultOf = (folder: string): Promise<string> =>
  plans(folder).then(
    () => {
      throw new Error('was not refused');
    },
    (error: unknown) => {
      expect(error).to.be.instanceOf(UserError);
      return (error as UserError).message.replaceAll(`${folder}/`, '');
    },
  );
const filtersOf = (all: readonly CellPlan[], layer: string): number[] =>
  all.map(
    (plan) => plan.layers.find((each) => each.layer.name === layer)!.estimate.schedule.mapping.tile.filters,
  );

describe('a mapping file', function () {
  this.timeout(60_000);

  it('prescribes the mappings of a scenario that names it, by path or from the library', () =>
    inWorkspace(
      async (folder) => {
        expect(filtersOf(await plans(folder), 'conv2')).to.deep.equal([4, 4]);
        writeFileSync(join(folder, 'scenario.yaml'), `${scenario}mapping: mine\n`);
        expect(filtersOf(await plans(folder), 'conv2')).to.deep.equal([4, 4]);
      },
      {
        ...withMapping('mine.yaml'),
        'mine.yaml': `kind: mapping\nname: mine\nlayers:\n  conv2: ${tile(4)}\n`,
      },
    ));

  it('gives each cell the first of its sections that fits and has the layer, and else what it says of all', () =>
    inWorkspace(
      async (folder) => {
        const all = await plans(folder);
        const named = all.map(
          ({ variant, storage, accelerator }) => `${variant.name} ${storage} ${accelerator.array.dataflow}`,
        );
        expect(named).to.deep.equal([
          'pSC9 auto output-stationary',
          'pSC9 auto lock-step',
          'PSD4_P8 auto output-stationary',
          'PSD4_P8 auto lock-step',
        ]);
        expect(filtersOf(all, 'conv2')).to.deep.equal([2, 4, 2, 8]);
      },
      {
        ...withMapping('mine.yaml', 'dataflows: [output-stationary, lock-step]\n'),
        'mine.yaml': [
          'kind: mapping\nname: mine\ncells:',
          `  - { variant: PSD4_P8, dataflow: lock-step, layers: { conv2: ${tile(8)} } }`,
          `  - { storage: csr, layers: { conv2: ${tile(16)} } }`,
          `  - { variant: pSC9, dataflow: lock-step, layers: { conv1: ${tile(1).replace('16', '3')} } }`,
          `  - { dataflow: lock-step, layers: { conv2: ${tile(4)} } }`,
          `  - { dataflow: lock-step, layers: { conv2: ${tile(1)} } }`,
          `layers: { conv2: ${tile(2)} }`,
        ].join('\n'),
      },
    ));

  it('is told in notes: what it was made for, which layers it leaves, and phases that do not matter', () =>
    inWorkspace(
      async (folder) => {
        const loaded = await loadScenario(join(folder, 'scenario.yaml'), {
          execution: 'estimate',
          objective: 'energy',
        });
        const { notes, variants } = await simulate(loaded);
        const told = notes.filter((note) => note.startsWith('mapping file'));
        expect(told.map((note) => note.replace(/\(.*?\) /, ''))).to.deep.equal([
          'mapping file mine was made for the network vgg, not net; for the variant PSD1_P8, not pSC9 or PSD4_P8; ' +
            'for the objective edp, not energy',
          'mapping file mine does not map all layers; mapped automatically, in some cells at least: ' +
            'conv1, pool, fc',
        ]);
        const idle = variants.map((variant) => variant.notes.filter((note) => /phasesPerGroup/.test(note)));
        expect(idle).to.deep.equal([
          ['phasesPerGroup is prescribed and does not matter here, where no phases can be grouped: conv2'],
          [],
        ]);
      },
      {
        ...withMapping('mine.yaml'),
        'mine.yaml':
          'kind: mapping\nname: mine\nmadeFor: { network: vgg, accelerator: machine, variant: PSD1_P8, objective: edp }\n' +
          `layers: { conv2: ${tile(16).replace(' }, order', ' }, phasesPerGroup: 2, order')} }\n`,
      },
    ));

  const refused: ReadonlyArray<readonly [string, string, RegExp]> = [
    [
      'for a layer that the network does not have',
      `layers:\n  conv3: ${tile(4)}`,
      /^mine\.yaml:4:\d+: layers\.conv3: expected a layer of net, got "conv3"; did you mean "conv/,
    ],
    [
      'for a tile that is larger than the layer',
      `layers:\n  conv1: ${tile(4)}\n  conv2: ${tile(32)}`,
      /^mine\.yaml:4:\d+: layers\.conv1: expected at most 3 channels in a tile of conv1, got 16$/,
    ],
    [
      'for a tile that does not fit, in a section of a cell',
      `cells:\n  - variant: PSD4_P8\n    layers:\n      conv2: { tile: { filters: 16, channels: 16, rows: 8, columns: 8 }, order: channels filters rows columns, dataflow: lock-step }`,
      /^mine\.yaml:6:\d+: cells\[0\]\.layers\.conv2: expected a dataflow of machine, which has weight-stationary, got lock-step/,
    ],
    [
      'for a key that there is not',
      `layers:\n  conv2: ${tile(4).replace('order', 'ordr')}`,
      /^mine\.yaml:4:\d+: layers\.conv2\.ordr: unknown key.*"order"/,
    ],
    [
      'for an order that lacks a loop',
      `layers:\n  conv2: ${tile(4).replace('rows columns channels', 'rows columns')}`,
      /^mine\.yaml:4:\d+: layers\.conv2\.order: expected filters, .* got "filters rows columns"; channels is missing$/,
    ],
    [
      'for an order that has a loop twice, or a strange one',
      `layers:\n  conv2: ${tile(4).replace('rows columns channels', 'rows rows channels')}`,
      /got "filters rows rows channels"; rows stands twice$/,
    ],
    [
      'for an order with a word that is no loop',
      `layers:\n  conv2: ${tile(4).replace('rows columns channels', 'row columns channels')}`,
      /; "row" is no loop, did you mean "rows"\?$/,
    ],
  ];
  for (const [what, body, message] of refused) {
    it(`is refused ${what}, with its place in the file`, () =>
      inWorkspace(async (folder) => expect(await faultOf(folder)).to.match(message), {
        ...withMapping('mine.yaml'),
        'mine.yaml': `kind: mapping\nname: mine\n${body}\n`,
      }));
  }

  it('that there is not is refused where the scenario names it', () =>
    inWorkspace(async (folder) => {
      expect(await faultOf(folder)).to.match(
        /^scenario\.yaml:7:10: mapping: expected name or path of a mapping file, got "atuo"; .*known: eyeriss-alexnet; did you mean "auto"\?$/,
      );
      writeFileSync(join(folder, 'scenario.yaml'), `${scenario}mapping: net.yaml\n`);
      expect(await faultOf(folder)).to.match(/^net\.yaml:1:7: kind: expected "mapping", got "network"/);
    }, withMapping('atuo')));

  it("of the library maps AlexNet's convolutions on Eyeriss as the scenario of its paper does", async () => {
    const path = join(packageRoot(), 'configs/scenarios/eyeriss-alexnet.yaml');
    const own = await loadScenario(path);
    const [prescribed] = await planScenario(own);
    await inWorkspace(
      async (folder) => {
        const [read] = await plans(folder);
        const essence = ({ layers }: CellPlan) =>
          layers.map(({ estimate: { schedule, timeline } }) => ({ mapping: schedule.mapping, timeline }));
        expect(essence(read)).to.deep.equal(essence(prescribed));
        expect(read.layers.filter(({ estimate }) => estimate.schedule.mapping.rowStationary)).to.have.length(
          5,
        );
      },
      {
        'scenario.yaml': readFileSync(path, 'utf8').replace(
          /^mapping:\n(?: .*\n)+/m,
          'mapping: eyeriss-alexnet\n',
        ),
      },
    );
  });
});

describe('a mapping file that was written', function () {
  this.timeout(120_000);

  const rows = machine
    .replace('weight-stationary', 'row-stationary, registerFiles: { ifmap: 24 B, weight: 448 B, psum: 96 B }')
    .replace('rows: 4, columns: 4', 'rows: 6, columns: 8');
  const peSets = `{ tile: { images: 1, filters: 8, channels: 4, rows: 4, columns: 8 }, order: images rows columns filters channels, buffering: { ifmap: double, weight: resident, ofmap: single }, peSets: { e: 4, p: 4, q: 2, r: 2, t: 1 } }`;
  const cases: ReadonlyArray<readonly [string, Readonly<Record<string, string>>]> = [
    ['of every dataflow', withMapping('auto', `dataflows: [${dataflowNames().join(', ')}]\n`)],
    ['of a batch', withMapping('auto', 'batch: 2\n')],
    [
      'of several formats, for latency',
      {
        'scenario.yaml': `${scenario.replace(/variants.*/, 'compare: [{ variant: dense }, { variant: PSD4_P8, storage: [periodic, "4:8", csr] }]').replace(', "4:8"', '')}objective: latency\n`,
      },
    ],
    [
      'of a row-stationary array with PE sets and slots',
      { ...withMapping(`{ conv2: ${peSets} }`), 'machine.yaml': rows },
    ],
    [
      "of Eyeriss's parameters",
      {
        ...withMapping('{ conv2: { rowStationary: { m: 8, e: 4, p: 4, q: 2, r: 2, t: 1 } } }'),
        'machine.yaml': rows,
      },
    ],
    [
      'of an array with several dataflows',
      {
        ...withMapping(`{ conv2: ${tile(4).replace('{ tile', '{ dataflow: lock-step, tile')} }`),
        'machine.yaml': machine.replace('weight-stationary', '[output-stationary, lock-step]'),
      },
    ],
    [
      'of one phase to a group where more would be cheaper',
      {
        ...withMapping(`{ conv2: ${tile(16).replace('order', 'phasesPerGroup: 1, order')} }`),
        'machine.yaml': machine.replace('weight-stationary', 'output-stationary'),
      },
    ],
  ];
  for (const [what, changed] of cases) {
    it(`${what} gives the identical estimates back`, () =>
      inWorkspace(async (folder) => {
        const path = join(folder, 'scenario.yaml');
        const loaded = await loadScenario(path);
        const before = await planScenario(loaded);
        const mapped = await mapScenario(loaded);
        writeFileSync(join(folder, 'saved.yaml'), mappingFileText(mapped, 'saved'));
        const text = readFileSync(path, 'utf8').replace(/^mapping:.*\n/m, '');
        writeFileSync(path, `${text}mapping: saved.yaml\n`);
        const reloaded = await loadScenario(path);
        const after = await planScenario(reloaded);
        expect(after).to.have.length(before.length);
        before.forEach((plan, cell) => {
          plan.layers.forEach(({ layer, estimate }, index) => {
            const read = after[cell].layers[index].estimate;
            const name = `${plan.variant.name} ${plan.storage} ${plan.accelerator.array.dataflow} ${layer.name}`;
            expect(read.schedule.mapping, name).to.deep.equal(estimate.schedule.mapping);
            expect(read.timeline, name).to.deep.equal(estimate.timeline);
          });
        });
        const again = await mapScenario(reloaded);
        for (const { layers } of again.cells)
          for (const each of layers) expect(each.isPrescribed).to.equal(true);
        expect(again.notes).to.have.length(1);
        expect(again.notes[0]).to.match(/saved\.yaml\) maps all layers$/);
        const summaries = (of: typeof mapped) =>
          of.cells.flatMap(({ layers }) => layers.map(({ summary }) => summary));
        expect(summaries(again)).to.deep.equal(summaries(mapped));
      }, changed));
  }

  it('says in comments what each mapping costs, with bound and gap where they are known', () =>
    inWorkspace(async (folder) => {
      const mapped = await mapScenario(
        await loadScenario(join(folder, 'scenario.yaml'), { variants: ['dense'] }),
      );
      expect(mappingFileText(mapped, 'x')).to.match(
        /\n {2}conv2:\n {4}# edp [\d.]+ uJ\*ms; the best of the space halved \([^\n]*\); \d+ steps, [\d,]+ cycles, [\d.]+ uJ, [\d,]+ B of DRAM\n {4}tile: \{ images: 1, /,
      );
      const [cell] = mapped.cells;
      const search = {
        space: 'halved' as const,
        cost: 12,
        bound: 10,
        isProven: false,
        judged: 7,
        bounded: 1234,
      };
      const known = {
        ...mapped,
        cells: [{ ...cell, layers: cell.layers.map((each) => ({ ...each, search })) }],
      };
      const { cost } = cell.layers[0].summary;
      const bound = Number((cost / 1.2 / 1e15).toPrecision(5)).toString();
      expect(mappingFileText(known, 'x')).to.include(
        `no mapping of the space halved costs less than ${bound} uJ*ms (gap 20 %; 7 mappings judged, 1,234 bounded)`,
      );
      const proven = { ...cell, layers: [{ ...cell.layers[0], search: { ...search, isProven: true } }] };
      expect(mappingFileText({ ...mapped, cells: [proven] }, 'x')).to.include(
        '; the best of the space halved (7 mappings',
      );
    }));
});
