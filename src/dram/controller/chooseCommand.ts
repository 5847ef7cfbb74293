import { ACT, PRE, PREA, RD, RDA, REF, REFpb, WR, WRA } from '../command.js';
import type { ChannelState } from './channelState.js';

/**
 * Finds the command that can go first, with what is here now: of several at the same clock a refresh before reads and writes, those
 * before activates and precharges, requests in the order in which they came, and rows that time out last. `chosenClock` is Infinity if there
 * will be no command.
 */
export function chooseCommand(state: ChannelState): void {
  state.isChosen = true;
  state.isForRefresh = false;
  state.chosenClock = Infinity;
  chooseDirection(state);
  const queue = state.isWriting ? state.writes : state.reads;
  if (queue.length > 0) {
    if (state.isInOrder) chooseForOldest(state);
    else if (queue.blockedBanks > 0 || !chooseOldestHit(state)) chooseAmongBanks(state);
  }
  if (state.timeoutClocks < Infinity) chooseTimeout(state);
  if (state.refresh.earliestDueClock <= state.chosenClock) chooseRefresh(state);
}

function chooseDirection(state: ChannelState): void {
  const { reads, writes } = state;
  if (state.isInOrder) {
    state.isWriting =
      reads.oldest < 0 || (writes.oldest >= 0 && writes.order[writes.oldest] < reads.order[reads.oldest]);
  } else if (state.isWriting) {
    if (writes.length <= state.writeLow && (reads.length > 0 || writes.length === 0)) state.isWriting = false;
  } else if (writes.length >= state.writeHigh || (reads.length === 0 && writes.length > 0)) {
    state.isWriting = true;
  }
}

/** The first clock at which the data bus lets a rank read or write. */
function busClock(state: ChannelState, rank: number): number {
  const { busRank, isWriting, timing } = state;
  const from = state.busFree - (isWriting ? timing.writeLatency : timing.readLatency);
  if (busRank < 0) return from;
  const turns = busRank !== rank || (isWriting && !state.busWrites);
  return turns ? from + timing.turnaround : from;
}

/**
 * The common case of streams: every bank is ready to serve its oldest request, and the oldest of all can go as early as any could.
 *
 * @returns false if it is not so
 */
function chooseOldestHit(state: ChannelState): boolean {
  const { isWriting, powerDown } = state;
  const queue = isWriting ? state.writes : state.reads;
  const slot = queue.oldest;
  const bank = queue.bank[slot];
  const rank = state.rankOf[bank];
  const group = state.groupOf[bank];
  const bus = busClock(state, rank);
  const own = isWriting ? state.bankWrite[bank] : state.bankRead[bank];
  const ofGroup = isWriting ? state.groupWrite[group] : state.groupRead[group];
  const ofRank = isWriting ? state.rankWrite[rank] : state.rankRead[rank];
  let first = state.now;
  if (bus > first) first = bus;
  if (ofRank > first) first = ofRank;
  if (own > first || ofGroup > first) {
    // Nobody else can be meant.
    if (queue.banksInUse > 1) return false;
    if (own > first) first = own;
    if (ofGroup > first) first = ofGroup;
  } else if (state.ranks > 1) {
    return false;
  }
  if (powerDown.readyClock[rank] > first || queue.entered[slot] >= first) return false;
  if (first >= state.refresh.dueClock[rank] && state.refresh.concerns(rank, bank)) return false;
  state.chosenClock = first;
  state.chosenBank = bank;
  state.chosenSlot = slot;
  state.chosenCommand = columnCommand(state);
  return true;
}

function columnCommand({ isWriting, closesAtOnce }: ChannelState): number {
  if (closesAtOnce) return isWriting ? WRA : RDA;
  return isWriting ? WR : RD;
}

/** Where requests are served in order, the one command that brings the oldest further. */
function chooseForOldest(state: ChannelState): void {
  const { isWriting, openRow } = state;
  const queue = isWriting ? state.writes : state.reads;
  const slot = queue.oldest;
  const bank = queue.bank[slot];
  const rank = state.rankOf[bank];
  const group = state.groupOf[bank];
  let clock = Math.max(state.now, state.powerDown.readyClock[rank], queue.entered[slot] + 1);
  let command: number;
  if (openRow[bank] === queue.row[slot]) {
    command = columnCommand(state);
    const [banks, groups, ranks] = isWriting
      ? [state.bankWrite, state.groupWrite, state.rankWrite]
      : [state.bankRead, state.groupRead, state.rankRead];
    clock = Math.max(clock, busClock(state, rank), banks[bank], groups[group], ranks[rank]);
  } else if (openRow[bank] >= 0) {
    command = PRE;
    clock = Math.max(clock, state.bankPrecharge[bank]);
  } else {
    command = ACT;
    clock = Math.max(
      clock,
      state.bankActivate[bank],
      state.groupActivate[group],
      state.rankActivate[rank],
      state.windowOpens[rank],
    );
  }
  if (clock >= state.refresh.dueClock[rank] && state.refresh.concerns(rank, bank)) return;
  state.chosenClock = clock;
  state.chosenBank = bank;
  state.chosenSlot = slot;
  state.chosenCommand = command;
}

function chooseAmongBanks(state: ChannelState): void {
  const { isWriting, rankOf, groupOf, openRow, passed, maxRowHits, columnFrom, activateFrom, prechargeFrom } =
    state;
  const queue = isWriting ? state.writes : state.reads;
  const { usedBanks, banksInUse, oldestOf, hitOf, order, entered } = queue;
  const bankColumn = isWriting ? state.bankWrite : state.bankRead;
  const groupColumn = isWriting ? state.groupWrite : state.groupRead;
  const rankColumn = isWriting ? state.rankWrite : state.rankRead;
  const { bankActivate, bankPrecharge, groupActivate, refresh } = state;
  const { readyClock } = state.powerDown;
  for (let rank = 0; rank < state.ranks; rank++) {
    const awake = Math.max(state.now, readyClock[rank]);
    columnFrom[rank] = Math.max(awake, busClock(state, rank), rankColumn[rank]);
    activateFrom[rank] = Math.max(awake, state.rankActivate[rank], state.windowOpens[rank]);
    prechargeFrom[rank] = awake;
  }
  let bestClock = Infinity;
  let bestOrder = Infinity;
  let bestSlot = -1;
  let isColumnBest = false;
  for (let i = 0; i < banksInUse; i++) {
    const bank = usedBanks[i];
    const rank = rankOf[bank];
    const oldest = oldestOf[bank];
    let slot = hitOf[bank];
    const isColumn = slot >= 0 && (slot === oldest || passed[bank] < maxRowHits);
    let clock: number;
    let own: number;
    if (isColumn) {
      clock = columnFrom[rank];
      const group = groupColumn[groupOf[bank]];
      if (group > clock) clock = group;
      own = bankColumn[bank];
    } else {
      slot = oldest;
      if (openRow[bank] >= 0) {
        clock = prechargeFrom[rank];
        own = bankPrecharge[bank];
      } else {
        clock = activateFrom[rank];
        const group = groupActivate[groupOf[bank]];
        if (group > clock) clock = group;
        own = bankActivate[bank];
      }
    }
    if (own > clock) clock = own;
    if (clock > bestClock) continue;
    const seen = entered[slot] + 1;
    if (seen > clock) clock = seen;
    if (clock > bestClock) continue;
    if (clock === bestClock) {
      if (isColumnBest && !isColumn) continue;
      if (isColumnBest === isColumn && order[slot] > bestOrder) continue;
    }
    if (clock >= refresh.dueClock[rank] && refresh.concerns(rank, bank)) continue;
    bestClock = clock;
    bestSlot = slot;
    bestOrder = order[slot];
    isColumnBest = isColumn;
  }
  if (bestSlot < 0) return;
  const bank = queue.bank[bestSlot];
  state.chosenClock = bestClock;
  state.chosenSlot = bestSlot;
  state.chosenBank = bank;
  state.chosenCommand = isColumnBest ? columnCommand(state) : openRow[bank] >= 0 ? PRE : ACT;
}

/** Closes rows that nothing has asked for lately. */
function chooseTimeout(state: ChannelState): void {
  const { powerDown, refresh, rankOf } = state;
  for (let bank = 0; bank < state.banks; bank++) {
    if (state.openRow[bank] < 0 || state.reads.hitOf[bank] >= 0 || state.writes.hitOf[bank] >= 0) continue;
    const rank = rankOf[bank];
    const clock = Math.max(
      state.lastUse[bank] + state.timeoutClocks,
      state.bankPrecharge[bank],
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
  const { refresh, powerDown, banksOfRank, bankActivate, groupOf } = state;
  for (let rank = 0; rank < state.ranks; rank++) {
    const due = refresh.dueClock[rank];
    if (due > state.chosenClock || due === Infinity) continue;
    const first = refresh.isPerBank ? refresh.bank(rank) : rank * banksOfRank;
    const last = refresh.isPerBank ? first : first + banksOfRank - 1;
    let isOpen = false;
    let clock = Math.max(state.now, due, powerDown.readyIfWoken(rank, due));
    for (let bank = first; bank <= last; bank++) {
      if (state.openRow[bank] < 0) continue;
      isOpen = true;
      if (state.bankPrecharge[bank] > clock) clock = state.bankPrecharge[bank];
    }
    if (!isOpen) {
      for (let bank = first; bank <= last; bank++) if (bankActivate[bank] > clock) clock = bankActivate[bank];
      if (refresh.isPerBank) {
        clock = Math.max(
          clock,
          refresh.bankReadyClock[rank],
          state.groupActivate[groupOf[first]],
          state.rankActivate[rank],
        );
      }
    }
    if (clock > state.chosenClock) continue;
    state.chosenClock = clock;
    state.chosenCommand = isOpen ? (refresh.isPerBank ? PRE : PREA) : refresh.isPerBank ? REFpb : REF;
    state.chosenBank = first;
    state.chosenSlot = -1;
    state.isForRefresh = true;
  }
}
