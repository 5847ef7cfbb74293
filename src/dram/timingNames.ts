import type { DramTiming } from './part.js';

export type TimingName = Exclude<keyof DramTiming, 'tCKPs'>;

/** What a file may say of one timing, and what stands in where it does not. */
interface TimingEntry {
  readonly description: string;
  /** Another name that says it, too, such as `tRCD` for reads and writes alike. */
  readonly or?: SharedTimingName;
  /** Taken where there is one bank group, to which the difference between groups means nothing. */
  readonly inOneGroup?: TimingName;
  readonly default?: TimingDefault;
  readonly mayBeZero?: boolean;
  /** The longest time allowed, not the shortest. */
  readonly atMost?: boolean;
}

type TimingDefault =
  | { readonly clocks: number }
  /** The sum of these. */
  | { readonly sumOf: readonly TimingName[] }
  | { readonly none: true };

/** Every timing of a part. Names are the standards'. What has no default must be given. */
export const timingTable: Readonly<Record<TimingName, TimingEntry>> = {
  tCL: { description: 'Read command to its first data (RL)' },
  tCWL: { description: 'Write command to its first data (WL)' },
  tDQSCK: {
    description: 'What the data of a read come later than tCL',
    default: { clocks: 0 },
    mayBeZero: true,
  },
  tDQSS: {
    description: 'What the data of a write come later than tCWL, tDQS2DQ included',
    default: { clocks: 0 },
    mayBeZero: true,
  },
  tRCDRD: { description: 'Activate to read', or: 'tRCD' },
  tRCDWR: { description: 'Activate to write', or: 'tRCD' },
  tRP: { description: 'Precharge of one bank' },
  tRPab: { description: 'Precharge of all banks', default: { sumOf: ['tRP'] } },
  tRAS: { description: 'Activate to precharge' },
  tRC: { description: 'Activate to activate of the same bank', default: { sumOf: ['tRAS', 'tRP'] } },
  tCCD_S: { description: 'Column command to column command, other bank group', or: 'tCCD' },
  tCCD_L: {
    description: 'Column command to column command, same bank group',
    or: 'tCCD',
    inOneGroup: 'tCCD_S',
  },
  tRRD_S: { description: 'Activate to activate, other bank group', or: 'tRRD' },
  tRRD_L: { description: 'Activate to activate, same bank group', or: 'tRRD', inOneGroup: 'tRRD_S' },
  tFAW: { description: 'Window of at most four activates' },
  tWR: { description: 'Last data written to precharge' },
  tWTR_S: { description: 'Last data written to read, other bank group', or: 'tWTR' },
  tWTR_L: { description: 'Last data written to read, same bank group', or: 'tWTR', inOneGroup: 'tWTR_S' },
  tRTP: { description: 'Read to precharge' },
  tRTRS: {
    description: 'Idle bus between reads and writes, and between ranks',
    default: { clocks: 2 },
    mayBeZero: true,
  },
  tREFI: { description: 'Refresh interval', atMost: true },
  tRFC: { description: 'Refresh of all banks' },
  tRFCpb: { description: 'Refresh of one bank, where there is such a command', default: { none: true } },
  tXP: { description: 'Leaving power-down to the next command' },
  tCKE: { description: 'Least stay in power-down, and out of it', default: { sumOf: ['tXP'] } },
};

/** Names that stand for two timings each. */
export const sharedTimings = {
  tRCD: 'tRCDRD and tRCDWR',
  tCCD: 'tCCD_S and tCCD_L',
  tRRD: 'tRRD_S and tRRD_L',
  tWTR: 'tWTR_S and tWTR_L',
} as const;

type SharedTimingName = keyof typeof sharedTimings;

/** All names that a file may use for a timing, `tCK` apart. */
export type GivenTimingName = TimingName | SharedTimingName;

export const timings = Object.keys(timingTable) as readonly TimingName[];
