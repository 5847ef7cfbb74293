import type { ControllerSettings } from '../controllerSettings.js';
import type { DramPart } from '../part.js';
import { createBankQueues } from './bankQueues.js';
import type { BankQueues } from './bankQueues.js';
import { createCandidates } from './candidates.js';
import type { Candidates } from './candidates.js';
import { constraintsOf } from './constraints.js';
import type { Constraints } from './constraints.js';
import { createCounters } from './counters.js';
import type { Counters } from './counters.js';
import type { ObserveCommand } from './dramController.js';
import type { GroupClocks } from './groupClocks.js';
import { createPowerDown } from './powerDown.js';
import type { PowerDown } from './powerDown.js';
import { createRefreshPlan } from './refreshPlan.js';
import type { RefreshPlan } from './refreshPlan.js';
import { createJoins } from './joins.js';
import type { Joins } from './joins.js';
import { createBankLists, createRequestSlots } from './requestSlots.js';
import type { BankLists, RequestSlots } from './requestSlots.js';
import { createStandby } from './standby.js';
import type { Standby } from './standby.js';

/**
 * Everything about one channel, in flat arrays by bank, by bank group of a rank, or by rank; clocks are the first ones at which a
 * command may be given. `chooseCommand` finds the next command, `issueCommand` gives it, `enterRequest` takes a request; nothing is
 * allocated on the way.
 */
export interface ChannelState {
  readonly channel: number;
  readonly ranks: number;
  readonly banks: number;
  readonly banksOfRank: number;
  readonly banksPerGroup: number;
  readonly groupsOfRank: number;
  readonly timing: Constraints;
  readonly isInOrder: boolean;
  readonly isRoundRobin: boolean;
  readonly closesAtOnce: boolean;
  /** Whether `streamBursts` knows all that these settings ask for. */
  readonly isStreamable: boolean;
  /** Infinity unless rows are closed after some time. */
  readonly timeoutClocks: number;
  readonly maxRowHits: number;
  readonly writeHigh: number;
  readonly writeLow: number;
  readonly observe: ObserveCommand | undefined;

  readonly window: number;
  readonly slots: RequestSlots;
  readonly queues: BankQueues;
  readonly candidates: Candidates;
  /** Taken, and not yet in the queue of their bank. */
  readonly waitingReads: BankLists;
  readonly waitingWrites: BankLists;
  /** Writes that go out before reads do again. */
  draining: number;
  readonly joins: Joins;
  readonly counters: Counters;
  readonly standby: Standby;
  readonly powerDown: PowerDown;
  readonly refresh: RefreshPlan;

  readonly rankOf: Int32Array;
  readonly groupOf: Int32Array;
  /** Row, or -1; reads and writes since it was opened; clock of the last of them, or of opening it. */
  readonly openRow: Int32Array;
  readonly served: Int32Array;
  readonly lastUse: Float64Array;
  /** Four to a bank and to a group: read, write, activate and precharge; see `commandKind`. */
  readonly bankFrom: Float64Array;
  readonly groupFrom: GroupClocks;
  /** The last four activates of each rank, as a ring. */
  readonly fourActivates: Float64Array;
  readonly oldestActivate: Int32Array;

  /** The first clock at which no command has been given. */
  now: number;
  requestsQueued: number;
  /** Bank that a request's command last went to. */
  lastBank: number;
  /** Clock at which a request last came in. */
  lastEntered: number;
  lastDataClock: number;

  /** Steps until `streamBursts` is worth a try. */
  stepsToStream: number;

  /** The next command, if `isChosen`. Its slot is that of the request that it is for, or -1. */
  isChosen: boolean;
  chosenClock: number;
  chosenCommand: number;
  chosenBank: number;
  chosenSlot: number;
  isForRefresh: boolean;
}

export function createChannelState(
  channel: number,
  part: DramPart,
  settings: ControllerSettings,
  observe: ObserveCommand | undefined,
): ChannelState {
  const { bankGroups, banksPerGroup } = part.organisation;
  const { ranks } = settings;
  const banksOfRank = bankGroups * banksPerGroup;
  const banks = ranks * banksOfRank;
  const depth = settings.bankQueue;
  const slots = depth * banks + 2 * settings.window;
  const groups = ranks * bankGroups;
  const timing = constraintsOf(part);
  const standby = createStandby(ranks);
  const refresh = createRefreshPlan(settings.refresh, ranks, banksOfRank, timing);
  const powerDown = createPowerDown(
    settings.powerDownClocks,
    timing,
    refresh.dueClock,
    standby,
    (command, clock, rank) => observe?.(clock, command, channel, rank, 0, 0, 0, 0),
  );
  return {
    channel,
    ranks,
    banks,
    banksOfRank,
    banksPerGroup,
    groupsOfRank: bankGroups,
    timing,
    isInOrder: settings.scheduler === 'in-order',
    isRoundRobin: settings.scheduler === 'round-robin',
    closesAtOnce: settings.page === 'closed',
    isStreamable:
      settings.scheduler === 'fr-fcfs' &&
      settings.page === 'open' &&
      settings.powerDownClocks === undefined &&
      settings.writeHigh <= settings.window &&
      settings.channels === 1 &&
      ranks === 1,
    timeoutClocks: settings.page === 'timeout' ? settings.pageTimeoutClocks : Infinity,
    maxRowHits: settings.maxRowHits,
    writeHigh: settings.writeHigh,
    writeLow: settings.writeLow,
    observe,
    window: settings.window,
    slots: createRequestSlots(slots),
    queues: createBankQueues(depth, banks),
    candidates: createCandidates(banks),
    waitingReads: createBankLists(banks),
    waitingWrites: createBankLists(banks),
    draining: 0,
    joins: createJoins(),
    counters: createCounters(banks),
    standby,
    powerDown,
    refresh,
    rankOf: Int32Array.from({ length: banks }, (_, bank) => Math.floor(bank / banksOfRank)),
    groupOf: Int32Array.from({ length: banks }, (_, bank) => Math.floor(bank / banksPerGroup)),
    openRow: new Int32Array(banks).fill(-1),
    served: new Int32Array(banks),
    lastUse: new Float64Array(banks),
    bankFrom: new Float64Array(4 * banks),
    groupFrom: new Float64Array(4 * groups),
    fourActivates: new Float64Array(4 * ranks).fill(-Infinity),
    oldestActivate: new Int32Array(ranks),
    now: 0,
    requestsQueued: 0,
    lastBank: -1,
    lastEntered: -1,
    lastDataClock: 0,
    stepsToStream: 0,
    isChosen: false,
    chosenClock: Infinity,
    chosenCommand: 0,
    chosenBank: -1,
    chosenSlot: -1,
    isForRefresh: false,
  };
}
