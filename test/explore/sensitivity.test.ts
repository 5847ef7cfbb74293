import { expect } from 'chai';
import { join } from 'node:path';
import { nameOf } from '../../src/energy/action.js';
import type { EnergyEntry } from '../../src/energy/energyTable.js';
import type { SramPoint } from '../../src/energy/sram.js';
import { analyseSensitivity, loadScenario, simulate } from '../../src/index.js';
import type { Scenario } from '../../src/index.js';
import { files, inWorkspace } from '../cli/command.js';

const by = 0.3;

/** The table with a figure at 1 + by times itself; the searches for mappings of least DRAM traffic do not see it. */
function withEntry(scenario: Scenario, figure: string): Scenario {
  const isMeant = (entry: EnergyEntry): boolean => {
    const { layer, tensor } = entry.when;
    const narrowed = [...(tensor ?? []), ...(layer ?? [])].join(', ');
    return (narrowed === '' ? nameOf(entry) : `${nameOf(entry)} (${narrowed})`) === figure;
  };
  const entries = scenario.energyTable.entries.map((entry) =>
    isMeant(entry) ? { ...entry, formula: `(${entry.formula}) * ${1 + by}` } : entry,
  );
  return { ...scenario, energyTable: { ...scenario.energyTable, entries } };
}

function withSram(scenario: Scenario, key: 'readPj' | 'writePj' | 'leakageMw'): Scenario {
  const { sram } = scenario.energyTable;
  if (sram === undefined) throw new Error('the table names no SRAM table');
  const scaled = (point: SramPoint): SramPoint => ({ ...point, [key]: point[key] * (1 + by) });
  const cells = sram.cells.map((cell) => ({
    ...cell,
    widths: cell.widths.map((width) => ({ ...width, points: width.points.map(scaled) })),
  }));
  return { ...scenario, energyTable: { ...scenario.energyTable, sram: { ...sram, cells } } };
}

function withDramEnergy(scenario: Scenario): Scenario {
  const cells = scenario.cells.map((cell) => {
    const { dram } = cell.accelerator;
    if (dram.kind !== 'flat' || dram.energyPjPerBit === undefined) throw new Error('expected a flat DRAM');
    const dearer = { ...dram, energyPjPerBit: dram.energyPjPerBit * (1 + by) };
    return { ...cell, accelerator: { ...cell.accelerator, dram: dearer } };
  });
  return { ...scenario, cells };
}

const ofSram = { 'glb read': 'readPj', 'glb write': 'writePj', 'glb leak': 'leakageMw' } as const;

function withChanged(scenario: Scenario, figure: string): Scenario {
  if (figure in ofSram) return withSram(scenario, ofSram[figure as keyof typeof ofSram]);
  return figure === 'dram energy per bit' ? withDramEnergy(scenario) : withEntry(scenario, figure);
}

const scenarioFile = {
  'scenario.yaml': `${files['scenario.yaml']}objective: dram-traffic\nexecution: estimate\n`,
};

describe('sensitivity of a scenario', function () {
  this.timeout(60_000);

  it('foretells what a run says whose table has one figure changed, for each of its figures', () =>
    inWorkspace(async (folder) => {
      const scenario = await loadScenario(join(folder, 'scenario.yaml'));
      for (const metric of ['energy', 'edp'] as const) {
        const [{ figures, ratio }] = (await analyseSensitivity(scenario, { by, metric })).variants;
        expect(figures.map(({ figure }) => figure)).to.include.members([
          'mac mac',
          'register-file read',
          'glb read',
          'glb leak',
          'dram energy per bit',
        ]);
        for (const { figure, ratioAtHigh, swing } of metric === 'energy' ? figures : figures.slice(0, 3)) {
          const [, sparse] = (await simulate(withChanged(scenario, figure))).variants;
          expect(sparse.savings?.[metric], figure).to.be.closeTo(ratioAtHigh, 1e-9);
          if (swing > 1e-6) expect(sparse.savings?.[metric], figure).to.not.be.closeTo(ratio, swing / 100);
        }
      }
    }, scenarioFile));

  it('compares with the ratio that a run on data shows', () =>
    inWorkspace(async (folder) => {
      const scenario = await loadScenario(join(folder, 'scenario.yaml'), { check: false });
      const [, sparse] = (await simulate(scenario)).variants;
      const [{ ratio, dense, latencyRatio }] = (await analyseSensitivity(scenario, { by })).variants;
      expect(ratio).to.be.closeTo(sparse.savings?.energy ?? NaN, 1e-12);
      expect(latencyRatio).to.equal(sparse.savings?.latency);
      expect(dense).to.deep.equal({ variant: 'pSC9', storage: 'auto' });
    }));

  it('estimates a scenario that asks for another execution', () =>
    inWorkspace(async (folder) => {
      const scenario = await loadScenario(join(folder, 'scenario.yaml'));
      expect(scenario.settings.execution).to.equal('tile');
      const totals = new Set<number>();
      await analyseSensitivity(scenario, { by, onProgress: ({ total }) => totals.add(total) });
      // Each of the four layers of both variants is mapped and estimated, and run for neither of the two images.
      expect([...totals]).to.deep.equal([2 * 4 * 2]);
    }));

  it('compares each variant with the dense one of its own dataflow, wherever that stands', () =>
    inWorkspace(async (folder) => {
      const overrides = {
        variants: ['PSD4_P8', 'dense', 'channels-psd4p8'],
        dataflows: ['weight-stationary', 'output-stationary'],
        check: false,
      };
      const scenario = await loadScenario(join(folder, 'scenario.yaml'), overrides);
      const { variants } = await analyseSensitivity(scenario, { by });
      const result = await simulate(scenario);
      expect(variants.map(({ variant, dataflow }) => [variant, dataflow])).to.deep.equal([
        ['PSD4_P8', 'weight-stationary'],
        ['PSD4_P8', 'output-stationary'],
        ['channels-psd4p8', 'weight-stationary'],
        ['channels-psd4p8', 'output-stationary'],
      ]);
      for (const each of variants) {
        const run = result.variants.find(
          ({ variant, dataflow }) => variant === each.variant && dataflow === each.dataflow,
        );
        expect(each.ratio).to.be.closeTo(run?.savings?.energy ?? NaN, 1e-12);
      }
    }));
});
