import { dramCommandNames } from '../../../src/dram/command.js';
import type { DramCommand, DramCommandName } from '../../../src/dram/command.js';
import type { DramPart, DramTiming } from '../../../src/dram/part.js';

/**
 * A part with timings that all differ, so that each can be the one that binds: data of a read on the bus from 22 to 30 clocks
 * after its command, of a write from 11 to 19; 4 groups of 2 banks.
 */
export function partWith(timing: Partial<DramTiming> = {}): DramPart {
  return {
    name: 'part',
    description: 'made up',
    file: 'part.yaml',
    standard: 'DDR4',
    source: 'test',
    organisation: {
      deviceBits: 16,
      devices: 1,
      burstLength: 16,
      bankGroups: 4,
      banksPerGroup: 2,
      rows: 64,
      columns: 256,
    },
    timing: {
      tCKPs: 1000,
      tCL: 20,
      tCWL: 10,
      tDQSCK: 2,
      tDQSS: 1,
      tRCDRD: 15,
      tRCDWR: 13,
      tRP: 14,
      tRPab: 17,
      tRAS: 40,
      tRC: 60,
      tCCD_S: 9,
      tCCD_L: 12,
      tRRD_S: 5,
      tRRD_L: 7,
      tFAW: 40,
      tWR: 16,
      tWTR_S: 13,
      tWTR_L: 15,
      tRTP: 10,
      tRTRS: 3,
      tREFI: 2000,
      tRFC: 300,
      tRFCpb: 120,
      tXP: 11,
      tCKE: 9,
      ...timing,
    },
    rails: [],
    railsSource: 'none',
  };
}

/**
 * Commands from lines such as `30 RD rank 1 group 0 bank 1 row 5`; what is not said is 0.
 */
export function traceOf(...lines: readonly string[]): DramCommand[] {
  return lines.map((line) => {
    const [clock, name, ...rest] = line.split(' ');
    const command = dramCommandNames.find((known) => known === (name as DramCommandName));
    if (!command) throw new Error(`no such command: ${line}`);
    const field = (key: string) => (rest.includes(key) ? Number(rest[rest.indexOf(key) + 1]) : 0);
    return {
      clock: Number(clock),
      command,
      channel: field('channel'),
      rank: field('rank'),
      bankGroup: field('group'),
      bank: field('bank'),
      row: field('row'),
      column: field('column'),
    };
  });
}

/** The same trace with its last command a clock earlier. */
export function lastEarlier(trace: readonly DramCommand[]): DramCommand[] {
  return trace.map((command, index) =>
    index === trace.length - 1 ? { ...command, clock: command.clock - 1 } : command,
  );
}
