import { estimateGoalsMs } from '../measure/estimates.js';
import type { Measurements } from '../runBench.js';
import { figure, table } from './table.js';
import type { Table } from './table.js';

/** A figure that is to stay below another. */
export interface Goal {
  readonly what: string;
  readonly unit: string;
  readonly measured: number;
  readonly goal: number;
}

/** What the medians have come to. */
export function reachedGoals(
  measured: Omit<Measurements, 'scalar' | 'kernels' | 'storage' | 'dram' | 'mapping'>,
): Goal[] {
  const { tiles, peers, estimates, commands, startUp, growth } = measured;
  return [
    ...tiles.flatMap(({ network, dram, goal }) =>
      goal === undefined
        ? []
        : (['flat', 'commands'] as const).map((kind) => ({
            what: `${network}: tile execution / inference, ${kind === 'flat' ? 'flat DRAM' : 'DRAM commands'}`,
            ...{ unit: '', measured: dram[kind].ratio.median, goal },
          })),
    ),
    ...peers.map(({ work, tile, goalMs }) => ({
      what: `${work}: tile execution`,
      ...{ unit: 'ms', measured: tile.median, goal: goalMs },
    })),
    ...estimates.flatMap(({ network, flat, commands: withCommands }) => [
      {
        what: `${network}: estimate, flat DRAM`,
        unit: 'ms',
        measured: flat.median,
        goal: estimateGoalsMs.flat,
      },
      {
        what: `${network}: estimate, DRAM commands`,
        ...{ unit: 'ms', measured: withCommands.median, goal: estimateGoalsMs.commands },
      },
    ]),
    ...commands.map(({ command, wall, goalMs }) => ({
      what: command,
      ...{ unit: 'ms', measured: wall.median, goal: goalMs },
    })),
    ...startUp.map(({ network, peakBytes, goalBytes }) => ({
      what: `${network}: peak memory`,
      ...{ unit: 'MB', measured: peakBytes.median / 1e6, goal: goalBytes / 1e6 },
    })),
    ...growth.flatMap(({ quantity, tile }) =>
      quantity === 'MACs'
        ? [{ what: 'slope of the tile execution in MACs', unit: '', measured: tile.slope.median, goal: 1 }]
        : [],
    ),
  ];
}

export function goalTable(goals: readonly Goal[]): Table {
  return table({
    title: 'Goals',
    head: ['figure', 'unit', 'median', 'goal', 'reached'],
    rows: goals.map(({ what, unit, measured, goal }) => [
      ...[what, unit, figure(measured), figure(goal), measured <= goal ? 'yes' : 'no'],
    ]),
  });
}
