import { spreadText, table } from '../print/table.js';
import type { Table } from '../print/table.js';
import { estimateLayers } from '../subject/estimate.js';
import type { Subject } from '../subject/prepare.js';
import type { TimedDram } from '../subject/tileExecution.js';
import { inTurns, timed, totals } from '../timing/inTurns.js';
import type { TurnLimits } from '../timing/inTurns.js';
import { ratioSpread, spreadOf } from '../timing/spread.js';
import type { Spread } from '../timing/spread.js';

/** Schedules and times of a network's layers without data, mappings given, in ms. */
export interface EstimateMeasurement {
  readonly network: string;
  readonly flat: Spread;
  readonly commands: Spread;
  /** commands / flat. */
  readonly ratio: Spread;
}

export const estimateGoalsMs: Readonly<Record<TimedDram, number>> = { flat: 2, commands: 25 };

export function measureEstimates(
  network: string,
  { plan }: Subject,
  limits: TurnLimits,
): EstimateMeasurement {
  const estimate = (dram: TimedDram) => (): { readonly estimate: number } => ({
    estimate: timed(() => {
      estimateLayers(plan, dram);
    }),
  });
  const turns = inTurns({ flat: estimate('flat'), commands: estimate('commands') }, limits);
  const [flat, commands] = [totals(turns.flat), totals(turns.commands)];
  return { network, flat: spreadOf(flat), commands: spreadOf(commands), ratio: ratioSpread(commands, flat) };
}

export function estimateTable(measured: readonly EstimateMeasurement[]): Table {
  return table({
    title: `Estimate of a network, mappings given, ms (goals: flat DRAM < ${estimateGoalsMs.flat}, DRAM commands < ${estimateGoalsMs.commands})`,
    head: ['network', 'flat DRAM', 'DRAM commands', 'commands / flat', 'rounds'],
    rows: measured.map(({ network, flat, commands, ratio }) => [
      ...[network, spreadText(flat), spreadText(commands), spreadText(ratio), String(ratio.count)],
    ]),
  });
}
