import { expect } from 'chai';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { openMappingCache } from '../../src/explore/mappingCache.js';
import { planCells } from '../../src/explore/plan.js';
import { createVariantMaker, loadImages } from '../../src/explore/prepare.js';
import { searchTask, solveTask } from '../../src/explore/searchTask.js';
import type { SearchTask } from '../../src/explore/searchTask.js';
import { createSearchThreads } from '../../src/explore/searchThreads.js';
import type { SearchThreads } from '../../src/explore/searchThreads.js';
import { explainScenario, loadScenario, planScenario } from '../../src/index.js';
import type { CellPlan, Scenario } from '../../src/index.js';
import { files } from '../cli/command.js';
import { inFolder, refusal } from '../document/fixtures.js';

const compared = `kind: scenario
name: small
network: net.yaml
accelerator: machine.yaml
compare:
  - { variant: PSD4_P8, storage: [periodic, periodic+huffman] }
  - { variant: pruned.yaml, storage: [csr] }
images: { count: 1 }
`;
const pruned = `kind: sparsity
name: pruned
prune: { unit: weight, by: magnitude, density: 0.4, scope: global }
`;

/** Calls with a scenario on small files, one of which may read otherwise. */
function withScenario<T>(
  changed: Readonly<Record<string, string>>,
  use: (scenario: Scenario, folder: string) => Promise<T>,
): Promise<T> {
  return inFolder(async (folder) => {
    const all = { ...files, 'pruned.yaml': pruned, 'scenario.yaml': compared, ...changed };
    for (const [name, text] of Object.entries(all)) writeFileSync(join(folder, name), text);
    return use(await loadScenario(join(folder, 'scenario.yaml')), folder);
  });
}

/** All that plans say, without the functions of their problems. */
function contentOf(plans: readonly CellPlan[]): object[] {
  return plans.map(({ notes, layers }) => ({
    notes,
    layers: layers.map(({ layer, estimate: { schedule, timeline }, search, kept, pool }) => ({
      ...{ layer: layer.name, pool: pool?.name, search, kept, timeline },
      ...{ steps: schedule.steps, mapping: schedule.mapping, footprint: schedule.footprint },
    })),
  }));
}

/** Plans with threads that are none: what they are asked is written down, and answered by `answer`. */
async function planWith(
  scenario: Scenario,
  answer: (task: SearchTask) => ReturnType<typeof solveTask> | undefined,
  options: Parameters<typeof planCells>[2] = {},
): Promise<{ readonly plans: CellPlan[]; readonly asked: string[] }> {
  const asked: string[] = [];
  const threads: SearchThreads = {
    begin: (tasks) =>
      tasks.map((task) => {
        asked.push(task.layer.name);
        return Promise.resolve(answer(structuredClone(task)));
      }),
    close: () => Promise.resolve(),
  };
  const maker = createVariantMaker(scenario, await loadImages(scenario));
  return { plans: await planCells(scenario, maker, { ...options, threads }), asked };
}

async function someTask(scenario: Scenario): Promise<SearchTask> {
  const [{ layers, accelerator }] = await planScenario(scenario);
  const { layer, estimate } = layers[0];
  const { energyTable, settings } = scenario;
  const { precision, objective } = settings;
  const effort = { space: 'aligned' } as const;
  const { problem } = estimate.schedule;
  const task = searchTask({ layer, problem, accelerator, energyTable, precision, objective, effort });
  if (task === undefined) throw new Error('no task');
  return task;
}

describe('searching in several threads', function () {
  this.timeout(120_000);

  const one = compared.replace(/compare:[^]*images/, 'variants: [PSD4_P8]\nimages');
  const scenarios = {
    'stored in many ways': { text: compared, jobs: [2, 3] },
    'with poolings fused where that pays': { text: `${one}fuse: auto\n`, jobs: [2] },
    'with maps kept where that pays': { text: `${one}keep: auto\n`, jobs: [2] },
    'through a larger space': { text: `${one}search: { space: aligned }\nlayers: [conv1]\n`, jobs: [2] },
  };
  for (const [what, { text, jobs }] of Object.entries(scenarios)) {
    it(`plans the same with any number of them: ${what}`, () =>
      withScenario({ 'scenario.yaml': text }, async (scenario) => {
        const alone = contentOf(await planScenario(scenario));
        for (const each of jobs)
          expect(contentOf(await planScenario(scenario, { jobs: each })), `${each} jobs`).to.deep.equal(
            alone,
          );
      }));
  }

  it('explains the same with any number of them', () =>
    withScenario({}, async (loaded) => {
      const scenario = { ...loaded, cells: loaded.cells.slice(0, 1), layers: ['conv1'] };
      const alone = await explainScenario(scenario);
      expect(await explainScenario(scenario, { jobs: 2 })).to.deep.equal(alone);
    }));

  it('asks once for what has to be searched for, and believes what it is told', () =>
    withScenario({}, async (scenario) => {
      const alone = contentOf(await planScenario(scenario));
      const { plans, asked } = await planWith(scenario, (task) => ({ ...solveTask(task), judged: -1 }));
      for (const { layers } of plans) {
        for (const { search } of layers) expect(search?.judged).to.equal(-1);
      }
      expect(JSON.stringify(contentOf(plans)).replace(/"judged":-?\d+/g, '')).to.equal(
        JSON.stringify(alone).replace(/"judged":-?\d+/g, ''),
      );
      const perCell = plans.map(({ layers }) => layers.length).reduce((sum, layers) => sum + layers, 0);
      expect(asked.length).to.be.within(8, perCell - 1);
    }));

  it('searches by itself where it is told nothing, or what cannot be', () =>
    withScenario({}, async (scenario) => {
      const alone = contentOf(await planScenario(scenario));
      const { plans } = await planWith(scenario, () => undefined);
      expect(contentOf(plans)).to.deep.equal(alone);
      const wrong = await planWith(scenario, (task) => ({ ...solveTask(task), cost: 1 }));
      expect(contentOf(wrong.plans)).to.deep.equal(alone);
    }));

  it('asks for nothing that is prescribed, or in the cache, and keeps what it is told', () =>
    withScenario(
      {
        'scenario.yaml': `${compared}mapping: { conv2: { tile: { filters: 4, channels: 4, rows: 4, columns: 8 }, order: filters rows columns channels } }\n`,
      },
      async (scenario, folder) => {
        const open = () => ({ cache: openMappingCache(join(folder, 'cache')) });
        const cold = open();
        const first = await planWith(scenario, solveTask, cold);
        await cold.cache.close();
        expect(first.asked).to.not.include('conv2');
        expect(first.asked).to.include('conv1');
        const second = await planWith(scenario, solveTask, open());
        expect(second.asked).to.deep.equal([]);
        expect(contentOf(second.plans)).to.deep.equal(contentOf(first.plans));
      },
    ));

  it('tells the same faults', () =>
    withScenario(
      { 'machine.yaml': files['machine.yaml'].replace('32 KiB', '32 B, extrapolate: true') },
      async (scenario) => {
        const alone = await refusal(() => planScenario(scenario));
        expect(alone).to.match(/machine\.yaml.*: .*layer|layer .*: /);
        expect(await refusal(() => planScenario(scenario, { jobs: 2 }))).to.equal(alone);
      },
    ));

  it('tells the first of several faults', () =>
    withScenario(
      {
        'machine.yaml': files['machine.yaml'].replace('32 KiB', '32 B, extrapolate: true'),
        'scenario.yaml': compared.replace('[csr]', "['2:4']"),
      },
      async (scenario) => {
        const alone = await refusal(() => planScenario(scenario));
        expect(alone).to.not.match(/2:4/);
        expect(await refusal(() => planScenario(scenario, { jobs: 2 }))).to.equal(alone);
      },
    ));

  it('ends with the reason of the signal', () =>
    withScenario({ 'scenario.yaml': `${compared}search: { space: full }\n` }, async (scenario) => {
      const stop = new AbortController();
      const reason = new Error('enough');
      setTimeout(() => {
        stop.abort(reason);
      }, 100);
      const outcome = await planScenario(scenario, { jobs: 2, signal: stop.signal }).catch(
        (error: unknown) => error,
      );
      expect(outcome).to.equal(reason);
    }));

  it('answers in each thread, and nothing for searches that fail or cannot be sent', () =>
    withScenario({}, async (scenario) => {
      const task = await someTask(scenario);
      const threads = createSearchThreads(2);
      try {
        const small = {
          ...task.accelerator,
          buffers: task.accelerator.buffers.map((each) => ({ ...each, capacityBytes: 8 })),
        };
        const unsent = { ...task, layer: { ...task.layer, name: (() => '') as never } };
        const begun = threads.begin([task, { ...task, accelerator: small }, unsent, task, task]) ?? [];
        const found = await Promise.all(begun);
        const expected = solveTask(structuredClone(task));
        expect(found).to.deep.equal([expected, undefined, undefined, expected, expected]);
      } finally {
        await threads.close();
      }
    }));

  it('rejects what is under way when the threads are closed, or were before', () =>
    withScenario({}, async (scenario) => {
      const task = await someTask(scenario);
      const threads = createSearchThreads(2);
      const begun = threads.begin(Array.from({ length: 50 }, () => task)) ?? [];
      await threads.close();
      const late = threads.begin([task, task]) ?? [];
      const ended = await Promise.allSettled([...begun, ...late]);
      expect(ended.map(({ status }) => status)).to.deep.equal(Array.from({ length: 52 }, () => 'rejected'));
    }));

  it('starts no threads of its own accord for a few quick searches', () =>
    withScenario({}, async (scenario) => {
      const task = await someTask(scenario);
      const quick = { ...task, effort: {} };
      const threads = createSearchThreads('auto');
      expect(threads.begin(Array.from({ length: 7 }, () => quick))).to.equal(undefined);
      expect(threads.begin([task])).to.equal(undefined);
      expect(createSearchThreads(1).begin([task, task])).to.equal(undefined);
      await threads.close();
    }));
});
