import Table from 'cli-table3';
import type { ControllerSettings } from '../dram/controllerSettings.js';
import type { DramPart } from '../dram/part.js';
import type { Replay } from '../dram/trace/replayTrace.js';
import { formatCount, formatFixed, formatMicrojoules, formatPercent } from './format.js';

/** What a replayed trace came to, by name and with units. `null`: nothing to divide by, or the part has no currents. */
export interface ReplayRecord {
  readonly trace: string;
  readonly format: string;
  readonly part: string;
  readonly controller: ControllerSettings;
  readonly requests: number;
  readonly reads: number;
  readonly writes: number;
  readonly clocks: number;
  readonly timePs: number;
  readonly bytes: number;
  readonly bandwidthBytesPerSecond: number;
  readonly peakBytesPerSecond: number;
  readonly rowHits: number;
  readonly rowMisses: number;
  readonly rowConflicts: number;
  readonly forwarded: number;
  readonly merged: number;
  readonly activates: number;
  readonly precharges: number;
  readonly refreshes: number;
  readonly bankRefreshes: number;
  /** Banks at work, on average over the clocks of a channel in which any is. */
  readonly bankLevelParallelism: number | null;
  /** From entering the controller's queue to the last data. */
  readonly readLatencyClocks: { readonly mean: number | null; readonly longest: number };
  /** By what took it, and in total. */
  readonly energyPj: Readonly<Record<string, number>> | null;
}

/** @param energyPj by what took it; absent where the part has no currents */
export function replayRecord(
  trace: string,
  { reads, writes, format, activity, ...replay }: Replay,
  part: DramPart,
  controller: ControllerSettings,
  energyPj: Readonly<Record<string, number>> | undefined,
): ReplayRecord {
  const { busyClocks, bankBusyClocks, readLatencyClocks, longestReadLatencyClocks } = activity;
  return {
    trace,
    format: format.name,
    part: part.name,
    controller,
    requests: reads + writes,
    reads,
    writes,
    clocks: replay.clocks,
    timePs: replay.timePs,
    bytes: replay.bytes,
    bandwidthBytesPerSecond: replay.bandwidthBytesPerSecond,
    peakBytesPerSecond: replay.peakBytesPerSecond,
    rowHits: activity.rowHits,
    rowMisses: activity.rowMisses,
    rowConflicts: activity.rowConflicts,
    forwarded: activity.forwarded,
    merged: activity.merged,
    activates: activity.activates,
    precharges: activity.precharges,
    refreshes: activity.refreshes,
    bankRefreshes: activity.bankRefreshes,
    bankLevelParallelism: busyClocks === 0 ? null : bankBusyClocks / busyClocks,
    readLatencyClocks: {
      mean: activity.reads === 0 ? null : readLatencyClocks / activity.reads,
      longest: longestReadLatencyClocks,
    },
    energyPj:
      energyPj === undefined
        ? null
        : { ...energyPj, total: Object.values(energyPj).reduce((sum, each) => sum + each, 0) },
  };
}

/** The record for people. */
export function replayTable(record: ReplayRecord, tCKPs: number): string {
  const { channels, ranks, addressMap } = record.controller;
  const table = new Table({
    head: ['', 'unit', ''],
    colAligns: ['left', 'left', 'right'],
    style: { head: [], border: [], compact: true },
  });
  table.push(...rowsOf(record, tCKPs));
  return (
    `${record.trace} (${record.format}) on ${record.part}: ${channels} ${channels === 1 ? 'channel' : 'channels'}, ` +
    `${ranks} ${ranks === 1 ? 'rank' : 'ranks'}, ${addressMap}\n${table.toString()}`
  );
}

type Row = [name: string, unit: string, value: string];

function rowsOf(record: ReplayRecord, tCKPs: number): Row[] {
  const commands = record.rowHits + record.rowMisses + record.rowConflicts;
  const share = (count: number): string => formatPercent(commands === 0 ? 0 : count / commands);
  const nanoseconds = (clocks: number): string => formatFixed((clocks * tCKPs) / 1000, 1);
  const { mean, longest } = record.readLatencyClocks;
  const counted = (name: string, count: number): Row[] =>
    count === 0 ? [] : [[name, '', formatCount(count)]];
  const energy = Object.entries(record.energyPj ?? {});
  return [
    ['requests', '', formatCount(record.requests)],
    ['  reads', '', formatCount(record.reads)],
    ['  writes', '', formatCount(record.writes)],
    ...counted('  reads answered from waiting writes', record.forwarded),
    ...counted('  that joined one to the same burst', record.merged),
    ['clocks', '', formatCount(record.clocks)],
    ['time', 'us', formatFixed(record.timePs / 1e6, 3)],
    ['moved', 'KiB', formatFixed(record.bytes / 1024, 1)],
    ['bandwidth', 'GB/s', formatFixed(record.bandwidthBytesPerSecond / 1e9, 3)],
    ['  peak', 'GB/s', formatFixed(record.peakBytesPerSecond / 1e9, 3)],
    ['  of the peak', '', formatPercent(record.bandwidthBytesPerSecond / record.peakBytesPerSecond)],
    ['row hits', '', `${formatCount(record.rowHits)} (${share(record.rowHits)})`],
    ['row misses', '', `${formatCount(record.rowMisses)} (${share(record.rowMisses)})`],
    ['row conflicts', '', `${formatCount(record.rowConflicts)} (${share(record.rowConflicts)})`],
    [
      'bank-level parallelism',
      '',
      record.bankLevelParallelism === null ? '-' : formatFixed(record.bankLevelParallelism, 2),
    ],
    ['activates', '', formatCount(record.activates)],
    ...counted('precharges', record.precharges),
    ['refreshes', '', formatCount(record.refreshes)],
    ...counted('refreshes of one bank', record.bankRefreshes),
    ['read latency, mean', 'ns', mean === null ? '-' : nanoseconds(mean)],
    ['read latency, longest', 'ns', mean === null ? '-' : nanoseconds(longest)],
    ...energy.map(([name, pj]): Row => [
      name === 'total' ? 'energy' : `energy, ${name}`,
      'uJ',
      formatMicrojoules(pj),
    ]),
  ];
}
