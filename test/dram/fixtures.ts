import { dramCommandNames } from '../../src/dram/command.js';
import type { DramCommand } from '../../src/dram/command.js';
import { defaultController } from '../../src/dram/controllerSettings.js';
import type { ControllerSettings } from '../../src/dram/controllerSettings.js';
import type { DramActivity } from '../../src/dram/activity.js';
import { createDramController } from '../../src/dram/controller/createDramController.js';
import type { DramOrganisation, DramPart, DramTiming } from '../../src/dram/part.js';

/** A part whose timings are easy to add up: 64 bytes a burst, 4 clocks of data, 2 groups of 2 banks, rows of 16 bursts. */
export function plainPart(
  timing: Partial<DramTiming> = {},
  organisation: Partial<DramOrganisation> = {},
): DramPart {
  return {
    name: 'plain',
    description: '',
    file: 'plain.yaml',
    standard: 'test',
    source: 'made up',
    organisation: {
      deviceBits: 8,
      devices: 8,
      burstLength: 8,
      bankGroups: 2,
      banksPerGroup: 2,
      rows: 1024,
      columns: 128,
      ...organisation,
    },
    timing: {
      tCKPs: 1000,
      tCL: 10,
      tCWL: 8,
      tDQSCK: 0,
      tDQSS: 0,
      tRCDRD: 11,
      tRCDWR: 11,
      tRP: 12,
      tRPab: 14,
      tRAS: 30,
      tRC: 42,
      tCCD_S: 4,
      tCCD_L: 6,
      tRRD_S: 5,
      tRRD_L: 7,
      tFAW: 40,
      tWR: 15,
      tWTR_S: 3,
      tWTR_L: 9,
      tRTP: 8,
      tRTRS: 2,
      tREFI: 4000,
      tRFC: 100,
      tRFCpb: 50,
      tXP: 6,
      tCKE: 5,
      ...timing,
    },
    rails: [],
    railsSource: '',
  };
}

/** DDR4_8Gb_x8_2400 of DRAMsim3 (umd-memsys/DRAMsim3, configs/DDR4_8Gb_x8_2400.ini, commit 2981759). */
export const dramsim3Ddr4: DramPart = {
  ...plainPart(),
  name: 'DDR4_8Gb_x8_2400',
  organisation: {
    deviceBits: 8,
    devices: 8,
    burstLength: 8,
    bankGroups: 4,
    banksPerGroup: 4,
    rows: 65536,
    columns: 1024,
  },
  timing: {
    tCKPs: 830,
    tCL: 17,
    tCWL: 12,
    tDQSCK: 0,
    tDQSS: 0,
    tRCDRD: 17,
    tRCDWR: 17,
    tRP: 17,
    tRPab: 17,
    tRAS: 39,
    tRC: 56,
    tCCD_S: 4,
    tCCD_L: 6,
    tRRD_S: 4,
    tRRD_L: 6,
    tFAW: 26,
    tWR: 18,
    tWTR_S: 3,
    tWTR_L: 9,
    tRTP: 9,
    tRTRS: 1,
    tREFI: 9360,
    tRFC: 420,
    tXP: 8,
    tCKE: 6,
  },
};

/** One row after the other in the same bank, then the next bank; settings of a single channel without refresh. */
export const plainSettings: ControllerSettings = {
  ...defaultController,
  addressMap: 'row-bankgroup-bank-column',
  refresh: 'none',
};

export interface TestRequest {
  readonly address: number;
  readonly isWrite?: boolean;
  readonly clock?: number;
}

export interface TestRun {
  readonly commands: readonly DramCommand[];
  /** `ACT 1 b0 r0`: command, clock, bank among all, and row or column. */
  readonly said: readonly string[];
  readonly endClock: number;
  readonly activity: DramActivity;
}

/** Runs requests, each as a batch of its own, until all is done, and then until `until`. */
export function runRequests(
  part: DramPart,
  settings: ControllerSettings,
  requests: readonly TestRequest[],
  until?: number,
): TestRun {
  const commands: DramCommand[] = [];
  const dram = createDramController(
    part,
    settings,
    (clock, command, channel, rank, bankGroup, bank, row, column) => {
      commands.push({
        clock,
        command: dramCommandNames[command],
        channel,
        rank,
        bankGroup,
        bank,
        row,
        column,
      });
    },
  );
  for (const { address, isWrite = false, clock = 0 } of requests) {
    dram.beginBatch();
    dram.push(address, isWrite, clock, isWrite ? 1 : 0);
  }
  const endClock = dram.finish();
  dram.idleUntil(Math.max(endClock, until ?? 0));
  commands.sort((a, b) => a.clock - b.clock);
  const said = commands.map(({ clock, command, rank, bankGroup, bank, row, column }) => {
    const { bankGroups, banksPerGroup } = part.organisation;
    const number = (rank * bankGroups + bankGroup) * banksPerGroup + bank;
    if (/^(REF|PREA|PD.)$/.test(command)) return `${command} ${clock}`;
    if (command === 'ACT') return `ACT ${clock} b${number} r${row}`;
    return /^(RD|WR)/.test(command)
      ? `${command} ${clock} b${number} c${column}`
      : `${command} ${clock} b${number}`;
  });
  return { commands, said, endClock, activity: dram.activity() };
}

/** Numbers that look random, the same on every machine: x -> 1664525 x + 1013904223 modulo 2^32. */
export function linearCongruential(seed: number): () => number {
  let x = seed >>> 0;
  return () => (x = (Math.imul(x, 1664525) + 1013904223) >>> 0);
}
