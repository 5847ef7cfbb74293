export const schedulers = ['fr-fcfs', 'round-robin', 'in-order'] as const;
export const pagePolicies = ['open', 'closed', 'timeout'] as const;
export const refreshPolicies = ['all-bank', 'per-bank', 'none'] as const;

/** How a memory controller drives its part: what an accelerator says beside the part's name. */
export interface ControllerSettings {
  readonly channels: number;
  /** Ranks of each channel. */
  readonly ranks: number;
  /** Fields of an address from its most significant bits down, such as `row-bank-column`; see `parseAddressMap`. */
  readonly addressMap: string;
  /**
   * `fr-fcfs`: of the commands that can go first those to open rows, then those of the oldest request. `round-robin`: those of the bank
   * whose turn it is, in the order of its requests (DRAMsim3's order). `in-order`: no command
   * for a request before the one ahead of it has had its read or write.
   */
  readonly scheduler: (typeof schedulers)[number];
  /** Reads of a channel that wait for room in their bank's queue, and writes in its write buffer, at most. */
  readonly window: number;
  /** Requests of a bank that the controller chooses among. */
  readonly bankQueue: number;
  /** Writes stay in the buffer until there are so many, or until there is nothing else to do and more than so few. */
  readonly writeHigh: number;
  readonly writeLow: number;
  /**
   * `open`: a row stays open until another of its bank is wanted. `closed`: every read and write closes its row.
   * `timeout`: a row closes when nothing has asked for it for `pageTimeoutClocks`.
   */
  readonly page: (typeof pagePolicies)[number];
  readonly pageTimeoutClocks: number;
  /** After so many reads and writes an open row gives way to an older request of its bank for another row. */
  readonly maxRowHits: number;
  readonly refresh: (typeof refreshPolicies)[number];
  /** A rank without requests for so long goes to power-down; absent: never. */
  readonly powerDownClocks?: number;
}

export const defaultController: ControllerSettings = {
  channels: 1,
  ranks: 1,
  addressMap: 'row-rank-bank-column-bankgroup-channel',
  scheduler: 'fr-fcfs',
  window: 32,
  bankQueue: 8,
  writeHigh: 32,
  writeLow: 8,
  page: 'open',
  pageTimeoutClocks: 0,
  maxRowHits: 16,
  refresh: 'all-bank',
};

/** Settings of which some are given. The marks of writes keep their share of the window unless they are given, too. */
export function controllerWith(given: {
  readonly [setting in keyof ControllerSettings]?: ControllerSettings[setting] | undefined;
}): ControllerSettings {
  const known = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
  const { window, writeHigh, writeLow } = defaultController;
  const scale = (given.window ?? window) / window;
  return {
    ...defaultController,
    writeHigh: Math.ceil(writeHigh * scale),
    writeLow: Math.floor(writeLow * scale),
    ...known,
  };
}
