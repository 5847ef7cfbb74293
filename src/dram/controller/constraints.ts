import { burstClocksOf } from '../part.js';
import type { DramPart } from '../part.js';

/** The least distances between commands that follow from a part's timings, in clocks. */
export interface Constraints {
  readonly burstClocks: number;
  /** Command to the first data. */
  readonly readLatency: number;
  readonly writeLatency: number;
  readonly turnaround: number;
  readonly activateToRead: number;
  readonly activateToWrite: number;
  readonly activateToPrecharge: number;
  readonly activateToActivate: number;
  readonly activateToActivateInGroup: number;
  readonly activateToActivateInRank: number;
  readonly fourActivates: number;
  readonly precharge: number;
  readonly prechargeAll: number;
  readonly columnToColumnInGroup: number;
  readonly columnToColumnInRank: number;
  readonly readToPrecharge: number;
  readonly writeToPrecharge: number;
  readonly writeToReadInGroup: number;
  readonly writeToReadInRank: number;
  readonly refreshInterval: number;
  readonly refresh: number;
  readonly bankRefresh: number;
  readonly powerDownExit: number;
  readonly leastPowerDown: number;
}

export function constraintsOf({ organisation, timing }: DramPart): Constraints {
  const burstClocks = burstClocksOf(organisation);
  const writeLatency = timing.tCWL + timing.tDQSS;
  const writeEnd = writeLatency + burstClocks;
  return {
    burstClocks,
    readLatency: timing.tCL + timing.tDQSCK,
    writeLatency,
    turnaround: timing.tRTRS,
    activateToRead: timing.tRCDRD,
    activateToWrite: timing.tRCDWR,
    activateToPrecharge: timing.tRAS,
    activateToActivate: timing.tRC,
    activateToActivateInGroup: timing.tRRD_L,
    activateToActivateInRank: timing.tRRD_S,
    fourActivates: timing.tFAW,
    precharge: timing.tRP,
    prechargeAll: timing.tRPab,
    columnToColumnInGroup: Math.max(timing.tCCD_L, burstClocks),
    columnToColumnInRank: Math.max(timing.tCCD_S, burstClocks),
    readToPrecharge: timing.tRTP,
    writeToPrecharge: writeEnd + timing.tWR,
    writeToReadInGroup: writeEnd + timing.tWTR_L,
    writeToReadInRank: writeEnd + timing.tWTR_S,
    refreshInterval: timing.tREFI,
    refresh: timing.tRFC,
    bankRefresh: timing.tRFCpb ?? timing.tRFC,
    powerDownExit: timing.tXP,
    leastPowerDown: timing.tCKE,
  };
}
