import { reach } from './batches.js';
import type { Batches } from './batches.js';
import type { ChannelState } from './channelState.js';
import { findBurst, insertRequest } from './requestQueue.js';

/** Whether a request may enter its channel's queue: there is room, and no write would go ahead of an older read of its burst. */
export function mayEnter(state: ChannelState, isWrite: boolean, burst: number): boolean {
  const queue = isWrite ? state.writes : state.reads;
  return queue.length < queue.size && !(isWrite && findBurst(state.reads, burst) >= 0);
}

/** Takes a request that may enter, at a clock not before the one that entered last. A read of what waits to be written is answered at once. */
export function enterRequest(
  state: ChannelState,
  batches: Batches,
  isWrite: boolean,
  bank: number,
  row: number,
  burst: number,
  tag: number,
  batch: number,
  clock: number,
): void {
  state.isChosen = false;
  if (isWrite) {
    reach(batches, batch, clock);
  } else if (findBurst(state.writes, burst) >= 0) {
    reach(batches, batch, clock + 1);
    if (clock + 1 > state.lastDataClock) state.lastDataClock = clock + 1;
    state.counters.forwarded++;
    return;
  }
  const rank = state.rankOf[bank];
  const { powerDown } = state;
  if (powerDown.isUsed) powerDown.wake(rank, clock);
  powerDown.waiting[rank]++;
  const queue = isWrite ? state.writes : state.reads;
  const slot = insertRequest(queue, bank, row, burst, state.openRow[bank]);
  queue.tag[slot] = tag;
  queue.batch[slot] = batch;
  queue.order[slot] = state.requestsEntered++;
  queue.entered[slot] = clock;
}
