import { expect } from 'chai';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { openMappingCache } from '../../src/explore/mappingCache.js';
import type { MappingCache, StoredSearch } from '../../src/explore/mappingCache.js';
import { loadScenario, planScenario } from '../../src/index.js';
import type { CellPlan } from '../../src/index.js';
import type { LayerEstimate } from '../../src/machine/estimateLayer.js';
import { files } from '../cli/command.js';
import { inFolder } from '../document/fixtures.js';

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

  const writeWorkspace = (folder: string): void => {
    const all = { ...files, 'pruned.yaml': pruned, 'scenario.yaml': scenario };
    for (const [name, text] of Object.entries(all)) writeFileSync(join(folder, name), text);
  };

  it('is the plan without one, of supports and sizes that follow from the weights, too', () =>
    inFolder(async (folder) => {
      writeWorkspace(folder);
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
      writeWorkspace(folder);
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

  it('believes no entry whose mapping does not cost what it says', () =>
    inFolder(async (folder) => {
      writeWorkspace(folder);
      const load = () => loadScenario(join(folder, 'scenario.yaml'));
      const plain = mappingsOf(await planScenario(await load()));
      const kept = new Map<string, StoredSearch>();
      let shift = 0;
      const cache: MappingCache = {
        folder,
        get: (key) => {
          const stored = kept.get(key);
          return stored && { ...stored, cost: stored.cost + shift };
        },
        put: (key, value) => void kept.set(key, value),
        close: () => Promise.resolve(undefined),
      };
      await planScenario(await load(), { cache });
      const searches = kept.size;
      expect(searches).to.be.above(8);
      kept.forEach((value, key) => kept.set(key, { ...value, judged: -1 }));
      shift = 1;
      expect(mappingsOf(await planScenario(await load(), { cache }))).to.deep.equal(plain);
      expect([...kept.values()].some(({ judged }) => judged === -1)).to.equal(false);
    }));
});
