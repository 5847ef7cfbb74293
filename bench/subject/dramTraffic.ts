import type { DramObservers } from '../../src/machine/dram/commands.js';
import { createRandom } from '../../src/tensor/random.js';

/** Requests that lie ready, one burst each. */
export interface Traffic {
  readonly name: string;
  readonly addresses: Float64Array;
  /** 1 for a write. */
  readonly writes: Uint8Array;
  /** Earliest clocks. */
  readonly clocks: Float64Array;
  readonly tags: Uint8Array;
}

const burstBytes = 64;
/** Writes of a mixed stream lie so far from its reads. */
const writesFrom = 2 ** 28;
/** Addresses of random reads lie below. */
const randomBelow = 2 ** 30;

function emptyTraffic(name: string, bursts: number): Traffic {
  return {
    name,
    addresses: new Float64Array(bursts),
    writes: new Uint8Array(bursts),
    clocks: new Float64Array(bursts),
    tags: new Uint8Array(bursts),
  };
}

/** Bursts one after the other, of every so many the last few written, as fast as they go. */
export function stream(name: string, bursts: number, written: number, ofEvery: number): Traffic {
  const traffic = emptyTraffic(name, bursts);
  for (let i = 0; i < bursts; i++) {
    const isWrite = i % ofEvery >= ofEvery - written;
    traffic.addresses[i] = i * burstBytes + (isWrite && written < ofEvery ? writesFrom : 0);
    traffic.writes[i] = isWrite ? 1 : 0;
  }
  return traffic;
}

export function randomReads(name: string, bursts: number): Traffic {
  const traffic = emptyTraffic(name, bursts);
  const random = createRandom(1);
  for (let i = 0; i < bursts; i++) {
    traffic.addresses[i] = random.integer(randomBelow / burstBytes) * burstBytes;
  }
  return traffic;
}

/** What a machine asks its DRAM for, as its observers are told. */
export function recordTraffic(name: string, run: (observers: DramObservers) => void): Traffic {
  const requests: Array<readonly [address: number, isWrite: boolean, clock: number, tag: number]> = [];
  run({ observeRequest: (...request) => requests.push(request) });
  const traffic = emptyTraffic(name, requests.length);
  requests.forEach(([address, isWrite, clock, tag], i) => {
    traffic.addresses[i] = address;
    traffic.writes[i] = isWrite ? 1 : 0;
    traffic.clocks[i] = clock;
    traffic.tags[i] = tag;
  });
  return traffic;
}
