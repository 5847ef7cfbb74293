import type { Accelerator, BufferSpec } from '../accelerator/accelerator.js';
import { totalBytes } from '../storage/format.js';
import { bytesOf } from '../tensor/precision.js';
import { mappedDataflow } from './mappedDataflow.js';
import type { MappedTensor, Mapping } from './mapping.js';
import type { ConvProblem, LayerProblem, TileShape, Window } from './problem.js';
import { wholeTile } from './problem.js';
import { mostPooled } from './storedTile.js';

/** A tensor's place in its buffer: how many tiles of at most how many bytes are held at once. */
export interface Slots {
  readonly buffer: BufferSpec;
  readonly count: number;
  /** Bytes of the largest tile, rounded up to whole 8-byte words so that every slot is aligned for its elements. */
  readonly slotBytes: number;
}

export interface Footprint {
  readonly ifmap: Slots;
  /** Absent for layers without weights. */
  readonly weight?: Slots;
  /** Absent when no partial sum ever leaves the array. */
  readonly psum?: Slots;
  readonly ofmap: Slots;
  /** What a fused pooling makes of finished tiles, in the ofmap's buffer; it leaves in their place. */
  readonly pooled?: Slots;
  /** A finished ofmap tile takes the place of its partial sums: the ofmap's slot is the psum's. */
  readonly ofmapInPlace: boolean;
  /** By buffer: bytes of feature maps that stay there from layer to layer. */
  readonly keptBytes: ReadonlyMap<BufferSpec, number>;
}

/** Height and width of the input patch, padding included, that `rows` x `columns` outputs look at. */
function patchSize(window: Window, rows: number, columns: number): { height: number; width: number } {
  return {
    height: (rows - 1) * window.stride[0] + (window.kernelHeight - 1) * window.dilation[0] + 1,
    width: (columns - 1) * window.stride[1] + (window.kernelWidth - 1) * window.dilation[1] + 1,
  };
}

/** Tiles along each loop. */
export function tripCounts(problem: LayerProblem, tile: TileShape): TileShape {
  const whole = wholeTile(problem);
  return {
    images: Math.ceil(whole.images / tile.images),
    filters: Math.ceil(whole.filters / tile.filters),
    channels: Math.ceil(whole.channels / tile.channels),
    rows: Math.ceil(whole.rows / tile.rows),
    columns: Math.ceil(whole.columns / tile.columns),
  };
}

/**
 * The room that a mapping takes in every buffer. A tensor with one tile needs one slot; one with several needs two in
 * a double-buffered SRAM, so that a tile can come in while the array reads the other, unless the mapping says otherwise. A finished tile takes the place of its
 * partial sums where these stay in one slot of a buffer that is not double, and no residual needs the place before (as on
 * Eyeriss: Chen et al., JSSC 2017).
 *
 * Where a pooling is fused, the ofmap's buffering is that of the pooled tiles, which are what leaves. A tile that is pooled needs
 * but one slot, as the array waits for the pooling; several only for residuals to come in meanwhile.
 */
export function footprint(problem: LayerProblem, mapping: Mapping, accelerator: Accelerator): Footprint {
  const { tile, order } = mapping;
  const trips = tripCounts(problem, tile);
  const groups = problem.kind === 'conv' ? problem.groups : 1;
  const elementBytes = bytesOf(problem.precision);
  const patch = patchSize(problem.window, tile.rows, tile.columns);
  const positions = tile.images * tile.rows * tile.columns;
  const mapTrips = trips.images * trips.rows * trips.columns;
  const ifmapChannels = problem.kind === 'conv' ? tile.channels : tile.filters;
  const ifmapTrips = groups * mapTrips * (problem.kind === 'conv' ? trips.channels : trips.filters);
  const ofmapTrips = groups * mapTrips * trips.filters;

  const keptBytes = keptBytesOf(problem, accelerator);

  const slots = (tensor: MappedTensor, tiles: number, bytes: number, most = tiles): Slots => {
    const buffer = bufferOf(accelerator, tensor);
    return {
      buffer,
      count: Math.min(most, slotCount(mapping, tensor, tiles, buffer)),
      slotBytes: Math.ceil(bytes / 8) * 8,
    };
  };

  const patchElements = patch.height * patch.width;
  const ifmap = slots('ifmap', ifmapTrips, tile.images * ifmapChannels * patchElements * elementBytes);
  const pool = problem.kind === 'conv' ? problem.pool : undefined;
  const isPooledAtOnce = pool !== undefined && !problem.residual;
  const ofmap = slots(
    'ofmap',
    ofmapTrips,
    tile.filters * positions * elementBytes,
    isPooledAtOnce ? 1 : ofmapTrips,
  );
  const pooled = pool && {
    pooled: slots('ofmap', ofmapTrips, tile.images * tile.filters * mostPooled(pool, tile) * elementBytes),
  };
  if (problem.kind === 'vector') return { ifmap, ofmap, ofmapInPlace: false, keptBytes };
  const weight = slots(
    'weight',
    groups * trips.filters * trips.channels,
    largestWeightTileBytes(problem, tile),
  );
  if (!psumsLeaveArray(problem, mapping, accelerator))
    return { ifmap, weight, ofmap, ...pooled, ofmapInPlace: false, keptBytes };
  const innermost = order.findLast((loop) => trips[loop] > 1);
  const accumulatesInPlace = innermost === 'channels' || trips.channels === 1;
  const psum = slots(
    'psum',
    accumulatesInPlace ? 1 : ofmapTrips,
    tile.filters * positions * bytesOf(problem.accumulator),
  );
  // A residual is loaded into the ofmap's slot while its partial sums are still needed.
  const ofmapInPlace =
    accumulatesInPlace &&
    !problem.residual &&
    !psum.buffer.doubleBuffered &&
    psum.buffer === ofmap.buffer &&
    ofmap.slotBytes <= psum.slotBytes;
  return { ifmap, weight, psum, ofmap, ...pooled, ofmapInPlace, keptBytes };
}

/** Whether partial sums are kept outside the PEs: between channel tiles, and between the folds of a pass. */
function psumsLeaveArray(problem: LayerProblem, mapping: Mapping, accelerator: Accelerator): boolean {
  const whole = wholeTile(problem);
  return mapping.tile.channels < whole.channels || mappedDataflow(accelerator, mapping).spillsPsums;
}

function slotCount({ buffering }: Mapping, tensor: MappedTensor, tiles: number, buffer: BufferSpec): number {
  if (tiles === 1) return 1;
  switch (buffering?.[tensor]) {
    case 'single':
      return 1;
    case 'double':
      return 2;
    case 'resident':
      return tiles;
    case undefined:
      return buffer.doubleBuffered ? 2 : 1;
  }
}

function keptBytesOf({ kept }: LayerProblem, { buffers }: Accelerator): ReadonlyMap<BufferSpec, number> {
  if (kept === undefined) return noneKept;
  return new Map(buffers.map((buffer) => [buffer, kept.bytes[buffer.name] ?? 0]));
}

const noneKept: ReadonlyMap<BufferSpec, number> = new Map();

/** Sizes worked out before: searches ask for the same cuts again and again, wherever the layer's maps lie. */
const knownTileBytes = new WeakMap<ConvProblem['storage'], Map<string, number>>();

/** Bytes of a slot for weight tiles of so many filters and channels. */
export function footprintOfWeights(
  problem: ConvProblem,
  tile: Pick<TileShape, 'filters' | 'channels'>,
): number {
  return Math.ceil(largestWeightTileBytes(problem, tile) / 8) * 8;
}

function largestWeightTileBytes(problem: ConvProblem, tile: Pick<TileShape, 'filters' | 'channels'>): number {
  const known = knownTileBytes.get(problem.storage) ?? new Map<string, number>();
  knownTileBytes.set(problem.storage, known);
  const key = `${tile.filters} ${tile.channels}`;
  const bytes = known.get(key) ?? workOutLargestTile(problem, tile);
  known.set(key, bytes);
  return bytes;
}

/** Bytes of the largest encoded tile; tiles that start at the same phase of the period are alike. */
function workOutLargestTile(problem: ConvProblem, tile: Pick<TileShape, 'filters' | 'channels'>): number {
  const { storage, groups } = problem;
  const whole = wholeTile(problem);
  const filterCuts: Cut[] = [];
  for (let group = 0; group < groups; group++)
    cuts(whole.filters, tile.filters, group * whole.filters, filterCuts);
  const channelCuts = cuts(whole.channels, tile.channels, 0, []);
  let largest = 0;
  for (const filters of distinctCuts(filterCuts, storage.repeats)) {
    for (const channels of distinctCuts(channelCuts, storage.repeats)) {
      const size = storage.tileSize({
        filterStart: filters.start,
        filterCount: filters.count,
        channelStart: channels.start,
        channelCount: channels.count,
      });
      largest = Math.max(largest, totalBytes(size));
    }
  }
  return largest;
}

interface Cut {
  readonly start: number;
  readonly count: number;
}

function cuts(length: number, size: number, offset: number, into: Cut[]): Cut[] {
  for (let start = 0; start < length; start += size) {
    into.push({ start: offset + start, count: Math.min(size, length - start) });
  }
  return into;
}

function distinctCuts(all: readonly Cut[], repeats: number): Cut[] {
  if (repeats === Infinity) return [...all];
  const distinct = new Map<string, Cut>();
  for (const cut of all) {
    const key = `${String(cut.start % repeats)} ${String(cut.count)}`;
    if (!distinct.has(key)) distinct.set(key, cut);
  }
  return [...distinct.values()];
}

/** The buffer that holds a tensor. */
export function bufferOf(accelerator: Accelerator, tensor: MappedTensor): BufferSpec {
  const buffer = accelerator.buffers.find((candidate) => candidate.holds.includes(tensor));
  if (buffer === undefined) throw new Error(`accelerator ${accelerator.name} has no buffer for ${tensor}`);
  return buffer;
}

export interface Shortage {
  readonly buffer: BufferSpec;
  readonly neededBytes: number;
}

/** The first buffer that the mapping overflows, or undefined when everything fits. */
export function shortage(footprintOfLayer: Footprint): Shortage | undefined {
  const need = new Map(footprintOfLayer.keptBytes);
  for (const slots of [
    footprintOfLayer.ifmap,
    footprintOfLayer.weight,
    footprintOfLayer.psum,
    footprintOfLayer.ofmapInPlace ? undefined : footprintOfLayer.ofmap,
    footprintOfLayer.pooled,
  ]) {
    if (slots === undefined) continue;
    need.set(slots.buffer, (need.get(slots.buffer) ?? 0) + slots.count * slots.slotBytes);
  }
  for (const [buffer, neededBytes] of need) {
    if (neededBytes > buffer.capacityBytes) return { buffer, neededBytes };
  }
  return undefined;
}
