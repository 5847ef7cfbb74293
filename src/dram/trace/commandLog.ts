import { dramCommandNames } from '../command.js';
import type { DramCommand } from '../command.js';
import type { ObserveCommand } from '../controller/dramController.js';

/** Commands of any number, kept in 26 bytes each. */
export interface CommandLog {
  readonly add: ObserveCommand;
  readonly length: () => number;
  /** In the order of their clocks, those of one clock as they came. */
  sorted(): Generator<DramCommand, void, void>;
}

export function createCommandLog(): CommandLog {
  let room = 1024;
  let length = 0;
  let clocks = new Float64Array(room);
  let rows = new Uint32Array(room);
  let columns = new Uint32Array(room);
  /** Command, channel, rank, bank group and bank: numbers below 2^16. */
  const small = 5;
  let places = new Uint16Array(room * small);
  let isSorted = true;
  const grow = (): void => {
    room *= 2;
    const before = { clocks, rows, columns, places };
    clocks = new Float64Array(room);
    rows = new Uint32Array(room);
    columns = new Uint32Array(room);
    places = new Uint16Array(room * small);
    clocks.set(before.clocks);
    rows.set(before.rows);
    columns.set(before.columns);
    places.set(before.places);
  };
  return {
    add(clock, command, channel, rank, bankGroup, bank, row, column) {
      if (length === room) grow();
      if (length > 0 && clock < clocks[length - 1]) isSorted = false;
      clocks[length] = clock;
      rows[length] = row;
      columns[length] = column;
      places[length * small] = command;
      places[length * small + 1] = channel;
      places[length * small + 2] = rank;
      places[length * small + 3] = bankGroup;
      places[length * small + 4] = bank;
      length++;
    },
    length: () => length,
    *sorted() {
      const order = new Uint32Array(length);
      for (let i = 0; i < length; i++) order[i] = i;
      // Sorting typed arrays is stable.
      if (!isSorted) order.sort((a, b) => clocks[a] - clocks[b]);
      for (const at of order) {
        const place = at * small;
        yield {
          clock: clocks[at],
          command: dramCommandNames[places[place]],
          channel: places[place + 1],
          rank: places[place + 2],
          bankGroup: places[place + 3],
          bank: places[place + 4],
          row: rows[at],
          column: columns[at],
        };
      }
    },
  };
}
