/**
 * Commands by their names in traces. `RDA` and `WRA` close their row when they are done; `PREA` closes all of a rank, `REF` refreshes
 * all of its banks, `REFpb` one; `PDE` and `PDX` enter and leave power-down.
 */
export const dramCommandNames = [
  'ACT',
  'PRE',
  'PREA',
  'RD',
  'RDA',
  'WR',
  'WRA',
  'REF',
  'REFpb',
  'PDE',
  'PDX',
] as const;
export type DramCommandName = (typeof dramCommandNames)[number];

/** One command of a trace. What a command does not address is 0. */
export interface DramCommand {
  readonly clock: number;
  readonly command: DramCommandName;
  readonly channel: number;
  readonly rank: number;
  readonly bankGroup: number;
  /** Within its group. */
  readonly bank: number;
  readonly row: number;
  /** In bursts from the start of the row. */
  readonly column: number;
}

/** Indices of commands into `dramCommandNames`, as hot loops carry them. */
export const ACT = 0;
export const PRE = 1;
export const PREA = 2;
export const RD = 3;
export const RDA = 4;
export const WR = 5;
export const WRA = 6;
export const REF = 7;
export const REFpb = 8;
export const PDE = 9;
export const PDX = 10;
