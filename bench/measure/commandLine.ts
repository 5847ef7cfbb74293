import { basename, join } from 'node:path';
import { packageRoot } from '../../src/document/package.js';
import { figure, spreadText, table } from '../print/table.js';
import type { Table } from '../print/table.js';
import { runNode } from '../timing/childProcess.js';
import { inTurns, totals } from '../timing/inTurns.js';
import type { TurnLimits } from '../timing/inTurns.js';
import { spreadOf } from '../timing/spread.js';
import type { Spread } from '../timing/spread.js';

/** From the start of a process to its end, in ms. */
export interface CommandMeasurement {
  readonly command: string;
  readonly wall: Spread;
  readonly goalMs: number;
}

/** @param folder where the command runs and leaves its results */
export function measureCommand(
  folder: string,
  args: readonly string[],
  goalMs: number,
  limits: TurnLimits,
): CommandMeasurement {
  const main = join(packageRoot(), 'dist/src/cli/main.js');
  const { wall } = inTurns({ wall: () => ({ wall: runNode([main, ...args], folder).wallMs }) }, limits);
  const command = ['psconv', ...args.map((arg) => basename(arg))].join(' ');
  return { command, wall: spreadOf(totals(wall)), goalMs };
}

export function commandTable(measured: readonly CommandMeasurement[]): Table {
  return table({
    title: 'The command line, from the start of the process to its end, ms',
    head: ['command', 'wall clock', 'goal', 'runs'],
    rows: measured.map(({ command, wall, goalMs }) => [
      ...[command, spreadText(wall), `< ${figure(goalMs)}`, String(wall.count)],
    ]),
    note: 'The scenario has three variants; all mappings are searched for, and every output is checked.',
  });
}
