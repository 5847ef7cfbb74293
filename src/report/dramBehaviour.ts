import type { DramSpec } from '../accelerator/accelerator.js';
import { totalDramBytes } from '../counts/layerCounts.js';
import type { LayerCounts } from '../counts/layerCounts.js';
import { addActivity } from '../dram/activity.js';

/** How a DRAM got on with its requests, in a layer or in several that run one after the other. Null where there were no requests. */
export interface DramBehaviour {
  /** Commands, those that a refresh or a full queue made necessary included. */
  readonly activates: number;
  readonly precharges: number;
  readonly reads: number;
  readonly writes: number;
  readonly refreshes: number;
  readonly bankRefreshes: number;
  /** Reads that were answered from a write that still waited. */
  readonly forwarded: number;
  /** Requests that joined one of their kind that waited for the same burst. */
  readonly merged: number;
  /** Reads and writes that found their row open, their bank closed, another row open. */
  readonly rowHits: number;
  readonly rowMisses: number;
  readonly rowConflicts: number;
  /** Share of the hits, 0 to 1. */
  readonly rowHitRate: number | null;
  /** Banks of a channel that are at work, on average over the clocks in which any is. */
  readonly bankLevelParallelism: number | null;
  /** From a read's entering the controller to its last data. */
  readonly meanReadLatencyPs: number | null;
  readonly longestReadLatencyPs: number | null;
  /** Bytes that were asked for, over the whole latency of the layers; and what share of the peak that is. */
  readonly bytesPerSecond: number | null;
  readonly peakShare: number | null;
  /** Clocks of all ranks together, by state. */
  readonly activeStandbyClocks: number;
  readonly prechargeStandbyClocks: number;
  readonly activePowerDownClocks: number;
  readonly prechargePowerDownClocks: number;
}

/** Absent where the DRAM was not simulated command by command. */
export function dramBehaviour(layers: readonly LayerCounts[], dram: DramSpec): DramBehaviour | undefined {
  const activities = layers.flatMap(({ dramActivity }) => dramActivity ?? []);
  if (dram.kind === 'flat' || activities.length === 0) return undefined;
  const activity = addActivity(activities);
  const { tCKPs } = dram.part.timing;
  const sum = (figure: (counts: LayerCounts) => number): number =>
    layers.reduce((total, counts) => total + figure(counts), 0);
  const seconds = sum(({ latencyPs }) => latencyPs) * 1e-12;
  const bytesPerSecond = ratio(sum(totalDramBytes), seconds);
  const { activates, precharges, reads, writes, refreshes, bankRefreshes, forwarded, merged } = activity;
  const { rowHits, rowMisses, rowConflicts, readLatencyClocks, longestReadLatencyClocks } = activity;
  const { activeStandbyClocks, prechargeStandbyClocks } = activity;
  const { activePowerDownClocks, prechargePowerDownClocks } = activity;
  return {
    ...{ activates, precharges, reads, writes, refreshes, bankRefreshes, forwarded, merged },
    ...{ rowHits, rowMisses, rowConflicts },
    rowHitRate: ratio(rowHits, rowHits + rowMisses + rowConflicts),
    bankLevelParallelism: ratio(activity.bankBusyClocks, activity.busyClocks),
    meanReadLatencyPs: ratio(readLatencyClocks * tCKPs, reads),
    longestReadLatencyPs: reads === 0 ? null : longestReadLatencyClocks * tCKPs,
    bytesPerSecond,
    peakShare: bytesPerSecond === null ? null : bytesPerSecond / dram.bandwidthBytesPerSecond,
    ...{ activeStandbyClocks, prechargeStandbyClocks, activePowerDownClocks, prechargePowerDownClocks },
  };
}

function ratio(part: number, whole: number): number | null {
  return whole === 0 ? null : part / whole;
}
