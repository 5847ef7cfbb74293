import { dramCommandNames } from '../command.js';
import type { ControllerSettings } from '../controllerSettings.js';
import type { DramPart } from '../part.js';
import type { Batches } from './batches.js';
import { constraintsOf } from './constraints.js';
import type { ObserveCommand } from './dramController.js';
import { createCounters } from './counters.js';
import type { Counters } from './counters.js';
import { createPowerDown } from './powerDown.js';
import { createRefreshPlan } from './refreshPlan.js';
import { createRequestQueue } from './requestQueue.js';
import { createStandby } from './standby.js';
import type { Standby } from './standby.js';

const code = Object.fromEntries(dramCommandNames.map((name, index) => [name, index])) as Record<
  (typeof dramCommandNames)[number],
  number
>;
const [ACT, PRE, PREA, RD, RDA, WR, WRA, REF, REFpb] = [
  code.ACT,
  code.PRE,
  code.PREA,
  code.RD,
  code.RDA,
  code.WR,
  code.WRA,
  code.REF,
  code.REFpb,
];

/** One channel: its ranks and banks, the requests that it has taken, and what it will do next. */
export interface Channel {
  readonly counters: Counters;
  readonly standby: Standby;
  hasRoom(isWrite: boolean): boolean;
  /** Whether a write must not enter yet, because an older read of the same burst waits. */
  mustWait(isWrite: boolean, burst: number): boolean;
  /** Takes a request, which `hasRoom` for, at a clock not before its last command. */
  enter(
    isWrite: boolean,
    bank: number,
    row: number,
    column: number,
    burst: number,
    tag: number,
    batch: number,
    clock: number,
  ): void;
  /** Requests that wait for their read or write. */
  waiting(): number;
  /** The first clock that no command has been given at. */
  now(): number;
  /** Clock of the next command, with what is here now; Infinity if there will be none. */
  nextClock(): number;
  /** Gives that command. */
  issue(): void;
  /** Clock at which the last data so far are through. */
  lastDataClock(): number;
  /** Clocks in power-down that nothing has ended yet. */
  unendedPowerDownClocks(rank: number, clock: number): number;
}

/**
 * A channel's controller. Of all commands that could be given, `nextClock` finds the one that can go first; of several at the same
 * clock, refreshes before reads and writes, those before activates and precharges, and older requests before younger ones.
 *
 * Data structures are flat and indexed by bank, by bank group of a rank, and by rank; nothing is allocated while it runs.
 */
export function createChannel(
  channel: number,
  part: DramPart,
  settings: ControllerSettings,
  batches: Batches,
  observe: ObserveCommand | undefined,
): Channel {
  const { bankGroups, banksPerGroup } = part.organisation;
  const { ranks, maxRowHits, writeHigh, writeLow } = settings;
  const isInOrder = settings.scheduler === 'in-order';
  const closesAtOnce = settings.page === 'closed';
  const timeout = settings.page === 'timeout' ? settings.pageTimeoutClocks : Infinity;
  const banksOfRank = bankGroups * banksPerGroup;
  const banks = ranks * banksOfRank;
  const timing = constraintsOf(part);
  const { burstClocks, readLatency, writeLatency } = timing;

  const rankOf = Int32Array.from({ length: banks }, (_, bank) => Math.floor(bank / banksOfRank));
  const groupOf = Int32Array.from({ length: banks }, (_, bank) => Math.floor(bank / banksPerGroup));
  const reads = createRequestQueue(settings.window, banks);
  const writes = createRequestQueue(settings.window, banks);
  const counters = createCounters(banks);
  const standby = createStandby(ranks);
  const refresh = createRefreshPlan(settings.refresh, ranks, banksOfRank, timing);
  const powerDown = createPowerDown(
    settings.powerDownClocks,
    timing,
    refresh.dueClock,
    standby,
    (command, clock, rank) => observe?.(clock, command, channel, rank, 0, 0, 0, 0),
  );

  const openRow = new Int32Array(banks).fill(-1);
  const passed = new Int32Array(banks);
  const lastUse = new Float64Array(banks);
  const bankActivate = new Float64Array(banks);
  const bankPrecharge = new Float64Array(banks);
  const bankRead = new Float64Array(banks);
  const bankWrite = new Float64Array(banks);
  const groupActivate = new Float64Array(ranks * bankGroups);
  const groupRead = new Float64Array(ranks * bankGroups);
  const groupWrite = new Float64Array(ranks * bankGroups);
  const rankActivate = new Float64Array(ranks);
  const rankRead = new Float64Array(ranks);
  const rankWrite = new Float64Array(ranks);
  /** The last four activates of each rank, as a ring, and when the next one may be. */
  const fourActivates = new Float64Array(4 * ranks).fill(-Infinity);
  const oldestActivate = new Int32Array(ranks);
  const windowOpens = new Float64Array(ranks).fill(-Infinity);

  let now = 0;
  let lastDataClock = 0;
  let entered = 0;
  let isWriting = false;
  let busFree = 0;
  let busRank = -1;
  let busWrites = false;

  // What `choose` has found.
  let isChosen = false;
  let chosenClock = Infinity;
  let chosenCommand = ACT;
  let chosenBank = -1;
  let chosenSlot = -1;
  let isForRefresh = false;

  const chooseDirection = (): void => {
    const waitingReads = reads.length();
    const waitingWrites = writes.length();
    if (isInOrder) {
      const read = oldestOf(reads);
      const write = oldestOf(writes);
      isWriting = read < 0 || (write >= 0 && writes.order[write] < reads.order[read]);
    } else if (isWriting) {
      if (waitingWrites === 0 || (waitingWrites <= writeLow && waitingReads > 0)) isWriting = false;
    } else if (waitingWrites >= writeHigh || (waitingReads === 0 && waitingWrites > 0)) {
      isWriting = true;
    }
  };
  const oldestOf = (queue: typeof reads): number => {
    let oldest = -1;
    for (let i = 0; i < queue.banksInUse(); i++) {
      const slot = queue.oldest[queue.usedBanks[i]];
      if (oldest < 0 || queue.order[slot] < queue.order[oldest]) oldest = slot;
    }
    return oldest;
  };

  const chooseForRequests = (): void => {
    const queue = isWriting ? writes : reads;
    const onlyBank = isInOrder && queue.length() > 0 ? queue.bank[oldestOf(queue)] : -1;
    const bankColumn = isWriting ? bankWrite : bankRead;
    const groupColumn = isWriting ? groupWrite : groupRead;
    const rankColumn = isWriting ? rankWrite : rankRead;
    const busClock = busFree - (isWriting ? writeLatency : readLatency);
    const turns = isWriting && !busWrites ? timing.turnaround : 0;
    const columnCommand = isWriting ? (closesAtOnce ? WRA : WR) : closesAtOnce ? RDA : RD;
    const { usedBanks, oldest, hit, order, entered: enteredAt } = queue;
    const count = queue.banksInUse();
    let bestOrder = Infinity;
    let isColumnBest = false;
    for (let i = 0; i < count; i++) {
      const bank = usedBanks[i];
      if (onlyBank >= 0 && bank !== onlyBank) continue;
      const rank = rankOf[bank];
      const group = groupOf[bank];
      let slot = hit[bank];
      let clock = now;
      let command = columnCommand;
      let isColumn = true;
      if (slot >= 0 && oldest[bank] !== slot && (isInOrder || passed[bank] >= maxRowHits)) slot = -1;
      if (slot >= 0) {
        const bus = busClock + (busRank === rank ? turns : busRank < 0 ? 0 : timing.turnaround);
        if (bus > clock) clock = bus;
        if (bankColumn[bank] > clock) clock = bankColumn[bank];
        if (groupColumn[group] > clock) clock = groupColumn[group];
        if (rankColumn[rank] > clock) clock = rankColumn[rank];
      } else {
        slot = oldest[bank];
        isColumn = false;
        if (openRow[bank] >= 0) {
          command = PRE;
          if (bankPrecharge[bank] > clock) clock = bankPrecharge[bank];
        } else {
          command = ACT;
          if (bankActivate[bank] > clock) clock = bankActivate[bank];
          if (groupActivate[group] > clock) clock = groupActivate[group];
          if (rankActivate[rank] > clock) clock = rankActivate[rank];
          if (windowOpens[rank] > clock) clock = windowOpens[rank];
        }
      }
      if (powerDown.readyClock[rank] > clock) clock = powerDown.readyClock[rank];
      if (enteredAt[slot] >= clock) clock = enteredAt[slot] + 1;
      if (clock >= refresh.dueClock[rank] && refresh.concerns(rank, bank)) continue;
      const isBetter =
        clock < chosenClock ||
        (clock === chosenClock &&
          (isColumn ? !isColumnBest || order[slot] < bestOrder : !isColumnBest && order[slot] < bestOrder));
      if (!isBetter) continue;
      chosenClock = clock;
      chosenCommand = command;
      chosenBank = bank;
      chosenSlot = slot;
      bestOrder = order[slot];
      isColumnBest = isColumn;
    }
  };

  /** Closing rows that nothing has asked for lately: after everything else at the same clock. */
  const chooseTimeouts = (): void => {
    for (let bank = 0; bank < banks; bank++) {
      if (openRow[bank] < 0 || reads.hit[bank] >= 0 || writes.hit[bank] >= 0) continue;
      const rank = rankOf[bank];
      const clock = Math.max(lastUse[bank] + timeout, bankPrecharge[bank], now, powerDown.readyClock[rank]);
      if (clock >= chosenClock || (clock >= refresh.dueClock[rank] && refresh.concerns(rank, bank))) continue;
      if (clock >= powerDown.entryClock(rank)) continue;
      chosenClock = clock;
      chosenCommand = PRE;
      chosenBank = bank;
      chosenSlot = -1;
    }
  };

  const chooseRefresh = (): void => {
    for (let rank = 0; rank < ranks; rank++) {
      const due = refresh.dueClock[rank];
      if (due > chosenClock || due === Infinity) continue;
      const first = refresh.isPerBank ? refresh.bank(rank) : rank * banksOfRank;
      const last = refresh.isPerBank ? first : first + banksOfRank - 1;
      let isOpen = false;
      let clock = Math.max(now, powerDown.readyIfWoken(rank, due));
      for (let bank = first; bank <= last; bank++) {
        if (openRow[bank] < 0) continue;
        isOpen = true;
        if (bankPrecharge[bank] > clock) clock = bankPrecharge[bank];
      }
      if (!isOpen) {
        for (let bank = first; bank <= last; bank++)
          if (bankActivate[bank] > clock) clock = bankActivate[bank];
        if (refresh.isPerBank) {
          clock = Math.max(
            clock,
            refresh.bankReadyClock[rank],
            groupActivate[groupOf[first]],
            rankActivate[rank],
          );
        }
      }
      if (clock > chosenClock) continue;
      chosenClock = clock;
      chosenCommand = isOpen ? (refresh.isPerBank ? PRE : PREA) : refresh.isPerBank ? REFpb : REF;
      chosenBank = first;
      chosenSlot = -1;
      isForRefresh = true;
    }
  };

  const choose = (): void => {
    isChosen = true;
    isForRefresh = false;
    chosenClock = Infinity;
    chooseDirection();
    if ((isWriting ? writes : reads).length() > 0) chooseForRequests();
    if (timeout < Infinity) chooseTimeouts();
    if (refresh.earliestDueClock() <= chosenClock) chooseRefresh();
  };

  const close = (bank: number, clock: number): void => {
    openRow[bank] = -1;
    reads.rowClosed(bank);
    writes.rowClosed(bank);
    standby.closes(rankOf[bank], clock);
    counters.precharges++;
  };
  const tell = (command: number, clock: number, bank: number, row: number, column: number): void => {
    observe?.(
      clock,
      command,
      channel,
      rankOf[bank],
      groupOf[bank] % bankGroups,
      bank % banksPerGroup,
      row,
      column,
    );
  };

  const activate = (clock: number, bank: number, slot: number): void => {
    const queue = isWriting ? writes : reads;
    const rank = rankOf[bank];
    const group = groupOf[bank];
    const row = queue.row[slot];
    openRow[bank] = row;
    passed[bank] = 0;
    lastUse[bank] = clock;
    reads.rowOpened(bank, row);
    writes.rowOpened(bank, row);
    if (queue.effort[slot] === 0) queue.effort[slot] = 1;
    bankRead[bank] = clock + timing.activateToRead;
    bankWrite[bank] = clock + timing.activateToWrite;
    bankPrecharge[bank] = clock + timing.activateToPrecharge;
    bankActivate[bank] = clock + timing.activateToActivate;
    groupActivate[group] = clock + timing.activateToActivateInGroup;
    rankActivate[rank] = clock + timing.activateToActivateInRank;
    const at = oldestActivate[rank];
    fourActivates[4 * rank + at] = clock;
    oldestActivate[rank] = (at + 1) % 4;
    windowOpens[rank] = fourActivates[4 * rank + ((at + 1) % 4)] + timing.fourActivates;
    standby.opened(rank, clock);
    powerDown.busyUntil(rank, clock + 1);
    counters.activated(queue.tag[slot]);
    counters.bankBusy(bank, clock, clock + timing.activateToRead);
    tell(ACT, clock, bank, row, 0);
  };
  const precharge = (clock: number, bank: number, slot: number): void => {
    if (slot >= 0) (isWriting ? writes : reads).effort[slot] = 2;
    bankActivate[bank] = Math.max(bankActivate[bank], clock + timing.precharge);
    close(bank, clock);
    powerDown.busyUntil(rankOf[bank], clock + 1);
    counters.bankBusy(bank, clock, clock + timing.precharge);
    tell(PRE, clock, bank, 0, 0);
  };
  const prechargeAll = (clock: number, first: number): void => {
    const rank = rankOf[first];
    for (let bank = first; bank < first + banksOfRank; bank++) {
      bankActivate[bank] = Math.max(bankActivate[bank], clock + timing.prechargeAll);
      if (openRow[bank] >= 0) close(bank, clock);
    }
    powerDown.busyUntil(rank, clock + 1);
    tell(PREA, clock, first, 0, 0);
  };
  const readOrWrite = (command: number, clock: number, bank: number, slot: number): void => {
    const queue = isWriting ? writes : reads;
    const rank = rankOf[bank];
    const group = groupOf[bank];
    const column = queue.column[slot];
    const dataEnd = clock + (isWriting ? writeLatency : readLatency) + burstClocks;
    busFree = dataEnd;
    if (dataEnd > lastDataClock) lastDataClock = dataEnd;
    busRank = rank;
    busWrites = isWriting;
    lastUse[bank] = clock;
    groupRead[group] = clock + timing.columnToColumnInGroup;
    groupWrite[group] = clock + timing.columnToColumnInGroup;
    rankRead[rank] = clock + timing.columnToColumnInRank;
    rankWrite[rank] = clock + timing.columnToColumnInRank;
    let recovered: number;
    if (isWriting) {
      groupRead[group] = clock + timing.writeToReadInGroup;
      rankRead[rank] = clock + timing.writeToReadInRank;
      recovered = clock + timing.writeToPrecharge;
      powerDown.busyUntil(rank, recovered + 1);
    } else {
      recovered = clock + timing.readToPrecharge;
      batches.reach(queue.batch[slot], dataEnd);
      counters.readTook(dataEnd - queue.entered[slot]);
      powerDown.busyUntil(rank, dataEnd + 1);
    }
    bankPrecharge[bank] = Math.max(bankPrecharge[bank], recovered);
    counters.served(isWriting, queue.tag[slot], queue.effort[slot]);
    counters.bankBusy(bank, clock, dataEnd);
    if (queue.oldest[bank] !== slot) passed[bank]++;
    queue.remove(slot, openRow[bank]);
    powerDown.waiting[rank]--;
    const row = openRow[bank];
    if (command === RDA || command === WRA) {
      const closing = bankPrecharge[bank];
      bankActivate[bank] = Math.max(bankActivate[bank], closing + timing.precharge);
      close(bank, closing);
      powerDown.busyUntil(rank, closing + 1);
    }
    tell(command, clock, bank, row, column);
  };
  const refreshRank = (clock: number, first: number): void => {
    const rank = rankOf[first];
    for (let bank = first; bank < first + banksOfRank; bank++) bankActivate[bank] = clock + timing.refresh;
    refresh.done(rank, clock);
    powerDown.busyUntil(rank, clock + timing.refresh);
    counters.refreshes++;
    tell(REF, clock, first, 0, 0);
  };
  const refreshBank = (clock: number, bank: number): void => {
    const rank = rankOf[bank];
    bankActivate[bank] = clock + timing.bankRefresh;
    // A refresh of one bank opens a row inside it: activates of others keep their distance.
    groupActivate[groupOf[bank]] = Math.max(
      groupActivate[groupOf[bank]],
      clock + timing.activateToActivateInGroup,
    );
    rankActivate[rank] = Math.max(rankActivate[rank], clock + timing.activateToActivateInGroup);
    refresh.done(rank, clock);
    powerDown.busyUntil(rank, clock + timing.bankRefresh);
    counters.bankRefreshes++;
    tell(REFpb, clock, bank, 0, 0);
  };

  return {
    counters,
    standby,
    hasRoom: (isWrite) => (isWrite ? writes : reads).length() < settings.window,
    mustWait: (isWrite, burst) => isWrite && reads.holds(burst),
    enter(isWrite, bank, row, column, burst, tag, batch, clock) {
      isChosen = false;
      if (isWrite) {
        batches.reach(batch, clock);
      } else if (writes.holds(burst)) {
        batches.reach(batch, clock + 1);
        if (clock + 1 > lastDataClock) lastDataClock = clock + 1;
        counters.forwarded++;
        return;
      }
      const rank = rankOf[bank];
      powerDown.wake(rank, clock);
      powerDown.waiting[rank]++;
      const queue = isWrite ? writes : reads;
      queue.insert(bank, row, column, burst, tag, batch, entered++, clock, openRow[bank]);
    },
    waiting: () => reads.length() + writes.length(),
    now: () => now,
    lastDataClock: () => lastDataClock,
    nextClock() {
      if (!isChosen) choose();
      return chosenClock;
    },
    issue() {
      if (!isChosen) choose();
      isChosen = false;
      const clock = chosenClock;
      const bank = chosenBank;
      now = clock + 1;
      if (isForRefresh) powerDown.wake(rankOf[bank], refresh.dueClock[rankOf[bank]]);
      switch (chosenCommand) {
        case RD:
        case RDA:
        case WR:
        case WRA:
          readOrWrite(chosenCommand, clock, bank, chosenSlot);
          return;
        case ACT:
          activate(clock, bank, chosenSlot);
          return;
        case PRE:
          precharge(clock, bank, chosenSlot);
          return;
        case PREA:
          prechargeAll(clock, bank);
          return;
        case REF:
          refreshRank(clock, bank);
          return;
        default:
          refreshBank(clock, bank);
      }
    },
    unendedPowerDownClocks: (rank, clock) => Math.max(0, clock - powerDown.entryClock(rank)),
  };
}
