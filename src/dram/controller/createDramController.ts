import { extract, parseAddressMap } from '../addressMap.js';
import type { AddressMap } from '../addressMap.js';
import type { ControllerSettings } from '../controllerSettings.js';
import { burstClocksOf } from '../part.js';
import type { DramPart } from '../part.js';
import { activityOf } from './activityOf.js';
import { beginBatch, createBatches } from './batches.js';
import type { Batches } from './batches.js';
import { createChannelState } from './channelState.js';
import type { ChannelState } from './channelState.js';
import { chooseCommand } from './chooseCommand.js';
import type { DramController, ObserveCommand } from './dramController.js';
import { enterRequest, mayEnter, startDraining } from './enterRequest.js';
import { addIncoming, createIncoming, dropIncoming } from './incoming.js';
import type { Incoming } from './incoming.js';
import { issueCommand } from './issueCommand.js';
import { streamBursts } from './streamBursts.js';

/** The controller's channels, and the one door that requests come in by. */
interface Controller {
  readonly map: AddressMap;
  readonly channels: readonly ChannelState[];
  readonly batches: Batches;
  readonly incoming: Incoming;
  /** No request enters before this clock: none overtakes the one before it, nor enters a queue while it was full. */
  doorClock: number;
}

/**
 * A memory controller for channels of a part, idle at clock 0 with all rows closed.
 *
 * Requests come in by one door, in order: one that finds its channel's queue full holds up those behind it. A channel takes a
 * request per clock, and what has come in at a clock gets its first command at the next one at the earliest.
 *
 * @param observe is told of every command
 * @throws UserError when the address map does not fit the part
 */
export function createDramController(
  part: DramPart,
  settings: ControllerSettings,
  observe?: ObserveCommand,
): DramController {
  const map = parseAddressMap(settings.addressMap, part, settings);
  const { burstBytes, bursts } = map;
  const batches = createBatches();
  const incoming = createIncoming();
  const channels = Array.from({ length: settings.channels }, (_, channel) =>
    createChannelState(channel, part, settings, observe),
  );
  const controller: Controller = {
    map,
    channels,
    batches,
    incoming,
    doorClock: 0,
  };
  const burstClocks = burstClocksOf(part.organisation);
  let settledClock = 0;
  const isWaiting = (): boolean => incoming.length > 0 || channels.some(({ slots }) => slots.taken > 0);

  return {
    capacityBytes: map.capacityBytes,
    beginBatch: () => beginBatch(batches),
    push(address, isWrite, earliestClock, tag) {
      const burst = Math.floor(address / burstBytes);
      if (burst >= bursts) {
        throw new RangeError(`address ${address} lies beyond the ${map.capacityBytes} bytes of the DRAM`);
      }
      const batch = batches.count - 1;
      batches.left[batch]++;
      addIncoming(incoming, burst, earliestClock, batch, 2 * tag + (isWrite ? 1 : 0));
    },
    completedClock(batch) {
      while (batches.left[batch] > 0) step(controller);
      return batches.clock[batch];
    },
    finish() {
      while (isWaiting()) step(controller);
      batches.count = 0;
      return channels.reduce((last, { lastDataClock }) => Math.max(last, lastDataClock), 0);
    },
    idleUntil(clock) {
      for (const channel of channels) {
        for (;;) {
          if (!channel.isChosen) chooseCommand(channel);
          if (channel.chosenClock >= clock) break;
          issueCommand(channel, batches, map);
        }
      }
      controller.doorClock = Math.max(controller.doorClock, clock);
      settledClock = Math.max(settledClock, clock);
    },
    forgetLongestLatency() {
      for (const { counters } of channels) counters.longestReadLatencyClocks = 0;
    },
    activity: () => activityOf(channels, burstClocks, settledClock),
  };
}

/** Lets the next request in, or gives the next command. */
function step(controller: Controller): void {
  const { incoming, channels, map, batches } = controller;
  if (incoming.length === 0) {
    drainIdle(controller, Infinity);
    issueCommand(nextChannel(channels), batches, map);
    return;
  }
  const at = incoming.start;
  const burst = incoming.burst[at];
  const isWrite = (incoming.kind[at] & 1) === 1;
  const channel = channels[channels.length === 1 ? 0 : extract(map.channel, burst)];
  while (!mayEnter(channel, isWrite)) {
    const streamed = streamBursts(channel, incoming, batches, map);
    if (streamed >= 0) {
      controller.doorClock = streamed;
      return;
    }
    const working = nextChannel(channels);
    const clock = working.chosenClock;
    issueCommand(working, batches, map);
    if (working === channel && clock > controller.doorClock) controller.doorClock = clock;
  }
  const earliest = incoming.earliestClock[at];
  let clock = channel.lastEntered + 1;
  if (controller.doorClock > clock) clock = controller.doorClock;
  if (earliest > clock) clock = earliest;
  if (channels.length > 1 || clock >= channel.now) {
    drainIdle(controller, clock);
    // What comes in at a clock is seen after it: commands until then know nothing of it.
    const working = nextChannel(channels);
    if (working.chosenClock <= clock) {
      issueCommand(working, batches, map);
      return;
    }
  }
  controller.doorClock = clock;
  channel.lastEntered = clock;
  enterRequest(channel, batches, map, isWrite, burst, incoming.kind[at] >> 1, incoming.batch[at], clock);
  dropIncoming(incoming);
}

/** Channels that have nothing to do until `clock` but to write, write. */
function drainIdle({ channels }: Controller, clock: number): void {
  for (const channel of channels) {
    if (channel.queues.length > 0 || channel.waitingWrites.length === 0) continue;
    const from = Math.max(channel.now - 1, channel.lastEntered);
    if (clock > from + 1) startDraining(channel, from);
  }
}

/** The channel whose next command comes first. */
function nextChannel(channels: readonly ChannelState[]): ChannelState {
  let first = channels[0];
  if (!first.isChosen) chooseCommand(first);
  for (let i = 1; i < channels.length; i++) {
    const channel = channels[i];
    if (!channel.isChosen) chooseCommand(channel);
    if (channel.chosenClock < first.chosenClock) first = channel;
  }
  return first;
}
