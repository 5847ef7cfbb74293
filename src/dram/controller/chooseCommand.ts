import { ACT, PRE, PREA, RD, RDA, REF, REFpb, WR, WRA } from '../command.js';
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
    else if (queues.blockedBanks > 0 || !chooseOldestHit(state)) chooseAmongBanks(state);
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

function columnCommand({ closesAtOnce }: ChannelState, isWrite: boolean): number {
  if (closesAtOnce) return isWrite ? WRA : RDA;
  return isWrite ? WR : RD;
}

/**
 * The common case of streams: all go in one direction, every bank is ready to serve its oldest request, and the oldest of all can
 * go as early as any could.
 *
 * @returns false if it is not so
 */
function chooseOldestHit(state: ChannelState): boolean {
  const { queues, slots, powerDown, refresh } = state;
  const isWrite = queues.reads === 0;
  if (state.ranks > 1 || (!isWrite && queues.reads < queues.length)) return false;
  if (state.isRoundRobin && queues.banksInUse > 1) return false;
  const slot = queues.oldest;
  const bank = slots.bank[slot];
  const group = state.groupOf[bank];
  const bus = busClock(state, 0, isWrite);
  const own = isWrite ? state.bankWrite[bank] : state.bankRead[bank];
  const ofGroup = isWrite ? state.groupWrite[group] : state.groupRead[group];
  const ofRank = isWrite ? state.rankWrite[0] : state.rankRead[0];
  let clock = state.now;
  if (bus > clock) clock = bus;
  if (ofRank > clock) clock = ofRank;
  if (own > clock || ofGroup > clock) {
    // Another bank might go earlier, if there is one.
    if (queues.banksInUse > 1) return false;
    if (own > clock) clock = own;
    if (ofGroup > clock) clock = ofGroup;
  }
  if (powerDown.readyClock[0] > clock || slots.queued[slot] >= clock) return false;
  if (clock >= refresh.dueClock[0] && refresh.concerns(0, bank)) return false;
  state.chosenClock = clock;
  state.chosenBank = bank;
  state.chosenSlot = slot;
  state.chosenCommand = columnCommand(state, isWrite);
  return true;
}

/** Where requests are served in order, the one command that brings the oldest further. */
function chooseForOldest(state: ChannelState): void {
  const { queues, slots, openRow, refresh } = state;
  const slot = queues.oldest;
  const bank = slots.bank[slot];
  const rank = state.rankOf[bank];
  const group = state.groupOf[bank];
  const isWrite = slots.isWrite[slot] === 1;
  let clock = Math.max(state.now, state.powerDown.readyClock[rank], slots.queued[slot] + 1);
  let command: number;
  if (openRow[bank] === slots.row[slot]) {
    command = columnCommand(state, isWrite);
    clock = isWrite
      ? Math.max(clock, state.bankWrite[bank], state.groupWrite[group], state.rankWrite[rank])
      : Math.max(clock, state.bankRead[bank], state.groupRead[group], state.rankRead[rank]);
    clock = Math.max(clock, busClock(state, rank, isWrite));
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
  if (clock >= refresh.dueClock[rank] && refresh.concerns(rank, bank)) return;
  state.chosenClock = clock;
  state.chosenBank = bank;
  state.chosenSlot = slot;
  state.chosenCommand = command;
}

/** Added to the order of requests: activates and precharges come after all reads and writes of the same clock. */
const rowCommandsLater = 2 ** 52;

function chooseAmongBanks(state: ChannelState): void {
  const { queues, slots, rankOf, groupOf, openRow, served, maxRowHits } = state;
  const { isRoundRobin, lastBank, banks } = state;
  const { readFrom, writeFrom, activateFrom, prechargeFrom } = state;
  const { usedBanks, banksInUse, first, readHit, writeHit } = queues;
  const { row, order, queued } = slots;
  const { bankRead, bankWrite, groupRead, groupWrite } = state;
  const { bankActivate, bankPrecharge, groupActivate, refresh } = state;
  const { readyClock } = state.powerDown;
  for (let rank = 0; rank < state.ranks; rank++) {
    const awake = Math.max(state.now, readyClock[rank]);
    readFrom[rank] = Math.max(awake, busClock(state, rank, false), state.rankRead[rank]);
    writeFrom[rank] = Math.max(awake, busClock(state, rank, true), state.rankWrite[rank]);
    activateFrom[rank] = Math.max(awake, state.rankActivate[rank], state.windowOpens[rank]);
    prechargeFrom[rank] = awake;
  }
  let bestClock = Infinity;
  let bestPlace = Infinity;
  let bestSlot = -1;
  let isColumnBest = false;
  for (let i = 0; i < banksInUse; i++) {
    const bank = usedBanks[i];
    const rank = rankOf[bank];
    const group = groupOf[bank];
    const oldest = first[bank];
    // A row that has been served for long gives way.
    const isOver = served[bank] >= maxRowHits && row[oldest] !== openRow[bank];
    const read = isOver ? -1 : readHit[bank];
    const write = isOver ? -1 : writeHit[bank];
    const isColumn = read >= 0 || write >= 0;
    let slot = read;
    let clock = Infinity;
    if (read >= 0) {
      clock = readFrom[rank];
      if (groupRead[group] > clock) clock = groupRead[group];
      if (bankRead[bank] > clock) clock = bankRead[bank];
      if (queued[read] >= clock) clock = queued[read] + 1;
    }
    if (write >= 0) {
      let from = writeFrom[rank];
      if (groupWrite[group] > from) from = groupWrite[group];
      if (bankWrite[bank] > from) from = bankWrite[bank];
      if (queued[write] >= from) from = queued[write] + 1;
      if (from < clock || (from === clock && order[write] < order[read])) {
        clock = from;
        slot = write;
      }
    }
    if (!isColumn) {
      slot = oldest;
      if (openRow[bank] >= 0) {
        clock = prechargeFrom[rank];
        if (bankPrecharge[bank] > clock) clock = bankPrecharge[bank];
      } else {
        clock = activateFrom[rank];
        if (groupActivate[group] > clock) clock = groupActivate[group];
        if (bankActivate[bank] > clock) clock = bankActivate[bank];
      }
      if (queued[oldest] >= clock) clock = queued[oldest] + 1;
    }
    if (clock > bestClock) continue;
    let place = order[slot];
    if (isRoundRobin) place = bank > lastBank ? bank : bank + banks;
    else if (!isColumn) place += rowCommandsLater;
    if (clock === bestClock && place > bestPlace) continue;
    if (clock >= refresh.dueClock[rank] && refresh.concerns(rank, bank)) continue;
    bestClock = clock;
    bestSlot = slot;
    bestPlace = place;
    isColumnBest = isColumn;
  }
  if (bestSlot < 0) return;
  const bank = slots.bank[bestSlot];
  state.chosenClock = bestClock;
  state.chosenSlot = bestSlot;
  state.chosenBank = bank;
  state.chosenCommand = isColumnBest
    ? columnCommand(state, slots.isWrite[bestSlot] === 1)
    : openRow[bank] >= 0
      ? PRE
      : ACT;
}

/** Closes rows that nothing has asked for lately. */
function chooseTimeout(state: ChannelState): void {
  const { powerDown, refresh, rankOf, queues } = state;
  for (let bank = 0; bank < state.banks; bank++) {
    if (state.openRow[bank] < 0 || queues.readHit[bank] >= 0 || queues.writeHit[bank] >= 0) continue;
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
  const { refresh, powerDown, banksOfRank, bankActivate } = state;
  for (let rank = 0; rank < state.ranks; rank++) {
    const due = refresh.dueClock[rank];
    if (due > state.chosenClock || due === Infinity) continue;
    const first = refresh.isPerBank ? refresh.bank(rank) : rank * banksOfRank;
    const last = refresh.isPerBank ? first : first + banksOfRank - 1;
    let isOpen = false;
    for (let bank = first; bank <= last; bank++) if (state.openRow[bank] >= 0) isOpen = true;
    // A row that is closing by itself holds up a precharge of all banks like one that is open.
    const ready = isOpen ? state.bankPrecharge : bankActivate;
    let clock = Math.max(state.now, due, powerDown.readyIfWoken(rank, due));
    for (let bank = first; bank <= last; bank++) if (ready[bank] > clock) clock = ready[bank];
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
