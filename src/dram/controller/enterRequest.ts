import { extract } from '../addressMap.js';
import type { AddressMap } from '../addressMap.js';
import { insertRequest } from './bankQueues.js';
import { reach } from './batches.js';
import type { Batches } from './batches.js';
import { deriveCandidate } from './deriveCandidate.js';
import type { ChannelState } from './channelState.js';
import { holdAll } from './groupClocks.js';
import { addJoin } from './joins.js';
import { appendToList, findInList, mayHold, mayHoldTwice, takeFromList, takeSlot } from './requestSlots.js';

/** Whether a channel has room for a request. */
export function mayEnter(state: ChannelState, isWrite: boolean): boolean {
  if (state.isInOrder) return state.queues.length < state.window;
  return (isWrite ? state.waitingWrites : state.waitingReads).length < state.window;
}

/**
 * Takes a request that may enter, at a clock not before the one that entered last. A read of what waits to be written is answered at
 * once; a request for what one of its kind waits for joins it.
 */
export function enterRequest(
  state: ChannelState,
  batches: Batches,
  map: AddressMap,
  isWrite: boolean,
  burst: number,
  tag: number,
  batch: number,
  clock: number,
): void {
  const { slots, queues, waitingReads, waitingWrites } = state;
  const bank = extract(map.bank, burst);
  if (isWrite) reach(batches, batch, clock);
  if (mayHold(slots, burst) && isAnswered(state, batches, isWrite, bank, burst, batch, clock)) return;
  const slot = takeSlot(slots, isWrite, bank, extract(map.row, burst), burst, tag, batch, clock);
  if (state.isInOrder) {
    queueRequest(state, slot, clock);
  } else if (isWrite) {
    appendToList(slots, waitingWrites, slot);
    if (state.draining > 0) queueWrites(state, bank, clock);
    else if (waitingWrites.length >= state.writeHigh) startDraining(state, clock);
  } else if (state.draining === 0 && queues.lengthOf[bank] < queues.depth) {
    queueRequest(state, slot, clock);
  } else {
    appendToList(slots, waitingReads, slot);
  }
}

/** Whether a request is done with by what another one brings or takes. */
function isAnswered(
  state: ChannelState,
  batches: Batches,
  isWrite: boolean,
  bank: number,
  burst: number,
  batch: number,
  clock: number,
): boolean {
  const { slots, queues, waitingReads, waitingWrites, counters, joins } = state;
  const isWritten =
    findInList(slots, queues.first[bank], burst, 1) >= 0 ||
    findInList(slots, waitingWrites.first[bank], burst, 1) >= 0;
  if (isWrite) {
    if (isWritten) counters.merged++;
    return isWritten;
  }
  if (isWritten) {
    reach(batches, batch, clock + 1);
    state.lastDataClock = Math.max(state.lastDataClock, clock + 1);
    counters.forwarded++;
    return true;
  }
  const inQueue = findInList(slots, queues.first[bank], burst, 0);
  const same = inQueue >= 0 ? inQueue : findInList(slots, waitingReads.first[bank], burst, 0);
  if (same < 0) return false;
  slots.joined[same] = addJoin(joins, slots.joined[same], batch);
  counters.merged++;
  return true;
}

/** Puts a request into its bank's queue, where commands are chosen for it. */
function queueRequest(state: ChannelState, slot: number, clock: number): void {
  const { slots, powerDown } = state;
  const bank = slots.bank[slot];
  const rank = state.rankOf[bank];
  if (powerDown.isUsed) {
    wakeRank(state, rank, clock);
    powerDown.waiting[rank]++;
    state.isChosen = false;
  }
  slots.queued[slot] = clock;
  slots.order[slot] = state.requestsQueued++;
  if (!insertRequest(state.queues, slots, slot, state.openRow[bank])) return;
  deriveCandidate(state, bank);
  state.isChosen = false;
}

/** Wakes a rank, if it sleeps, for what comes at `clock`. */
export function wakeRank(
  { powerDown, groupFrom, groupsOfRank }: ChannelState,
  rank: number,
  clock: number,
): void {
  powerDown.wake(rank, clock);
  const first = rank * groupsOfRank;
  holdAll(groupFrom, first, first + groupsOfRank, powerDown.readyClock[rank]);
}

/** After a bank's queue has got room. While writes are going out no read takes it. */
export function refillQueue(state: ChannelState, bank: number, clock: number): void {
  const { slots, queues, waitingReads, waitingWrites } = state;
  if (state.isInOrder) return;
  if (state.draining > 0) queueWrites(state, bank, clock);
  else if (waitingReads.first[bank] >= 0) queueRequest(state, takeFromList(slots, waitingReads, bank), clock);
  if (state.draining === 0 && queues.length === 0 && waitingWrites.length > state.writeLow) {
    startDraining(state, clock);
  }
}

/** As many writes go out as are waiting now. */
export function startDraining(state: ChannelState, clock: number): void {
  state.draining = state.waitingWrites.length;
  for (let bank = 0; bank < state.banks && state.draining > 0; bank++) queueWrites(state, bank, clock);
}

/** Queues a bank's waiting writes while there is room. A write to what an older read waits for ends the draining. */
function queueWrites(state: ChannelState, bank: number, clock: number): void {
  const { slots, queues, waitingReads, waitingWrites } = state;
  while (state.draining > 0 && waitingWrites.first[bank] >= 0 && queues.lengthOf[bank] < queues.depth) {
    const burst = slots.burst[waitingWrites.first[bank]];
    const isRead =
      mayHoldTwice(slots, burst) &&
      (findInList(slots, queues.first[bank], burst, 0) >= 0 ||
        findInList(slots, waitingReads.first[bank], burst, 0) >= 0);
    if (isRead) {
      stopDraining(state, clock);
      return;
    }
    queueRequest(state, takeFromList(slots, waitingWrites, bank), clock);
    if (--state.draining > 0) continue;
    // Full again: as many go on.
    if (waitingWrites.length >= state.writeHigh) state.draining = waitingWrites.length;
    else stopDraining(state, clock);
  }
}

/** The reads that have waited meanwhile go on. */
function stopDraining(state: ChannelState, clock: number): void {
  const { slots, queues, waitingReads } = state;
  state.draining = 0;
  if (waitingReads.length === 0) return;
  for (let bank = 0; bank < state.banks; bank++) {
    while (waitingReads.first[bank] >= 0 && queues.lengthOf[bank] < queues.depth) {
      queueRequest(state, takeFromList(slots, waitingReads, bank), clock);
    }
  }
}
