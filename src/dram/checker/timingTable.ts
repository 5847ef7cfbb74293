import type { DramCommandName } from '../command.js';
import { burstClocksOf } from '../part.js';
import type { DramPart, DramTiming } from '../part.js';

/**
 * Which two commands of a channel a row is about, by where they go. A bank lies in its own bank group, and both in their rank;
 * `PREA`, `REF`, `PDE` and `PDX` go to a rank as a whole.
 */
export type TimingScope = 'same bank' | 'same bank group' | 'other bank group' | 'same rank' | 'other rank';

/** A part's timings, with the clocks that a burst takes on the bus. All in clocks but `tCKPs`. */
export type TimingClocks = DramTiming & { readonly burst: number };

/** Least distance between two commands, however many others lie between them. */
export interface TimingRow {
  readonly name: string;
  readonly scope: TimingScope;
  readonly before: readonly DramCommandName[];
  readonly after: readonly DramCommandName[];
  /** Clocks from the one command to the other, at least. Absent: the part has no such commands. */
  readonly clocks: (timing: TimingClocks) => number | undefined;
}

/** Window that holds no more than so many commands of a kind to one rank. */
export interface WindowRow {
  readonly name: string;
  readonly command: DramCommandName;
  readonly most: number;
  readonly clocks: (timing: TimingClocks) => number;
}

export function timingClocksOf({ timing, organisation }: DramPart): TimingClocks {
  return { ...timing, burst: burstClocksOf(organisation) };
}

const reads = ['RD', 'RDA'] as const;
const writes = ['WR', 'WRA'] as const;
const columns = [...reads, ...writes] as const;
const idleAgain = ['ACT', 'PRE', 'PREA', 'REF', 'REFpb'] as const;
const allButPowerDown = [...idleAgain, ...columns] as const;

/** From the command: the first clock of its data on the bus, and the first after them. */
const readStart = (t: TimingClocks) => t.tCL + t.tDQSCK;
const readEnd = (t: TimingClocks) => readStart(t) + t.burst;
const writeStart = (t: TimingClocks) => t.tCWL + t.tDQSS;
const writeEnd = (t: TimingClocks) => writeStart(t) + t.burst;

/**
 * The JEDEC timings as distances between commands. Sources: JESD79-4 (DDR4) for the rules and the bank groups, JESD209-4 (LPDDR4) for
 * `tRPab` and for refreshing single banks, where `REFpb` stands for an activate and a precharge of its bank; tRTRS is the
 * controller's own. Where two rows ask the same of two commands the first names it.
 */
export const timingTable: readonly TimingRow[] = [
  // Rows open and close.
  { name: 'tRCDRD', scope: 'same bank', before: ['ACT'], after: reads, clocks: (t) => t.tRCDRD },
  { name: 'tRCDWR', scope: 'same bank', before: ['ACT'], after: writes, clocks: (t) => t.tRCDWR },
  { name: 'tRAS', scope: 'same bank', before: ['ACT'], after: ['PRE'], clocks: (t) => t.tRAS },
  { name: 'tRAS', scope: 'same rank', before: ['ACT'], after: ['PREA'], clocks: (t) => t.tRAS },
  { name: 'tRC', scope: 'same bank', before: ['ACT'], after: ['ACT'], clocks: (t) => t.tRC },
  { name: 'tRRD_L', scope: 'same bank group', before: ['ACT'], after: ['ACT'], clocks: (t) => t.tRRD_L },
  { name: 'tRRD_S', scope: 'other bank group', before: ['ACT'], after: ['ACT'], clocks: (t) => t.tRRD_S },
  { name: 'tRP', scope: 'same bank', before: ['PRE'], after: ['ACT', 'REFpb'], clocks: (t) => t.tRP },
  { name: 'tRP', scope: 'same rank', before: ['PRE'], after: ['REF'], clocks: (t) => t.tRP },
  {
    name: 'tRPab',
    scope: 'same rank',
    before: ['PREA'],
    after: ['ACT', 'REF', 'REFpb'],
    clocks: (t) => t.tRPab,
  },

  // Reads and writes keep their row open long enough; RDA and WRA close it themselves, not before tRAS.
  { name: 'tRTP', scope: 'same bank', before: reads, after: ['PRE'], clocks: (t) => t.tRTP },
  { name: 'tRTP', scope: 'same rank', before: reads, after: ['PREA'], clocks: (t) => t.tRTP },
  { name: 'tWR', scope: 'same bank', before: writes, after: ['PRE'], clocks: (t) => writeEnd(t) + t.tWR },
  { name: 'tWR', scope: 'same rank', before: writes, after: ['PREA'], clocks: (t) => writeEnd(t) + t.tWR },
  {
    name: 'tRAS + tRP',
    scope: 'same bank',
    before: ['ACT'],
    after: ['ACT', 'REFpb'],
    clocks: (t) => t.tRAS + t.tRP,
  },
  { name: 'tRAS + tRP', scope: 'same rank', before: ['ACT'], after: ['REF'], clocks: (t) => t.tRAS + t.tRP },
  {
    name: 'tRTP + tRP',
    scope: 'same bank',
    before: ['RDA'],
    after: ['ACT', 'REFpb'],
    clocks: (t) => t.tRTP + t.tRP,
  },
  { name: 'tRTP + tRP', scope: 'same rank', before: ['RDA'], after: ['REF'], clocks: (t) => t.tRTP + t.tRP },
  {
    name: 'tWR + tRP',
    scope: 'same bank',
    before: ['WRA'],
    after: ['ACT', 'REFpb'],
    clocks: (t) => writeEnd(t) + t.tWR + t.tRP,
  },
  {
    name: 'tWR + tRP',
    scope: 'same rank',
    before: ['WRA'],
    after: ['REF'],
    clocks: (t) => writeEnd(t) + t.tWR + t.tRP,
  },

  // Columns of one rank.
  { name: 'tCCD_L', scope: 'same bank group', before: reads, after: reads, clocks: (t) => t.tCCD_L },
  { name: 'tCCD_S', scope: 'other bank group', before: reads, after: reads, clocks: (t) => t.tCCD_S },
  { name: 'tCCD_L', scope: 'same bank group', before: writes, after: writes, clocks: (t) => t.tCCD_L },
  { name: 'tCCD_S', scope: 'other bank group', before: writes, after: writes, clocks: (t) => t.tCCD_S },
  {
    name: 'tWTR_L',
    scope: 'same bank group',
    before: writes,
    after: reads,
    clocks: (t) => writeEnd(t) + t.tWTR_L,
  },
  {
    name: 'tWTR_S',
    scope: 'other bank group',
    before: writes,
    after: reads,
    clocks: (t) => writeEnd(t) + t.tWTR_S,
  },

  // The data bus of the channel: no two bursts at once, and tRTRS idle where the direction turns to writing or the rank changes.
  // A read after a write of its rank needs no row: tWTR holds its very command back until the write's data are through.
  { name: 'BL/2', scope: 'same rank', before: reads, after: reads, clocks: (t) => t.burst },
  { name: 'BL/2', scope: 'same rank', before: writes, after: writes, clocks: (t) => t.burst },
  {
    name: 'tRTRS',
    scope: 'same rank',
    before: reads,
    after: writes,
    clocks: (t) => readEnd(t) + t.tRTRS - writeStart(t),
  },
  { name: 'tRTRS', scope: 'other rank', before: reads, after: reads, clocks: (t) => t.burst + t.tRTRS },
  { name: 'tRTRS', scope: 'other rank', before: writes, after: writes, clocks: (t) => t.burst + t.tRTRS },
  {
    name: 'tRTRS',
    scope: 'other rank',
    before: reads,
    after: writes,
    clocks: (t) => readEnd(t) + t.tRTRS - writeStart(t),
  },
  {
    name: 'tRTRS',
    scope: 'other rank',
    before: writes,
    after: reads,
    clocks: (t) => writeEnd(t) + t.tRTRS - readStart(t),
  },

  // Refresh.
  { name: 'tRFC', scope: 'same rank', before: ['REF'], after: idleAgain, clocks: (t) => t.tRFC },
  { name: 'tRFCpb', scope: 'same bank', before: ['REFpb'], after: ['ACT', 'PRE'], clocks: (t) => t.tRFCpb },
  { name: 'tRFCpb', scope: 'same rank', before: ['REFpb'], after: ['REF', 'REFpb'], clocks: (t) => t.tRFCpb },
  { name: 'tRRD_L', scope: 'same rank', before: ['REFpb'], after: ['ACT'], clocks: (t) => t.tRRD_L },
  { name: 'tRRD_L', scope: 'same rank', before: ['ACT'], after: ['REFpb'], clocks: (t) => t.tRRD_L },

  // Power-down: entered when the data are through and written, left when it has lasted, and then tXP until the next command.
  { name: 'tRDPDEN', scope: 'same rank', before: reads, after: ['PDE'], clocks: readEnd },
  { name: 'tWRPDEN', scope: 'same rank', before: writes, after: ['PDE'], clocks: (t) => writeEnd(t) + t.tWR },
  { name: 'tCKE', scope: 'same rank', before: ['PDE'], after: ['PDX'], clocks: (t) => t.tCKE },
  { name: 'tCKE', scope: 'same rank', before: ['PDX'], after: ['PDE'], clocks: (t) => t.tCKE },
  { name: 'tXP', scope: 'same rank', before: ['PDX'], after: allButPowerDown, clocks: (t) => t.tXP },
];

export const windowTable: readonly WindowRow[] = [
  { name: 'tFAW', command: 'ACT', most: 4, clocks: (t) => t.tFAW },
];
