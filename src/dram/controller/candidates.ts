import type { ChannelState } from './channelState.js';

/** Kinds of commands, as clocks are kept by kind in `bankFrom` and `groupFrom`: four to a bank and to a group. */
export const READ = 0;
export const WRITE = 1;
export const ACTIVATE = 2;
export const PRECHARGE = 3;

/** Added to the order of requests: activates and precharges come after all reads and writes of the same clock. */
const rowCommandsLater = 2 ** 52;

/** What each bank that has requests would do next for them: kept between choices, and derived anew where a command or request changed it. */
export interface Candidates {
  readonly kind: Uint8Array;
  /** Index into `groupFrom` of the clock that binds it, too; -1 if the bank could read as well as write. */
  readonly group: Int32Array;
  /** The request that it is for; the read, if there is a write as well. */
  readonly slot: Int32Array;
  /** First clock as far as the bank and the request itself are concerned; of read and write the earlier. */
  readonly clock: Float64Array;
  /** Of those at the same clock the lowest goes first. */
  readonly place: Float64Array;
}

export function createCandidates(banks: number): Candidates {
  return {
    kind: new Uint8Array(banks),
    group: new Int32Array(banks),
    slot: new Int32Array(banks),
    clock: new Float64Array(banks),
    place: new Float64Array(banks),
  };
}

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
