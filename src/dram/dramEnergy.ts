import type { DramActivity } from './activity.js';
import { banksOf, burstClocksOf } from './part.js';
import type { DramPart, DramRail } from './part.js';

/** What commands cost beyond standby, in pJ, all devices of a rank together. */
export interface CommandEnergy {
  /** Opening a row and closing it again. */
  readonly activatePj: number;
  /** One burst. */
  readonly readPj: number;
  readonly writePj: number;
  /** Refreshing all banks, and one bank. */
  readonly refreshPj: number;
  readonly bankRefreshPj: number;
}

/** Energy by what it was spent on, in pJ. */
export interface DramEnergy {
  readonly activatePj: number;
  readonly readPj: number;
  readonly writePj: number;
  readonly refreshPj: number;
  /** Standing by, all ranks together; commands are charged on top of it. */
  readonly backgroundPj: {
    readonly activeStandby: number;
    readonly prechargeStandby: number;
    readonly activePowerDown: number;
    readonly prechargePowerDown: number;
  };
  readonly totalPj: number;
}

/** V x mA x ps = 1e-3 pJ. */
const pjPerVoltMilliampPs = 1e-3;

/**
 * What a part's commands cost by its currents, as Micron's power notes work it out (TN-41-01, "Calculating Memory System Power for
 * DDR3"; TN-40-07 for DDR4): a command is charged for what the device draws beyond standby while it lasts, summed over supplies and
 * devices.
 *
 * - activate and precharge: V x (IDD0 x tRC - (IDD3N x tRAS + IDD2N x (tRC - tRAS)))
 * - read: V x (IDD4R - IDD3N) x burst time; write alike with IDD4W
 * - refresh: V x (IDD5 - IDD2N) x tRFC. The notes subtract IDD3N, counting a rank that refreshes as active; here it
 *   counts as precharged, so that IDD2N is what standby has charged already. Either way a refresh comes to V x IDD5 x tRFC.
 * - refresh of one bank: that of all banks, divided by them; it restores as many rows as its share
 *
 * Currents of data sheets leave out what drives the bus and its termination, unless a supply for these is among the rails.
 */
export function commandEnergy(part: DramPart): CommandEnergy {
  const { organisation, timing } = part;
  const { tRAS, tRC, tRFC } = timing;
  const burstClocks = burstClocksOf(organisation);
  const pj = (milliampClocks: (rail: DramRail) => number): number =>
    rankPj(part, milliampClocks) * timing.tCKPs;
  const refreshPj = pj(({ IDD5, IDD2N }) => (IDD5 - IDD2N) * tRFC);
  return {
    activatePj: pj(({ IDD0, IDD3N, IDD2N }) => IDD0 * tRC - (IDD3N * tRAS + IDD2N * (tRC - tRAS))),
    readPj: pj(({ IDD4R, IDD3N }) => (IDD4R - IDD3N) * burstClocks),
    writePj: pj(({ IDD4W, IDD3N }) => (IDD4W - IDD3N) * burstClocks),
    refreshPj,
    bankRefreshPj: refreshPj / banksOf(organisation),
  };
}

/** What a rank draws in a clock of each state, in pJ. */
export function standbyEnergy(part: DramPart): DramEnergy['backgroundPj'] {
  const { tCKPs } = part.timing;
  const clock = (current: (rail: DramRail) => number): number => tCKPs * rankPj(part, current);
  return {
    activeStandby: clock(({ IDD3N }) => IDD3N),
    prechargeStandby: clock(({ IDD2N }) => IDD2N),
    activePowerDown: clock(({ IDD3P }) => IDD3P),
    prechargePowerDown: clock(({ IDD2P }) => IDD2P),
  };
}

/** The energy of what a DRAM did: its commands, and standing by in the meantime. */
export function dramEnergy(activity: DramActivity, part: DramPart): DramEnergy {
  const costs = commandEnergy(part);
  const clock = standbyEnergy(part);
  const activatePj = activity.activates * costs.activatePj;
  const readPj = activity.reads * costs.readPj;
  const writePj = activity.writes * costs.writePj;
  const refreshPj = activity.refreshes * costs.refreshPj + activity.bankRefreshes * costs.bankRefreshPj;
  const backgroundPj = {
    activeStandby: activity.activeStandbyClocks * clock.activeStandby,
    prechargeStandby: activity.prechargeStandbyClocks * clock.prechargeStandby,
    activePowerDown: activity.activePowerDownClocks * clock.activePowerDown,
    prechargePowerDown: activity.prechargePowerDownClocks * clock.prechargePowerDown,
  };
  const totalPj = activatePj + readPj + writePj + refreshPj + backgroundOf(backgroundPj);
  return { activatePj, readPj, writePj, refreshPj, backgroundPj, totalPj };
}

/** All four states together. */
export function backgroundOf(background: DramEnergy['backgroundPj']): number {
  const { activeStandby, prechargeStandby, activePowerDown, prechargePowerDown } = background;
  return activeStandby + prechargeStandby + activePowerDown + prechargePowerDown;
}

/** Volt x milliampere x whatever the current is multiplied by, over all supplies and devices of a rank, in pJ per ps. */
function rankPj({ rails, organisation }: DramPart, current: (rail: DramRail) => number): number {
  const sum = rails.reduce((total, rail) => total + rail.voltage * current(rail), 0);
  return sum * organisation.devices * pjPerVoltMilliampPs;
}
