import { dramCommandNames } from '../command.js';
import type { ControllerSettings } from '../controllerSettings.js';
import { burstBytesOf } from '../part.js';
import type { DramPart } from '../part.js';
import type { CommandFormat } from './format.js';

const clockWidth = 14;
const commandWidth = 7;
/** Columns after the command, with their widths. */
const columns = [
  { name: 'channel', width: 8 },
  { name: 'rank', width: 5 },
  { name: 'group', width: 6 },
  { name: 'bank', width: 5 },
  { name: 'row', width: 8 },
  { name: 'column', width: 7 },
] as const;

/** Numbers of a command, while it is read. */
const numbers = new Float64Array(columns.length);

/**
 * The commands of this package: `<clock> <command> <channel> <rank> <group> <bank> <row> <column>`, in columns to be read, below a
 * heading of comments that says of which part and controller they are. What a command does not address is 0.
 */
export const commands: CommandFormat = {
  kind: 'commands',
  name: 'commands',
  description: 'commands: <clock> <command> <channel> <rank> <group> <bank> <row> <column>',
  reading: {
    recognises: (line) => {
      const [clock, command = '', ...rest] = line.split(/\s+/);
      return /^\d+$/.test(clock) && /^[A-Za-z]+$/.test(command) && rest.length !== 1;
    },
    read(line, { levels }, onCommand) {
      const clock = line.decimal('the clock of a command, a whole number');
      line.expect('a command');
      const command = line.oneOf(dramCommandNames);
      if (command < 0) throw line.faultOf(`a command of ${dramCommandNames.join(', ')}`);
      for (let i = 0; i < levels.length; i++) {
        const { name, size } = levels[i];
        line.expect(`the number of the ${name}`);
        numbers[i] = line.decimal(`the number of the ${name}`);
        if (numbers[i] >= size) throw line.faultOf(`a ${name} below ${size}`);
      }
      line.expectEnd('the column');
      onCommand(clock, command, numbers[0], numbers[1], numbers[2], numbers[3], numbers[4], numbers[5]);
    },
  },
  createLines: (part, settings) => ({
    heading: heading(part, settings),
    write: (clock, command, channel, rank, bankGroup, bank, row, column) =>
      String(clock).padStart(clockWidth) +
      ` ${dramCommandNames[command].padEnd(commandWidth)}` +
      String(channel).padStart(columns[0].width) +
      String(rank).padStart(columns[1].width) +
      String(bankGroup).padStart(columns[2].width) +
      String(bank).padStart(columns[3].width) +
      String(row).padStart(columns[4].width) +
      String(column).padStart(columns[5].width) +
      '\n',
  }),
};

function heading(part: DramPart, settings: ControllerSettings): string {
  const { channels, ranks, addressMap, scheduler, window, writeHigh, writeLow, page, refresh } = settings;
  const rows = page === 'timeout' ? `timeout ${settings.pageTimeoutClocks}` : page;
  const sleep = settings.powerDownClocks === undefined ? 'none' : `after ${settings.powerDownClocks} clocks`;
  const titles = columns.map(({ name, width }) => name.padStart(width)).join('');
  return [
    `# DRAM commands of ${part.name} (${part.standard}), clock ${part.timing.tCKPs} ps`,
    `# channels ${channels}, ranks ${ranks}, address map ${addressMap}, columns in bursts of ${burstBytesOf(part.organisation)} B`,
    `# scheduler ${scheduler}, window ${window}, bank queues of ${settings.bankQueue}, writes ${writeHigh} to ${writeLow}, page ${rows}, ` +
      `row hits ${settings.maxRowHits}, refresh ${refresh}, power-down ${sleep}`,
    `#${'clock'.padStart(clockWidth - 1)} ${'command'.padEnd(commandWidth)}${titles}`,
    '',
  ].join('\n');
}
