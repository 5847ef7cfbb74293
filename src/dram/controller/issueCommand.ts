import { ACT, PRE, PREA, RDA, REF, REFpb, WR, WRA } from '../command.js';
import { extract } from '../addressMap.js';
import type { AddressMap } from '../addressMap.js';
import { reach } from './batches.js';
import type { Batches } from './batches.js';
import { ACTIVATE, PRECHARGE, READ, WRITE } from './commandKind.js';
import { deriveCandidate } from './deriveCandidate.js';
import type { ChannelState } from './channelState.js';
import { countBusy, countServed } from './counters.js';
import { noteRowClosed, noteRowOpened, removeRequest } from './bankQueues.js';
import { refillQueue, wakeRank } from './enterRequest.js';
import { holdActivates, noteColumn } from './groupClocks.js';
import { dropJoin } from './joins.js';
import { freeSlot } from './requestSlots.js';

/** Gives the command that `chooseCommand` has found. */
export function issueCommand(state: ChannelState, batches: Batches, map: AddressMap): void {
  const { chosenClock: clock, chosenBank: bank, chosenSlot: slot, chosenCommand: command } = state;
  state.isChosen = false;
  state.now = clock + 1;
  if (slot >= 0) state.lastBank = bank;
  if (state.isForRefresh && state.powerDown.isUsed) {
    const rank = state.rankOf[bank];
    wakeRank(state, rank, state.refresh.dueClock[rank]);
  }
  switch (command) {
    case ACT:
      activate(state, clock, bank, slot);
      return;
    case PRE:
      precharge(state, clock, bank, slot);
      return;
    case PREA:
      prechargeAll(state, clock, bank);
      return;
    case REF:
      refreshRank(state, clock, bank);
      return;
    case REFpb:
      refreshBank(state, clock, bank);
      return;
    default:
      readOrWrite(state, command, clock, bank, slot, batches, map);
  }
}

function readOrWrite(
  state: ChannelState,
  command: number,
  clock: number,
  bank: number,
  slot: number,
  batches: Batches,
  map: AddressMap,
): void {
  const { timing, powerDown, counters, queues, slots, bankFrom } = state;
  const isWriting = command === WR || command === WRA;
  const rank = state.rankOf[bank];
  const row = slots.row[slot];
  const dataEnd = clock + (isWriting ? timing.writeLatency : timing.readLatency) + timing.burstClocks;
  if (dataEnd > state.lastDataClock) state.lastDataClock = dataEnd;
  state.lastUse[bank] = clock;
  noteColumn(state.groupFrom, timing, state.groupsOfRank, state.groupOf[bank], isWriting, clock, dataEnd);
  let recovered: number;
  if (isWriting) {
    recovered = clock + timing.writeToPrecharge;
    if (powerDown.isUsed) powerDown.busyUntil(rank, recovered + 1);
  } else {
    recovered = clock + timing.readToPrecharge;
    reach(batches, slots.batch[slot], dataEnd);
    if (slots.joined[slot] >= 0) reachJoined(state, batches, slot, dataEnd);
    const latency = dataEnd - slots.entered[slot];
    counters.readLatencyClocks += latency;
    if (latency > counters.longestReadLatencyClocks) counters.longestReadLatencyClocks = latency;
    if (powerDown.isUsed) powerDown.busyUntil(rank, dataEnd + 1);
  }
  if (recovered > bankFrom[4 * bank + PRECHARGE]) bankFrom[4 * bank + PRECHARGE] = recovered;
  countServed(counters, isWriting, slots.tag[slot], slots.effort[slot]);
  countBusy(counters, bank, clock, dataEnd);
  state.served[bank]++;
  const burst = slots.burst[slot];
  removeRequest(queues, slots, slot, row);
  freeSlot(slots, slot);
  if (powerDown.isUsed) powerDown.waiting[rank]--;
  if (command === RDA || command === WRA) {
    const closing = bankFrom[4 * bank + PRECHARGE];
    holdActivate(state, bank, closing + timing.precharge);
    close(state, bank, closing);
    powerDown.busyUntil(rank, closing + 1);
  }
  deriveCandidate(state, bank);
  if (state.observe !== undefined) tell(state, command, clock, bank, row, extract(map.column, burst));
  refillQueue(state, bank, clock);
}

/** Reads of other batches that wait for the same burst have it, too. */
export function reachJoined(
  { slots, joins }: ChannelState,
  batches: Batches,
  slot: number,
  clock: number,
): void {
  for (let join = slots.joined[slot]; join >= 0; join = dropJoin(joins, join)) {
    reach(batches, joins.batch[join], clock);
  }
  slots.joined[slot] = -1;
}

function activate(state: ChannelState, clock: number, bank: number, slot: number): void {
  const { timing, queues, slots, bankFrom } = state;
  const rank = state.rankOf[bank];
  const group = state.groupOf[bank];
  const row = slots.row[slot];
  state.openRow[bank] = row;
  state.served[bank] = 0;
  state.lastUse[bank] = clock;
  noteRowOpened(queues, slots, bank, row);
  if (slots.effort[slot] === 0) slots.effort[slot] = 1;
  bankFrom[4 * bank + READ] = clock + timing.activateToRead;
  bankFrom[4 * bank + WRITE] = clock + timing.activateToWrite;
  bankFrom[4 * bank + PRECHARGE] = clock + timing.activateToPrecharge;
  bankFrom[4 * bank + ACTIVATE] = clock + timing.activateToActivate;
  deriveCandidate(state, bank);
  const at = state.oldestActivate[rank];
  const next = (at + 1) & 3;
  state.fourActivates[4 * rank + at] = clock;
  state.oldestActivate[rank] = next;
  const windowOpens = state.fourActivates[4 * rank + next] + timing.fourActivates;
  const inRank = clock + timing.activateToActivateInRank;
  const first = rank * state.groupsOfRank;
  const last = first + state.groupsOfRank;
  holdActivates(state.groupFrom, first, last, windowOpens > inRank ? windowOpens : inRank);
  holdActivates(state.groupFrom, group, group + 1, clock + timing.activateToActivateInGroup);
  state.standby.opened(rank, clock);
  state.powerDown.busyUntil(rank, clock + 1);
  state.counters.activates[slots.tag[slot]]++;
  countBusy(state.counters, bank, clock, clock + timing.activateToRead);
  tell(state, ACT, clock, bank, row, 0);
}

function precharge(state: ChannelState, clock: number, bank: number, slot: number): void {
  const { timing } = state;
  if (slot >= 0) state.slots.effort[slot] = 2;
  holdActivate(state, bank, clock + timing.precharge);
  close(state, bank, clock);
  deriveCandidate(state, bank);
  state.powerDown.busyUntil(state.rankOf[bank], clock + 1);
  countBusy(state.counters, bank, clock, clock + timing.precharge);
  tell(state, PRE, clock, bank, 0, 0);
}

function prechargeAll(state: ChannelState, clock: number, first: number): void {
  const { timing } = state;
  for (let bank = first; bank < first + state.banksOfRank; bank++) {
    holdActivate(state, bank, clock + timing.prechargeAll);
    if (state.openRow[bank] >= 0) close(state, bank, clock);
    deriveCandidate(state, bank);
  }
  state.powerDown.busyUntil(state.rankOf[first], clock + 1);
  tell(state, PREA, clock, first, 0, 0);
}

function refreshRank(state: ChannelState, clock: number, first: number): void {
  const { timing } = state;
  const rank = state.rankOf[first];
  for (let bank = first; bank < first + state.banksOfRank; bank++) {
    state.bankFrom[4 * bank + ACTIVATE] = clock + timing.refresh;
    deriveCandidate(state, bank);
  }
  state.refresh.done(rank, clock);
  state.powerDown.busyUntil(rank, clock + timing.refresh);
  state.counters.refreshes++;
  tell(state, REF, clock, first, 0, 0);
}

/** A refresh of one bank opens a row inside it: activates of other banks keep their distance. */
function refreshBank(state: ChannelState, clock: number, bank: number): void {
  const { timing, groupsOfRank } = state;
  const rank = state.rankOf[bank];
  const first = rank * groupsOfRank;
  state.bankFrom[4 * bank + ACTIVATE] = clock + timing.bankRefresh;
  holdActivates(state.groupFrom, first, first + groupsOfRank, clock + timing.activateToActivateInGroup);
  deriveCandidate(state, bank);
  state.refresh.done(rank, clock);
  state.powerDown.busyUntil(rank, clock + timing.bankRefresh);
  state.counters.bankRefreshes++;
  tell(state, REFpb, clock, bank, 0, 0);
}

function holdActivate({ bankFrom }: ChannelState, bank: number, until: number): void {
  const at = 4 * bank + ACTIVATE;
  if (until > bankFrom[at]) bankFrom[at] = until;
}

function close(state: ChannelState, bank: number, clock: number): void {
  noteRowClosed(state.queues, bank);
  state.openRow[bank] = -1;
  state.standby.closes(state.rankOf[bank], clock);
  state.counters.precharges++;
}

export function tell(
  state: ChannelState,
  command: number,
  clock: number,
  bank: number,
  row: number,
  column: number,
): void {
  const { observe, banksPerGroup } = state;
  if (observe === undefined) return;
  const rank = state.rankOf[bank];
  const group = Math.floor((bank - rank * state.banksOfRank) / banksPerGroup);
  observe(clock, command, state.channel, rank, group, bank % banksPerGroup, row, column);
}
