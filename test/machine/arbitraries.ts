import fc from 'fast-check';
import type { Accelerator, BufferSpec } from '../../src/accelerator/accelerator.js';
import { fills, overlaps } from '../../src/dataflow/arraySettings.js';
import type { ArraySettings } from '../../src/dataflow/arraySettings.js';
import { dataflowNames } from '../../src/dataflow/dataflows.js';
import { plainArray } from '../dataflow/passes.js';
import type { ModelLayer, PrecisionSet } from '../../src/model/model.js';
import type { ConvLayer } from '../../src/network/layer.js';
import { elementsOf } from '../../src/network/layer.js';
import { denseSupports, patternIndex } from '../../src/sparsity/supports.js';
import type { Supports } from '../../src/sparsity/supports.js';
import { allocateElements, symmetricLimit } from '../../src/tensor/precision.js';
import type { ElementArray } from '../../src/tensor/precision.js';
import { createRandom } from '../../src/tensor/random.js';
import { makeRequantization } from '../../src/tensor/requantization.js';
import { conv } from '../model/networks.js';

export const int8: PrecisionSet = { ifmap: 'int8', weight: 'int8', accumulator: 'int32' };

/** A machine that fits the layers below, or nearly does. */
export function machine(change: Partial<Accelerator> = {}): Accelerator {
  return {
    name: 'test-machine',
    description: '',
    file: 'test-machine.yaml',
    technologyNm: 45,
    clockHz: 500e6,
    periodPs: 2000,
    array: { rows: 4, columns: 4, dataflow: 'output-stationary', ...plainArray },
    buffers: [
      buffer('ifmap-buffer', ['ifmap'], 8192),
      buffer('weight-buffer', ['weight', 'index'], 8192),
      buffer('output-buffer', ['psum', 'ofmap'], 8192),
    ],
    postProcessor: { lanes: 4 },
    decoder: { entriesPerCycle: 4 },
    dram: {
      kind: 'flat',
      bandwidthBytesPerSecond: 3.2e9,
      latencyPs: 50_000,
      burstBytes: 32,
      energyPjPerBit: 8,
      source: 'test',
    },
    energyTable: 'edge-45nm',
    ...change,
  };
}

export function buffer(
  name: string,
  holds: BufferSpec['holds'],
  capacityBytes: number,
  change: Partial<BufferSpec> = {},
): BufferSpec {
  return {
    name,
    holds,
    capacityBytes,
    wordBits: 32,
    banks: 1,
    ports: 1,
    sharedPorts: false,
    doubleBuffered: true,
    cell: 'itrs-lop',
    ...change,
  };
}

/** How an array works through its folds, in every way. */
const arraySettings: fc.Arbitrary<ArraySettings> = fc.record({
  rows: fc.constant(0),
  columns: fc.constant(0),
  macLanes: fc.constantFrom(1, 1, 2, 3),
  preload: fc.constantFrom(...overlaps),
  drain: fc.constantFrom(...overlaps),
  fill: fc.constantFrom(...fills),
  gate: fc.constant<'none'>('none'),
  skip: fc.constant<'none'>('none'),
  registerFiles: fc.constant({}),
});

/** Machines of any array, port, buffer and DRAM; one buffer for all, or one for each. */
export const machines: fc.Arbitrary<Accelerator> = fc
  .record({
    rows: fc.integer({ min: 1, max: 9 }),
    columns: fc.integer({ min: 1, max: 9 }),
    dataflow: fc.constantFrom(...dataflowNames()),
    capacity: fc.integer({ min: 600, max: 6000 }).map((bytes) => bytes * 8),
    wordBits: fc.constantFrom(8, 16, 32, 64, 128),
    ports: fc.integer({ min: 1, max: 3 }),
    doubleBuffered: fc.boolean(),
    isShared: fc.boolean(),
    settings: arraySettings,
    sharedPorts: fc.boolean(),
    lanes: fc.integer({ min: 1, max: 8 }),
    entriesPerCycle: fc.integer({ min: 1, max: 9 }),
    bandwidth: fc.constantFrom(1e8, 1e9, 1.28e10),
    latencyPs: fc.constantFrom(0, 1234, 100_000),
    burstBytes: fc.constantFrom(1, 16, 64),
    periodPs: fc.constantFrom(999, 2000),
  })
  .map(
    ({
      rows,
      columns,
      dataflow,
      settings,
      capacity,
      isShared,
      lanes,
      entriesPerCycle,
      bandwidth,
      latencyPs,
      burstBytes,
      periodPs,
      ...sram
    }) =>
      machine({
        clockHz: 1e12 / periodPs,
        periodPs,
        array: { ...settings, rows, columns, dataflow },
        buffers: isShared
          ? [buffer('shared', ['ifmap', 'weight', 'index', 'psum', 'ofmap'], capacity * 2, sram)]
          : [
              buffer('ifmap-buffer', ['ifmap'], capacity, sram),
              buffer('weight-buffer', ['weight', 'index'], capacity, sram),
              buffer('output-buffer', ['psum', 'ofmap'], capacity, sram),
            ],
        postProcessor: { lanes },
        decoder: { entriesPerCycle },
        dram: {
          kind: 'flat',
          bandwidthBytesPerSecond: bandwidth,
          latencyPs,
          burstBytes,
          energyPjPerBit: 8,
          source: 'test',
        },
      }),
  );

/** Layouts of feature maps of every kind, among them blocks that are never full and such as never divide the channels. */
export const layouts = fc.constantFrom('NCHW', 'NHWC', 'NCHW1c', 'NCHW2c', 'NCHW3c', 'NCHW4c', 'NCHW16c');

/** A layer with its numbers and the maps that it reads: (images, channels, height, width). */
export interface Case {
  readonly modelLayer: ModelLayer & { readonly layer: ConvLayer; readonly supports: Supports };
  /** Images that the layer takes together. */
  readonly images: number;
  readonly input: ElementArray;
  readonly residual?: ElementArray;
}

interface CaseOptions {
  readonly precisions?: readonly PrecisionSet[];
  /** The most channels and filters of a group, and the longest side of a map. */
  readonly most?: { readonly channels: number; readonly filters: number; readonly side: number };
}

const integers: readonly PrecisionSet[] = [
  int8,
  { ifmap: 'int16', weight: 'int8', accumulator: 'int48' },
  { ifmap: 'int16', weight: 'int16', accumulator: 'int48' },
];

/** Batches of small convolutions of every geometry, dense, periodic or with a support for every kernel. */
export function cases({
  precisions = integers,
  most = { channels: 9, filters: 12, side: 9 },
}: CaseOptions = {}): fc.Arbitrary<Case & { readonly precision: PrecisionSet }> {
  return fc
    .record({
      precision: fc.constantFrom(...precisions),
      images: fc.constantFrom(1, 1, 2, 3),
      groups: fc.constantFrom(1, 1, 1, 2, 3),
      channels: fc.integer({ min: 1, max: most.channels }),
      filters: fc.integer({ min: 1, max: most.filters }),
      height: fc.integer({ min: 1, max: most.side }),
      width: fc.integer({ min: 1, max: most.side }),
      kernel: fc.tuple(fc.integer({ min: 1, max: 3 }), fc.integer({ min: 1, max: 3 })),
      stride: fc.tuple(fc.integer({ min: 1, max: 3 }), fc.integer({ min: 1, max: 3 })),
      dilation: fc.tuple(fc.integer({ min: 1, max: 2 }), fc.integer({ min: 1, max: 2 })),
      padding: fc.tuple(fc.nat(2), fc.nat(2), fc.nat(2), fc.nat(2)),
      residual: fc.boolean(),
      relu: fc.boolean(),
      sparsity: fc.constantFrom<'dense' | 'periodic' | 'per-kernel'>(
        'dense',
        'periodic',
        'periodic',
        'per-kernel',
      ),
      period: fc.integer({ min: 1, max: 6 }),
      seed: fc.nat(1e9),
    })
    .filter(
      ({ height, width, kernel, dilation, padding: [top, bottom, left, right] }) =>
        height + top + bottom > (kernel[0] - 1) * dilation[0] &&
        width + left + right > (kernel[1] - 1) * dilation[1],
    )
    .map((given) => {
      const { precision, images, groups, seed } = given;
      const random = createRandom(seed);
      const below = (limit: number): number => Math.floor(random.next() * limit);
      const input = { channels: given.channels * groups, height: given.height, width: given.width };
      const layer = conv('layer', input, {
        filters: given.filters * groups,
        kernel: given.kernel,
        stride: given.stride,
        dilation: given.dilation,
        padding: given.padding,
        groups,
        relu: given.relu,
        ...(given.residual ? { residual: 'residual' } : {}),
      });
      const { filters, channelsPerGroup } = layer.geometry;
      const taps = given.kernel[0] * given.kernel[1];
      const supports = supportsFor(given.sparsity, given.period, filters, channelsPerGroup, taps, below);
      const fill = (bits: 'int8' | 'int16' | 'float32', length: number): ElementArray => {
        const elements = allocateElements(bits, length);
        const limit = bits === 'float32' ? 0 : symmetricLimit(bits);
        for (let i = 0; i < length; i++) {
          elements[i] = bits === 'float32' ? random.next() * 2 - 1 : below(2 * limit + 1) - limit;
        }
        return elements;
      };
      const weights = fill(precision.weight, filters * channelsPerGroup * taps);
      for (let kernel = 0; kernel < filters * channelsPerGroup; kernel++) {
        const pattern =
          supports.patterns[
            patternIndex(supports, Math.floor(kernel / channelsPerGroup), kernel % channelsPerGroup)
          ];
        for (let tap = 0; tap < taps; tap++) if (pattern[tap] === 0) weights[kernel * taps + tap] = 0;
      }
      const isFloat = precision.ifmap === 'float32';
      const bias = Float64Array.from({ length: filters }, () =>
        isFloat ? Math.fround(random.next()) : below(2001) - 1000,
      );
      const limit = precision.ifmap === 'float32' ? 0 : symmetricLimit(precision.ifmap);
      return {
        precision,
        images,
        input: fill(precision.ifmap, images * elementsOf(input)),
        ...(given.residual
          ? { residual: fill(precision.ifmap, images * elementsOf(layer.outputShape)) }
          : {}),
        modelLayer: {
          layer,
          supports,
          operands: { weights, bias },
          ...(isFloat
            ? {}
            : {
                requantization: makeRequantization(
                  Float64Array.from(
                    { length: filters },
                    () => (1 + random.next()) / (precision.ifmap === 'int8' ? 400 : 4e5),
                  ),
                  given.residual ? 0.7 : 0,
                  given.relu ? 0 : -limit,
                  limit,
                ),
              }),
        },
      };
    });
}

function supportsFor(
  kind: 'dense' | 'periodic' | 'per-kernel',
  period: number,
  filters: number,
  channels: number,
  taps: number,
  below: (limit: number) => number,
): Supports {
  if (kind === 'dense') return denseSupports(filters, channels, taps);
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
}
