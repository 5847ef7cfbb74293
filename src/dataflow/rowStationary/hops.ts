import { pePlaces, setHeight } from './mapping.js';
import type { ArraySize, RowStationaryMapping } from './mapping.js';
import { cuts } from './processingPasses.js';
import type { ProcessingPass } from './processingPasses.js';

/**
 * Hops of the sums of one output column. The parts of a sum go up the column of their PE set; the top PE of each set
 * passes its own on to that of the set with the channels before, along rows and columns of the array; that of the first
 * channels lets the sum go up to the edge.
 */
export function hopsOfSums(
  kernelHeight: number,
  array: ArraySize,
  { e, p, q, r }: RowStationaryMapping,
  { strip, filters, channels, kernelRows }: ProcessingPass,
): number {
  const place = pePlaces(setHeight(kernelHeight, array), e, array);
  const channelSets = Math.ceil(channels.count / q);
  const upColumns = channelSets * (kernelRows.count - 1);
  let hops = 0;
  cuts(filters.count, p).forEach(({ count }, filterSet) => {
    const first = filterSet * r;
    let betweenSets = 0;
    for (let set = first + 1; set < first + channelSets; set++) {
      const from = place(set, 0, 0);
      const to = place(set - 1, 0, 0);
      betweenSets += Math.abs(from.row - to.row) + Math.abs(from.column - to.column);
    }
    let toEdge = 0;
    for (let outputRow = 0; outputRow < strip.count; outputRow++) toEdge += place(first, 0, outputRow).row;
    hops += count * (strip.count * (upColumns + betweenSets) + toEdge);
  });
  return hops;
}
