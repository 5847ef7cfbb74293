import type { Location } from '../document/userError.js';

/** How a DRAM device is built, and how many of them answer one command side by side. */
export interface DramOrganisation {
  /** Data bits of one device. */
  readonly deviceBits: number;
  /** Devices of a rank; they receive the same commands and share the width of the channel's bus. */
  readonly devices: number;
  /** Transfers per column command, two per clock. */
  readonly burstLength: number;
  readonly bankGroups: number;
  readonly banksPerGroup: number;
  readonly rows: number;
  /** Columns of a row, each as wide as a device. */
  readonly columns: number;
}

/**
 * What a device asks for between commands, in its own clocks except `tCK`. Names are those of the JEDEC standards; `_S` holds
 * between bank groups and `_L` within one, and both are equal where there is one group.
 */
export interface DramTiming {
  /** Clock period in picoseconds; data moves on both edges. */
  readonly tCKPs: number;
  /** Read command to its first data (RL), and write command to its first data (WL). */
  readonly tCL: number;
  readonly tCWL: number;
  /** What the data of a read, and of a write, come later than that (tDQSCK; tDQSS + tDQS2DQ), in whole clocks. */
  readonly tDQSCK: number;
  readonly tDQSS: number;
  /** Activate to read, and to write. */
  readonly tRCDRD: number;
  readonly tRCDWR: number;
  /** Precharge of one bank, and of all banks by one command. */
  readonly tRP: number;
  readonly tRPab: number;
  readonly tRAS: number;
  readonly tRC: number;
  readonly tCCD_S: number;
  readonly tCCD_L: number;
  readonly tRRD_S: number;
  readonly tRRD_L: number;
  /** Window that holds four activates of a rank at most. */
  readonly tFAW: number;
  /** From the last data written to a precharge, and to a read. */
  readonly tWR: number;
  readonly tWTR_S: number;
  readonly tWTR_L: number;
  readonly tRTP: number;
  /** Clocks that the data bus stands idle where its direction turns from read to write, or where the rank changes. */
  readonly tRTRS: number;
  readonly tREFI: number;
  /** Refresh of all banks. */
  readonly tRFC: number;
  /** Refresh of one bank; absent where the part has no such command. */
  readonly tRFCpb?: number;
  /** Leaving power-down to the next command, and the least stay in it. */
  readonly tXP: number;
  readonly tCKE: number;
}

/** Currents of one device on one supply, in mA; names are those of the data sheets. */
export interface DramRail {
  readonly name: string;
  readonly voltage: number;
  readonly IDD0: number;
  readonly IDD2N: number;
  readonly IDD2P: number;
  readonly IDD3N: number;
  readonly IDD3P: number;
  readonly IDD4R: number;
  readonly IDD4W: number;
  /** While all banks are refreshed without pause. */
  readonly IDD5: number;
}

/** A real part: what a file of kind `dram` with `model: commands` says. */
export interface DramPart {
  readonly name: string;
  readonly description: string;
  readonly file: string;
  /** Such as `LPDDR4`. */
  readonly standard: string;
  /** Where organisation and timing come from. */
  readonly source: string;
  readonly organisation: DramOrganisation;
  readonly timing: DramTiming;
  /** Empty where the source has none; a flat energy per bit must be given then. */
  readonly rails: readonly DramRail[];
  /** Where the currents come from. */
  readonly railsSource: string;
  readonly location?: Location;
}

/** Banks of a rank. */
export function banksOf({ bankGroups, banksPerGroup }: DramOrganisation): number {
  return bankGroups * banksPerGroup;
}

/** Bytes that one column command moves. */
export function burstBytesOf({ deviceBits, devices, burstLength }: DramOrganisation): number {
  return (deviceBits * devices * burstLength) / 8;
}

/** Clocks that the data of one burst take on the bus. */
export function burstClocksOf({ burstLength }: DramOrganisation): number {
  return burstLength / 2;
}

/** Bursts of one row of a rank. */
export function burstsPerRow({ columns, burstLength }: DramOrganisation): number {
  return columns / burstLength;
}

/** Bytes per second of one channel while data stand on its bus without a gap. */
export function peakBytesPerSecond({ organisation, timing }: DramPart): number {
  return (burstBytesOf(organisation) * 1e12) / (burstClocksOf(organisation) * timing.tCKPs);
}
