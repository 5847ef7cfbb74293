import type { DramCommand } from '../command.js';
import type { DramPart } from '../part.js';
import type { DramViolation } from './violation.js';

/** Refreshes that may be put off, or done ahead of their time, in intervals of tREFI (JESD79-4, JESD209-4). */
const mostPostponed = 8;
const mostAhead = 8;

/** How the refreshes of one bank stand. */
interface BankRefreshes {
  /** The interval in which the next refresh falls due, counted from 1; what was done further ahead than allowed does not count. */
  next: number;
  last: DramCommand | undefined;
}

/** The refreshes of a channel: `check` a refresh when it comes, `finish` when nothing comes any more. */
export interface RefreshRule {
  check(command: DramCommand): DramViolation[];
  finish(endClock: number): DramViolation[];
}

/**
 * Each bank wants a refresh for every tREFI that goes by from clock 0 on, be it its own or one of the whole rank, with at most
 * eight put off: so the first comes by 9 tREFI, and no two are further apart than that.
 */
export function createRefreshRule(part: DramPart, channel: number, ranks: number): RefreshRule {
  const { tREFI } = part.timing;
  const { bankGroups, banksPerGroup } = part.organisation;
  const newBank = (): BankRefreshes => ({ next: 1, last: undefined });
  const states = Array.from({ length: ranks }, () =>
    Array.from({ length: bankGroups * banksPerGroup }, newBank),
  );

  /** What is late about one of these banks, the one that is latest: all banks of a rank tend to be late together. */
  function lateness(
    rank: number,
    banks: readonly BankRefreshes[],
    clock: number,
    after?: DramCommand,
  ): DramViolation[] {
    let worst: DramViolation | undefined;
    let worstExcess = 0;
    for (const { next, last } of banks) {
      const from = last?.clock ?? 0;
      const latest = Math.min((next + mostPostponed) * tREFI, from + (mostPostponed + 1) * tREFI);
      if (clock - latest <= worstExcess) continue;
      worstExcess = clock - latest;
      worst = {
        constraint: 'tREFI',
        neededClocks: latest - from,
        foundClocks: clock - from,
        explanation: `channel ${channel}, rank ${rank} needs a refresh by clock ${latest}, none until ${clock}`,
        ...(last && { before: last }),
        ...(after && { after }),
      };
    }
    return worst ? [worst] : [];
  }

  return {
    check(command) {
      if (command.command !== 'REF' && command.command !== 'REFpb') return [];
      const rank = states[command.rank];
      const bank = command.bankGroup * banksPerGroup + command.bank;
      const banks = command.command === 'REF' ? rank : rank.slice(bank, bank + 1);
      const violations = lateness(command.rank, banks, command.clock, command);
      const interval = Math.floor(command.clock / tREFI);
      for (const state of banks) {
        state.next = Math.min(state.next + 1, interval + mostAhead + 1);
        // What was told once as too late is not told again for every refresh that follows.
        state.next = Math.max(state.next, interval - mostPostponed + 1);
        state.last = command;
      }
      return violations;
    },
    finish: (endClock) => states.flatMap((banks, rank) => lateness(rank, banks, endClock)),
  };
}
