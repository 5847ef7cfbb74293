import { ACT, PRE, PREA, RD, RDA, REF, REFpb, WR, WRA } from '../command.js';
import { oldestRequest } from './bankQueues.js';
import { ACTIVATE, PRECHARGE, READ, WRITE } from './commandKind.js';
import { firstClock } from './deriveCandidate.js';
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
  const { queues, slots, openRow } = state;
  const slot = oldestRequest(queues, slots);
  const bank = slots.bank[slot];
  const isHit = openRow[bank] === slots.row[slot];
  const kind = isHit ? slots.isWrite[slot] : openRow[bank] >= 0 ? PRECHARGE : ACTIVATE;
  const clock = firstClock(state, bank, kind, slot);
  if (isHeldUp(state, bank, clock)) return;
  state.chosenClock = clock;
  state.chosenBank = bank;
  state.chosenSlot = slot;
  state.chosenCommand = commandOf(state, kind);
}

function chooseAmongBanks(state: ChannelState): void {
  const { queues, candidates, groupFrom, refresh, now, isRoundRobin } = state;
  const { usedBanks, banksInUse } = queues;
  const { clock: ownClocks, group, place: places } = candidates;
  let bestClock = Infinity;
  let bestPlace = Infinity;
  let bestBank = -1;
  for (let i = 0; i < banksInUse; i++) {
    const bank = usedBanks[i];
    let clock = ownClocks[bank];
    if (clock > bestClock) continue;
    const at = group[bank];
    if (at < 0) {
      clock = settleDirection(state, bank);
    } else {
      const shared = groupFrom[at];
      if (shared > clock) clock = shared;
      if (now > clock) clock = now;
    }
    if (clock > bestClock) continue;
    let place = places[bank];
    if (isRoundRobin) place = bank > state.lastBank ? bank : bank + state.banks;
    if (clock === bestClock && place > bestPlace) continue;
    if (clock >= refresh.earliestDueClock && isHeldUp(state, bank, clock)) continue;
    bestClock = clock;
    bestPlace = place;
    bestBank = bank;
  }
  if (bestBank < 0) return;
  state.chosenClock = bestClock;
  state.chosenBank = bestBank;
  state.chosenSlot = candidates.slot[bestBank];
  state.chosenCommand = commandOf(state, candidates.kind[bestBank]);
}

/**
 * Makes the read or the write of a bank that has both its candidate for this choice: the one that can go first.
 *
 * @returns its clock
 */
function settleDirection(state: ChannelState, bank: number): number {
  const { queues, candidates, slots } = state;
  const read = queues.readHit[bank];
  const write = queues.writeHit[bank];
  const readClock = firstClock(state, bank, READ, read);
  const writeClock = firstClock(state, bank, WRITE, write);
  const isOlder = slots.order[write] < slots.order[read];
  const isWrite = writeClock < readClock || (writeClock === readClock && isOlder);
  const slot = isWrite ? write : read;
  candidates.kind[bank] = isWrite ? WRITE : READ;
  candidates.slot[bank] = slot;
  candidates.place[bank] = slots.order[slot];
  return isWrite ? writeClock : readClock;
}

/** Whether a refresh that is due by `clock` stops a bank. */
function isHeldUp({ refresh, rankOf }: ChannelState, bank: number, clock: number): boolean {
  const rank = rankOf[bank];
  return clock >= refresh.dueClock[rank] && refresh.concerns(rank, bank);
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
