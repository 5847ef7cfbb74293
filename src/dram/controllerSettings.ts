export const schedulers = ['fr-fcfs', 'in-order'] as const;
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
   * `fr-fcfs`: of the commands that may go first those to open rows, then those of the oldest request. `in-order`: no command
   * for a request before the one ahead of it has had its read or write.
   */
  readonly scheduler: (typeof schedulers)[number];
  /** Reads, and writes, of a channel that the controller chooses among. */
  readonly window: number;
  /** Writes wait until so many are there or nothing is to be read, and then go until so few are left. */
  readonly writeHigh: number;
  readonly writeLow: number;
  /**
   * `open`: a row stays open until another of its bank is wanted. `closed`: every read and write closes its row.
   * `timeout`: a row closes when nothing has asked for it for `pageTimeoutClocks`.
   */
  readonly page: (typeof pagePolicies)[number];
  readonly pageTimeoutClocks: number;
  /** Reads or writes that may pass an older request for another row of the same bank. */
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
  writeHigh: 24,
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
