import type { DramActivity, TaggedActivity } from '../activity.js';
import type { ChannelState } from './channelState.js';
import { tagCount } from './counters.js';

/** What channels have done until `clocks`; nothing may happen before that any more. */
export function activityOf(
  channels: readonly ChannelState[],
  burstClocks: number,
  clocks: number,
): DramActivity {
  const sum = (figure: (channel: ChannelState) => number): number =>
    channels.reduce((total, channel) => total + figure(channel), 0);
  const perRank = (figure: (channel: ChannelState, rank: number) => number): number =>
    sum((channel) => {
      let total = 0;
      for (let rank = 0; rank < channel.ranks; rank++) total += figure(channel, rank);
      return total;
    });
  const tagged = Array.from({ length: tagCount }, (_, tag): TaggedActivity => ({
    reads: sum(({ counters }) => counters.reads[tag]),
    writes: sum(({ counters }) => counters.writes[tag]),
    activates: sum(({ counters }) => counters.activates[tag]),
  }));
  const total = (figure: keyof TaggedActivity): number => tagged.reduce((all, each) => all + each[figure], 0);
  /** Clocks in power-down that nothing has ended yet. */
  const unended = (isActive: boolean): number =>
    perRank(({ standby, powerDown }, rank) =>
      standby.isActive(rank) === isActive ? Math.max(0, clocks - powerDown.entryClock(rank)) : 0,
    );
  const activePowerDownClocks =
    perRank(({ standby }, rank) => standby.activePowerDownClocks[rank]) + unended(true);
  const prechargePowerDownClocks =
    perRank(({ standby }, rank) => standby.prechargePowerDownClocks[rank]) + unended(false);
  const activeClocks = perRank(({ standby }, rank) => standby.activeClocks(rank, clocks));
  const rankClocks = sum(({ ranks }) => ranks) * clocks;
  const reads = total('reads');
  const writes = total('writes');
  return {
    clocks,
    activates: total('activates'),
    precharges: sum(({ counters }) => counters.precharges),
    reads,
    writes,
    refreshes: sum(({ counters }) => counters.refreshes),
    bankRefreshes: sum(({ counters }) => counters.bankRefreshes),
    rowHits: sum(({ counters }) => counters.byEffort[0]),
    rowMisses: sum(({ counters }) => counters.byEffort[1]),
    rowConflicts: sum(({ counters }) => counters.byEffort[2]),
    forwarded: sum(({ counters }) => counters.forwarded),
    merged: sum(({ counters }) => counters.merged),
    readLatencyClocks: sum(({ counters }) => counters.readLatencyClocks),
    longestReadLatencyClocks: Math.max(...channels.map(({ counters }) => counters.longestReadLatencyClocks)),
    activeStandbyClocks: activeClocks - activePowerDownClocks,
    prechargeStandbyClocks: rankClocks - activeClocks - prechargePowerDownClocks,
    activePowerDownClocks,
    prechargePowerDownClocks,
    busyClocks: sum(({ counters }) => counters.busyClocks),
    bankBusyClocks: sum(({ counters }) => counters.bankBusyClocks),
    dataClocks: (reads + writes) * burstClocks,
    tagged,
  };
}
