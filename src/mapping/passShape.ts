import type { PassShape } from '../dataflow/pass.js';
import { positionsOf } from '../dataflow/passWindow.js';
import type { PassWindow } from '../dataflow/passWindow.js';
import { bitsOf } from '../tensor/precision.js';
import type { Mapping } from './mapping.js';
import type { ConvProblem } from './problem.js';
import type { Tile } from './tiles.js';

/** A tile of a convolution as the array sees it. */
export function passShape(problem: ConvProblem, mapping: Mapping, tile: Tile): PassShape {
  const { storage } = problem;
  const { kernelHeight, kernelWidth, stride, dilation } = problem.window;
  const window: PassWindow = {
    images: tile.imageCount,
    rows: tile.rowCount,
    columns: tile.columnCount,
    kernelHeight,
    kernelWidth,
    stride,
    dilation,
  };
  return {
    window,
    positions: positionsOf(window),
    filterStart: tile.filterStart,
    filterCount: tile.filterCount,
    channelStart: tile.channelStart,
    channelCount: tile.channelCount,
    streamed: storage.streamed,
    readsPatternTable: storage.readsPatternTable,
    phasesPerGroup: mapping.phasesPerGroup,
    rowStationary: mapping.rowStationary,
    firstChannels: tile.firstChannels,
    lastChannels: tile.lastChannels,
    residual: problem.residual,
    ifmapBits: bitsOf(problem.precision),
    weightBits: bitsOf(storage.descriptor.precision),
    psumBits: bitsOf(problem.accumulator),
    ofmapBits: bitsOf(problem.precision),
  };
}
