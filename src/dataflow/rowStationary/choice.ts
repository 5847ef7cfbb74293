import type { ArrayContext, PassShape } from '../pass.js';
import { wordsOf } from '../ports.js';
import { setHeight, setsThatFit, widestSet } from './mapping.js';
import type { RowStationaryMapping } from './mapping.js';
import { columnKinds, processingCost } from './cost.js';
import type { Cut, ProcessingPass } from './processingPasses.js';
import { denseRowWork } from './work.js';
import { hidesPreload } from '../stationary/preload.js';

/** How many sizes of each parameter are tried, the largest first. */
const sizesTried = { e: 8, sets: 6, q: 4 };

const chosen = new WeakMap<ArrayContext, Map<string, RowStationaryMapping>>();

/**
 * The mapping of a pass that takes the fewest cycles, then the fewest psum accesses, of those that fit the array and its
 * register files; the smallest there is, if even that does not fit them. Sizes divide evenly what they cut. Only sizes
 * count: all taps are taken to exist. Chosen once for passes of the same sizes.
 */
export function chooseRowMapping(shape: PassShape, context: ArrayContext): RowStationaryMapping {
  const ofContext = chosen.get(context) ?? new Map<string, RowStationaryMapping>();
  chosen.set(context, ofContext);
  const key = sizesOf(shape).join(' ');
  const mapping = ofContext.get(key) ?? searchRowMapping(shape, context);
  ofContext.set(key, mapping);
  return mapping;
}

/** All of a pass that the choice looks at. */
function sizesOf(shape: PassShape): Array<number | boolean> {
  const { images, rows, columns, kernelHeight, kernelWidth, stride, dilation } = shape.window;
  const { filterCount, channelCount, firstChannels, lastChannels, residual } = shape;
  const { ifmapBits, weightBits, psumBits, ofmapBits } = shape;
  return [
    ...[images, rows, columns, kernelHeight, kernelWidth, ...stride, ...dilation],
    ...[filterCount, channelCount, firstChannels, lastChannels, residual],
    ...[ifmapBits, weightBits, psumBits, ofmapBits],
  ];
}

function searchRowMapping(shape: PassShape, context: ArrayContext): RowStationaryMapping {
  let best: RowStationaryMapping | undefined;
  let least: Worth = { cycles: Infinity, psums: Infinity };
  const bounded = rowMappings(shape, context)
    .map((mapping) => ({ mapping, bound: leastCycles(shape, context, mapping) }))
    .sort((a, b) => a.bound - b.bound);
  for (const { mapping, bound } of bounded) {
    if (bound > least.cycles) break;
    const worth = worthOf(shape, context, mapping);
    if (worth.cycles > least.cycles || (worth.cycles === least.cycles && worth.psums >= least.psums))
      continue;
    best = mapping;
    least = worth;
  }
  return best ?? { e: 1, p: 1, q: 1, r: 1, t: 1 };
}

/** Mappings of a pass that fit the array and its register files: of sizes that divide evenly what they cut. */
export function rowMappings(shape: PassShape, context: ArrayContext): RowStationaryMapping[] {
  const { window, filterCount, channelCount } = shape;
  const height = setHeight(window.kernelHeight, context);
  const room = registerRoom(shape, context);
  const found = new Map<string, RowStationaryMapping>();
  for (const e of evenSizes(window.rows, widestSet(height, context), sizesTried.e)) {
    const sets = setsThatFit(height, e, context);
    for (const { r, t } of shares(sets, channelCount, filterCount)) {
      for (const q of evenSizes(Math.ceil(channelCount / r), room.channels, sizesTried.q)) {
        for (const p of evenSizes(Math.ceil(filterCount / t), room.filters(q), 1))
          found.set([e, p, q, r, t].join(' '), { e, p, q, r, t });
      }
    }
  }
  return [...found.values()];
}

/** The PE sets shared out between channels (r) and filters (t). */
function shares(sets: number, channels: number, filters: number): Array<{ r: number; t: number }> {
  const byFilters = evenSizes(filters, sets, sizesTried.sets).map((t) => ({
    r: Math.min(Math.floor(sets / t), channels),
    t,
  }));
  const byChannels = evenSizes(channels, sets, sizesTried.sets).map((r) => ({
    r,
    t: Math.min(Math.floor(sets / r), filters),
  }));
  return [...byFilters, ...byChannels];
}

/** Channels, and filters for so many channels, that the register files of a PE have room for. */
function registerRoom(
  { window, ifmapBits, weightBits, psumBits }: PassShape,
  { registerFiles, preload }: ArrayContext,
): { readonly channels: number; filters(channels: number): number } {
  const entries = (bytes: number | undefined, bits: number): number =>
    bytes === undefined ? Infinity : Math.floor((bytes * 8) / bits);
  const { ifmap, weight, psum } = registerFiles;
  const width = (window.kernelWidth - 1) * window.dilation[1] + 1;
  const kernels = Math.floor(
    entries(weight, weightBits) / (window.kernelWidth * (preload === 'overlapped' ? 2 : 1)),
  );
  return {
    channels: Math.min(Math.floor(entries(ifmap, ifmapBits) / width), kernels),
    filters: (channels) => Math.min(Math.floor(kernels / channels), entries(psum, psumBits)),
  };
}

/** Up to `count` sizes of at most `most` that cut `whole` into equal parts, but for the last; the largest first. */
function evenSizes(whole: number, most: number, count: number): number[] {
  const sizes: number[] = [];
  let limit = Math.min(whole, most);
  while (limit >= 1 && sizes.length < count) {
    const size = Math.ceil(whole / Math.ceil(whole / limit));
    sizes.push(size);
    limit = size - 1;
  }
  return sizes;
}

/** Cycles with ports that hold up nothing but the filters. */
function leastCycles(shape: PassShape, context: ArrayContext, mapping: RowStationaryMapping): number {
  const { images, columns } = shape.window;
  const { weight } = context.ports;
  const hides = hidesPreload('weight', context);
  return unlikePasses(shape, context, mapping).reduce((sum, { pass, times }) => {
    const { ticks, weights } = denseRowWork(shape, context, mapping, pass);
    const load = hides ? 0 : Math.ceil(wordsOf(weight, weights, shape.weightBits) / weight.ports);
    return sum + (ticks * images * columns + load) * times;
  }, 0);
}

interface Worth {
  readonly cycles: number;
  readonly psums: number;
}

function worthOf(shape: PassShape, context: ArrayContext, mapping: RowStationaryMapping): Worth {
  const hides = hidesPreload('weight', context);
  let cycles = 0;
  let psums = 0;
  for (const { pass, times } of unlikePasses(shape, context, mapping)) {
    const work = denseRowWork(shape, context, mapping, pass);
    const kinds = columnKinds(shape, pass, work);
    const cost = processingCost(shape, context, pass, work.weights, kinds);
    cycles += (cost.cycles + (hides ? Math.max(0, cost.load - cost.cycles) : cost.load)) * times;
    const { first, last } = pass.leaving;
    psums += pass.strip.count * pass.filters.count * ((first ? 0 : 1) + (last ? 0 : 1)) * times;
  }
  return { cycles, psums };
}

/** The processing passes of a pass that differ in size or in where their sums go, and how many there are of each. */
function unlikePasses(
  { window, filterCount, channelCount, firstChannels, lastChannels }: PassShape,
  context: ArrayContext,
  { e, p, q, r, t }: RowStationaryMapping,
): Array<{ readonly pass: ProcessingPass; readonly times: number }> {
  const passes: Array<{ pass: ProcessingPass; times: number }> = [];
  const groups = unlikeCuts(channelCount, q * r);
  const rowGroups = unlikeCuts(window.kernelHeight, setHeight(window.kernelHeight, context));
  for (const strip of unlikeCuts(window.rows, e)) {
    for (const filters of unlikeCuts(filterCount, p * t)) {
      for (const channels of groups) {
        for (const kernelRows of rowGroups) {
          passes.push({
            pass: {
              strip: strip.cut,
              filters: filters.cut,
              channels: channels.cut,
              kernelRows: kernelRows.cut,
              leaving: {
                first: firstChannels && channels.isFirst && kernelRows.isFirst,
                last: lastChannels && channels.isLast && kernelRows.isLast,
              },
            },
            times: strip.times * filters.times * channels.times * kernelRows.times,
          });
        }
      }
    }
  }
  return passes;
}

interface UnlikeCut {
  readonly cut: Cut;
  readonly times: number;
  readonly isFirst: boolean;
  readonly isLast: boolean;
}

/** The first cut, those between, and the last. */
function unlikeCuts(length: number, size: number): UnlikeCut[] {
  const parts = Math.ceil(length / size);
  if (parts === 1) return [{ cut: { start: 0, count: length }, times: 1, isFirst: true, isLast: true }];
  const full = { start: 0, count: size };
  const rest = { start: (parts - 1) * size, count: length - (parts - 1) * size };
  return [
    { cut: full, times: 1, isFirst: true, isLast: false },
    ...(parts > 2 ? [{ cut: full, times: parts - 2, isFirst: false, isLast: false }] : []),
    { cut: rest, times: 1, isFirst: false, isLast: true },
  ];
}
