import { expect } from 'chai';
import fc from 'fast-check';
import { createDramController } from '../../../src/dram/controller/createDramController.js';
import { defaultController } from '../../../src/dram/controllerSettings.js';
import type { ControllerSettings } from '../../../src/dram/controllerSettings.js';
import { burstBytesOf } from '../../../src/dram/part.js';
import type { DramPart } from '../../../src/dram/part.js';
import { dramsim3Ddr4 } from '../fixtures.js';
import { anyPart, clocks } from '../randomPart.js';

/** So many bursts one after the other, from a burst on, all in one direction. */
interface Stretch {
  readonly start: number;
  readonly bursts: number;
  readonly isWrite: boolean;
  /** Clocks without requests before it. */
  readonly pause: number;
  readonly tag: number;
  /** After so many bursts one lies in the other half of the device: mostly in another row of the same bank. */
  readonly detourAfter: number;
}

const anyStretches = fc.array(
  fc.record({
    start: fc.nat(),
    bursts: clocks(1, 700),
    isWrite: fc.boolean(),
    pause: fc.constantFrom(0, 0, 0, 40, 3000),
    tag: clocks(0, 7),
    detourAfter: fc.constantFrom(9, 30, 1000),
  }),
  { minLength: 1, maxLength: 4 },
);

const anyMap = fc.constantFrom(defaultController.addressMap, 'rochrababgco', 'bank-row-column-bankgroup');

const anyStreamSettings: fc.Arbitrary<ControllerSettings> = clocks(1, 32).chain((window) =>
  fc
    .record({
      addressMap: anyMap,
      bankQueue: clocks(1, 8),
      maxRowHits: clocks(1, 20),
      refresh: fc.constantFrom('all-bank', 'none'),
      writeHigh: clocks(1, window),
      writeLow: fc.constant(0),
    })
    .map((given) => ({ ...defaultController, ...given, window })),
);

/** Commands, clocks of batches and activity, as text. */
function run(part: DramPart, settings: ControllerSettings, stretches: readonly Stretch[]): string {
  const log: string[] = [];
  const controller = createDramController(part, settings, (...command) => log.push(command.join(' ')));
  const burstBytes = burstBytesOf(part.organisation);
  const bursts = controller.capacityBytes / burstBytes;
  let clock = 0;
  const batches = stretches.map(({ start, bursts: count, isWrite, pause, tag, detourAfter }) => {
    const batch = controller.beginBatch();
    clock += pause;
    for (let i = 0; i < count; i++) {
      const detour = i % detourAfter === detourAfter - 1 ? bursts / 2 : 0;
      controller.push(((start + i + detour) % bursts) * burstBytes, isWrite, clock, tag);
    }
    return batch;
  });
  const ends = batches.map((batch) => controller.completedClock(batch));
  const end = controller.finish();
  controller.idleUntil(end);
  return [...log, ...ends, JSON.stringify(controller.activity())].join('\n');
}

/** The short way does not know power-down; this one never comes. */
const longWay = (settings: ControllerSettings): ControllerSettings => ({
  ...settings,
  powerDownClocks: 2 ** 50,
});

describe('the short way for streams', () => {
  it('gives the commands that the long way gives', () => {
    fc.assert(
      fc.property(anyPart, anyStreamSettings, anyStretches, (part, settings, stretches) => {
        expect(run(part, settings, stretches)).to.equal(run(part, longWay(settings), stretches));
      }),
      { numRuns: 60 },
    );
  });

  it('gives them on a DDR4 DIMM, with rows that take in hundreds of bursts', () => {
    fc.assert(
      fc.property(anyStreamSettings, anyStretches, (settings, stretches) => {
        expect(run(dramsim3Ddr4, settings, stretches)).to.equal(
          run(dramsim3Ddr4, longWay(settings), stretches),
        );
      }),
      { numRuns: 60 },
    );
  });
});
