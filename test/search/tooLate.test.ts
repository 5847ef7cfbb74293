import { expect } from 'chai';
import fc from 'fast-check';
import { estimateLayer } from '../../src/machine/estimateLayer.js';
import { valueOf } from '../../src/scenario/objective.js';
import { forEachBounded } from '../../src/search/floor.js';
import { sumsOf } from '../../src/search/mapLayer.js';
import { createRefinement } from '../../src/search/refine.js';
import type { RefinedMapping } from '../../src/search/refine.js';
import { mappingSpaces } from '../../src/search/space.js';
import { tooLateFor } from '../../src/search/tooLate.js';
import { searches } from './searchCases.js';

describe('the time from when on a mapping is worse than a known one', () => {
  it('is not before the end of one that costs as much or less, and is where latency alone makes it worse', () => {
    fc.assert(
      fc.property(searches, (search) => {
        const { problem, accelerator, objective, priced } = search;
        const refine = createRefinement(search, new Map(), mappingSpaces.halved);
        const found: RefinedMapping[] = [];
        forEachBounded(search, mappingSpaces.halved, {
          limit: () => (found.length < 6 ? Infinity : -Infinity),
          passOver: () => undefined,
          visit: (bounded) => found.push(...refine(bounded)),
        });
        for (const refined of found) {
          const sums = sumsOf(estimateLayer(problem, refined.mapping, accelerator), accelerator, priced);
          const value = valueOf(objective, sums);
          const { latencyPs } = sums;
          expect(tooLateFor(refined, objective, { value, sums })(latencyPs)).to.equal(false);
          expect(tooLateFor(refined, objective, undefined)(latencyPs)).to.equal(false);
          if (objective === 'dram-traffic') continue;
          const isTooLate = tooLateFor(refined, objective, { value: value * 0.9, sums });
          expect(isTooLate(1e6 * latencyPs)).to.equal(true);
        }
      }),
      { numRuns: 100 },
    );
  });
});
