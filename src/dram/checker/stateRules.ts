import type { DramCommand } from '../command.js';
import type { DramPart } from '../part.js';
import { addressesColumn } from './violation.js';
import type { DramViolation } from './violation.js';

interface RankState {
  /** By bank through all groups: the activate that opened its row; absent where the bank is closed. */
  readonly open: Map<number, DramCommand>;
  /** The command that sent the rank to power-down, while it is there. */
  poweredDown: DramCommand | undefined;
}

/** A rule about the state that a command finds: what is wrong, and since which command, or nothing. */
type StateRule = (
  command: DramCommand,
  rank: RankState,
  part: DramPart,
) => { readonly explanation: string; readonly before?: DramCommand | undefined } | undefined;

/** Banks count through all groups of a rank. */
function bankOf({ bankGroup, bank }: DramCommand, { organisation }: DramPart): number {
  return bankGroup * organisation.banksPerGroup + bank;
}

/** Rules of JESD79-4 and JESD209-4 about what state allows which command, by their names in violations. */
const stateRules: Readonly<Record<string, StateRule>> = {
  'power-down': ({ command }, { poweredDown }) => {
    if (command === 'PDX') return poweredDown ? undefined : { explanation: 'the rank is not in power-down' };
    return poweredDown && { explanation: 'the rank is in power-down', before: poweredDown };
  },
  'bank closed': (command, { open }, part) => {
    if (command.command !== 'ACT' && command.command !== 'REFpb') return undefined;
    const before = open.get(bankOf(command, part));
    return before && { explanation: `row ${before.row} of the bank is still open`, before };
  },
  'all banks closed': ({ command }, { open }) => {
    if (command !== 'REF') return undefined;
    const [before] = open.values();
    return before && { explanation: `${open.size} of the rank's banks are still open`, before };
  },
  'row open': (command, { open }, part) => {
    if (!addressesColumn(command)) return undefined;
    const before = open.get(bankOf(command, part));
    if (!before) return { explanation: 'the bank is closed' };
    return before.row === command.row ? undefined : { explanation: `row ${before.row} is open`, before };
  },
  'single-bank refresh': ({ command }, _, { timing }) =>
    command === 'REFpb' && timing.tRFCpb === undefined
      ? { explanation: 'the part does not refresh single banks' }
      : undefined,
};

function follow(command: DramCommand, rank: RankState, part: DramPart): void {
  switch (command.command) {
    case 'ACT':
      rank.open.set(bankOf(command, part), command);
      break;
    case 'PRE':
    case 'RDA':
    case 'WRA':
      rank.open.delete(bankOf(command, part));
      break;
    case 'PREA':
      rank.open.clear();
      break;
    case 'PDE':
      rank.poweredDown = command;
      break;
    case 'PDX':
      rank.poweredDown = undefined;
      break;
    case 'RD':
    case 'WR':
    case 'REF':
    case 'REFpb':
      break;
  }
}

/**
 * Follows the rows and the power-down of a channel's ranks, and holds each command against what it finds. After a wrong command the
 * state is as if it had been right, so that one mistake is told once. A precharge of a closed bank is right: it does nothing.
 */
export function createStateRules(part: DramPart, ranks: number): (command: DramCommand) => DramViolation[] {
  const states = Array.from({ length: ranks }, (): RankState => ({
    open: new Map(),
    poweredDown: undefined,
  }));
  return (after) => {
    const state = states[after.rank];
    const violations = Object.entries(stateRules).flatMap(([constraint, rule]): DramViolation[] => {
      const found = rule(after, state, part);
      if (!found) return [];
      const { explanation, before } = found;
      return [{ constraint, after, explanation, ...(before && { before }) }];
    });
    follow(after, state, part);
    return violations;
  };
}

/** At most one command on a channel's command bus per clock; power-down has a pin of its own (CKE). */
export function createCommandBusRule(): (command: DramCommand) => DramViolation[] {
  let last: DramCommand | undefined;
  return (after) => {
    if (after.command === 'PDE' || after.command === 'PDX') return [];
    const before = last;
    last = after;
    if (before?.clock !== after.clock) return [];
    return [{ constraint: 'command bus', before, after, neededClocks: 1, foundClocks: 0 }];
  };
}
