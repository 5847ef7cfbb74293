import type { DramCommand, DramCommandName } from '../command.js';

/** A command that came when its part did not allow it, or that did not come. */
export interface DramViolation {
  /** A JEDEC timing such as `tRCDRD`, or a rule such as `row open`. */
  readonly constraint: string;
  /** The earlier command that the constraint counts from; absent where it needs none. */
  readonly before?: DramCommand;
  /** The command that is wrong; absent where one is missing at the end. */
  readonly after?: DramCommand;
  /** For timings: clocks from `before` (else from clock 0) at least, for refreshes at most; and how many there were. */
  readonly neededClocks?: number;
  readonly foundClocks?: number;
  /** For rules: what was expected and what found. */
  readonly explanation?: string;
}

/** Commands that go to a rank as a whole. */
const rankCommands: ReadonlySet<DramCommandName> = new Set(['PREA', 'REF', 'PDE', 'PDX']);

export function addressesRank({ command }: Pick<DramCommand, 'command'>): boolean {
  return rankCommands.has(command);
}

const columnCommands: ReadonlySet<DramCommandName> = new Set(['RD', 'RDA', 'WR', 'WRA']);

export function addressesColumn({ command }: DramCommand): boolean {
  return columnCommands.has(command);
}

/** A command in words, with what it addresses: `clock 17: RD, channel 0, rank 0, bank group 1, bank 2, row 5, column 3`. */
function describeCommand(given: DramCommand): string {
  const { clock, command, channel, rank, bankGroup, bank, row, column } = given;
  const place = [`channel ${channel}`, `rank ${rank}`];
  if (!addressesRank(given)) place.push(`bank group ${bankGroup}`, `bank ${bank}`);
  if (command === 'ACT' || addressesColumn(given)) place.push(`row ${row}`);
  if (addressesColumn(given)) place.push(`column ${column}`);
  return `clock ${clock}: ${command}, ${place.join(', ')}`;
}

/** One line about a violation. */
export function describeViolation(violation: DramViolation): string {
  const { constraint, before, after, neededClocks, foundClocks, explanation } = violation;
  const subject = after ? describeCommand(after) : 'end of the trace';
  const origin = before ? `; before it ${describeCommand(before)}` : '';
  const reason = explanation ?? `${neededClocks} clocks needed, ${foundClocks} found`;
  return `${subject}: ${constraint}: ${reason}${origin}`;
}
