import type { ChannelState } from './channelState.js';

/** Kinds of commands, as clocks are kept by kind in `bankFrom`, `groupFrom` and `rankFrom`: four to a bank, a group, a rank. */
export const READ = 0;
export const WRITE = 1;
export const ACTIVATE = 2;
export const PRECHARGE = 3;
/** A bank has requests of both directions for its open row; which of them goes first the bus decides. */
export const EITHER = 4;

/** What each bank that has requests would do next for them: kept between choices, and derived anew where a command or request changed it. */
export interface Candidates {
  readonly kind: Uint8Array;
  /** The request that it is for; of `EITHER`, the read. */
  readonly slot: Int32Array;
  /** First clock as far as the bank and the request itself are concerned. */
  readonly clock: Float64Array;
}

export function createCandidates(banks: number): Candidates {
  return { kind: new Uint8Array(banks), slot: new Int32Array(banks), clock: new Float64Array(banks) };
}

/** To be called when a bank's row, its clocks, its oldest request or the oldest one to its open row are no longer what they were. */
export function deriveCandidate(state: ChannelState, bank: number): void {
  const { queues, candidates, openRow } = state;
  const oldest = queues.first[bank];
  if (oldest < 0) return;
  const row = openRow[bank];
  let slot = oldest;
  let kind = row < 0 ? ACTIVATE : PRECHARGE;
  // A row that has been served for long gives way.
  if (row >= 0 && (state.served[bank] < state.maxRowHits || state.slots.row[oldest] === row)) {
    const read = queues.readHit[bank];
    const write = queues.writeHit[bank];
    if (read >= 0) {
      slot = read;
      kind = write >= 0 ? EITHER : READ;
    } else if (write >= 0) {
      slot = write;
      kind = WRITE;
    }
  }
  candidates.kind[bank] = kind;
  candidates.slot[bank] = slot;
  candidates.clock[bank] =
    kind === EITHER
      ? Math.min(ownClock(state, bank, READ, slot), ownClock(state, bank, WRITE, queues.writeHit[bank]))
      : ownClock(state, bank, kind, slot);
}

/** The first clock for a bank's command as far as the bank and the request itself are concerned. */
export function ownClock({ bankFrom, slots }: ChannelState, bank: number, kind: number, slot: number): number {
  const from = bankFrom[4 * bank + kind];
  const queued = slots.queued[slot];
  return queued >= from ? queued + 1 : from;
}
