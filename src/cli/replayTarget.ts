import { loadAccelerator } from '../accelerator/loadAccelerator.js';
import { UserError } from '../document/userError.js';
import { controllerFault } from '../dram/controllerFault.js';
import { defaultController } from '../dram/controllerSettings.js';
import type { ControllerSettings } from '../dram/controllerSettings.js';
import { loadPart } from '../dram/loadPart.js';
import type { DramPart } from '../dram/part.js';

/** Options that say what a trace runs on; each replaces what the accelerator or the default says. */
export interface TargetArguments {
  readonly part?: string;
  readonly accelerator?: string;
  readonly channels?: number;
  readonly ranks?: number;
  readonly map?: string;
  readonly scheduler?: ControllerSettings['scheduler'];
  readonly window?: number;
  readonly bankQueue?: number;
  readonly page?: ControllerSettings['page'];
  readonly pageTimeout?: number;
  readonly maxRowHits?: number;
  readonly refresh?: ControllerSettings['refresh'];
  readonly powerDown?: number;
  readonly writeHigh?: number;
  readonly writeLow?: number;
}

/** A DRAM and what drives it. */
export interface ReplayTarget {
  readonly part: DramPart;
  readonly settings: ControllerSettings;
  /** In place of the part's currents. */
  readonly energyPjPerBit?: number | undefined;
}

/** @throws UserError when there is no such part or accelerator, or settings contradict each other or the part */
export async function replayTarget(options: TargetArguments): Promise<ReplayTarget> {
  const { controller, ...target } = await ofFile(options);
  const settings = withOptions(controller, options);
  const fault = controllerFault(settings, target.part);
  if (fault !== undefined) throw new UserError(`${optionNames[fault.setting]}: ${fault.message}`);
  return { ...target, settings };
}

const optionNames: Readonly<Record<keyof ControllerSettings, string>> = {
  channels: '--channels',
  ranks: '--ranks',
  addressMap: '--map',
  scheduler: '--scheduler',
  window: '--window',
  bankQueue: '--bank-queue',
  writeHigh: '--write-high',
  writeLow: '--write-low',
  page: '--page',
  pageTimeoutClocks: '--page-timeout',
  maxRowHits: '--max-row-hits',
  refresh: '--refresh',
  powerDownClocks: '--power-down',
};

async function ofFile({
  part,
  accelerator,
}: TargetArguments): Promise<Omit<ReplayTarget, 'settings'> & { controller: ControllerSettings }> {
  if ((part === undefined) === (accelerator === undefined)) {
    throw new UserError(
      `expected either --part or --accelerator, got ${part === undefined ? 'neither' : 'both'}`,
    );
  }
  if (part !== undefined) return { part: await loadPart(part), controller: defaultController };
  const { dram, name, file } = await loadAccelerator(accelerator ?? '');
  if (dram.kind !== 'commands') {
    throw new UserError(
      `expected an accelerator with a DRAM part, got ${name}, whose DRAM is ${dram.kind}; name one with --part`,
      { file },
    );
  }
  return { part: dram.part, controller: dram.controller, energyPjPerBit: dram.energyPjPerBit };
}

function withOptions(base: ControllerSettings, options: TargetArguments): ControllerSettings {
  const window = options.window ?? base.window;
  // A window of one's own brings the default's shares of it with it.
  const shares = {
    writeHigh: Math.max(1, Math.floor((window * defaultController.writeHigh) / defaultController.window)),
    writeLow: Math.floor((window * defaultController.writeLow) / defaultController.window),
  };
  const draining = options.window === undefined ? base : shares;
  const page = options.page ?? base.page;
  // A timeout belongs to its policy, and goes with it.
  const timeout = page === base.page ? base.pageTimeoutClocks : 0;
  const powerDownClocks = options.powerDown ?? base.powerDownClocks;
  return {
    channels: options.channels ?? base.channels,
    ranks: options.ranks ?? base.ranks,
    addressMap: options.map ?? base.addressMap,
    scheduler: options.scheduler ?? base.scheduler,
    window,
    bankQueue: options.bankQueue ?? base.bankQueue,
    writeHigh: options.writeHigh ?? draining.writeHigh,
    writeLow: options.writeLow ?? draining.writeLow,
    page,
    pageTimeoutClocks: options.pageTimeout ?? timeout,
    maxRowHits: options.maxRowHits ?? base.maxRowHits,
    refresh: options.refresh ?? base.refresh,
    ...(powerDownClocks === undefined ? {} : { powerDownClocks }),
  };
}
