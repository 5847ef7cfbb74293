import type { DramActivity, TaggedActivity } from '../activity.js';
import { parseAddressMap } from '../addressMap.js';
import type { ControllerSettings } from '../controllerSettings.js';
import { burstClocksOf } from '../part.js';
import type { DramPart } from '../part.js';
import { createBatches } from './batches.js';
import { createChannel } from './channel.js';
import type { Channel } from './channel.js';
import { tagCount } from './counters.js';
import type { DramController, ObserveCommand } from './dramController.js';
import { createIncoming } from './incoming.js';

/**
 * A memory controller for channels of a part, idle at clock 0 with all rows closed.
 *
 * Requests come in through one door, in order: one that finds its channel's queue full holds up those behind it. A channel takes a
 * request per clock, and what has come in at a clock gets its first command at the next one.
 *
 * @throws UserError when the address map does not fit the part
 */
export function createDramController(
  part: DramPart,
  settings: ControllerSettings,
  observe?: ObserveCommand,
): DramController {
  const map = parseAddressMap(settings.addressMap, part, settings);
  const batches = createBatches();
  const channels = Array.from({ length: settings.channels }, (_, channel) =>
    createChannel(channel, part, settings, batches, observe),
  );
  const incoming = createIncoming();
  /** No request enters before this clock: none overtakes the one before it, nor enters a queue while it was full. */
  let doorClock = 0;
  const enteredClock = new Float64Array(channels.length).fill(-1);
  let lastDataClock = 0;
  let settledClock = 0;

  /** The channel whose next command comes first. */
  const nextChannel = (): Channel => {
    let first = channels[0];
    for (let i = 1; i < channels.length; i++) {
      if (channels[i].nextClock() < first.nextClock()) first = channels[i];
    }
    return first;
  };
  /** Lets the next request in, or gives the next command; false when there is neither. */
  const step = (): void => {
    if (incoming.length() > 0) {
      const at = incoming.first();
      const isWrite = incoming.isWrite[at] === 1;
      const number = incoming.channel[at];
      const channel = channels[number];
      if (channel.hasRoom(isWrite) && !channel.mustWait(isWrite, incoming.burst[at])) {
        const clock = Math.max(doorClock, enteredClock[number] + 1, incoming.earliestClock[at]);
        const isNow = channels.length === 1 && clock < channel.now();
        if (isNow || clock < nextChannel().nextClock()) {
          doorClock = clock;
          enteredClock[number] = clock;
          channel.enter(
            isWrite,
            incoming.bank[at],
            incoming.row[at],
            incoming.column[at],
            incoming.burst[at],
            incoming.tag[at],
            incoming.batch[at],
            clock,
          );
          incoming.remove();
          return;
        }
        nextChannel().issue();
        return;
      }
      const working = nextChannel();
      working.issue();
      if (working === channel) doorClock = Math.max(doorClock, channel.now() - 1);
      return;
    }
    nextChannel().issue();
  };
  const waiting = (): number => {
    let sum = incoming.length();
    for (const channel of channels) sum += channel.waiting();
    return sum;
  };

  return {
    capacityBytes: map.capacityBytes,
    beginBatch: () => batches.begin(),
    push(address, isWrite, earliestClock, tag) {
      const burst = Math.floor(address / map.burstBytes);
      if (burst >= map.bursts) {
        throw new RangeError(`address ${address} lies beyond the ${map.capacityBytes} bytes of the DRAM`);
      }
      incoming.add(
        isWrite ? 1 : 0,
        map.channelOf(burst),
        map.bankOf(burst),
        map.rowOf(burst),
        map.columnOf(burst),
        burst,
        earliestClock,
        tag,
        batches.add(),
      );
    },
    completedClock(batch) {
      while (!batches.isDone(batch)) step();
      return batches.clock(batch);
    },
    finish() {
      while (waiting() > 0) step();
      for (const channel of channels) lastDataClock = Math.max(lastDataClock, channel.lastDataClock());
      batches.clear();
      return lastDataClock;
    },
    idleUntil(clock) {
      for (const channel of channels) while (channel.nextClock() < clock) channel.issue();
      doorClock = Math.max(doorClock, clock);
      settledClock = Math.max(settledClock, clock);
    },
    activity: () => activityOf(channels, settings.ranks, burstClocksOf(part.organisation), settledClock),
  };
}

function activityOf(
  channels: readonly Channel[],
  ranks: number,
  burstClocks: number,
  clocks: number,
): DramActivity {
  const sum = (figure: (channel: Channel) => number): number =>
    channels.reduce((total, channel) => total + figure(channel), 0);
  const perRank = (figure: (channel: Channel, rank: number) => number): number =>
    sum((channel) =>
      Array.from({ length: ranks }, (_, rank) => figure(channel, rank)).reduce((a, b) => a + b, 0),
    );
  const tagged = Array.from({ length: tagCount }, (_, tag): TaggedActivity => ({
    reads: sum(({ counters }) => counters.reads[tag]),
    writes: sum(({ counters }) => counters.writes[tag]),
    activates: sum(({ counters }) => counters.activates[tag]),
  }));
  const total = (figure: keyof TaggedActivity): number => tagged.reduce((all, each) => all + each[figure], 0);
  const unended = (isActive: boolean): number =>
    perRank((channel, rank) =>
      channel.standby.isActive(rank) === isActive ? channel.unendedPowerDownClocks(rank, clocks) : 0,
    );
  const activePowerDownClocks =
    perRank(({ standby }, rank) => standby.activePowerDownClocks[rank]) + unended(true);
  const prechargePowerDownClocks =
    perRank(({ standby }, rank) => standby.prechargePowerDownClocks[rank]) + unended(false);
  const activeClocks = perRank(({ standby }, rank) => standby.activeClocks(rank, clocks));
  const reads = total('reads');
  const writes = total('writes');
  return {
    clocks,
    activates: total('activates'),
    precharges: sum(({ counters }) => counters.precharges),
    reads,
    writes,
    refreshes: sum(({ counters }) => counters.refreshes),
    bankRefreshes: sum(({ counters }) => counters.bankRefreshes),
    rowHits: sum(({ counters }) => counters.rowHits),
    rowMisses: sum(({ counters }) => counters.rowMisses),
    rowConflicts: sum(({ counters }) => counters.rowConflicts),
    forwarded: sum(({ counters }) => counters.forwarded),
    readLatencyClocks: sum(({ counters }) => counters.readLatencyClocks),
    longestReadLatencyClocks: Math.max(...channels.map(({ counters }) => counters.longestReadLatencyClocks)),
    activeStandbyClocks: activeClocks - activePowerDownClocks,
    prechargeStandbyClocks: clocks * ranks * channels.length - activeClocks - prechargePowerDownClocks,
    activePowerDownClocks,
    prechargePowerDownClocks,
    busyClocks: sum(({ counters }) => counters.busyClocks),
    bankBusyClocks: sum(({ counters }) => counters.bankBusyClocks),
    dataClocks: (reads + writes) * burstClocks,
    tagged,
  };
}
