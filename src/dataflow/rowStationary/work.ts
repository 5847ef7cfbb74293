import { patternIndex } from '../../sparsity/supports.js';
import type { Supports } from '../../sparsity/supports.js';
import { ifmapOperands, kernelTaps } from '../operands.js';
import type { IsZero } from '../operands.js';
import type { ArrayContext, PassShape } from '../pass.js';
import { cuts } from './processingPasses.js';
import type { Cut, ProcessingPass } from './processingPasses.js';
import type { RowStationaryMapping } from './mapping.js';

/** What the PEs of a processing pass have to do for one output column. */
export interface RowWork {
  /** Of the PE that has most to do: one tick for every filter and `macLanes` of its taps. */
  readonly ticks: number;
  /** Weights of the pass that exist. */
  readonly weights: number;
}

/** Work of a processing pass all of whose taps exist. */
export function denseRowWork(
  { window }: PassShape,
  { macLanes }: ArrayContext,
  { p, q }: RowStationaryMapping,
  { filters, channels, kernelRows }: ProcessingPass,
): RowWork {
  const taps = Math.min(q, channels.count) * window.kernelWidth;
  return {
    ticks: Math.min(p, filters.count) * Math.ceil(taps / macLanes),
    weights: filters.count * channels.count * kernelRows.count * window.kernelWidth,
  };
}

const knownTaps = new WeakMap<Supports, Uint32Array>();

/** Taps of each kernel row of each pattern; counted once, since passes are worked out by the thousand. */
function tapsByRow(supports: Supports, kernelWidth: number): Uint32Array {
  const known = knownTaps.get(supports);
  if (known !== undefined) return known;
  const { patterns, taps } = supports;
  const kernelHeight = taps / kernelWidth;
  const counts = new Uint32Array(patterns.length * kernelHeight);
  patterns.forEach((pattern, index) => {
    pattern.forEach((tap, at) => (counts[index * kernelHeight + Math.floor(at / kernelWidth)] += tap));
  });
  knownTaps.set(supports, counts);
  return counts;
}

/** Work of processing passes whose activations are all multiplied. Supports that repeat are looked at once. */
export function rowWork(
  shape: PassShape,
  context: ArrayContext,
  mapping: RowStationaryMapping,
): (pass: ProcessingPass) => RowWork {
  const { macLanes } = context;
  const { p, q } = mapping;
  const { streamed, window, filterStart, channelStart } = shape;
  const { kernelHeight, kernelWidth } = window;
  const { assignment } = streamed;
  const period = filterRepeat(shape);
  const tapsOfRows = tapsByRow(streamed, kernelWidth);

  /** Taps of each kernel row that a filter has in some channels. */
  const sumRows = (filter: number, start: number, count: number): Uint32Array => {
    const sums = new Uint32Array(kernelHeight);
    for (let channel = start; channel < start + count; channel++) {
      const taps = patternIndex(streamed, filter, channel) * kernelHeight;
      for (let row = 0; row < kernelHeight; row++) sums[row] += tapsOfRows[taps + row];
    }
    return sums;
  };
  const knownSums = new Map<string, Uint32Array>();
  const rowSums = (filter: number, start: number, count: number): Uint32Array => {
    if (period === Infinity) return sumRows(filter, start, count);
    const key = `${filter % period} ${start % period} ${count}`;
    const sums = knownSums.get(key) ?? sumRows(filter, start, count);
    knownSums.set(key, sums);
    return sums;
  };

  const ofSupports = ({ filters, channels, kernelRows }: ProcessingPass): RowWork => {
    let ticks = 0;
    let weights = 0;
    const work = new Uint32Array(kernelRows.count);
    for (const channelsOfSet of cuts(channels.count, q)) {
      const firstChannel = channelStart + channels.start + channelsOfSet.start;
      for (const filtersOfSet of cuts(filters.count, p)) {
        const firstFilter = filterStart + filters.start + filtersOfSet.start;
        work.fill(0);
        for (let filter = firstFilter; filter < firstFilter + filtersOfSet.count; filter++) {
          const sums = rowSums(filter, firstChannel, channelsOfSet.count);
          for (let row = 0; row < kernelRows.count; row++) {
            const taps = sums[kernelRows.start + row];
            work[row] += Math.ceil(taps / macLanes);
            weights += taps;
          }
        }
        for (const each of work) ticks = Math.max(ticks, each);
      }
    }
    return { ticks, weights };
  };

  const known = new Map<string, RowWork>();
  return (pass) => {
    const { filters, channels, kernelRows } = pass;
    if (assignment.kind === 'dense') return denseRowWork(shape, context, mapping, pass);
    const key = [
      (filterStart + filters.start) % period,
      filters.count,
      (channelStart + channels.start) % period,
      channels.count,
      kernelRows.start,
    ].join(' ');
    const work = known.get(key) ?? ofSupports(pass);
    known.set(key, work);
    return work;
  };
}

/** What the PEs of a pass multiply for one output column of one image, zeros left out. */
export interface ColumnWork {
  /** Of the PE that has most to do. */
  readonly ticks: number;
  readonly macs: number;
}

/** Work of a pass that skips zero activations, for every image and output column. */
export function workWithoutZeros(
  shape: PassShape,
  { macLanes }: ArrayContext,
  { p, q }: RowStationaryMapping,
  { strip, filters, channels, kernelRows }: ProcessingPass,
  isZero: IsZero,
): ColumnWork[] {
  const { images, rows, columns, kernelWidth } = shape.window;
  const ifmapOperand = ifmapOperands(shape);
  const filtersOfSets = cuts(filters.count, p);
  const channelsOfSets = cuts(channels.count, q);
  const alikeEvery = filterRepeat(shape);
  const counted = new Int32Array(Math.min(alikeEvery, filters.count));

  const multiplies = (filter: number, ofSet: Cut, kernelRow: number, position: number): number => {
    let count = 0;
    for (let c = 0; c < ofSet.count; c++) {
      const channel = channels.start + ofSet.start + c;
      const kernel = kernelTaps(shape, filter, channel);
      for (let tap = kernelRow * kernelWidth; tap < (kernelRow + 1) * kernelWidth; tap++)
        if (kernel[tap] > 0 && !isZero(ifmapOperand(position, channel, tap))) count++;
    }
    return count;
  };

  const work: ColumnWork[] = [];
  for (let image = 0; image < images; image++) {
    for (let column = 0; column < columns; column++) {
      let ticks = 0;
      let macs = 0;
      for (let row = strip.start; row < strip.start + strip.count; row++) {
        const position = (image * rows + row) * columns + column;
        for (let k = kernelRows.start; k < kernelRows.start + kernelRows.count; k++) {
          for (const ofChannels of channelsOfSets) {
            for (let f = 0; f < counted.length; f++)
              counted[f] = multiplies(filters.start + f, ofChannels, k, position);
            for (const ofFilters of filtersOfSets) {
              let ofPe = 0;
              for (let f = ofFilters.start; f < ofFilters.start + ofFilters.count; f++) {
                const count = counted[f % alikeEvery];
                ofPe += Math.ceil(count / macLanes);
                macs += count;
              }
              ticks = Math.max(ticks, ofPe);
            }
          }
        }
      }
      work.push({ ticks, macs });
    }
  }
  return work;
}

/** Filters that far apart have the same taps in every channel, and so have channels in every filter. */
function filterRepeat({ streamed: { assignment } }: PassShape): number {
  if (assignment.kind === 'dense') return 1;
  return assignment.kind === 'periodic' ? assignment.period : Infinity;
}
