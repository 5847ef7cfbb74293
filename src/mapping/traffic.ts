import { nonZeroTaps } from '../sparsity/supports.js';
import { bytesOf } from '../tensor/precision.js';
import { tripCounts } from './footprint.js';
import type { Footprint } from './footprint.js';
import type { Mapping } from './mapping.js';
import type { LayerProblem, LoopName, TileShape, Window } from './problem.js';

/**
 * Bytes between DRAM and buffers under a mapping whose channel loop is the innermost, so that no partial sum is
 * spilled. Tiles stay in their slots until another takes their place (least recently used), therefore:
 *
 * Going outwards through the loops, a loop that a tensor does not depend on repeats its loads if more tiles were seen
 * inside it than the tensor has slots, and costs nothing otherwise.
 *
 * Weights are counted as the taps that exist, whatever their index costs: that is the same for all mappings to come.
 */
export function dramTraffic(problem: LayerProblem, mapping: Mapping, room: Footprint): number {
  const { tile } = mapping;
  const { window } = problem;
  const trips = tripCounts(problem, tile);
  const elementBytes = bytesOf(problem.precision);
  const rows = overlappedExtent(window, 0, tile.rows);
  const columns = overlappedExtent(window, 1, tile.columns);
  const ifmapBytes = window.input.channels * rows * columns * elementBytes;
  const { channels, height, width } = window.output;
  const ofmapBytes = channels * height * width * elementBytes * (problem.residual ? 2 : 1);
  if (problem.kind === 'vector') return ifmapBytes + ofmapBytes;
  const weightBytes =
    storedWeights(problem.format.exposesSupports, problem) * bytesOf(problem.weightPrecision);
  return (
    ifmapBytes * reloads(mapping, trips, ['channels', 'rows', 'columns'], room.ifmap.count) +
    weightBytes * reloads(mapping, trips, ['filters', 'channels'], room.weight?.count ?? 1) +
    ofmapBytes
  );
}

function storedWeights(exposed: boolean, problem: Extract<LayerProblem, { kind: 'conv' }>): number {
  const { supports } = problem;
  return exposed ? nonZeroTaps(supports) : supports.filters * supports.channels * supports.taps;
}

/** How often all tiles of a tensor are loaded, one after the other. */
function reloads({ order }: Mapping, trips: TileShape, relevant: readonly LoopName[], slots: number): number {
  let seen = 1;
  let times = 1;
  for (let depth = order.length - 1; depth >= 0; depth--) {
    const loop = order[depth];
    if (relevant.includes(loop)) seen *= trips[loop];
    else if (seen > slots) times *= trips[loop];
  }
  return times;
}

/** Input rows (axis 0) or columns (axis 1) that all tiles of `size` outputs read, shared ones counted for each. */
function overlappedExtent(window: Window, axis: 0 | 1, size: number): number {
  const [outputs, inputs, kernel, padding] =
    axis === 0
      ? [window.output.height, window.input.height, window.kernelHeight, window.padding[0]]
      : [window.output.width, window.input.width, window.kernelWidth, window.padding[2]];
  let total = 0;
  for (let start = 0; start < outputs; start += size) {
    const count = Math.min(size, outputs - start);
    const first = start * window.stride[axis] - padding;
    const end = first + (count - 1) * window.stride[axis] + (kernel - 1) * window.dilation[axis] + 1;
    total += Math.max(0, Math.min(end, inputs) - Math.min(Math.max(first, 0), inputs));
  }
  return total;
}
