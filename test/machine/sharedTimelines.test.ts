import { expect } from 'chai';
import fc from 'fast-check';
import { sharedTimeline } from '../../src/machine/sharedTimelines.js';
import type { TimelineCache } from '../../src/machine/sharedTimelines.js';
import { runTimeline, runTimelineUnless } from '../../src/machine/timeline.js';
import { createSchedule } from '../../src/schedule/schedule.js';
import type { Schedule } from '../../src/schedule/schedule.js';
import { forEachBounded } from '../../src/search/floor.js';
import type { SearchProblem } from '../../src/search/floor.js';
import { mappingSpaces } from '../../src/search/space.js';
import { searches } from '../search/searchCases.js';

/** Schedules of some mappings of a space, neighbours among them. */
function schedules(search: SearchProblem, most: number): Schedule[] {
  const found: Schedule[] = [];
  forEachBounded(search, mappingSpaces.halved, {
    limit: () => (found.length < most ? Infinity : -Infinity),
    passOver: () => undefined,
    visit: ({ mapping }) => {
      found.push(createSchedule(search.problem, mapping, search.accelerator, new Map()));
    },
  });
  return found;
}

describe('timelines of a search', () => {
  it('are shared only where the clock would run the same', () => {
    let shared = 0;
    fc.assert(
      fc.property(searches, (search) => {
        const { problem, accelerator } = search;
        const cache: TimelineCache = new Map();
        for (const each of schedules(search, 12)) {
          // All phases of the period together and alone, as a search asks for them one after the other.
          for (const phasesPerGroup of [1, 2, 4]) {
            const mapping = { ...each.mapping, phasesPerGroup };
            const schedule = createSchedule(problem, mapping, accelerator, new Map());
            const before = [...cache.values()].map(({ timeline }) => timeline);
            const timeline = sharedTimeline(() => false, schedule, accelerator, cache);
            if (timeline !== undefined && before.includes(timeline)) shared++;
            expect(timeline).to.deep.equal(runTimeline(schedule, accelerator));
          }
        }
      }),
      { numRuns: 40 },
    );
    expect(shared).to.be.above(100);
  });

  it('are given up only if they end too late, and are the same if not', () => {
    let givenUp = 0;
    fc.assert(
      fc.property(searches, fc.double({ min: 0.5, max: 1.5, noNaN: true }), (search, part) => {
        const { accelerator } = search;
        for (const schedule of schedules(search, 4)) {
          const whole = runTimeline(schedule, accelerator);
          const mostPs = whole.endPs * part;
          const timeline = runTimelineUnless((endPs) => endPs > mostPs, schedule, accelerator);
          if (timeline === undefined) givenUp++;
          if (timeline !== undefined || whole.endPs <= mostPs) expect(timeline).to.deep.equal(whole);
        }
      }),
      { numRuns: 60 },
    );
    expect(givenUp).to.be.above(30);
  });

  it('hears of no time that is later than the end', () => {
    fc.assert(
      fc.property(searches, (search) => {
        for (const schedule of schedules(search, 4)) {
          let latest = 0;
          const isTooLate = (endPs: number): boolean => {
            latest = Math.max(latest, endPs);
            return false;
          };
          const timeline = runTimelineUnless(isTooLate, schedule, search.accelerator);
          expect(latest)
            .to.be.above(0)
            .and.at.most(timeline?.endPs ?? 0);
        }
      }),
      { numRuns: 60 },
    );
  });
});
