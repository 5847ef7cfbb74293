import type { DramCommandName } from '../../../src/dram/command.js';
import type { DramTiming } from '../../../src/dram/part.js';
import type { TimingScope } from '../../../src/dram/checker/timingTable.js';

/** Two commands as close as a row lets them be, after what must have gone before; clocks counted by hand for `partWith`. */
export interface TimingCase {
  readonly name: string;
  readonly scope: TimingScope;
  readonly before: readonly DramCommandName[];
  readonly after: readonly DramCommandName[];
  readonly timing?: Partial<DramTiming>;
  readonly trace: (before: DramCommandName, after: DramCommandName) => string[];
}

const reads = ['RD', 'RDA'] as const;
const writes = ['WR', 'WRA'] as const;
const twoBanks = ['0 ACT', '7 ACT bank 1'];
const twoGroups = ['0 ACT', '5 ACT group 1'];
const twoRanks = ['0 ACT', '1 ACT rank 1'];

export const timingCases: readonly TimingCase[] = [
  {
    name: 'tRCDRD',
    scope: 'same bank',
    before: ['ACT'],
    after: reads,
    trace: (_, after) => ['0 ACT row 3', `15 ${after} row 3`],
  },
  {
    name: 'tRCDWR',
    scope: 'same bank',
    before: ['ACT'],
    after: writes,
    trace: (_, after) => ['0 ACT row 3', `13 ${after} row 3`],
  },
  {
    name: 'tRAS',
    scope: 'same bank',
    before: ['ACT'],
    after: ['PRE'],
    trace: () => ['0 ACT', '40 PRE'],
  },
  {
    name: 'tRAS',
    scope: 'same rank',
    before: ['ACT'],
    after: ['PREA'],
    trace: () => ['0 ACT group 2 bank 1', '40 PREA'],
  },
  {
    name: 'tRC',
    scope: 'same bank',
    before: ['ACT'],
    after: ['ACT'],
    trace: () => ['0 ACT', '40 PRE', '60 ACT'],
  },
  {
    name: 'tRRD_L',
    scope: 'same bank group',
    before: ['ACT'],
    after: ['ACT'],
    trace: () => twoBanks,
  },
  {
    name: 'tRRD_S',
    scope: 'other bank group',
    before: ['ACT'],
    after: ['ACT'],
    trace: () => twoGroups,
  },
  {
    name: 'tRP',
    scope: 'same bank',
    before: ['PRE'],
    after: ['ACT', 'REFpb'],
    trace: (_, after) => ['0 ACT', '50 PRE', `64 ${after}`],
  },
  {
    name: 'tRP',
    scope: 'same rank',
    before: ['PRE'],
    after: ['REF'],
    trace: () => ['0 ACT group 3', '50 PRE group 3', '64 REF'],
  },
  {
    name: 'tRPab',
    scope: 'same rank',
    before: ['PREA'],
    after: ['ACT', 'REF', 'REFpb'],
    trace: (_, after) => ['0 ACT', '50 PREA', `67 ${after}`],
  },
  {
    name: 'tRTP',
    scope: 'same bank',
    before: reads,
    after: ['PRE'],
    trace: (before) => ['0 ACT', `40 ${before}`, '50 PRE'],
  },
  {
    name: 'tRTP',
    scope: 'same rank',
    before: reads,
    after: ['PREA'],
    trace: (before) => ['0 ACT group 1', `40 ${before} group 1`, '50 PREA'],
  },
  {
    name: 'tWR',
    scope: 'same bank',
    before: writes,
    after: ['PRE'],
    trace: (before) => ['0 ACT', `13 ${before}`, '48 PRE'],
  },
  {
    name: 'tWR',
    scope: 'same rank',
    before: writes,
    after: ['PREA'],
    trace: (before) => ['0 ACT group 1', `13 ${before} group 1`, '48 PREA'],
  },
  {
    name: 'tRAS + tRP',
    scope: 'same bank',
    before: ['ACT'],
    after: ['ACT', 'REFpb'],
    timing: { tRC: 50 },
    trace: (_, after) => ['0 ACT', '15 RDA', `54 ${after}`],
  },
  {
    name: 'tRAS + tRP',
    scope: 'same rank',
    before: ['ACT'],
    after: ['REF'],
    trace: () => ['0 ACT group 1', '15 RDA group 1', '54 REF'],
  },
  {
    name: 'tRTP + tRP',
    scope: 'same bank',
    before: ['RDA'],
    after: ['ACT', 'REFpb'],
    trace: (_, after) => ['0 ACT', '40 RDA', `64 ${after}`],
  },
  {
    name: 'tRTP + tRP',
    scope: 'same rank',
    before: ['RDA'],
    after: ['REF'],
    trace: () => ['0 ACT group 1', '40 RDA group 1', '64 REF'],
  },
  {
    name: 'tWR + tRP',
    scope: 'same bank',
    before: ['WRA'],
    after: ['ACT', 'REFpb'],
    trace: (_, after) => ['0 ACT', '20 WRA', `69 ${after}`],
  },
  {
    name: 'tWR + tRP',
    scope: 'same rank',
    before: ['WRA'],
    after: ['REF'],
    trace: () => ['0 ACT group 1', '20 WRA group 1', '69 REF'],
  },
  ...[reads, writes].flatMap((kind): TimingCase[] => [
    {
      name: 'tCCD_L',
      scope: 'same bank group',
      before: kind,
      after: kind,
      trace: (before, after) => [...twoBanks, `30 ${before}`, `42 ${after} bank 1`],
    },
    {
      name: 'tCCD_S',
      scope: 'other bank group',
      before: kind,
      after: kind,
      trace: (before, after) => [...twoGroups, `30 ${before}`, `39 ${after} group 1`],
    },
    {
      name: 'BL/2',
      scope: 'same rank',
      before: kind,
      after: kind,
      timing: { tCCD_S: 4 },
      trace: (before, after) => [...twoGroups, `30 ${before}`, `38 ${after} group 1`],
    },
    {
      name: 'tRTRS',
      scope: 'other rank',
      before: kind,
      after: kind,
      trace: (before, after) => [...twoRanks, `30 ${before}`, `41 ${after} rank 1`],
    },
  ]),
  {
    name: 'tWTR_L',
    scope: 'same bank group',
    before: writes,
    after: reads,
    trace: (before, after) => [...twoBanks, `30 ${before}`, `64 ${after} bank 1`],
  },
  {
    name: 'tWTR_S',
    scope: 'other bank group',
    before: writes,
    after: reads,
    trace: (before, after) => [...twoGroups, `30 ${before}`, `62 ${after} group 1`],
  },
  {
    name: 'tRTRS',
    scope: 'same rank',
    before: reads,
    after: writes,
    trace: (before, after) => [...twoGroups, `30 ${before}`, `52 ${after} group 1`],
  },
  {
    name: 'tRTRS',
    scope: 'other rank',
    before: reads,
    after: writes,
    trace: (before, after) => [...twoRanks, `30 ${before}`, `52 ${after} rank 1`],
  },
  {
    name: 'tRTRS',
    scope: 'other rank',
    before: writes,
    after: reads,
    // Data of a read on the bus after 4 clocks in place of 22: else those of the write are through by then.
    timing: { tCL: 4, tDQSCK: 0 },
    trace: (before, after) => [...twoRanks, `30 ${before}`, `48 ${after} rank 1`],
  },
  {
    name: 'tRFC',
    scope: 'same rank',
    before: ['REF'],
    after: ['ACT', 'PRE', 'PREA', 'REF', 'REFpb'],
    trace: (_, after) => ['10 REF', `310 ${after}`],
  },
  {
    name: 'tRFCpb',
    scope: 'same bank',
    before: ['REFpb'],
    after: ['ACT', 'PRE'],
    trace: (_, after) => ['10 REFpb', `130 ${after}`],
  },
  {
    name: 'tRFCpb',
    scope: 'same rank',
    before: ['REFpb'],
    after: ['REF', 'REFpb'],
    trace: (_, after) => ['10 REFpb group 1', `130 ${after}`],
  },
  {
    name: 'tRRD_L',
    scope: 'same rank',
    before: ['REFpb'],
    after: ['ACT'],
    trace: () => ['10 REFpb', '17 ACT group 1'],
  },
  {
    name: 'tRRD_L',
    scope: 'same rank',
    before: ['ACT'],
    after: ['REFpb'],
    trace: () => ['10 ACT', '17 REFpb group 1'],
  },
  {
    name: 'tRDPDEN',
    scope: 'same rank',
    before: reads,
    after: ['PDE'],
    trace: (before) => ['0 ACT group 1', `40 ${before} group 1`, '70 PDE'],
  },
  {
    name: 'tWRPDEN',
    scope: 'same rank',
    before: writes,
    after: ['PDE'],
    trace: (before) => ['0 ACT group 1', `40 ${before} group 1`, '75 PDE'],
  },
  {
    name: 'tCKE',
    scope: 'same rank',
    before: ['PDE'],
    after: ['PDX'],
    trace: () => ['10 PDE', '19 PDX'],
  },
  {
    name: 'tCKE',
    scope: 'same rank',
    before: ['PDX'],
    after: ['PDE'],
    trace: () => ['10 PDE', '30 PDX', '39 PDE'],
  },
  {
    name: 'tXP',
    scope: 'same rank',
    before: ['PDX'],
    after: ['ACT', 'PRE', 'PREA', 'REF', 'REFpb'],
    trace: (_, after) => ['10 PDE', '30 PDX', `41 ${after} group 1`],
  },
  {
    name: 'tXP',
    scope: 'same rank',
    before: ['PDX'],
    after: [...reads, ...writes],
    trace: (_, after) => ['0 ACT group 1', '10 PDE', '30 PDX', `41 ${after} group 1`],
  },
];
