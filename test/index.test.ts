import { expect } from 'chai';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../src/document/package.js';
import * as library from '../src/index.js';
import { flatten, layerRecord, variantRecord } from '../src/report/records.js';
import { inWorkspace } from './cli/command.js';

describe('the library', function () {
  this.timeout(20_000);

  it('loads, plans, simulates and saves a scenario, and reports progress', () =>
    inWorkspace(async (folder) => {
      const scenario = await library.loadScenario(join(folder, 'scenario.yaml'));
      expect(scenario.layers).to.deep.equal(['conv1', 'conv2', 'pool', 'fc']);
      const plans = await library.planScenario(scenario);
      expect(plans.map(({ layers }) => layers.length)).to.deep.equal([4, 4]);

      const progress: library.Progress[] = [];
      const result = await library.simulate(scenario, { onProgress: (each) => progress.push(each) });
      expect(library.mismatchesOf(result)).to.equal(0);
      const last = progress.at(-1)!;
      expect(last.done).to.equal(last.total);
      expect(progress.every((each, i) => i === 0 || each.done >= progress[i - 1].done)).to.equal(true);

      await library.saveResults(join(folder, 'out'), scenario, result);
      expect(readdirSync(join(folder, 'out'))).to.have.length(4);
      expect(readFileSync(join(folder, 'out', 'layers.csv'), 'utf8')).to.equal(library.layersCsv(result));
      expect(readFileSync(join(folder, 'out', 'summary.csv'), 'utf8')).to.equal(library.summaryCsv(result));
    }));

  it('gives the plan and the simulation the same cycles and bytes', () =>
    inWorkspace(async (folder) => {
      const scenario = await library.loadScenario(join(folder, 'scenario.yaml'));
      const plans = await library.planScenario(scenario);
      const result = await library.simulate(scenario);
      plans.forEach(({ layers }, variant) => {
        layers.forEach(({ estimate }, layer) => {
          const { counts } = result.variants[variant].layers[layer];
          expect(counts.cycles).to.equal(estimate.timeline.cycles);
          expect(counts.dram).to.deep.equal(estimate.timeline.dram);
        });
      });
    }));

  it('says what the weights take in each storage format', () =>
    inWorkspace(async (folder) => {
      const scenario = await library.loadScenario(join(folder, 'scenario.yaml'), { variants: ['PSD4_P8'] });
      const survey = await library.surveyStorage(scenario, ['dense', 'periodic']);
      const [plan] = await library.planScenario(scenario);
      const stored = survey.variants[0].formats[1].layers;
      for (const { layer, supports, estimate } of plan.layers) {
        if (supports === undefined) continue;
        const { bytes } = stored.find(({ layer: name }) => name === layer.name)!;
        expect(bytes?.value, layer.name).to.equal(estimate.schedule.weightLayout?.size.valueBytes);
      }
      expect(library.storageCsv(survey).trim().split('\n')).to.have.length(1 + 2 * stored.length);
      expect(library.storageTable(survey)).to.include('PSD4_P8');
    }));

  it('runs a scenario in a dataflow that a user has registered', () =>
    inWorkspace(async (folder) => {
      const [base] = library.allDataflows();
      // What is registered stays so for the tests to come: it must be right.
      const own: library.Dataflow = { ...base, name: 'of-my-own' };
      const load = (): Promise<library.Scenario> =>
        library.loadScenario(join(folder, 'scenario.yaml'), {
          dataflows: [base.name, 'of-my-own'],
          variants: ['dense'],
          check: false,
        });
      expect(await load().catch((error: unknown) => error)).to.be.instanceOf(library.UserError);
      library.registerDataflow(own);
      expect(() => {
        library.registerDataflow(own);
      }).to.throw(library.UserError, /of a new name, got "of-my-own"/);
      const [one, other] = (await library.simulate(await load())).variants;
      const name = own.name;
      expect(other).to.deep.equal({
        ...one,
        dataflow: name,
        usedDataflows: [name],
        layers: one.layers.map((layer) => ({ ...layer, dataflow: name })),
      });
    }));

  it('ends at a signal', () =>
    inWorkspace(async (folder) => {
      const scenario = await library.loadScenario(join(folder, 'scenario.yaml'));
      const reason = new Error('enough');
      const error = await library
        .simulate(scenario, { signal: AbortSignal.abort(reason) })
        .catch((found: unknown) => found);
      expect(error).to.equal(reason);
    }));

  it('sums layers to totals, and energy to the same total in both splits', () =>
    inWorkspace(async (folder) => {
      const result = await library.simulate(
        await library.loadScenario(join(folder, 'scenario.yaml'), { check: false }),
      );
      for (const { layers, totals, energy } of result.variants) {
        const sum = (figure: (layer: library.LayerResult) => number): number =>
          layers.reduce((total, layer) => total + figure(layer), 0);
        expect(totals.cycles).to.equal(sum(({ counts }) => counts.cycles));
        expect(totals.macs.effectual).to.equal(sum(({ counts }) => counts.macs.effectual));
        expect(totals.utilization).to.be.within(0, 1);
        expect(energy.totalPj).to.be.closeTo(
          sum((layer) => layer.energy.totalPj),
          1e-6,
        );
        const byTensor = Object.values(energy.tensorsPj).reduce(
          (total, pj) => total + pj,
          energy.withoutTensorPj,
        );
        expect(byTensor).to.be.closeTo(energy.totalPj, energy.totalPj * 1e-12);
      }
      for (const { layers, peakChipPowerMw } of result.variants) {
        for (const layer of layers) {
          const averageMw =
            ((layer.energy.totalPj - layer.energy.componentsPj.dram) / layer.energy.latencyPs) * 1000;
          expect(layer.peakChipPowerMw, layer.counts.layer).to.be.at.least(averageMw * (1 - 1e-12));
        }
        const peaks = layers.map((layer) => layer.peakChipPowerMw);
        expect(peakChipPowerMw).to.equal(Math.max(...peaks));
        expect(new Set(peaks).size).to.be.greaterThan(1);
      }
      const [dense, sparse] = result.variants;
      expect(dense.savings).to.include({ parameters: 1, energy: 1, latency: 1 });
      expect(sparse.savings!.effectualMacs).to.equal(
        dense.totals.macs.effectual / sparse.totals.macs.effectual,
      );
    }));

  it('replaces every seed by the one given', () =>
    inWorkspace(async (folder) => {
      const { settings } = await library.loadScenario(join(folder, 'scenario.yaml'), { seed: 99 });
      expect(settings).to.deep.include({ seed: 99, weights: { seed: 99 }, images: { seed: 99, count: 2 } });
    }));

  it('documents every column of its files', () =>
    inWorkspace(async (folder) => {
      const page = readFileSync(join(packageRoot(), 'docs/results.md'), 'utf8');
      const prose = page.replace(/^```[^]*?^```$/gm, '');
      const named = new Set([...prose.matchAll(/`([^`]+)`/g)].map((match) => match[1]));
      const result = await library.simulate(await library.loadScenario(join(folder, 'scenario.yaml')));
      const [variant] = result.variants;
      const columns = [
        ...flatten(layerRecord(result, variant, variant.layers[0])).keys(),
        ...flatten(variantRecord(result, variant)).keys(),
      ];
      const general = (column: string): string =>
        column
          .replace(/^buffers\.[^.]+/, 'buffers.<buffer>')
          .replace(/^(energyPj|areaMm2)\.buffers\..*/, '$1.buffers.<buffer>')
          .replace(/\b(ifmap|weight|index|psum|ofmap)\b(?=\.|$)/, '<tensor>');
      const isNamed = (column: string): boolean => {
        const parts = column.split('.');
        return (
          named.has(column) ||
          named.has(`.${parts.at(-1)}`) ||
          named.has(`${parts[0]}.*`) ||
          (parts.length > 1 && named.has(parts.at(-1)!) && named.has(`${parts[0]}.*`))
        );
      };
      const missing = columns.filter((column) => !isNamed(column) && !isNamed(general(column)));
      expect(missing).to.deep.equal([]);
    }));
});
