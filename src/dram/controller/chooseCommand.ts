import { ACT, PRE, PREA, RD, RDA, REF, REFpb, WR, WRA } from '../command.js';
import { oldestRequest } from './bankQueues.js';
import { ACTIVATE, EITHER, ownClock, PRECHARGE, READ, WRITE } from './candidates.js';
import type { ChannelState } from './channelState.js';

/**
 * Finds the command that can go first, with what is here now: of several at the same clock a refresh before reads and writes, those
 * before activates and precharges, requests in the order in which they came (or their banks in turn), and rows that time out last. `chosenClock` is Infinity if there
 * will be no command.
 */
export function chooseCommand(state: ChannelState): void {
  const { queues } = state;
  state.isChosen = true;
  state.isForRefresh = false;
  state.chosenClock = Infinity;
  if (queues.length > 0) {
    if (state.isInOrder) chooseForOldest(state);
    else chooseAmongBanks(state);
  }
  if (state.timeoutClocks < Infinity) chooseTimeout(state);
  if (state.refresh.earliestDueClock <= state.chosenClock) chooseRefresh(state);
}

/** The first clock at which the data bus lets a rank read or write. */
function busClock(state: ChannelState, rank: number, isWrite: boolean): number {
  const { busRank, timing } = state;
  const from = state.busFree - (isWrite ? timing.writeLatency : timing.readLatency);
  if (busRank < 0) return from;
  const turns = busRank !== rank || (isWrite && !state.busWrites);
  return turns ? from + timing.turnaround : from;
}

function commandOf({ closesAtOnce }: ChannelState, kind: number): number {
  switch (kind) {
    case READ:
      return closesAtOnce ? RDA : RD;
    case WRITE:
      return closesAtOnce ? WRA : WR;
    default:
      return kind === ACTIVATE ? ACT : PRE;
  }
}

/** Where requests are served in order, the one command that brings the oldest further. */
function chooseForOldest(state: ChannelState): void {
  const { queues, slots, openRow, refresh } = state;
  const slot = oldestRequest(queues, slots);
  const bank = slots.bank[slot];
  const rank = state.rankOf[bank];
  const isHit = openRow[bank] === slots.row[slot];
  const kind = isHit ? slots.isWrite[slot] : openRow[bank] >= 0 ? PRECHARGE : ACTIVATE;
  findFloor(state);
  const clock = Math.max(ownClock(state, bank, kind, slot), sharedClock(state, bank, kind));
  if (clock >= refresh.dueClock[rank] && refresh.concerns(rank, bank)) return;
  state.chosenClock = clock;
  state.chosenBank = bank;
  state.chosenSlot = slot;
  state.chosenCommand = commandOf(state, kind);
}

/** What ranks and the bus ask for, before a choice. */
function findFloor(state: ChannelState): void {
  const { floor, rankFrom } = state;
  const { readyClock } = state.powerDown;
  for (let rank = 0; rank < state.ranks; rank++) {
    const at = 4 * rank;
    const awake = Math.max(state.now, readyClock[rank]);
    floor[at + READ] = Math.max(awake, busClock(state, rank, false), rankFrom[at + READ]);
    floor[at + WRITE] = Math.max(awake, busClock(state, rank, true), rankFrom[at + WRITE]);
    floor[at + ACTIVATE] = Math.max(awake, rankFrom[at + ACTIVATE], state.windowOpens[rank]);
    floor[at + PRECHARGE] = awake;
  }
}

/** The first clock for a command of a bank as far as its group, its rank and the bus are concerned. */
function sharedClock(state: ChannelState, bank: number, kind: number): number {
  const ofRank = state.floor[4 * state.rankOf[bank] + kind];
  const ofGroup = state.groupFrom[4 * state.groupOf[bank] + kind];
  return ofGroup > ofRank ? ofGroup : ofRank;
}

/** Added to the order of requests: activates and precharges come after all reads and writes of the same clock. */
const rowCommandsLater = 2 ** 52;

function chooseAmongBanks(state: ChannelState): void {
  const { queues, slots, candidates, refresh, isRoundRobin } = state;
  const { usedBanks, banksInUse } = queues;
  const { order } = slots;
  findFloor(state);
  let bestClock = Infinity;
  let bestPlace = Infinity;
  let bestSlot = -1;
  let bestKind = -1;
  for (let i = 0; i < banksInUse; i++) {
    const bank = usedBanks[i];
    let clock = candidates.clock[bank];
    if (clock > bestClock) continue;
    let kind = candidates.kind[bank];
    let slot = candidates.slot[bank];
    if (kind === EITHER) {
      const write = queues.writeHit[bank];
      const read = slot;
      clock = Math.max(ownClock(state, bank, READ, read), sharedClock(state, bank, READ));
      const writeClock = Math.max(ownClock(state, bank, WRITE, write), sharedClock(state, bank, WRITE));
      const isWrite = writeClock < clock || (writeClock === clock && order[write] < order[read]);
      if (isWrite) {
        clock = writeClock;
        slot = write;
      }
      kind = isWrite ? WRITE : READ;
    } else {
      const shared = sharedClock(state, bank, kind);
      if (shared > clock) clock = shared;
    }
    if (clock > bestClock) continue;
    let place = order[slot];
    if (isRoundRobin) place = bank > state.lastBank ? bank : bank + state.banks;
    else if (kind >= ACTIVATE) place += rowCommandsLater;
    if (clock === bestClock && place > bestPlace) continue;
    const rank = state.rankOf[bank];
    if (clock >= refresh.dueClock[rank] && refresh.concerns(rank, bank)) continue;
    bestClock = clock;
    bestSlot = slot;
    bestPlace = place;
    bestKind = kind;
  }
  if (bestSlot < 0) return;
  state.chosenClock = bestClock;
  state.chosenSlot = bestSlot;
  state.chosenBank = slots.bank[bestSlot];
  state.chosenCommand = commandOf(state, bestKind);
}

/** Closes rows that nothing has asked for lately. */
function chooseTimeout(state: ChannelState): void {
  const { powerDown, refresh, rankOf, queues } = state;
  for (let bank = 0; bank < state.banks; bank++) {
    if (state.openRow[bank] < 0 || queues.readHit[bank] >= 0 || queues.writeHit[bank] >= 0) continue;
    const rank = rankOf[bank];
    const clock = Math.max(
      state.lastUse[bank] + state.timeoutClocks,
      state.bankFrom[4 * bank + PRECHARGE],
      state.now,
      powerDown.readyClock[rank],
    );
    if (clock >= state.chosenClock || (clock >= refresh.dueClock[rank] && refresh.concerns(rank, bank)))
      continue;
    if (clock >= powerDown.entryClock(rank)) continue;
    state.chosenClock = clock;
    state.chosenCommand = PRE;
    state.chosenBank = bank;
    state.chosenSlot = -1;
  }
}

/** A refresh that is due, or the precharge that it needs. */
function chooseRefresh(state: ChannelState): void {
  const { refresh, powerDown, banksOfRank, bankFrom } = state;
  for (let rank = 0; rank < state.ranks; rank++) {
    const due = refresh.dueClock[rank];
    if (due > state.chosenClock || due === Infinity) continue;
    const first = refresh.isPerBank ? refresh.bank(rank) : rank * banksOfRank;
    const last = refresh.isPerBank ? first : first + banksOfRank - 1;
    let isOpen = false;
    for (let bank = first; bank <= last; bank++) if (state.openRow[bank] >= 0) isOpen = true;
    // A row that is closing by itself holds up a precharge of all banks like one that is open.
    const kind = isOpen ? PRECHARGE : ACTIVATE;
    let clock = Math.max(state.now, due, powerDown.readyIfWoken(rank, due));
    for (let bank = first; bank <= last; bank++) clock = Math.max(clock, bankFrom[4 * bank + kind]);
    if (!isOpen && refresh.isPerBank) {
      const lastActivate = state.fourActivates[4 * rank + ((state.oldestActivate[rank] + 3) & 3)];
      clock = Math.max(
        clock,
        refresh.bankReadyClock[rank],
        lastActivate + state.timing.activateToActivateInGroup,
      );
    }
    if (clock > state.chosenClock) continue;
    state.chosenClock = clock;
    state.chosenCommand = isOpen ? (refresh.isPerBank ? PRE : PREA) : refresh.isPerBank ? REFpb : REF;
    state.chosenBank = first;
    state.chosenSlot = -1;
    state.isForRefresh = true;
  }
}
