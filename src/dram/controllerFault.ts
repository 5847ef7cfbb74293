import { UserError } from '../document/userError.js';
import { parseAddressMap } from './addressMap.js';
import type { ControllerSettings } from './controllerSettings.js';
import { banksOf } from './part.js';
import type { DramPart } from './part.js';

/** Requests that a channel of any controller that has been built chooses among. */
export const largestWindow = 256;

/** A setting that cannot be, and why. */
export interface ControllerFault {
  readonly setting: keyof ControllerSettings;
  /** What was expected and what was found. */
  readonly message: string;
}

/** What is wrong with the settings of a controller that is to drive a part. */
export function controllerFault(settings: ControllerSettings, part: DramPart): ControllerFault | undefined {
  return (
    sizeFault(settings) ??
    writeFault(settings) ??
    pageFault(settings) ??
    refreshFault(settings, part) ??
    powerDownFault(settings, part) ??
    mapFault(settings, part)
  );
}

function sizeFault(settings: ControllerSettings): ControllerFault | undefined {
  const setting = (['channels', 'ranks'] as const).find(
    (each) => !Number.isInteger(Math.log2(settings[each])),
  );
  return setting && { setting, message: `expected a power of two, got ${settings[setting]}` };
}

function writeFault({ window, writeHigh, writeLow }: ControllerSettings): ControllerFault | undefined {
  if (window > largestWindow) {
    return { setting: 'window', message: `expected a window of at most ${largestWindow}, got ${window}` };
  }
  if (writeHigh > window) {
    return {
      setting: 'writeHigh',
      message: `expected at most the window of ${window} requests, got ${writeHigh}`,
    };
  }
  if (writeLow >= writeHigh) {
    return { setting: 'writeLow', message: `expected less than "high", ${writeHigh}, got ${writeLow}` };
  }
  return undefined;
}

function pageFault({ page, pageTimeoutClocks }: ControllerSettings): ControllerFault | undefined {
  const setting = 'pageTimeoutClocks';
  if (page === 'timeout' && pageTimeoutClocks === 0) {
    return { setting, message: 'expected a time such as "100 ns" with "page: timeout", got none' };
  }
  if (page !== 'timeout' && pageTimeoutClocks > 0) {
    return { setting, message: `expected a time with "page: timeout" only, got one with "page: ${page}"` };
  }
  return undefined;
}

function refreshFault({ refresh }: ControllerSettings, part: DramPart): ControllerFault | undefined {
  if (refresh !== 'per-bank') return undefined;
  const { tRFCpb, tREFI } = part.timing;
  const refused = 'expected "all-bank" or "none", got "per-bank"';
  if (tRFCpb === undefined) {
    return {
      setting: 'refresh',
      message: `${refused}: ${part.name} does not refresh single banks (no tRFCpb)`,
    };
  }
  const banks = banksOf(part.organisation);
  if (tRFCpb * banks < tREFI) return undefined;
  return {
    setting: 'refresh',
    message:
      `${refused}: ${banks} banks x ${tRFCpb} clocks (tRFCpb) do not fit the ${tREFI} clocks in which ${part.name} ` +
      'is to refresh all of them (tREFI)',
  };
}

function powerDownFault(
  { powerDownClocks }: ControllerSettings,
  part: DramPart,
): ControllerFault | undefined {
  const { tCKE, tCKPs } = part.timing;
  if (powerDownClocks === undefined || powerDownClocks >= tCKE) return undefined;
  return {
    setting: 'powerDownClocks',
    message:
      `expected at least ${(tCKE * tCKPs) / 1000} ns, the ${tCKE} clocks that ${part.name} stays awake between two stays ` +
      `in power-down (tCKE), got ${powerDownClocks} clocks`,
  };
}

function mapFault(settings: ControllerSettings, part: DramPart): ControllerFault | undefined {
  try {
    parseAddressMap(settings.addressMap, part, settings);
    return undefined;
  } catch (error) {
    if (error instanceof UserError) return { setting: 'addressMap', message: error.message };
    throw error;
  }
}
