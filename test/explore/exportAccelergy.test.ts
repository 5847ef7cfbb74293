import { expect } from 'chai';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { dataflowNames } from '../../src/dataflow/dataflows.js';
import { readActionCounts } from '../../src/energy/accelergy/actionCounts.js';
import { readErt } from '../../src/energy/accelergy/energyReferenceTable.js';
import { evaluateCounts } from '../../src/energy/accelergy/evaluateCounts.js';
import { accelergyFiles } from '../../src/energy/accelergy/exportMachine.js';
import { actions } from '../../src/energy/action.js';
import { exportAccelergy } from '../../src/explore/exportAccelergy.js';
import type { ScenarioExport } from '../../src/explore/exportAccelergy.js';
import type { ScenarioOverrides } from '../../src/explore/overrides.js';
import { loadScenario } from '../../src/explore/scenario.js';
import { simulate } from '../../src/explore/simulate.js';
import type { VariantResult } from '../../src/report/result.js';
import { surveyedFormats } from '../../src/storage/formats.js';
import { files, inWorkspace } from '../cli/command.js';

async function ranOf(folder: string, overrides: ScenarioOverrides): Promise<VariantResult> {
  const { variants } = await simulate(
    await loadScenario(join(folder, 'scenario.yaml'), { check: false, ...overrides }),
  );
  return variants[0];
}

/** Exports a scenario, writes and reads the files again, and holds what they come to against the run. */
async function exportedAsRun(folder: string, overrides: ScenarioOverrides): Promise<ScenarioExport> {
  const { energy, layers } = await ranOf(folder, { execution: 'estimate', ...overrides });
  const exported = await exportAccelergy(await loadScenario(join(folder, 'scenario.yaml'), overrides));
  const out = join(folder, 'files');
  await mkdir(out, { recursive: true });
  for (const [name, text] of Object.entries(accelergyFiles(exported))) await writeFile(join(out, name), text);
  const { totalPj, components } = evaluateCounts(
    await readErt(join(out, 'ERT.yaml')),
    await readActionCounts(join(out, 'action_counts.yaml')),
  );
  const what = JSON.stringify(overrides);
  expect(totalPj / energy.totalPj, what).to.be.closeTo(1, 1e-9);
  expect(exported.estimation.totalPj).to.equal(totalPj);
  expect(exported.estimation.components.map(({ energyPj }) => energyPj)).to.deep.equal(
    components.map(({ energyPj }) => energyPj),
  );
  expect(exported.layers).to.deep.equal(layers.map(({ counts }) => counts.layer));
  return exported;
}

describe("a scenario in Accelergy's terms", function () {
  this.timeout(120_000);

  for (const dataflow of dataflowNames()) {
    it(`comes to the energy of the run, ${dataflow}, on a flat DRAM and on a part`, () =>
      inWorkspace(async (folder) => {
        const overrides = { dataflows: [dataflow], variants: ['PSD4_P8'] };
        const flat = await exportedAsRun(folder, overrides);
        expect(flat).to.include({ variant: 'PSD4_P8', storage: 'auto', dataflow });
        const part = await exportedAsRun(folder, { ...overrides, dram: 'lpddr4-3200' });
        const dram = part.counts.components.find(({ name }) => name === 'machine.dram')!;
        expect(dram.actions.filter(({ name }) => name === 'background')).to.have.length(4);
      }));
  }

  it('comes to the energy of the run in every storage format, and layer by layer', () =>
    inWorkspace(async (folder) => {
      for (const storage of ['auto', ...surveyedFormats.filter((name) => !name.includes(':'))]) {
        await exportedAsRun(folder, { storage: [storage], variants: ['PSD4_P8'] });
      }
      for (const layer of ['conv1', 'pool', 'fc']) await exportedAsRun(folder, { layers: [layer] });
    }));

  it('is what running the layers on data comes to, too', () =>
    inWorkspace(async (folder) => {
      const { energy } = await ranOf(folder, { variants: ['PSD4_P8'], execution: 'tile' });
      const { estimation } = await exportedAsRun(folder, { variants: ['PSD4_P8'] });
      expect(estimation.totalPj / energy.totalPj).to.be.closeTo(1, 1e-9);
    }));

  it('ends at a signal', () =>
    inWorkspace(async (folder) => {
      const reason = new Error('enough');
      const error = await exportAccelergy(await loadScenario(join(folder, 'scenario.yaml')), {
        signal: AbortSignal.abort(reason),
      }).catch((found: unknown) => found);
      expect(error).to.equal(reason);
    }));
});

/** A machine whose register files are of one size in all layers, so that each action has one price; buffers of several kinds. */
const machine = files['machine.yaml']
  .replace(
    'dataflow: weight-stationary',
    'dataflow: row-stationary, registerFiles: { ifmap: 12 B, weight: 224 B, psum: 96 B }',
  )
  .replace(
    / {2}- \{ name: glb.*\n/,
    '  - { name: maps, holds: [ifmap, ofmap], capacity: 16 KiB, banks: 2, word: 64 bit, cell: itrs-lop }\n' +
      '  - { name: weights, holds: [weight], capacity: 8 KiB, word: 32 bit, cell: itrs-lop }\n' +
      '  - { name: sums, holds: [psum], capacity: 16 KiB, banks: 4, word: 128 bit, cell: itrs-lop }\n',
  );

/** A table that takes every action's figure from an exported ERT. */
function tableOfErt(): string {
  const entry = (component: string, action: string, when: string, from: string, more = ''): string =>
    `  - { component: ${component}, action: ${action}${when}, source: exported, ert: { component: ${from}, action: ${action}${more} } }\n`;
  const widths: Readonly<Record<string, number>> = { maps: 64, weights: 32, sums: 128 };
  const text = actions
    .filter(({ kind, component }) => kind !== 'area' && component !== 'dram')
    .map(({ component, action, kind }) => {
      const cycle = kind === 'power' ? ', cycle: 2 ns' : '';
      const top = `machine.${component}`;
      if (component === 'register-file') {
        return ['ifmap', 'weight', 'psum']
          .map((tensor) =>
            entry(
              component,
              action,
              `, when: { tensor: ${tensor} }`,
              `machine.${tensor}-${component}`,
              cycle,
            ),
          )
          .join('');
      }
      if (component === 'buffer') {
        return Object.entries(widths)
          .map(([name, width]) =>
            entry(
              ...([component, action, `, when: { buffer: ${name} }`, `machine.${name}`] as const),
              action === 'route' ? `, width: ${width} bit` : cycle,
            ),
          )
          .join('');
      }
      return entry(component, action, '', top, kind === 'energy-per-bit' ? ', width: 1 bit' : cycle);
    })
    .join('');
  return `kind: energy-table\nname: back\ntechnology: 45 nm\nfamily: accelergy\nert: files/ERT.yaml\nentries:\n${text}`;
}

describe('an energy table made of an exported ERT', () => {
  it('gives the same machine the same energy, layer by layer and component by component', () =>
    inWorkspace(
      async (folder) => {
        // Pooling has no PEs at work: the size of their register files is another one there.
        const overrides = { variants: ['PSD4_P8'], layers: ['conv1', 'conv2', 'fc'] };
        const { ert } = await exportedAsRun(folder, overrides);
        for (const { actions: rows } of ert.tables) {
          for (const row of rows) expect(row.arguments, row.name).to.deep.equal({});
        }
        const before = await ranOf(folder, { ...overrides, execution: 'estimate' });
        await writeFile(join(folder, 'back.yaml'), tableOfErt());
        await writeFile(join(folder, 'scenario.yaml'), `${files['scenario.yaml']}energy: ./back.yaml\n`);
        const after = await ranOf(folder, { ...overrides, execution: 'estimate' });
        expect(after.energy.totalPj / before.energy.totalPj).to.be.closeTo(1, 1e-9);
        after.layers.forEach(({ energy }, index) => {
          const own = before.layers[index].energy;
          for (const [level, pj] of Object.entries(own.levelsPj)) {
            expect(energy.levelsPj[level as keyof typeof own.levelsPj], level).to.be.closeTo(
              pj,
              own.totalPj * 1e-9,
            );
          }
        });
        const { componentsPj, sources } = after.energy;
        for (const [name, pj] of Object.entries(before.energy.componentsPj.buffers)) {
          expect(componentsPj.buffers[name] / pj, name).to.be.closeTo(1, 1e-9);
        }
        expect([...new Set(sources.map(({ family }) => family))].sort()).to.deep.equal(['accelergy', 'flat']);
      },
      { 'machine.yaml': machine },
    )).timeout(60_000);
});
