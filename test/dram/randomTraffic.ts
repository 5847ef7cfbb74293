import fc from 'fast-check';
import type { ControllerSettings } from '../../src/dram/controllerSettings.js';
import { burstBytesOf } from '../../src/dram/part.js';
import type { DramPart } from '../../src/dram/part.js';
import { anyPart, anySettings, clocks } from './randomPart.js';

/** One request for the burst that holds an address. */
export interface Request {
  readonly address: number;
  readonly isWrite: boolean;
  readonly earliestClock: number;
  /** Below 8. */
  readonly tag: number;
  /** Counted from 0 without gaps. */
  readonly batch: number;
}

/** A part, what drives it, and what is asked of it. */
export interface Traffic {
  readonly part: DramPart;
  readonly settings: ControllerSettings;
  readonly requests: readonly Request[];
}

/** A stretch of requests of one kind: where they go, how many of them write, and when they come. */
interface Stretch {
  readonly pattern: 'sequential' | 'strided' | 'random' | 'hot rows' | 'one burst';
  readonly start: number;
  readonly strideBursts: number;
  readonly count: number;
  /** Of 8 requests, so many write, spread at random or in turns. */
  readonly writesOfEight: number;
  readonly inTurns: boolean;
  /** Clocks without requests before the stretch, and between groups of requests that come at once. */
  readonly pauseClocks: number;
  readonly groupSize: number;
  readonly gapClocks: number;
  readonly tag: number;
  readonly newBatch: boolean;
  readonly seed: number;
}

const anyStretch: fc.Arbitrary<Stretch> = fc.record({
  pattern: fc.constantFrom('sequential', 'strided', 'random', 'hot rows', 'one burst'),
  start: fc.nat(),
  strideBursts: clocks(1, 300),
  count: clocks(1, 150),
  writesOfEight: fc.constantFrom(0, 0, 2, 4, 8),
  inTurns: fc.boolean(),
  pauseClocks: fc.constantFrom(0, 0, 100, 2000, 20_000),
  groupSize: fc.constantFrom(1, 4, 32),
  gapClocks: fc.constantFrom(0, 0, 7, 60, 500),
  tag: clocks(0, 7),
  newBatch: fc.boolean(),
  seed: fc.nat(),
});

/** Numbers below 2^32 (Numerical Recipes' linear congruential generator): streams repeat from their seed alone. */
function createNumbers(seed: number): (below: number) => number {
  let state = seed >>> 0;
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

/** The bursts of a stretch, in a device of so many. */
function* burstsOf(stretch: Stretch, bursts: number, next: (below: number) => number): Generator<number> {
  const start = stretch.start % bursts;
  const hot = Array.from({ length: 4 }, () => next(bursts));
  for (let index = 0; index < stretch.count; index++) {
    switch (stretch.pattern) {
      case 'sequential':
        yield (start + index) % bursts;
        break;
      case 'strided':
        yield (start + index * stretch.strideBursts) % bursts;
        break;
      case 'random':
        yield next(bursts);
        break;
      case 'hot rows':
        yield (hot[next(hot.length)] + next(4)) % bursts;
        break;
      case 'one burst':
        yield start;
        break;
    }
  }
}

function requestsOf(stretches: readonly Stretch[], bursts: number, burstBytes: number): Request[] {
  const requests: Request[] = [];
  let clock = 0;
  let batch = 0;
  for (const stretch of stretches) {
    const next = createNumbers(stretch.seed);
    if (stretch.newBatch && requests.length > 0) batch++;
    clock += stretch.pauseClocks;
    let index = 0;
    for (const burst of burstsOf(stretch, bursts, next)) {
      if (index > 0 && index % stretch.groupSize === 0) clock += stretch.gapClocks;
      const draw = stretch.inTurns ? index % 8 : next(8);
      requests.push({
        address: burst * burstBytes + next(burstBytes),
        isWrite: draw < stretch.writesOfEight,
        earliestClock: clock,
        tag: stretch.tag,
        batch,
      });
      index++;
    }
  }
  return requests;
}

/** Bytes of all channels and ranks. */
export function capacityOf({ organisation }: DramPart, { channels, ranks }: ControllerSettings): number {
  const { deviceBits, devices, bankGroups, banksPerGroup, rows, columns } = organisation;
  return (channels * ranks * bankGroups * banksPerGroup * rows * columns * deviceBits * devices) / 8;
}

/** Streams for a DRAM: up to four stretches in succession, each sequential, strided, random, to hot rows or to one burst. */
function anyRequests(part: DramPart, settings: ControllerSettings): fc.Arbitrary<Request[]> {
  const burstBytes = burstBytesOf(part.organisation);
  const bursts = capacityOf(part, settings) / burstBytes;
  return fc
    .array(anyStretch, { minLength: 1, maxLength: 4 })
    .map((stretches) => requestsOf(stretches, bursts, burstBytes));
}

export const anyTraffic: fc.Arbitrary<Traffic> = anyPart.chain((part) =>
  anySettings(part).chain((settings) =>
    anyRequests(part, settings).map((requests) => ({ part, settings, requests })),
  ),
);
