import { dramCommandNames } from '../command.js';
import type { DramCommandName } from '../command.js';
import type { CommandFormat } from './format.js';

/** What Ramulator 2 calls a command in its tables of DDR4 and LPDDR5; it knows no power-down. */
const words: Readonly<Partial<Record<DramCommandName, string>>> = {
  ACT: 'ACT',
  PRE: 'PREpb',
  PREA: 'PREab',
  RD: 'RD',
  RDA: 'RDA',
  WR: 'WR',
  WRA: 'WRA',
  REF: 'REFab',
  REFpb: 'REFpb',
};

/** Of what a command addresses, from the rank down, how much it says; -1 stands for the rest. */
const ofRank: readonly DramCommandName[] = ['PREA', 'REF'];
const ofBank: readonly DramCommandName[] = ['PRE', 'REFpb'];
const ofRow: readonly DramCommandName[] = ['ACT'];

/**
 * The text form of the CmdTraceRecorder of Ramulator 2 (CMU-SAFARI/ramulator2, src/ramulator/controller/plugin at c5b1c3a4):
 * comma-separated, a column per level below a line of titles, then the kind of request and its source, which are -1 here. The bank
 * group is left out where the part has one. It writes a file per channel; here all are in one. Power-down is left out.
 */
export const ramulator2Commands: CommandFormat = {
  kind: 'commands',
  name: 'ramulator2-commands',
  description: "commands as Ramulator 2's CmdTraceRecorder writes them; written only",
  createLines({ organisation }) {
    const hasGroups = organisation.bankGroups > 1;
    return {
      heading: `clock,command,Channel,Rank,${hasGroups ? 'BankGroup,' : ''}Bank,Row,Column,type,source\n`,
      write(clock, command, channel, rank, bankGroup, bank, row, column) {
        const name = dramCommandNames[command];
        const word = words[name];
        if (word === undefined) return '';
        const isOfRank = ofRank.includes(name);
        const hasRow = !isOfRank && !ofBank.includes(name);
        const hasColumn = hasRow && !ofRow.includes(name);
        const group = hasGroups ? `${isOfRank ? -1 : bankGroup},` : '';
        return (
          `${clock},${word},${channel},${rank},${group}${isOfRank ? -1 : bank},` +
          `${hasRow ? row : -1},${hasColumn ? column : -1},-1,-1\n`
        );
      },
    };
  },
};
