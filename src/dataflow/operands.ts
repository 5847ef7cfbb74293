import { patternIndex } from '../sparsity/supports.js';
import type { PassShape } from './pass.js';
import { patchOf } from './passWindow.js';

/** Place of an ifmap value in the pass's ifmap tile: (images, channels, height, width), padding included. */
export type IfmapOperand = number;
/** Place of a weight in the pass's weight tile: (filters, channels, taps), whether it exists or not. */
export type WeightOperand = number;
/** Place of a sum among the pass's: (filters, positions). */
export type Output = number;

/** Finds the ifmap value that a tap of a channel meets at an output position; channels and positions count within the pass. */
export function ifmapOperands({
  window,
  channelCount,
}: PassShape): (position: number, channel: number, tap: number) => IfmapOperand {
  const { rows, columns, kernelWidth, stride, dilation } = window;
  const patch = patchOf(window);
  return (position, channel, tap) => {
    const column = position % columns;
    const row = Math.floor(position / columns) % rows;
    const image = Math.floor(position / (rows * columns));
    const y = row * stride[0] + Math.floor(tap / kernelWidth) * dilation[0];
    const x = column * stride[1] + (tap % kernelWidth) * dilation[1];
    return ((image * channelCount + channel) * patch.height + y) * patch.width + x;
  };
}

/** Filters and channels count within the pass. */
export function weightOperand(
  { channelCount, streamed }: PassShape,
  filter: number,
  channel: number,
  tap: number,
): WeightOperand {
  return (filter * channelCount + channel) * streamed.taps + tap;
}

/** Which taps of a kernel of the pass exist: `taps` zeros and ones. */
export function kernelTaps(
  { streamed, filterStart, channelStart }: PassShape,
  filter: number,
  channel: number,
): Uint8Array {
  return streamed.patterns[patternIndex(streamed, filterStart + filter, channelStart + channel)];
}

/** Whether an activation of the pass is zero. */
export type IsZero = (operand: IfmapOperand) => boolean;
