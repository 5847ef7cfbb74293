import { dramCommandNames } from '../command.js';
import type { DramCommand, DramCommandName } from '../command.js';
import type { DramPart } from '../part.js';
import { timingClocksOf, timingTable, windowTable } from './timingTable.js';
import type { TimingScope } from './timingTable.js';
import type { DramViolation } from './violation.js';

/** A row of the table for two kinds of commands, in the clocks of a part. */
interface Distance {
  readonly name: string;
  readonly scope: TimingScope;
  readonly clocks: number;
}

/** What has to be looked at before a command: commands of one kind, as far back as any row reaches. */
interface Lookback {
  readonly kind: DramCommandName;
  readonly distances: readonly Distance[];
}

/** Commands of one kind in a channel, from the oldest that a row still reaches. */
interface History {
  readonly reachClocks: number;
  commands: DramCommand[];
  first: number;
}

function lookbacksOf(part: DramPart): ReadonlyMap<DramCommandName, readonly Lookback[]> {
  const timing = timingClocksOf(part);
  return new Map(
    dramCommandNames.map((after) => {
      const lookbacks = dramCommandNames.map((kind): Lookback => {
        const rows = timingTable.filter((row) => row.before.includes(kind) && row.after.includes(after));
        const distances = rows.map(({ name, scope, clocks }) => ({
          name,
          scope,
          clocks: clocks(timing) ?? 0,
        }));
        return { kind, distances: distances.filter(({ clocks }) => clocks > 0) };
      });
      return [after, lookbacks.filter(({ distances }) => distances.length > 0)];
    }),
  );
}

/** Whether a row of this scope is about two commands of one channel. */
function isAbout(scope: TimingScope, before: DramCommand, after: DramCommand): boolean {
  if (before.rank !== after.rank) return scope === 'other rank';
  switch (scope) {
    case 'other rank':
      return false;
    case 'same rank':
      return true;
    case 'other bank group':
      return before.bankGroup !== after.bankGroup;
    case 'same bank group':
      return before.bankGroup === after.bankGroup;
    case 'same bank':
      return before.bankGroup === after.bankGroup && before.bank === after.bank;
  }
}

/** Of the rows that two commands break, the one that asks for most. */
function worstOf(
  distances: readonly Distance[],
  before: DramCommand,
  after: DramCommand,
): Distance | undefined {
  const found = after.clock - before.clock;
  let worst: Distance | undefined;
  for (const distance of distances) {
    if (found >= distance.clocks || (worst && distance.clocks <= worst.clocks)) continue;
    if (isAbout(distance.scope, before, after)) worst = distance;
  }
  return worst;
}

/**
 * Holds each command of a channel against all earlier ones that a row of the tables still reaches. Commands come in the order of
 * their clocks.
 *
 * @returns what a command breaks: a violation for each earlier command, with the longest distance that the two needed
 */
export function createTimingRules(part: DramPart): (command: DramCommand) => DramViolation[] {
  const lookbacks = lookbacksOf(part);
  const histories = new Map(dramCommandNames.map((kind) => [kind, newHistory(kind, lookbacks)]));
  const windows = createWindowRules(part);
  return (after) => {
    const violations: DramViolation[] = [];
    for (const { kind, distances } of lookbacks.get(after.command) ?? []) {
      const history = histories.get(kind);
      if (!history) continue;
      forget(history, after.clock);
      for (let index = history.first; index < history.commands.length; index++) {
        const before = history.commands[index];
        const worst = worstOf(distances, before, after);
        if (!worst) continue;
        violations.push({
          constraint: worst.name,
          before,
          after,
          neededClocks: worst.clocks,
          foundClocks: after.clock - before.clock,
        });
      }
    }
    histories.get(after.command)?.commands.push(after);
    return [...violations, ...windows(after)];
  };
}

function newHistory(
  kind: DramCommandName,
  lookbacks: ReadonlyMap<DramCommandName, readonly Lookback[]>,
): History {
  const reaches = [...lookbacks.values()].flatMap((list) =>
    list
      .filter((lookback) => lookback.kind === kind)
      .flatMap(({ distances }) => distances.map(({ clocks }) => clocks)),
  );
  return { reachClocks: Math.max(0, ...reaches), commands: [], first: 0 };
}

/** Drops what no row reaches any more; moves the rest only when half of the list is dropped, so that this costs little. */
function forget(history: History, clock: number): void {
  const { commands, reachClocks } = history;
  while (history.first < commands.length && commands[history.first].clock + reachClocks <= clock) {
    history.first++;
  }
  if (history.first * 2 > commands.length) {
    history.commands = commands.slice(history.first);
    history.first = 0;
  }
}

/** The last commands of each rank that a window counts: one more than it holds must not lie in it. */
function createWindowRules(part: DramPart): (command: DramCommand) => DramViolation[] {
  const timing = timingClocksOf(part);
  const windows = windowTable.map((row) => ({ ...row, clocks: row.clocks(timing) }));
  const lastOf = windows.map(() => new Map<number, DramCommand[]>());
  return (after) =>
    windows.flatMap(({ name, command, most, clocks }, index) => {
      if (after.command !== command) return [];
      const last = lastOf[index].get(after.rank) ?? [];
      lastOf[index].set(after.rank, [...last, after].slice(-most));
      const before = last.at(-most);
      if (before === undefined || after.clock - before.clock >= clocks) return [];
      return [
        { constraint: name, before, after, neededClocks: clocks, foundClocks: after.clock - before.clock },
      ];
    });
}
