import { expect } from 'chai';
import fc from 'fast-check';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { UserError } from '../../src/document/userError.js';
import type { EnergyTable } from '../../src/energy/energyTable.js';
import { createEnergyModel, evaluateEnergy } from '../../src/energy/evaluate.js';
import { loadEnergyTable } from '../../src/energy/table.js';
import { countLayer } from '../../src/counts/countLayer.js';
import { cachedSearch } from '../../src/explore/cachedSearch.js';
import type { FoundMapping, SearchSteps } from '../../src/explore/cachedSearch.js';
import { openMappingCache } from '../../src/explore/mappingCache.js';
import type { MappingCache } from '../../src/explore/mappingCache.js';
import { searchKey } from '../../src/explore/searchKey.js';
import { loadScenario, planScenario } from '../../src/index.js';
import type { CellPlan } from '../../src/index.js';
import { estimateLayer } from '../../src/machine/estimateLayer.js';
import type { LayerEstimate } from '../../src/machine/estimateLayer.js';
import { mapLayer } from '../../src/machine/mapLayer.js';
import { convProblem } from '../../src/mapping/layerProblem.js';
import type { LayerProblem } from '../../src/mapping/problem.js';
import { findFormat } from '../../src/storage/formats.js';
import { files } from '../cli/command.js';
import { inFolder } from '../document/fixtures.js';
import { cases, machine, machines } from '../machine/arbitraries.js';

/** A cache that says how often it had an answer. */
function counting(cache: MappingCache): MappingCache & { readonly asked: { hits: number; misses: number } } {
  const asked = { hits: 0, misses: 0 };
  return {
    ...cache,
    asked,
    get: (key) => {
      const stored = cache.get(key);
      asked[stored === undefined ? 'misses' : 'hits']++;
      return stored;
    },
  };
}

/** All that an estimate says, without the functions of its problem. */
function contentOf(estimate: LayerEstimate): object {
  const { steps, mapping, footprint } = estimate.schedule;
  return { steps, mapping, footprint, timeline: estimate.timeline };
}

describe('a cached search', function () {
  this.timeout(120_000);
  let table: EnergyTable;
  before(async () => {
    table = await loadEnergyTable('edge-45nm');
  });

  it('has the answer of a search anew, whatever the layer, the machine and the objective', () =>
    inFolder(async (folder) => {
      let hits = 0;
      await fc.assert(
        fc.asyncProperty(
          cases(),
          machines,
          fc.constantFrom(...(['edp', 'energy', 'latency', 'dram-traffic'] as const)),
          fc.constantFrom('dense', 'csr', 'periodic', 'periodic+huffman', 'bitmask'),
          async ({ modelLayer, images, precision }, accelerator, objective, wanted) => {
            const { layer, supports, operands } = modelLayer;
            const format = findFormat(wanted)!;
            const toStore = { supports, precision: precision.weight, weights: operands!.weights };
            const usable = format.refusal(toStore) === undefined ? format : findFormat('dense')!;
            const problem = convProblem(layer, precision, usable.prepare(toStore), images);
            const costOf = (estimate: LayerEstimate): number => {
              const { schedule, timeline } = estimate;
              if (objective === 'latency' || objective === 'dram-traffic') return timeline.endPs;
              const counts = countLayer(layer, schedule, timeline, priced);
              const { totalPj } = evaluateEnergy(counts, createEnergyModel(priced, precision, table));
              return objective === 'energy' ? totalPj : totalPj * timeline.endPs;
            };
            // Its buffers are smaller than any that were measured.
            const priced = {
              ...accelerator,
              buffers: accelerator.buffers.map((buffer) => ({
                ...buffer,
                wordBits: Math.max(buffer.wordBits, 16),
                extrapolate: true,
              })),
            };
            const steps: SearchSteps = {
              search: () => {
                const estimate = mapLayer(problem, priced, { objective, cost: costOf });
                const cost = costOf(estimate);
                return { estimate, cost, bound: 0, isProven: false, judged: 1, bounded: 0 };
              },
              estimateOf: (mapping) => estimateLayer(problem, mapping, priced),
              costOf,
            };
            let anew: FoundMapping;
            try {
              anew = steps.search();
            } catch (error) {
              if (error instanceof UserError) return fc.pre(false);
              throw error;
            }
            const key = searchKey({
              ...{ kind: layer.kind, problem, accelerator: priced, energyTable: table },
              ...{ precision, objective, weights: operands!.weights },
            });
            const first = openMappingCache(folder);
            cachedSearch(first, key, steps);
            expect(await first.close()).to.equal(undefined);
            const { estimate, ...outcome } = cachedSearch(openMappingCache(folder), key, {
              ...steps,
              search: () => {
                throw new Error('searched although it was known');
              },
            });
            const { estimate: expected, ...expectedOutcome } = anew;
            expect(outcome).to.deep.equal(expectedOutcome);
            expect(contentOf(estimate)).to.deep.equal(contentOf(expected));
            hits++;
          },
        ),
        { numRuns: 30 },
      );
      expect(hits).to.be.at.least(30);
    }));

  const anyProblem = (): LayerProblem => {
    const [{ modelLayer, precision }] = fc.sample(cases(), { numRuns: 1, seed: 3 });
    const { layer, supports } = modelLayer;
    const stored = findFormat('dense')!.prepare({ supports, precision: precision.weight });
    return convProblem(layer, precision, stored);
  };

  it('searches anew where the mapping does not cost what it did, and keeps that', () =>
    inFolder(async (folder) => {
      const problem = anyProblem();
      const accelerator = machine();
      const estimate = mapLayer(problem, accelerator);
      const { mapping } = estimate.schedule;
      const cost = estimate.timeline.endPs;
      const outcome = { bound: 0, isProven: false, judged: 1, bounded: 0 };
      const stale = openMappingCache(folder);
      stale.put('key', { ...outcome, mapping, cost: cost + 1 });
      await stale.close();
      let searches = 0;
      const steps: SearchSteps = {
        search: () => {
          searches++;
          return { ...outcome, estimate, cost };
        },
        estimateOf: (known) => estimateLayer(problem, known, accelerator),
        costOf: ({ timeline }) => timeline.endPs,
      };
      for (const expected of [1, 1]) {
        const cache = openMappingCache(folder);
        expect(cachedSearch(cache, 'key', steps)).to.deep.include({ ...outcome, cost });
        await cache.close();
        expect(searches).to.equal(expected);
      }
      cachedSearch(openMappingCache(folder), undefined, steps);
      cachedSearch(undefined, 'key', steps);
      expect(searches).to.equal(3);
    }));
});

describe('a plan with a cache', function () {
  this.timeout(60_000);

  const mappingsOf = (plans: readonly CellPlan[]): object[] =>
    plans.flatMap(({ layers }) => layers.map(({ estimate }) => contentOf(estimate)));

  const scenario = `kind: scenario
name: small
network: net.yaml
accelerator: machine.yaml
compare:
  - { variant: dense }
  - { variant: PSD4_P8, storage: [periodic, periodic+huffman] }
  - { variant: pruned.yaml, storage: [csr] }
images: { count: 1 }
`;
  const pruned = `kind: sparsity
name: pruned
prune: { unit: weight, by: magnitude, density: 0.4, scope: global }
`;

  it('is the plan without one, of supports and sizes that follow from the weights, too', () =>
    inFolder(async (folder) => {
      for (const [name, text] of Object.entries({
        ...files,
        'pruned.yaml': pruned,
        'scenario.yaml': scenario,
      }))
        writeFileSync(join(folder, name), text);
      const load = () => loadScenario(join(folder, 'scenario.yaml'));
      const plain = mappingsOf(await planScenario(await load()));
      const searched: number[] = [];
      for (const run of ['cold', 'warm']) {
        const cache = counting(openMappingCache(join(folder, 'cache')));
        const plans = await planScenario(await load(), { cache });
        expect(await cache.close()).to.equal(undefined);
        expect(mappingsOf(plans), run).to.deep.equal(plain);
        searched.push(cache.asked.misses);
        expect(cache.asked.hits).to.equal(run === 'cold' ? 0 : searched[0]);
      }
      expect(searched[0]).to.be.above(8);
      expect(searched[1]).to.equal(0);
    }));

  it('asks for other mappings when the weights are others', () =>
    inFolder(async (folder) => {
      for (const [name, text] of Object.entries({
        ...files,
        'pruned.yaml': pruned,
        'scenario.yaml': scenario,
      }))
        writeFileSync(join(folder, name), text);
      const asked = [];
      for (const seed of [1, 2]) {
        const cache = counting(openMappingCache(join(folder, 'cache')));
        await planScenario(await loadScenario(join(folder, 'scenario.yaml'), { seed }), { cache });
        await cache.close();
        asked.push(cache.asked);
      }
      expect(asked[1].misses).to.be.within(1, asked[0].misses - 1);
      expect(asked[1].hits).to.be.above(0);
    }));
});
