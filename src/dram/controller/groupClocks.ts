import type { Constraints } from './constraints.js';
import { ACTIVATE, PRECHARGE, READ, WRITE } from './commandKind.js';

/**
 * The first clocks at which a bank group may be given a command of each kind, as far as its rank and the data bus are
 * concerned, too: four to a group, ranks one after the other. What binds a whole rank or channel is entered with all of its
 * groups, so that a choice looks at one clock. As data never overlap on the bus, no clock ever falls.
 */
export type GroupClocks = Float64Array;

function raise(clocks: GroupClocks, at: number, clock: number): void {
  if (clock > clocks[at]) clocks[at] = clock;
}

/** A read or write goes out whose data end at `dataEnd`. */
export function noteColumn(
  clocks: GroupClocks,
  timing: Constraints,
  groupsOfRank: number,
  group: number,
  isWrite: boolean,
  clock: number,
  dataEnd: number,
): void {
  const inGroup = clock + timing.columnToColumnInGroup;
  const inRank = clock + timing.columnToColumnInRank;
  const read = isWrite ? clock + timing.writeToReadInRank : inRank;
  const afterBus = dataEnd - timing.writeLatency + (isWrite ? 0 : timing.turnaround);
  const write = afterBus > inRank ? afterBus : inRank;
  const first = group - (group % groupsOfRank);
  const last = first + groupsOfRank;
  for (let other = first; other < last; other++) {
    raise(clocks, 4 * other + READ, read);
    raise(clocks, 4 * other + WRITE, write);
  }
  raise(clocks, 4 * group + READ, isWrite ? clock + timing.writeToReadInGroup : inGroup);
  raise(clocks, 4 * group + WRITE, inGroup);
  if (clocks.length > 4 * groupsOfRank) noteRankChange(clocks, timing, first, last, dataEnd);
}

/** The bus stands idle for a while before data of another rank. */
function noteRankChange(
  clocks: GroupClocks,
  timing: Constraints,
  first: number,
  last: number,
  dataEnd: number,
): void {
  const free = dataEnd + timing.turnaround;
  for (let group = 0; 4 * group < clocks.length; group++) {
    if (group >= first && group < last) continue;
    raise(clocks, 4 * group + READ, free - timing.readLatency);
    raise(clocks, 4 * group + WRITE, free - timing.writeLatency);
  }
}

/** The groups of a rank, from the first to before the last, are activated no earlier than `clock`. */
export function holdActivates(clocks: GroupClocks, first: number, last: number, clock: number): void {
  for (let group = first; group < last; group++) raise(clocks, 4 * group + ACTIVATE, clock);
}

/** They get no command of any kind before `clock`. */
export function holdAll(clocks: GroupClocks, first: number, last: number, clock: number): void {
  for (let group = first; group < last; group++) {
    for (let kind = READ; kind <= PRECHARGE; kind++) raise(clocks, 4 * group + kind, clock);
  }
}
