import { expect } from 'chai';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { UserError } from '../../src/document/userError.js';
import { partsOf, runThreadCount } from '../../src/explore/runParts.js';
import { loadScenario, simulate } from '../../src/index.js';
import type { Scenario, ScenarioResult } from '../../src/index.js';
import { files } from '../cli/command.js';
import { inFolder } from '../document/fixtures.js';

const { 'scenario.yaml': own } = files;

function withScenario<T>(keys: string, use: (scenario: Scenario) => Promise<T>): Promise<T> {
  return inFolder(async (folder) => {
    for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
    writeFileSync(join(folder, 'scenario.yaml'), `${own.replace(/^images:.*\n/m, '')}${keys}\n`);
    return use(await loadScenario(join(folder, 'scenario.yaml')));
  });
}

describe('runs in several threads', function () {
  this.timeout(120_000);

  it('say what one thread says, for variants and images alike', () =>
    withScenario('images: { count: 5, seed: 3 }', async (scenario) => {
      const alone = await simulate(scenario);
      expect(alone.variants).to.have.lengthOf(2);
      expect(alone.variants[0].check?.outputs).to.be.above(0);
      for (const jobs of [2, 3]) {
        const layers: string[] = [];
        const shared = await simulate(scenario, {
          jobs,
          onProgress: ({ variant, activity }) => layers.push(`${variant} ${activity}`),
        });
        expect(shared).to.deep.equal(alone);
        const first = scenario.layers[0];
        expect(layers.filter((told) => told === `PSD4_P8 ${first}`)).to.have.lengthOf(5);
      }
    }));

  it('take maps that lie compressed, whose sizes are those of the first batch', () =>
    withScenario('activations: bitmask\nbatch: 2\nimages: { count: 4 }', async (scenario) => {
      expect(await simulate(scenario, { jobs: 4 })).to.deep.equal(await simulate(scenario));
    }));

  it('refuse what one thread refuses, in the same words', () =>
    withScenario('images: { count: 2 }\nweights: { file: none.npz }', async (scenario) => {
      const fault = (jobs: number): Promise<unknown> =>
        simulate(scenario, { jobs }).then(
          () => undefined,
          (error: unknown) => error,
        );
      const [alone, shared] = [await fault(1), await fault(2)];
      expect(alone).to.be.instanceOf(UserError);
      expect(shared).to.be.instanceOf(UserError);
      expect(String(shared)).to.equal(String(alone));
    }));

  it('end when they are told to', () =>
    withScenario('images: { count: 8 }', async (scenario) => {
      const control = new AbortController();
      const reason = new Error('enough');
      const running = simulate(scenario, {
        jobs: 2,
        signal: control.signal,
        onProgress: ({ activity }) => {
          if (!activity.startsWith('mapping')) control.abort(reason);
        },
      });
      const ended = await running.then(
        (result: ScenarioResult) => result,
        (error: unknown) => error,
      );
      expect(ended).to.equal(reason);
    }));

  it('are as many as asked for where there is so much to do, and one for little', () =>
    withScenario('images: { count: 5 }', (scenario) => {
      expect(runThreadCount(3, scenario, 5)).to.equal(3);
      expect(runThreadCount(64, scenario, 5)).to.equal(10);
      expect(runThreadCount('auto', scenario, 5)).to.equal(1);
      expect(runThreadCount(2, { ...scenario, cells: scenario.cells.slice(1) }, 1)).to.equal(1);
      const { settings } = scenario;
      const estimated = { ...scenario, settings: { ...settings, execution: 'estimate' as const } };
      expect(runThreadCount(2, estimated, 5)).to.equal(1);
      return Promise.resolve();
    }));

  it('run every batch of every cell once', () =>
    withScenario('images: { count: 7 }', (scenario) => {
      for (const threads of [1, 2, 3, 5, 20]) {
        const run = partsOf(scenario, 7, threads).flatMap(({ cell, batches: { first, end } }) =>
          Array.from({ length: end - first }, (_, index) => cell * 7 + first + index),
        );
        expect(run).to.deep.equal(Array.from({ length: 14 }, (_, index) => index));
        expect(partsOf(scenario, 7, threads)).to.have.lengthOf.at.least(Math.min(threads, 14));
      }
      return Promise.resolve();
    }));
});
