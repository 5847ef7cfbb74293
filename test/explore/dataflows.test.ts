import { expect } from 'chai';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { dataflowNames } from '../../src/dataflow/dataflows.js';
import { UserError } from '../../src/document/userError.js';
import type { ScenarioOverrides } from '../../src/explore/overrides.js';
import { loadScenario } from '../../src/explore/scenario.js';
import type { Scenario } from '../../src/explore/scenario.js';
import { simulate } from '../../src/explore/simulate.js';
import { layerRecord, variantRecord } from '../../src/report/records.js';
import type { ScenarioResult } from '../../src/report/result.js';
import { terminalTable } from '../../src/report/terminalTable.js';
import { files, inWorkspace } from '../cli/command.js';

const { 'scenario.yaml': scenario, 'machine.yaml': machine } = files;
const withKeys = (keys: string): Record<string, string> => ({ 'scenario.yaml': `${scenario}${keys}\n` });
const cellsOf = ({ cells }: Scenario): string[] =>
  cells.map(({ variant, storage, accelerator }) =>
    [variant.name, storage, accelerator.array.dataflow].join(' '),
  );
const load = (folder: string, overrides?: ScenarioOverrides): Promise<Scenario> =>
  loadScenario(join(folder, 'scenario.yaml'), overrides);

describe('cells of a scenario', () => {
  it("are run in the accelerator's own dataflow unless others are named", () =>
    inWorkspace(async (folder) => {
      const scenarioOf = await load(folder);
      expect(cellsOf(scenarioOf)).to.deep.equal([
        'pSC9 auto weight-stationary',
        'PSD4_P8 auto weight-stationary',
      ]);
      expect(scenarioOf.cells[0].accelerator).to.equal(scenarioOf.accelerator);
    }));

  it('are ordered by variant, storage, dataflow, the dataflows as they are named', () =>
    inWorkspace(async (folder) => {
      expect(cellsOf(await load(folder, { storage: ['bitmask', 'csr'] }))).to.deep.equal(
        ['pSC9', 'PSD4_P8'].flatMap((variant) =>
          ['bitmask', 'csr'].flatMap((storage) =>
            ['output-stationary', 'input-stationary'].map((dataflow) => `${variant} ${storage} ${dataflow}`),
          ),
        ),
      );
    }, withKeys('dataflows: [output-stationary, input-stationary]')));

  it('take the dataflows of the overrides in place of those of the file, and change nothing else', () =>
    inWorkspace(async (folder) => {
      const { cells, accelerator } = await load(folder, { dataflows: ['input-stationary'] });
      expect(cells.map(({ accelerator: { array } }) => array.dataflow)).to.deep.equal([
        'input-stationary',
        'input-stationary',
      ]);
      const { array, ...rest } = cells[0].accelerator;
      const { array: ownArray, ...ownRest } = accelerator;
      expect(rest).to.deep.equal(ownRest);
      expect({ ...array, dataflow: ownArray.dataflow }).to.deep.equal(ownArray);
      expect(ownArray.dataflow).to.equal('weight-stationary');
    }, withKeys('dataflows: [output-stationary]')));

  it('may not be asked for twice or in a dataflow that there is not, by a library either', () =>
    inWorkspace(async (folder) => {
      const fault = (dataflows: readonly string[]): Promise<unknown> =>
        load(folder, { dataflows }).catch((error: unknown) => error);
      expect(await fault(['input-stationary', 'input-stationary']))
        .to.be.instanceOf(UserError)
        .with.property('message', 'expected each dataflow once, got input-stationary again');
      expect(await fault(['Input-Stationary']))
        .to.be.instanceOf(UserError)
        .with.property('message')
        .that.matches(/^expected a dataflow, got "Input-Stationary"; did you mean "input-stationary"\?/);
    }));
});

describe('a scenario with several dataflows', function () {
  this.timeout(60_000);

  it('gives each what the accelerator gives when it has this dataflow alone', () =>
    inWorkspace(async (folder) => {
      const names = dataflowNames();
      const together = await simulate(await load(folder, { dataflows: names, check: false }));
      for (const name of names) {
        writeFileSync(join(folder, 'machine.yaml'), machine.replace('weight-stationary', name));
        const alone = await simulate(await load(folder, { check: false }));
        expect(alone.variants).to.have.length(2);
        const found = together.variants.filter(({ dataflow }) => dataflow === name);
        expect(found, name).to.deep.equal(alone.variants);
      }
      const cycles = together.variants.map(({ totals }) => totals.cycles);
      expect(new Set(cycles).size, 'the dataflows differ').to.equal(cycles.length);
    }));
});

describe('results of an array that can be set to several dataflows', () => {
  const named = {
    'machine.yaml': machine.replace('weight-stationary', '[weight-stationary, lock-step, output-stationary]'),
  };
  const wholes: ReadonlyArray<readonly [layer: string, tile: string]> = [
    ['conv1', '{ filters: 16, channels: 3, rows: 8, columns: 8 }'],
    ['conv2', '{ filters: 16, channels: 16, rows: 8, columns: 8 }'],
    ['fc', '{ filters: 10, channels: 16, rows: 1, columns: 1 }'],
  ];
  /** Maps the layers in these dataflows, whole. */
  const mappedIn = (...dataflows: readonly string[]): Record<string, string> => ({
    ...named,
    ...withKeys(
      [
        'execution: estimate',
        'mapping:',
        ...wholes.map(
          ([layer, tile], index) =>
            `  ${layer}: { dataflow: ${dataflows[index]}, tile: ${tile}, order: filters channels rows columns }`,
        ),
      ].join('\n'),
    ),
  });
  const simulated = async (folder: string): Promise<ScenarioResult> => simulate(await load(folder));

  it('name with each layer the one that it is mapped to, and none with a layer that has no MACs', () =>
    inWorkspace(
      async (folder) => {
        const result = await simulated(folder);
        for (const variant of result.variants) {
          const inFile = variant.layers.map((layer) => layerRecord(result, variant, layer).dataflow);
          const names = variant.layers.map(({ counts }) => counts.layer);
          expect(names).to.deep.equal(['conv1', 'conv2', 'pool', 'fc']);
          expect(inFile).to.deep.equal(['output-stationary', 'weight-stationary', null, 'output-stationary']);
        }
      },
      mappedIn('output-stationary', 'weight-stationary', 'output-stationary'),
    ));

  it('name with each variant all that are used, in the order of the accelerator', () =>
    inWorkspace(
      async (folder) => {
        const result = await simulated(folder);
        for (const variant of result.variants)
          expect(variantRecord(result, variant).dataflow).to.equal('weight-stationary+output-stationary');
        expect(terminalTable(result)).to.match(/\(4x4 PEs, weight-stationary \/ output-stationary, 500 MHz/);
      },
      mappedIn('output-stationary', 'weight-stationary', 'output-stationary'),
    ));

  it('leave out what no layer is mapped to', () =>
    inWorkspace(
      async (folder) => {
        const result = await simulated(folder);
        expect(variantRecord(result, result.variants[0]).dataflow).to.equal('lock-step');
      },
      mappedIn('lock-step', 'lock-step', 'lock-step'),
    ));

  it('name with every layer the one dataflow of an array that has no other', () =>
    inWorkspace(async (folder) => {
      const result = await simulated(folder);
      for (const variant of result.variants) {
        expect(variantRecord(result, variant).dataflow).to.equal('weight-stationary');
        for (const layer of variant.layers)
          expect(layerRecord(result, variant, layer).dataflow).to.equal('weight-stationary');
      }
    }, withKeys('execution: estimate')));
});
