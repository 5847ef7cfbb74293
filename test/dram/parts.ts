import type { DramActivity } from '../../src/dram/activity.js';
import type { DramPart } from '../../src/dram/part.js';

/** Two devices of round figures: a clock of 1 ns, bursts of 4 clocks and 16 B, one supply of 2 V and one of 1 V. */
export function roundPart(changes: Partial<DramPart> = {}): DramPart {
  return {
    name: 'round',
    description: '',
    file: 'round.yaml',
    standard: 'NONE',
    source: 'invented for the test',
    organisation: {
      ...{ deviceBits: 8, devices: 2, burstLength: 8 },
      ...{ bankGroups: 2, banksPerGroup: 2, rows: 1024, columns: 64 },
    },
    timing: {
      ...{ tCKPs: 1000, tCL: 10, tCWL: 8, tDQSCK: 0, tDQSS: 0, tRCDRD: 10, tRCDWR: 10, tRP: 10, tRPab: 10 },
      ...{ tRAS: 30, tRC: 40, tCCD_S: 4, tCCD_L: 5, tRRD_S: 4, tRRD_L: 5, tFAW: 20, tWR: 12 },
      ...{ tWTR_S: 3, tWTR_L: 6, tRTP: 6, tRTRS: 2, tREFI: 2000, tRFC: 100, tXP: 6, tCKE: 5 },
    },
    rails: [
      {
        name: 'A',
        voltage: 2,
        IDD0: 50,
        IDD2N: 20,
        IDD2P: 5,
        IDD3N: 30,
        IDD3P: 10,
        IDD4R: 130,
        IDD4W: 110,
        IDD5: 120,
      },
      {
        name: 'B',
        voltage: 1,
        IDD0: 6,
        IDD2N: 2,
        IDD2P: 1,
        IDD3N: 2,
        IDD3P: 1,
        IDD4R: 2,
        IDD4W: 2,
        IDD5: 12,
      },
    ],
    railsSource: 'invented currents',
    ...changes,
  };
}

const counters = [
  ...['clocks', 'activates', 'precharges', 'reads', 'writes', 'refreshes', 'bankRefreshes'],
  ...['rowHits', 'rowMisses', 'rowConflicts', 'forwarded', 'merged'],
  ...['readLatencyClocks', 'longestReadLatencyClocks', 'busyClocks', 'bankBusyClocks', 'dataClocks'],
  ...['activeStandbyClocks', 'prechargeStandbyClocks', 'activePowerDownClocks', 'prechargePowerDownClocks'],
];

/** Nothing at all, but for the changes. */
export function activity(changes: Partial<DramActivity> = {}): DramActivity {
  const nothing = Object.fromEntries(counters.map((name) => [name, 0]));
  return { ...nothing, tagged: [], ...changes } as DramActivity;
}
