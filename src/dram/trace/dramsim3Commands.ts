import { dramCommandNames } from '../command.js';
import type { DramCommandName } from '../command.js';
import type { CommandFormat } from './format.js';

/** What DRAMsim3 calls a command. It closes bank by bank, and knows self-refresh but no power-down. */
const words: Readonly<Partial<Record<DramCommandName, string>>> = {
  RD: 'read',
  RDA: 'read_p',
  WR: 'write',
  WRA: 'write_p',
  ACT: 'activate',
  PRE: 'precharge',
  REFpb: 'refresh_bank',
  REF: 'refresh',
};

/**
 * The command trace of DRAMsim3 (umd-memsys/DRAMsim3 built with CMD_TRACE; src/controller.cc and src/common.cc at 29817593):
 * `<clock> <command> <channel> <rank> <group> <bank> <row> <column>`, the last two hexadecimal. It writes a file per channel; here
 * all are in one. A `PREA` becomes a precharge of each bank whose row is open; power-down is left out.
 */
export const dramsim3Commands: CommandFormat = {
  kind: 'commands',
  name: 'dramsim3-commands',
  description: 'commands as DRAMsim3 writes them; written only',
  createLines({ organisation }, { channels, ranks }) {
    const { bankGroups, banksPerGroup } = organisation;
    const banks = bankGroups * banksPerGroup;
    const isOpen = new Uint8Array(channels * ranks * banks);
    return {
      heading: '',
      write(clock, command, channel, rank, bankGroup, bank, row, column) {
        const name = dramCommandNames[command];
        const first = (channel * ranks + rank) * banks;
        const own = first + bankGroup * banksPerGroup + bank;
        if (name === 'ACT') isOpen[own] = 1;
        else if (name === 'PRE' || name === 'RDA' || name === 'WRA') isOpen[own] = 0;
        const lineOf = (word: string, group: number, inGroup: number): string =>
          `${String(clock).padEnd(18)} ${word.padEnd(20)} ${decimal(channel)} ${decimal(rank)} ` +
          `${decimal(group)} ${decimal(inGroup)} ${hexadecimal(row)} ${hexadecimal(column)}\n`;
        if (name === 'PREA') {
          let lines = '';
          for (let each = 0; each < banks; each++) {
            if (isOpen[first + each] === 1)
              lines += lineOf('precharge', Math.floor(each / banksPerGroup), each % banksPerGroup);
          }
          isOpen.fill(0, first, first + banks);
          return lines;
        }
        const word = words[name];
        return word === undefined ? '' : lineOf(word, bankGroup, bank);
      },
    };
  },
};

function decimal(value: number): string {
  return String(value).padStart(3);
}

function hexadecimal(value: number): string {
  return `0x${value.toString(16)}`.padStart(8);
}
