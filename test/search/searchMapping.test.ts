import { expect } from 'chai';
import fc from 'fast-check';
import { estimateLayer, estimateUnless } from '../../src/machine/estimateLayer.js';
import type { LayerEstimate } from '../../src/machine/estimateLayer.js';
import type { TimelineCache } from '../../src/machine/sharedTimelines.js';
import type { Mapping } from '../../src/mapping/mapping.js';
import { loopNames, wholeTile } from '../../src/mapping/problem.js';
import { forEachBounded } from '../../src/search/floor.js';
import type { SearchProblem } from '../../src/search/floor.js';
import { sumsOf } from '../../src/search/mapLayer.js';
import { valueOf } from '../../src/scenario/objective.js';
import type { ObjectiveSums } from '../../src/scenario/objective.js';
import { createRefinement } from '../../src/search/refine.js';
import { searchMapping } from '../../src/search/searchMapping.js';
import type { Judge, Judged, MappingSearch, SearchLimits } from '../../src/search/searchMapping.js';
import { mappingSpaces } from '../../src/search/space.js';
import type { MappingSpace } from '../../src/search/space.js';
import { searches } from './searchCases.js';

function judgeOf({ problem, accelerator, priced }: SearchProblem) {
  return (mapping: Mapping): { sums: ObjectiveSums; estimate: LayerEstimate } => {
    const estimate = estimateLayer(problem, mapping, accelerator);
    return { sums: sumsOf(estimate, accelerator, priced), estimate };
  };
}

/** Gives up what cannot win, and runs the clock once for mappings that are alike; tells of those that it gave up. */
function quickJudgeOf(
  { problem, accelerator, priced }: SearchProblem,
  onGivenUp: () => void,
): Judge<LayerEstimate> {
  const timelines: TimelineCache = new Map();
  return (mapping, passes, isTooLate) => {
    const estimate = estimateUnless(isTooLate, problem, mapping, accelerator, { passes, timelines });
    if (estimate === undefined) onGivenUp();
    return estimate && { sums: sumsOf(estimate, accelerator, priced), estimate };
  };
}

function searched(
  search: SearchProblem,
  space: MappingSpace,
  limits?: SearchLimits,
  known?: Judged<LayerEstimate>,
  judge: Judge<LayerEstimate> = judgeOf(search),
): MappingSearch<LayerEstimate> {
  const steps = searchMapping(search, space, judge, limits, known);
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
  }
}

/** Estimates every single mapping of a space. */
function bruteForce(search: SearchProblem, space: MappingSpace): { least: number; count: number } {
  const judge = judgeOf(search);
  const refine = createRefinement(search, new Map(), space);
  let least = Infinity;
  let count = 0;
  forEachBounded(search, space, {
    limit: () => Infinity,
    passOver: () => undefined,
    visit: (bounded) => {
      for (const { mapping } of refine(bounded)) {
        least = Math.min(least, valueOf(search.objective, judge(mapping).sums));
        count++;
      }
    },
  });
  return { least, count };
}

/** Searches of so few mappings that all can be estimated. */
const smallSearches = searches.filter(({ problem }) => {
  const whole = wholeTile(problem);
  return loopNames.reduce((product, loop) => product * whole[loop], 1) <= 40;
});

describe('the search for a mapping', () => {
  it('never loses the best one by pruning: it is what trying all of them finds', () => {
    let spared = 0;
    let all = 0;
    fc.assert(
      fc.property(smallSearches, (search) => {
        const { least, count } = bruteForce(search, mappingSpaces.aligned);
        const found = searched(search, mappingSpaces.aligned);
        expect(found.isProven).to.equal(true);
        expect(found.best?.value ?? Infinity).to.equal(least);
        if (found.best !== undefined) expect(found.bound).to.equal(least);
        expect(found.judged).to.be.at.most(count);
        spared += count - found.judged;
        all += count;
      }),
      { numRuns: 60 },
    );
    expect(spared).to.be.above(all / 3);
  });

  it('finds the same with memory for a few mappings only', () => {
    fc.assert(
      fc.property(smallSearches, fc.integer({ min: 1, max: 5 }), (search, remembered) => {
        const found = searched(search, mappingSpaces.aligned);
        const again = searched(search, mappingSpaces.aligned, { remembered });
        expect(again.best?.value).to.equal(found.best?.value);
        expect(again.best?.mapping).to.deep.equal(found.best?.mapping);
        expect(again.isProven).to.equal(true);
      }),
      { numRuns: 40 },
    );
  });

  it('says truly how far from the best it may be when it is cut short', () => {
    let open = 0;
    fc.assert(
      fc.property(
        smallSearches,
        fc.integer({ min: 1, max: 4 }),
        fc.integer({ min: 1, max: 30 }),
        (search, judgements, refinements) => {
          const whole = searched(search, mappingSpaces.aligned);
          const short = searched(search, mappingSpaces.aligned, { judgements, refinements });
          if (whole.best === undefined) {
            expect(short.best).to.equal(undefined);
            return;
          }
          expect(short.best?.value).to.be.at.least(whole.best.value);
          expect(short.bound).to.be.at.most(whole.best.value * (1 + 1e-12));
          if (short.isProven) expect(short.best?.value).to.equal(whole.best.value);
          else open++;
          expect(short.judged).to.be.at.most(judgements);
        },
      ),
      { numRuns: 80 },
    );
    expect(open).to.be.above(0);
  });

  it('stops when time is over, with a mapping all the same', () => {
    fc.assert(
      fc.property(smallSearches, (search) => {
        const whole = searched(search, mappingSpaces.aligned);
        const short = searched(search, mappingSpaces.aligned, { isOver: () => true });
        expect(short.best === undefined).to.equal(whole.best === undefined);
        expect(short.judged).to.be.at.most(1);
      }),
      { numRuns: 20 },
    );
  });

  it('goes on from what is known, and never falls behind it', () => {
    fc.assert(
      fc.property(smallSearches, (search) => {
        const whole = searched(search, mappingSpaces.aligned);
        const first = searched(search, mappingSpaces.halved, { judgements: 1 });
        const found = searched(search, mappingSpaces.aligned, {}, first.best);
        expect(found.best?.value).to.equal(
          whole.best && Math.min(whole.best.value, first.best?.value ?? Infinity),
        );
      }),
      { numRuns: 30 },
    );
  });

  it('gives equal answers to equal questions', () => {
    fc.assert(
      fc.property(smallSearches, (search) => {
        expect(searched(search, mappingSpaces.halved).best?.mapping).to.deep.equal(
          searched(search, mappingSpaces.halved).best?.mapping,
        );
      }),
      { numRuns: 20 },
    );
  });

  it('has the same answer when it gives up mappings that cannot win, and judges as many', () => {
    let givenUp = 0;
    fc.assert(
      fc.property(searches, (search) => {
        const limits = { judgements: 30, refinements: 200 };
        const judge = quickJudgeOf(search, () => givenUp++);
        const quick = searched(search, mappingSpaces.halved, limits, undefined, judge);
        const patient = searched(search, mappingSpaces.halved, limits);
        expect(quick).to.deep.equal(patient);
      }),
      { numRuns: 60 },
    );
    expect(givenUp).to.be.above(30);
  });
});
