import { phasesOf } from '../filterFolds.js';
import { ifmapOperands, kernelTaps, weightOperand } from '../operands.js';
import type { ArrayContext, PassShape } from '../pass.js';
import type { Beside, PeArray, RegisterPlace } from '../peArray.js';
import { pePlaces, setHeight } from './mapping.js';
import type { RowStationaryMapping } from './mapping.js';
import { cuts, processingPasses } from './processingPasses.js';
import type { Cut, ProcessingPass } from './processingPasses.js';
import { hidesPreload } from '../stationary/preload.js';

/** A PE in a processing pass. Filters, channels and rows count within the pass of the schedule. */
interface Pe {
  readonly row: number;
  readonly column: number;
  readonly outputRow: number;
  readonly kernelRow: number;
  readonly channelSet: number;
  readonly filters: readonly number[];
  readonly channels: readonly number[];
}

/** Places of what a PE multiplies in one cycle for one of its filters. */
interface Product {
  readonly ifmap: number;
  readonly weight: number;
  readonly psum: number;
}

/** Takes the array through a pass, one processing pass after the other. */
export function driveRowStationary(
  shape: PassShape,
  context: ArrayContext,
  mapping: RowStationaryMapping,
  array: PeArray,
): void {
  const hides = hidesPreload('weight', context);
  const passes = processingPasses(shape, context, mapping);
  passes.forEach((pass, index) => {
    if (!hides || index === 0) array.start(loadFilters(shape, context, mapping, pass, array));
    array.finish('weight-load', 1);
    array.use(context.rows, context.columns);
    array.swapShadow('weight');
    if (hides && index + 1 < passes.length)
      array.start(loadFilters(shape, context, mapping, passes[index + 1], array));
    process(shape, context, mapping, pass, array);
    array.endFold();
  });
}

function pesOf(
  shape: PassShape,
  context: ArrayContext,
  { e, p, q, r }: RowStationaryMapping,
  { strip, filters, channels, kernelRows }: ProcessingPass,
): Pe[] {
  const place = pePlaces(setHeight(shape.window.kernelHeight, context), e, context);
  const pes: Pe[] = [];
  cuts(filters.count, p).forEach((filtersOfSet, filterSet) => {
    cuts(channels.count, q).forEach((channelsOfSet, channelSet) => {
      for (let kernelRow = 0; kernelRow < kernelRows.count; kernelRow++) {
        for (let outputRow = 0; outputRow < strip.count; outputRow++) {
          pes.push({
            ...place(filterSet * r + channelSet, kernelRow, outputRow),
            outputRow: strip.start + outputRow,
            kernelRow: kernelRows.start + kernelRow,
            channelSet,
            filters: numbers(filters.start, filtersOfSet),
            channels: numbers(channels.start, channelsOfSet),
          });
        }
      }
    });
  });
  return pes;
}

function numbers(from: number, { start, count }: Cut): number[] {
  return Array.from({ length: count }, (_, i) => from + start + i);
}

/** Each weight that exists is read once and goes to all PEs of its kernel row. */
function* loadFilters(
  shape: PassShape,
  context: ArrayContext,
  mapping: RowStationaryMapping,
  pass: ProcessingPass,
  array: PeArray,
): Beside {
  const pes = pesOf(shape, context, mapping, pass);
  const weights = new Set<number>();
  const places: Array<{ readonly pe: Pe; readonly entry: number; readonly weight: number }> = [];
  for (const pe of pes) {
    for (const { filter, channel, tap, weight } of weightsOf(shape, mapping, pe)) {
      const operand = weightOperand(shape, pe.filters[filter], pe.channels[channel], tap);
      weights.add(operand);
      places.push({ pe, entry: weight, weight: operand });
    }
  }
  const cycles = array.fetchBeside('weight', [...weights]);
  for (const { pe, entry, weight } of places) array.latchShadow('weight', pe.row, pe.column, entry, weight);
  for (let cycle = 0; cycle < cycles; cycle++) yield;
}

/** The weights of a PE that exist: which of its filters and channels, which tap, and their place in its registers. */
function weightsOf(
  shape: PassShape,
  { q }: RowStationaryMapping,
  { filters, channels, kernelRow }: Pe,
): Array<{ filter: number; channel: number; tap: number; weight: number }> {
  const { kernelWidth } = shape.window;
  return filters.flatMap((filter, f) =>
    channels.flatMap((channel, c) => {
      const kernel = kernelTaps(shape, filter, channel);
      return Array.from({ length: kernelWidth }, (_, s) => ({
        filter: f,
        channel: c,
        tap: kernelRow * kernelWidth + s,
        weight: (f * q + c) * kernelWidth + s,
      })).filter(({ tap }) => kernel[tap] > 0);
    }),
  );
}

function process(
  shape: PassShape,
  context: ArrayContext,
  mapping: RowStationaryMapping,
  pass: ProcessingPass,
  array: PeArray,
): void {
  const { images, rows, columns, kernelWidth } = shape.window;
  const pes = pesOf(shape, context, mapping, pass);
  const sums = pass.filters.count * pass.strip.count;
  const held = pes.map(() => new Map<number, number>());
  if (shape.readsPatternTable) {
    const taps = pass.channels.count * pass.kernelRows.count * kernelWidth;
    array.readPatternTable(phasesOf(shape, numbers(0, pass.filters)) * taps);
  }
  for (let image = 0; image < images; image++) {
    for (let column = 0; column < columns; column++) {
      const positionOf = ({ outputRow }: Pe): number => (image * rows + outputRow) * columns + column;
      slide(shape, column, pes, held, positionOf, array);
      const parts = openSums(shape, pes, positionOf, array);
      const work = pes.map((pe) => productsOf(shape, context, mapping, pe, positionOf(pe), column, array));
      const ticks = work.reduce((most, { length }) => Math.max(most, length), 1);
      array.together(ticks);
      if (context.drain === 'overlapped') array.leave(sums, pass.leaving);
      for (let tick = 0; tick < ticks; tick++) {
        pes.forEach((pe, index) => {
          const products: readonly Product[] = work[index][tick] ?? [];
          for (const { ifmap, weight, psum } of products)
            array.multiply(pe.row, pe.column, ifmap, weight, psum);
          array.idle(context.macLanes - products.length);
        });
        if (tick === ticks - 1) for (const each of parts) array.emitSum(each);
        array.tick();
      }
      if (context.drain === 'serial') array.leaveWaiting(sums, pass.leaving);
    }
  }
}

/** The ifmap values that the output column needs and that no PE has yet are read once, for all PEs that need them. */
function slide(
  shape: PassShape,
  column: number,
  pes: readonly Pe[],
  held: ReadonlyArray<Map<number, number>>,
  positionOf: (pe: Pe) => number,
  array: PeArray,
): void {
  const ifmapOperand = ifmapOperands(shape);
  const { kernelWidth } = shape.window;
  const fetched = new Set<number>();
  pes.forEach((pe, index) => {
    pe.channels.forEach((channel, c) => {
      for (let s = 0; s < kernelWidth; s++) {
        const operand = ifmapOperand(positionOf(pe), channel, pe.kernelRow * kernelWidth + s);
        const entry = ifmapEntry(shape, c, column, s);
        if (held[index].get(entry) === operand) continue;
        held[index].set(entry, operand);
        if (!fetched.has(operand)) array.fetch('ifmap', operand);
        fetched.add(operand);
        array.latch('ifmap', pe.row, pe.column, entry, operand);
      }
    });
  });
}

/** A PE keeps as many columns of a channel as lie under its kernel row, each in the place of one that is done with. */
function ifmapEntry({ window }: PassShape, channel: number, column: number, tap: number): number {
  const { kernelWidth, stride, dilation } = window;
  const width = (kernelWidth - 1) * dilation[1] + 1;
  return channel * width + ((column * stride[1] + tap * dilation[1]) % width);
}

/** Opens the sums of an output column in all PEs. Returns where the parts of each are, by sets of channels, from the top. */
function openSums(
  shape: PassShape,
  pes: readonly Pe[],
  positionOf: (pe: Pe) => number,
  array: PeArray,
): RegisterPlace[][][] {
  const parts = new Map<number, RegisterPlace[][]>();
  for (const pe of pes) {
    pe.filters.forEach((filter, entry) => {
      const output = filter * shape.positions + positionOf(pe);
      array.open(pe.row, pe.column, entry, output);
      const sets = parts.get(output) ?? [];
      parts.set(output, sets);
      (sets[pe.channelSet] ??= []).push({ row: pe.row, column: pe.column, entry });
    });
  }
  return [...parts.values()];
}

/** What a PE multiplies for one output, tick by tick: its filters one after the other, so many taps at once as it has lanes. */
function productsOf(
  shape: PassShape,
  context: ArrayContext,
  mapping: RowStationaryMapping,
  pe: Pe,
  position: number,
  column: number,
  array: PeArray,
): Product[][] {
  const ifmapOperand = ifmapOperands(shape);
  const { kernelWidth } = shape.window;
  const weights = weightsOf(shape, mapping, pe).filter(
    ({ channel, tap }) =>
      context.skip === 'none' || !array.isZero(ifmapOperand(position, pe.channels[channel], tap)),
  );
  return pe.filters.flatMap((_, psum) => {
    const products = weights
      .filter(({ filter }) => filter === psum)
      .map(({ channel, tap, weight }) => ({
        ifmap: ifmapEntry(shape, channel, column, tap % kernelWidth),
        weight,
        psum,
      }));
    return cuts(products.length, context.macLanes).map(({ start, count }) =>
      products.slice(start, start + count),
    );
  });
}
