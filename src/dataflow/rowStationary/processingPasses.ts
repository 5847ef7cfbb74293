import type { ArrayContext, PassShape } from '../pass.js';
import type { Leaving } from '../peArray.js';
import { setHeight } from './mapping.js';
import type { RowStationaryMapping } from './mapping.js';

/** A part of a loop. */
export interface Cut {
  readonly start: number;
  readonly count: number;
}

/**
 * A processing pass: what the PEs work on between two loads of filters, for all images and output columns of the pass.
 * Everything counts within the pass.
 */
export interface ProcessingPass {
  /** Output rows, one for each PE of a set's row. */
  readonly strip: Cut;
  readonly filters: Cut;
  readonly channels: Cut;
  readonly kernelRows: Cut;
  readonly leaving: Leaving;
}

/**
 * A pass as its processing passes, in order: the strips of output rows, in each the groups of filters, and for each of
 * these the channels and kernel rows whose partial sums add up.
 */
export function processingPasses(
  { window, filterCount, channelCount, firstChannels, lastChannels }: PassShape,
  context: ArrayContext,
  { e, p, q, r, t }: RowStationaryMapping,
): ProcessingPass[] {
  const allFilters = cuts(filterCount, p * t);
  const allChannels = cuts(channelCount, q * r);
  const allKernelRows = cuts(window.kernelHeight, setHeight(window.kernelHeight, context));
  const passes: ProcessingPass[] = [];
  for (const strip of cuts(window.rows, e)) {
    for (const filters of allFilters) {
      allChannels.forEach((channels, channelGroup) => {
        allKernelRows.forEach((kernelRows, rowGroup) => {
          const isFirst = channelGroup === 0 && rowGroup === 0;
          const isLast = channelGroup === allChannels.length - 1 && rowGroup === allKernelRows.length - 1;
          const leaving = { first: firstChannels && isFirst, last: lastChannels && isLast };
          passes.push({ strip, filters, channels, kernelRows, leaving });
        });
      });
    }
  }
  return passes;
}

export function cuts(length: number, size: number): Cut[] {
  const parts: Cut[] = [];
  for (let start = 0; start < length; start += size)
    parts.push({ start, count: Math.min(size, length - start) });
  return parts;
}

/**
 * What a sliding window of `taps` taps meets for the first time: all of its places in the first `whole` windows, and
 * `later` in every one after. Places are `stride` x window + `dilation` x tap, so two windows share one when they are a
 * multiple of dilation / gcd apart, and the tap then is that multiple of stride / gcd further on.
 */
export function newPlaces(
  taps: number,
  stride: number,
  dilation: number,
): { readonly whole: number; readonly later: number } {
  const divisor = greatestCommonDivisor(stride, dilation);
  return { whole: dilation / divisor, later: Math.min(taps, stride / divisor) };
}

/** Distinct places that so many windows meet. */
export function distinctPlaces(windows: number, taps: number, stride: number, dilation: number): number {
  const { whole, later } = newPlaces(taps, stride, dilation);
  return Math.min(windows, whole) * taps + Math.max(0, windows - whole) * later;
}

function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestCommonDivisor(b, a % b);
}
