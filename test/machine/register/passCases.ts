import fc from 'fast-check';
import { fills, overlaps } from '../../../src/dataflow/arraySettings.js';
import { ifmapOperands, kernelTaps, weightOperand } from '../../../src/dataflow/operands.js';
import type { ArrayContext, PassShape } from '../../../src/dataflow/pass.js';
import { patchOf } from '../../../src/dataflow/passWindow.js';
import { setHeight, setsThatFit, widestSet } from '../../../src/dataflow/rowStationary/mapping.js';
import type { Supports } from '../../../src/sparsity/supports.js';
import { createRandom } from '../../../src/tensor/random.js';

/** A pass with its operands. */
export interface PassCase {
  readonly shape: PassShape;
  readonly context: ArrayContext;
  readonly ifmap: Int8Array;
  readonly weights: Int8Array;
}

const small = (max: number) => fc.integer({ min: 1, max });

const supports = fc
  .record({
    kind: fc.constantFrom<'dense' | 'periodic' | 'per-kernel'>('dense', 'periodic', 'periodic', 'per-kernel'),
    period: small(6),
    seed: fc.nat(1e9),
  })
  .map(({ kind, period, seed }) => (filters: number, channels: number, taps: number): Supports => {
    const random = createRandom(seed);
    const below = (limit: number): number => Math.floor(random.next() * limit);
    if (kind === 'dense')
      return { filters, channels, taps, patterns: [new Uint8Array(taps).fill(1)], assignment: { kind } };
    const patterns = Array.from({ length: period }, () => Uint8Array.from({ length: taps }, () => below(2)));
    return {
      filters,
      channels,
      taps,
      patterns,
      assignment:
        kind === 'periodic'
          ? { kind, period }
          : { kind, ids: Uint32Array.from({ length: filters * channels }, () => below(period)) },
    };
  });

const shapes: fc.Arbitrary<PassShape> = fc
  .record({
    window: fc.record({
      images: fc.constantFrom(1, 1, 2),
      rows: small(4),
      columns: small(5),
      kernelHeight: small(3),
      kernelWidth: small(3),
      stride: fc.tuple(small(3), small(3)),
      dilation: fc.tuple(small(2), small(2)),
    }),
    filterStart: fc.nat(5),
    filterCount: small(9),
    channelStart: fc.nat(5),
    channelCount: small(5),
    makeSupports: supports,
    grouping: fc.nat(5),
    readsPatternTable: fc.boolean(),
    firstChannels: fc.boolean(),
    lastChannels: fc.boolean(),
    residual: fc.boolean(),
    bits: fc.tuple(fc.constantFrom(8, 16), fc.constantFrom(8, 16), fc.constantFrom(32, 48)),
  })
  .map(({ makeSupports, grouping, bits, ...given }) => {
    const { window, filterStart, filterCount, channelStart, channelCount } = given;
    const streamed = makeSupports(
      filterStart + filterCount,
      channelStart + channelCount,
      window.kernelHeight * window.kernelWidth,
    );
    const { assignment } = streamed;
    const period = assignment.kind === 'periodic' ? assignment.period : 1;
    const divisors = Array.from({ length: period }, (_, i) => i + 1).filter((size) => period % size === 0);
    return {
      ...given,
      streamed,
      positions: window.images * window.rows * window.columns,
      phasesPerGroup: divisors[grouping % divisors.length],
      ifmapBits: bits[0],
      weightBits: bits[1],
      psumBits: bits[2],
      ofmapBits: bits[0],
    };
  });

const contexts: fc.Arbitrary<ArrayContext> = fc
  .record({
    rows: small(6),
    columns: small(6),
    macLanes: fc.constantFrom(1, 1, 2, 3),
    preload: fc.constantFrom(...overlaps),
    drain: fc.constantFrom(...overlaps),
    fill: fc.constantFrom(...fills),
    gate: fc.constantFrom<'none' | 'activation'>('none', 'activation'),
    skip: fc.constantFrom<'none' | 'activation'>('none', 'none', 'activation'),
    layout: fc.constantFrom([0, 1, 2, 2], [0, 0, 0, 0], [0, 1, 1, 2], [0, 0, 1, 1], [0, 1, 0, 0]),
    ports: fc.array(
      fc.record({ wordBits: fc.constantFrom(8, 24, 32, 64, 256), ports: small(3), isShared: fc.boolean() }),
      { minLength: 3, maxLength: 3 },
    ),
    postProcessorLanes: small(9),
    entriesPerCycle: small(4),
  })
  .map(({ layout, ports, ...given }) => {
    const [ifmap, weight, psum, ofmap] = layout.map((buffer) => ({ buffer, ...ports[buffer] }));
    return { ...given, registerFiles: {}, bufferCount: 3, ports: { ifmap, weight, psum, ofmap } };
  });

/** Mappings for the row-stationary dataflow, of PE sets that fit the array; in half of the cases it is to choose one. */
const rowMappings: fc.Arbitrary<(shape: PassShape, context: ArrayContext) => PassShape> = fc
  .record({ isGiven: fc.boolean(), e: fc.nat(40), p: small(4), q: small(3), r: fc.nat(40), t: fc.nat(40) })
  .map(({ isGiven, e, p, q, r, t }) => (shape: PassShape, context: ArrayContext): PassShape => {
    if (!isGiven) return shape;
    const height = setHeight(shape.window.kernelHeight, context);
    const width = 1 + (e % widestSet(height, context));
    const sets = setsThatFit(height, width, context);
    const ofFilters = 1 + (t % sets);
    const ofChannels = 1 + (r % Math.floor(sets / ofFilters));
    return { ...shape, rowStationary: { e: width, p, q, r: ofChannels, t: ofFilters } };
  });

/** Small passes of every geometry and support on arrays of every setting; some activations are zero, or all are. */
export const passCases: fc.Arbitrary<PassCase> = fc
  .record({
    shape: shapes,
    context: contexts,
    withRowMapping: rowMappings,
    seed: fc.nat(1e9),
    density: fc.constantFrom(0, 0.3, 0.6, 1),
  })
  .map(({ shape: free, context, withRowMapping, seed, density }) => {
    const shape = withRowMapping(free, context);
    const random = createRandom(seed);
    const value = (): number => 1 + Math.floor(random.next() * 127);
    const patch = patchOf(shape.window);
    const ifmap = new Int8Array(shape.window.images * shape.channelCount * patch.height * patch.width).map(
      () => (random.next() < density ? value() : 0),
    );
    const weights = new Int8Array(shape.filterCount * shape.channelCount * shape.streamed.taps);
    for (let filter = 0; filter < shape.filterCount; filter++) {
      for (let channel = 0; channel < shape.channelCount; channel++) {
        kernelTaps(shape, filter, channel).forEach((exists, tap) => {
          if (exists > 0) weights[weightOperand(shape, filter, channel, tap)] = -value();
        });
      }
    }
    return { shape, context, ifmap, weights };
  });

/** The sums of a pass, worked out one by one. */
export function plainSums({ shape, ifmap, weights }: PassCase): Float64Array {
  const ifmapOperand = ifmapOperands(shape);
  const sums = new Float64Array(shape.filterCount * shape.positions);
  for (let filter = 0; filter < shape.filterCount; filter++) {
    for (let position = 0; position < shape.positions; position++) {
      for (let channel = 0; channel < shape.channelCount; channel++) {
        for (let tap = 0; tap < shape.streamed.taps; tap++) {
          sums[filter * shape.positions + position] +=
            weights[weightOperand(shape, filter, channel, tap)] * ifmap[ifmapOperand(position, channel, tap)];
        }
      }
    }
  }
  return sums;
}
