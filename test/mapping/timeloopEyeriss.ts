import { join } from 'node:path';
import { loadAccelerator } from '../../src/accelerator/loadAccelerator.js';
import type { Accelerator } from '../../src/accelerator/accelerator.js';
import { countLayer } from '../../src/counts/countLayer.js';
import type { LayerCounts } from '../../src/counts/layerCounts.js';
import { packageRoot } from '../../src/document/package.js';
import type { LayerEstimate } from '../../src/machine/estimateLayer.js';
import { mapLayer } from '../../src/search/mapLayer.js';
import { convProblem } from '../../src/mapping/layerProblem.js';
import type { ConvProblem } from '../../src/mapping/problem.js';
import type { PrecisionSet } from '../../src/model/model.js';
import type { ConvLayer } from '../../src/network/layer.js';
import type { RowStationarySpec } from '../../src/scenario/scenario.js';
import { denseSupports } from '../../src/sparsity/supports.js';
import { storeLayer } from '../../src/storage/formats.js';
import { conv } from '../model/networks.js';

/**
 * AlexNet's convolutions as Timeloop maps them on Eyeriss: workloads, mappings and outputs of Sparseloop's artifact (MICRO 2022,
 * github.com/Accelergy-Project/micro22-sparseloop-artifact, table7_eyeriss_setup/dense_outputs). Batches of 4; of grouped layers the channels
 * of one group. Inputs are as high and wide as the outputs look at, so nothing is padded.
 *
 * Its P is the ofmap's column and R the kernel's, its Q and S are the rows: `(Q, S)` lie on the array's sides.
 */
export interface PublishedLayer {
  readonly name: string;
  /** M, C, P = Q, R = S and the stride. */
  readonly filters: number;
  readonly channels: number;
  readonly outputs: number;
  readonly kernel: number;
  readonly stride: number;
  readonly mapping: RowStationarySpec;
  readonly computes: number;
  readonly cycles: number;
  readonly utilizedPes: number;
  /** Words of 16 bits between DRAM and chip. */
  readonly dram: { readonly weight: number; readonly ifmap: number; readonly ofmap: number };
  /** Scalar fills of the scratch pads, of all PEs. */
  readonly weightFills: number;
  readonly ifmapFills: number;
  /** Scalar reads of ifmap values, and reads and updates of sums, at the global buffer. */
  readonly glb: { readonly ifmapReads: number; readonly sumReads: number; readonly sumUpdates: number };
}

const batch = 4;

/** q x r channels of one mapping are the C loops inside of DRAM's, p x t filters the M loops inside of the global buffer's. */
export const published: readonly PublishedLayer[] = [
  {
    ...{ name: 'conv1', filters: 96, channels: 3, outputs: 56, kernel: 11, stride: 4 },
    mapping: { m: 96, n: 1, e: 7, p: 16, q: 1, r: 1, t: 2 },
    ...{ computes: 437_133_312, cycles: 2_838_528, utilizedPes: 154 },
    dram: { weight: 1_115_136, ifmap: 776_160, ofmap: 1_204_224 },
    ...{ weightFills: 154 * 50_688, ifmapFills: 154 * 66_528 },
    glb: { ifmapReads: 5_122_656, sumReads: 2_408_448, sumUpdates: 3_612_672 },
  },
  {
    ...{ name: 'conv2', filters: 256, channels: 48, outputs: 28, kernel: 5, stride: 1 },
    mapping: { m: 32, n: 2, e: 14, p: 16, q: 2, r: 2, t: 1 },
    ...{ computes: 963_379_200, cycles: 6_881_280, utilizedPes: 140 },
    dram: { weight: 1_228_800, ifmap: 1_769_472, ofmap: 802_816 },
    ...{ weightFills: 140 * 122_880, ifmapFills: 140 * 98_304 },
    glb: { ifmapReads: 13_762_560, sumReads: 8_830_976, sumUpdates: 9_633_792 },
  },
  {
    ...{ name: 'conv3', filters: 384, channels: 256, outputs: 13, kernel: 3, stride: 1 },
    mapping: { m: 64, n: 4, e: 13, p: 16, q: 4, r: 1, t: 4 },
    ...{ computes: 598_081_536, cycles: 3_833_856, utilizedPes: 156 },
    dram: { weight: 884_736, ifmap: 1_382_400, ofmap: 259_584 },
    ...{ weightFills: 156 * 73_728, ifmapFills: 156 * 92_160 },
    glb: { ifmapReads: 3_594_240, sumReads: 16_353_792, sumUpdates: 16_613_376 },
  },
  {
    ...{ name: 'conv4', filters: 384, channels: 192, outputs: 13, kernel: 3, stride: 1 },
    mapping: { m: 64, n: 4, e: 13, p: 16, q: 4, r: 1, t: 4 },
    ...{ computes: 448_561_152, cycles: 2_875_392, utilizedPes: 156 },
    dram: { weight: 663_552, ifmap: 1_036_800, ofmap: 259_584 },
    ...{ weightFills: 156 * 55_296, ifmapFills: 156 * 179_712 },
    glb: { ifmapReads: 7_008_768, sumReads: 12_200_448, sumUpdates: 12_460_032 },
  },
  {
    ...{ name: 'conv5', filters: 256, channels: 192, outputs: 13, kernel: 3, stride: 1 },
    mapping: { m: 64, n: 4, e: 13, p: 16, q: 4, r: 1, t: 4 },
    ...{ computes: 299_040_768, cycles: 1_916_928, utilizedPes: 156 },
    dram: { weight: 442_368, ifmap: 691_200, ofmap: 173_056 },
    ...{ weightFills: 156 * 36_864, ifmapFills: 156 * 119_808 },
    glb: { ifmapReads: 4_672_512, sumReads: 8_133_632, sumUpdates: 8_306_688 },
  },
];

/** As wide as Timeloop's words. */
export const precision: PrecisionSet = { ifmap: 'int16', weight: 'int16', accumulator: 'int16' };

export function timeloopEyeriss(): Promise<Accelerator> {
  return loadAccelerator(join(packageRoot(), 'configs/accelerators/timeloop-eyeriss.yaml'));
}

export function layerOf({ name, filters, channels, outputs, kernel, stride }: PublishedLayer): ConvLayer {
  const side = (outputs - 1) * stride + kernel;
  return conv(
    name,
    { channels, height: side, width: side },
    { filters, kernel: [kernel, kernel], stride: [stride, stride], padding: [0, 0, 0, 0] },
  );
}

export function problemOf(layer: PublishedLayer): ConvProblem {
  const supports = denseSupports(layer.filters, layer.channels, layer.kernel * layer.kernel);
  const stored = storeLayer('dense', { supports, precision: precision.weight }, layer.name);
  return convProblem(layerOf(layer), precision, stored, batch);
}

/** The layer under the mapping that is published for it. */
export function asPublished(
  layer: PublishedLayer,
  accelerator: Accelerator,
): { readonly estimate: LayerEstimate; readonly counts: LayerCounts } {
  const estimate = mapLayer(problemOf(layer), accelerator, { spec: { rowStationary: layer.mapping } });
  return { estimate, counts: countLayer(layerOf(layer), estimate.schedule, estimate.timeline, accelerator) };
}

/** Words between DRAM and buffers, by tensor. */
export function dramWords({ dram }: LayerCounts): Record<'weight' | 'ifmap' | 'ofmap' | 'other', number> {
  const words = (tensor: keyof typeof dram): number => (dram[tensor].readBytes + dram[tensor].writeBytes) / 2;
  return {
    weight: words('weight'),
    ifmap: words('ifmap'),
    ofmap: words('ofmap'),
    other: words('psum') + words('index'),
  };
}

/** Processing passes of the published mapping; in each the array loads its filters, in a cycle of which Timeloop knows nothing. */
export function processingPassesOf({
  filters,
  channels,
  outputs,
  mapping: { n, e, p, q, r, t },
}: PublishedLayer): number {
  return (batch / n) * (outputs / e) * (filters / (p * t)) * (channels / (q * r));
}
