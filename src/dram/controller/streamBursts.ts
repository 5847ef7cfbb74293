import { extract } from '../addressMap.js';
import type { AddressMap } from '../addressMap.js';
import { RD, WR } from '../command.js';
import { findHit } from './bankQueues.js';
import { reach } from './batches.js';
import type { Batches } from './batches.js';
import { PRECHARGE, READ, WRITE } from './commandKind.js';
import { deriveCandidate, ownClock } from './deriveCandidate.js';
import type { ChannelState } from './channelState.js';
import { countBusy, countServed } from './counters.js';
import { noteColumn } from './groupClocks.js';
import { dropIncoming } from './incoming.js';
import type { Incoming } from './incoming.js';
import { reachJoined, tell } from './issueCommand.js';
import { alikeMask } from './requestSlots.js';

/** After a try in vain so many steps go by before the next one. */
const patience = 2;

/**
 * The short way for streams: as long as each command is the read (or write) of the oldest request, and lets in one request of the same
 * kind, the shape of all queues stays as it is. Then the slot that a request leaves takes the new one, and only what differs is
 * touched. It gives the commands that `chooseCommand`, `issueCommand` and `enterRequest` would have given, and returns to them
 * as soon as anything else might be next. `incoming` holds requests, and its first one is for this channel.
 *
 * @returns the clock of the last command, or -1 if there was none
 */
export function streamBursts(
  state: ChannelState,
  incoming: Incoming,
  batches: Batches,
  map: AddressMap,
): number {
  const isWrite = (incoming.kind[incoming.start] & 1) === 1;
  if (state.stepsToStream > 0 || !isStream(state, isWrite)) {
    state.stepsToStream = state.stepsToStream > 0 ? state.stepsToStream - 1 : patience;
    return -1;
  }
  const { queues, slots, bankFrom, groupFrom, timing, groupOf, openRow, counters, served } = state;
  const { first, last, lengthOf, depth, usedBanks } = queues;
  const { next, row, order, entered, burst, batch, alike } = slots;
  const waiting = isWrite ? state.waitingWrites : state.waitingReads;
  const hits = isWrite ? queues.writeHit : queues.readHit;
  const kind = isWrite ? WRITE : READ;
  const latency = (isWrite ? timing.writeLatency : timing.readLatency) + timing.burstClocks;
  const toPrecharge = isWrite ? timing.writeToPrecharge : timing.readToPrecharge;
  const toReadInGroup = isWrite ? timing.writeToReadInGroup : timing.columnToColumnInGroup;
  const { refresh, observe } = state;
  /** No bank can go before it. */
  let floor = leastClock(state, kind);
  let isInTurn = isWithoutGaps(state);
  let bank = -1;
  let clock = -1;
  let isOver = false;
  while (incoming.length > 0 && !isOver) {
    // What comes in has to go behind others of its bank.
    const at = incoming.start;
    const newBurst = incoming.burst[at];
    const newBank = extract(map.bank, newBurst);
    if ((incoming.kind[at] & 1) !== kind || lengthOf[newBank] < depth || alike[newBurst & alikeMask] > 0)
      break;
    let head = newBank;
    let go = Infinity;
    if (isInTurn) {
      // Numbers without gaps tell the oldest request; mostly its bank is the one of what comes in, and it can go as soon as any.
      const oldest = state.requestsQueued - queues.length;
      for (let i = 0; order[first[head]] !== oldest; i++) head = usedBanks[i];
      go = Math.max(floor, groupFrom[4 * groupOf[head] + kind], ownClock(state, head, kind, first[head]));
      isInTurn = go === floor || queues.banksInUse === 1;
    }
    if (!isInTurn) {
      head = firstReady(state, kind, floor);
      go = Math.max(floor, groupFrom[4 * groupOf[head] + kind], ownClock(state, head, kind, first[head]));
    }
    const slot = first[head];
    const group = 4 * groupOf[head];
    if (go >= refresh.earliestDueClock || incoming.earliestClock[at] > go) break;
    const follower = waiting.first[head];
    if (follower < 0) break;

    bank = head;
    clock = go;
    floor = go + timing.columnToColumnInRank;
    const dataEnd = go + latency;
    groupFrom[group + READ] = go + toReadInGroup;
    groupFrom[group + WRITE] = go + timing.columnToColumnInGroup;
    if (go + toPrecharge > bankFrom[4 * bank + PRECHARGE]) bankFrom[4 * bank + PRECHARGE] = go + toPrecharge;
    served[bank]++;
    countServed(counters, isWrite, slots.tag[slot], slots.effort[slot]);
    countBusy(counters, bank, go, dataEnd);
    if (isWrite) {
      reach(batches, incoming.batch[at], go);
      // Full again: as many go on.
      if (--state.draining === 0) state.draining = Math.max(state.window - 1, state.writeHigh);
    } else {
      reach(batches, batch[slot], dataEnd);
      if (slots.joined[slot] >= 0) reachJoined(state, batches, slot, dataEnd);
      const took = dataEnd - entered[slot];
      counters.readLatencyClocks += took;
      if (took > counters.longestReadLatencyClocks) counters.longestReadLatencyClocks = took;
    }
    if (observe !== undefined)
      tell(state, isWrite ? WR : RD, go, bank, row[slot], extract(map.column, burst[slot]));

    // The bank's first that waits moves up; since when it is there binds nothing, for the next command is later anyhow ...
    order[follower] = state.requestsQueued++;
    waiting.first[bank] = next[follower];
    next[last[bank]] = follower;
    next[follower] = -1;
    last[bank] = follower;
    first[bank] = next[slot];
    hits[bank] = first[bank];
    isOver = row[first[bank]] !== openRow[bank];
    // ... and the slot takes what comes in.
    alike[burst[slot] & alikeMask]--;
    alike[newBurst & alikeMask]++;
    burst[slot] = newBurst;
    slots.bank[slot] = newBank;
    row[slot] = extract(map.row, newBurst);
    slots.tag[slot] = incoming.kind[at] >> 1;
    batch[slot] = incoming.batch[at];
    entered[slot] = go;
    slots.effort[slot] = 0;
    next[slot] = -1;
    if (waiting.first[newBank] < 0) waiting.first[newBank] = slot;
    else next[waiting.last[newBank]] = slot;
    waiting.last[newBank] = slot;
    dropIncoming(incoming);
  }
  if (clock < 0) {
    state.stepsToStream = patience;
  } else {
    if (isOver) hits[bank] = findHit(queues, slots, bank, first[bank], openRow[bank], isWrite ? 1 : 0);
    endStream(state, bank, isWrite, clock, clock + latency);
  }
  return clock;
}

/** Whether every bank that has requests is ready for the oldest of them, all in one direction, with no room left for more. */
function isStream(state: ChannelState, isWrite: boolean): boolean {
  const { queues, candidates } = state;
  if (!state.isStreamable || state.draining > 0 !== isWrite) return false;
  if (isWrite ? state.waitingReads.length > 0 : queues.length === 0) return false;
  for (let i = 0; i < queues.banksInUse; i++) {
    const bank = queues.usedBanks[i];
    const first = queues.first[bank];
    if (queues.writesOf[bank] !== (isWrite ? queues.lengthOf[bank] : 0)) return false;
    if (candidates.kind[bank] !== (isWrite ? WRITE : READ) || candidates.slot[bank] !== first) return false;
  }
  return true;
}

/** Whether requests went out in the order in which they were queued, so that the numbers of those that are left have no gap. */
function isWithoutGaps({ queues, slots, requestsQueued }: ChannelState): boolean {
  let oldest = Infinity;
  for (let i = 0; i < queues.banksInUse; i++) {
    oldest = Math.min(oldest, slots.order[queues.first[queues.usedBanks[i]]]);
  }
  return oldest === requestsQueued - queues.length;
}

/** The bank whose oldest request can go first, and of several that of the oldest. */
function firstReady(state: ChannelState, kind: number, floor: number): number {
  const { queues, slots, groupFrom, groupOf } = state;
  const { usedBanks, first } = queues;
  let best = -1;
  let bestClock = Infinity;
  for (let i = 0; i < queues.banksInUse; i++) {
    const bank = usedBanks[i];
    let clock = ownClock(state, bank, kind, first[bank]);
    const ofGroup = groupFrom[4 * groupOf[bank] + kind];
    if (ofGroup > clock) clock = ofGroup;
    if (floor > clock) clock = floor;
    if (clock > bestClock) continue;
    if (clock === bestClock && slots.order[first[bank]] > slots.order[first[best]]) continue;
    best = bank;
    bestClock = clock;
  }
  return best;
}

/** A clock before which no bank reads (or writes). */
function leastClock({ groupFrom, now }: ChannelState, kind: number): number {
  let least = Infinity;
  for (let at = kind; at < groupFrom.length; at += 4) least = Math.min(least, groupFrom[at]);
  return Math.max(least, now);
}

/** Brings up to date what only the last burst decides. */
function endStream(
  state: ChannelState,
  bank: number,
  isWrite: boolean,
  clock: number,
  dataEnd: number,
): void {
  const { queues, groupFrom, timing, groupsOfRank } = state;
  noteColumn(groupFrom, timing, groupsOfRank, state.groupOf[bank], isWrite, clock, dataEnd);
  for (let i = 0; i < queues.banksInUse; i++) deriveCandidate(state, queues.usedBanks[i]);
  state.lastDataClock = Math.max(state.lastDataClock, dataEnd);
  state.now = clock + 1;
  state.lastEntered = clock;
  state.lastBank = bank;
  state.isChosen = false;
}
