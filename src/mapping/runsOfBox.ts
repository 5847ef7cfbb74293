import type { Shape } from '../network/layer.js';
import { blockOf, elementOffset, elementsInDram, paddedChannels } from '../storage/featureMapLayout.js';
import type { FeatureMapLayout } from '../storage/featureMapLayout.js';
import type { MapBox, Runs } from './runs.js';

/** Channels of a box that lie alike: in `blocks` blocks, `lanes` side by side in each pixel of a block. */
export interface ChannelPart {
  readonly channelStart: number;
  readonly blocks: number;
  readonly lanes: number;
  /** Channels from one pixel to the next, as many as `lanes` where the block is wanted whole. */
  readonly pixelChannels: number;
}

/**
 * A box's channels: the end of a block, whole blocks, the beginning of a block, as far as there are any. What a part holds is
 * moved in the order image, block, row, column, lane, one part after the other.
 */
export function channelParts(
  layout: FeatureMapLayout,
  map: Shape,
  { channelStart, channelCount }: MapBox,
): ChannelPart[] {
  // Blocks of a single pixel lie side by side like the channels of one.
  const isPixel = map.height === 1 && map.width === 1;
  const pixelChannels = isPixel ? paddedChannels(layout, map) : blockOf(layout, map);
  const parts: ChannelPart[] = [];
  const end = channelStart + channelCount;
  let start = channelStart;
  while (start < end) {
    const isWhole = start % pixelChannels === 0 && end - start >= pixelChannels;
    const lanes = isWhole ? pixelChannels : Math.min(pixelChannels - (start % pixelChannels), end - start);
    const blocks = isWhole ? Math.floor((end - start) / pixelChannels) : 1;
    parts.push({ channelStart: start, blocks, lanes, pixelChannels });
    start += blocks * lanes;
  }
  return parts;
}

/**
 * A box as runs, part by part of its channels. Of whole blocks a run is a row's pixels, of others the lanes of one pixel.
 * Runs of a part that touch are merged.
 */
export function runsOfBox(layout: FeatureMapLayout, box: MapBox, map: Shape, elementBytes: number): Runs[] {
  const runs: Runs[] = [];
  for (const part of channelParts(layout, map, box))
    runs.push(runsOfPart(part, layout, box, map, elementBytes));
  return runs;
}

function runsOfPart(
  { channelStart, blocks, lanes, pixelChannels }: ChannelPart,
  layout: FeatureMapLayout,
  box: MapBox,
  map: Shape,
  elementBytes: number,
): Runs {
  const { imageCount, rowCount, columnCount } = box;
  const pixelBytes = pixelChannels * elementBytes;
  const rowPitch = map.width * pixelBytes;
  const offset =
    elementOffset(layout, map, box.imageStart, channelStart, box.rowStart, box.columnStart) * elementBytes;
  const imagePitch = elementsInDram(layout, map) * elementBytes;
  if (lanes < pixelChannels) {
    return {
      offset,
      imageCount,
      imagePitch,
      outerCount: rowCount,
      outerPitch: rowPitch,
      innerCount: columnCount,
      innerPitch: pixelBytes,
      runBytes: lanes * elementBytes,
    };
  }
  const isWholeRows = columnCount === map.width;
  const isWholeMaps = isWholeRows && rowCount === map.height;
  const isWholeImages = isWholeMaps && blocks * lanes === paddedChannels(layout, map);
  return {
    offset,
    imageCount: isWholeImages ? 1 : imageCount,
    imagePitch,
    outerCount: isWholeMaps ? 1 : blocks,
    outerPitch: map.height * rowPitch,
    innerCount: isWholeRows ? 1 : rowCount,
    innerPitch: rowPitch,
    runBytes:
      columnCount *
      pixelBytes *
      (isWholeRows ? rowCount : 1) *
      (isWholeMaps ? blocks : 1) *
      (isWholeImages ? imageCount : 1),
  };
}
