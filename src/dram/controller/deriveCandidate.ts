import type { ChannelState } from './channelState.js';
import { ACTIVATE, PRECHARGE, READ, WRITE } from './commandKind.js';

/** Added to the order of requests: activates and precharges come after all reads and writes of the same clock. */
const rowCommandsLater = 2 ** 52;

/** To be called when a bank's row, its clocks, its oldest request or the oldest one to its open row are no longer what they were. */
export function deriveCandidate(state: ChannelState, bank: number): void {
  const { queues, candidates, openRow, slots } = state;
  const oldest = queues.first[bank];
  if (oldest < 0) return;
  const row = openRow[bank];
  // A row that has been served for long gives way.
  const isOpen = row >= 0 && (state.served[bank] < state.maxRowHits || slots.row[oldest] === row);
  const read = isOpen ? queues.readHit[bank] : -1;
  const write = isOpen ? queues.writeHit[bank] : -1;
  const group = 4 * state.groupOf[bank];
  let slot = read >= 0 ? read : write;
  let kind = read >= 0 ? READ : WRITE;
  let place = 0;
  if (slot < 0) {
    slot = oldest;
    kind = row < 0 ? ACTIVATE : PRECHARGE;
    place = rowCommandsLater;
  }
  candidates.kind[bank] = kind;
  candidates.group[bank] = group + kind;
  candidates.slot[bank] = slot;
  candidates.place[bank] = place + slots.order[slot];
  candidates.clock[bank] = ownClock(state, bank, kind, slot);
  if (read < 0 || write < 0) return;
  candidates.group[bank] = -1;
  candidates.clock[bank] = Math.min(candidates.clock[bank], ownClock(state, bank, WRITE, write));
}

/** The first clock for a bank's command as far as the bank and the request itself are concerned. */
export function ownClock(
  { bankFrom, slots }: ChannelState,
  bank: number,
  kind: number,
  slot: number,
): number {
  const from = bankFrom[4 * bank + kind];
  const queued = slots.queued[slot];
  return queued >= from ? queued + 1 : from;
}

/** The first clock for a bank's command with all that binds it. */
export function firstClock(state: ChannelState, bank: number, kind: number, slot: number): number {
  const own = ownClock(state, bank, kind, slot);
  const ofGroup = state.groupFrom[4 * state.groupOf[bank] + kind];
  return Math.max(own, ofGroup, state.now);
}
