import { quote } from '../document/describeValue.js';
import { didYouMean } from '../document/suggest.js';
import { UserError } from '../document/userError.js';
import type { Shape } from '../network/layer.js';

/**
 * The order in which the elements of feature maps lie in DRAM: (images, blocks of channels, height, width, channels of a
 * block). NCHW has blocks of one channel, NHWC one block of all channels; NCHWc, the layout of vector units and of
 * int8 libraries, lies between the two.
 *
 * Where the last block of NCHWc has fewer channels than a block holds, zeros lie in the place of those that are missing.
 * They take room and are never moved.
 */
export interface FeatureMapLayout {
  readonly name: string;
  readonly channelsPerBlock: number | 'all';
}

/** Channel after channel: each is one contiguous map. */
export const planar: FeatureMapLayout = { name: 'NCHW', channelsPerBlock: 1 };
/** Pixel after pixel: each has its channels side by side. */
const interleaved: FeatureMapLayout = { name: 'NHWC', channelsPerBlock: 'all' };

const largestBlock = 1024;

/** The layout of a name; `NCHW16c` has blocks of 16 channels. Undefined where there is none. */
function findLayout(name: string): FeatureMapLayout | undefined {
  const named = [planar, interleaved].find((layout) => layout.name === name);
  if (named !== undefined) return named;
  const digits = /^NCHW([1-9]\d*)c$/.exec(name)?.[1];
  const channelsPerBlock = Number(digits);
  return digits === undefined || channelsPerBlock > largestBlock ? undefined : { name, channelsPerBlock };
}

/** @throws UserError where there is no layout of the name */
export function layoutOf(name: string): FeatureMapLayout {
  const layout = findLayout(name);
  if (layout === undefined) throw new UserError(layoutNameFault(name) ?? name);
  return layout;
}

/** What is wrong with the name of a layout, or undefined. */
export function layoutNameFault(name: string): string | undefined {
  if (findLayout(name) !== undefined) return undefined;
  const hint = meant(name);
  return (
    `expected a layout of feature maps, got ${quote(name)}; ${hint === '' ? '' : `${hint} `}` +
    `they are NCHW, NHWC and blocks of 1 to ${largestBlock} channels, of 16 for example NCHW16c`
  );
}

/** In a name like NCHW16 or NCHW0c the letters are right. */
function meant(name: string): string {
  const match = /^nchw(?:(\d*)c|(\d+))$/i.exec(name);
  if (match === null) return didYouMean(name, [planar.name, interleaved.name]);
  const blocked = `NCHW${match[1] ?? match[2]}c`;
  return findLayout(blocked) === undefined ? '' : `did you mean "${blocked}"?`;
}

/** Whether channels lie one after the other, each on its own. */
export function isPlanar({ channelsPerBlock }: FeatureMapLayout): boolean {
  return channelsPerBlock === 1;
}

/** Channels from one block to the next: as many as lie side by side in a pixel. */
export function blockOf({ channelsPerBlock }: FeatureMapLayout, { channels }: Shape): number {
  return channelsPerBlock === 'all' ? channels : channelsPerBlock;
}

/** Channels that an image has room for, those of the last block's padding included. */
export function paddedChannels(layout: FeatureMapLayout, map: Shape): number {
  const block = blockOf(layout, map);
  return Math.ceil(map.channels / block) * block;
}

/** Elements that an image's maps take in DRAM, padding included. */
export function elementsInDram(layout: FeatureMapLayout, map: Shape): number {
  return paddedChannels(layout, map) * map.height * map.width;
}

/** How many elements lie before an element of a batch; times the bytes of one it is the byte offset. */
export function elementOffset(
  layout: FeatureMapLayout,
  map: Shape,
  image: number,
  channel: number,
  row: number,
  column: number,
): number {
  const block = blockOf(layout, map);
  const lane = channel % block;
  const blockStart = image * paddedChannels(layout, map) + channel - lane;
  return blockStart * map.height * map.width + (row * map.width + column) * block + lane;
}
