import type { StreamedTap } from '../filterFolds.js';
import type { ArrayContext, PassShape } from '../pass.js';
import type { Leaving } from '../peArray.js';

/** Rows that hold `taps`, `macLanes` in each; one row hands on the (zero) sums of a fold without taps. */
export function rowsFor(taps: number, { macLanes }: ArrayContext): number {
  return Math.max(1, Math.ceil(taps / macLanes));
}

/** A reduction without taps still hands on its (zero) sums. */
export function tapFoldsOf(taps: number, { rows, macLanes }: ArrayContext): number {
  return Math.max(1, Math.ceil(taps / (rows * macLanes)));
}

/** Sums come back for every tap fold but the first, and are complete after the last. */
export function leavingOf(
  { firstChannels, lastChannels }: PassShape,
  tapFold: number,
  tapFolds: number,
): Leaving {
  return { first: firstChannels && tapFold === 0, last: lastChannels && tapFold === tapFolds - 1 };
}

/** Bits of the pattern table that a fold's address generator reads. */
export function patternBits(
  { readsPatternTable, streamed }: PassShape,
  phases: number,
  taps: number,
): number {
  return readsPatternTable ? phases * Math.ceil(taps / streamed.taps) * streamed.taps : 0;
}

/** The part of a stream that the rows hold in one fold. */
export interface TapFold {
  readonly taps: number;
  readonly tapAt: (row: number, lane: number) => StreamedTap | undefined;
  readonly leaving: Leaving;
}

/** Cuts a stream into folds: row r holds `macLanes` taps from the r-th on. */
export function tapFoldsOfStream(
  stream: readonly StreamedTap[],
  shape: PassShape,
  context: ArrayContext,
): TapFold[] {
  const { rows, macLanes } = context;
  const count = tapFoldsOf(stream.length, context);
  return Array.from({ length: count }, (_, tapFold) => {
    const taps = stream.slice(tapFold * rows * macLanes, (tapFold + 1) * rows * macLanes);
    return {
      taps: taps.length,
      tapAt: (row, lane) => taps[row * macLanes + lane],
      leaving: leavingOf(shape, tapFold, count),
    };
  });
}

/** Why a dataflow whose sums move down cannot skip activations. */
export const sumsMoveOn =
  'its partial sums move from row to row with every cycle, so that no PE can run ahead';
