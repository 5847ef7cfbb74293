import type { DramCommand } from '../command.js';
import type { ControllerSettings } from '../controllerSettings.js';
import { burstsPerRow } from '../part.js';
import type { DramPart } from '../part.js';
import { createRefreshRule } from './refreshRule.js';
import { createCommandBusRule, createStateRules } from './stateRules.js';
import { createTimingRules } from './timingRules.js';
import { addressesColumn } from './violation.js';
import type { DramViolation } from './violation.js';

export interface CheckOptions extends Pick<ControllerSettings, 'channels' | 'ranks'> {
  /** Whether refreshes must come in time. */
  readonly refresh: boolean;
  /** Violations to keep; all are counted. Default 20. */
  readonly most?: number;
  /** Clock until which the DRAM was watched; refreshes must have come until then. Default: that of the last command. */
  readonly endClock?: number | undefined;
}

/** What came of checking a trace. */
export interface CheckResult {
  readonly commands: number;
  /** How many there are, and the first of them in the order of the commands. */
  readonly violationCount: number;
  readonly violations: readonly DramViolation[];
}

/** All rules of one channel. */
interface ChannelRules {
  check(command: DramCommand): DramViolation[];
  finish(endClock: number): DramViolation[];
}

function createChannelRules(part: DramPart, channel: number, { ranks, refresh }: CheckOptions): ChannelRules {
  const refreshRule = createRefreshRule(part, channel, ranks);
  const rules = [createCommandBusRule(), createStateRules(part, ranks), createTimingRules(part)];
  if (refresh) rules.push((command) => refreshRule.check(command));
  return {
    check: (command) => rules.flatMap((rule) => rule(command)),
    finish: (endClock) => (refresh ? refreshRule.finish(endClock) : []),
  };
}

/**
 * Checks a trace against the timings and rules of its part. It knows nothing of any controller: each command is held against the
 * commands before it and the tables of `timingTable.ts`, which makes it a second opinion on ours and on those of others.
 *
 * @param commands in the order of their clocks, all channels together or one after the other
 */
export function checkCommands(
  commands: Iterable<DramCommand>,
  part: DramPart,
  options: CheckOptions,
): CheckResult {
  const { channels, most = 20 } = options;
  const rules = Array.from({ length: channels }, (_, channel) => createChannelRules(part, channel, options));
  const clocks = rules.map(() => 0);
  const violations: DramViolation[] = [];
  let violationCount = 0;
  let count = 0;
  const note = (found: readonly DramViolation[]) => {
    violationCount += found.length;
    violations.push(...found.slice(0, Math.max(0, most - violations.length)));
  };
  for (const command of commands) {
    count++;
    const misfit = misfitOf(command, part, options) ?? disorderOf(command, clocks[command.channel]);
    if (misfit) {
      note([misfit]);
      continue;
    }
    clocks[command.channel] = command.clock;
    note(rules[command.channel].check(command));
  }
  const endClock = options.endClock ?? Math.max(...clocks);
  for (const { finish } of rules) note(finish(endClock));
  return { commands: count, violationCount, violations };
}

/** A command to a place that does not exist: nothing else can be said about it. */
function misfitOf(
  after: DramCommand,
  { organisation }: DramPart,
  { channels, ranks }: CheckOptions,
): DramViolation | undefined {
  const limits = {
    channel: channels,
    rank: ranks,
    bankGroup: organisation.bankGroups,
    bank: organisation.banksPerGroup,
    ...((after.command === 'ACT' || addressesColumn(after)) && { row: organisation.rows }),
    ...(addressesColumn(after) && { column: burstsPerRow(organisation) }),
  };
  for (const [field, limit] of Object.entries(limits)) {
    const value = after[field as keyof typeof limits];
    if (Number.isInteger(value) && value >= 0 && value < limit) continue;
    return { constraint: 'address', after, explanation: `${field} from 0 to ${limit - 1}, found ${value}` };
  }
  return undefined;
}

function disorderOf(after: DramCommand, lastClock: number): DramViolation | undefined {
  if (after.clock >= lastClock) return undefined;
  return { constraint: 'order', after, explanation: `clocks must not go back; the last was ${lastClock}` };
}
