import { burstsOfRuns, forEachRun, singleRun } from '../mapping/runs.js';
import type { MapBox, Runs } from '../mapping/runs.js';
import { runsOfBox } from '../mapping/runsOfBox.js';
import type { Shape } from '../network/layer.js';
import type { FeatureMapLayout } from '../storage/featureMapLayout.js';
import type { Tensor } from '../tensor/dataSpace.js';

/** The areas of DRAM that one layer touches. Each starts on a burst boundary. */
export type Region = 'input' | 'residual' | 'weights' | 'table' | 'psum' | 'output' | 'pointers';

/** One DMA transfer between a region of DRAM, where its runs lie, and a slot of a buffer. */
export interface Transfer {
  readonly tensor: Tensor;
  readonly region: Region;
  /** Where the bytes lie in the region, in the order in which they are moved. */
  readonly runs: readonly Runs[];
  /** To DRAM if true, from DRAM if false. */
  readonly write: boolean;
  readonly elements: number;
  readonly bytes: number;
  /** Of weights: how many of the bytes, the last ones, are index and not values. */
  readonly indexBytes?: number;
  /** Of a feature map: what part of it, as it lies in the buffer. */
  readonly box?: MapBox;
  /** Where the bytes lie when they are not as regular as the runs: offset and length of each piece. */
  readonly pieces?: ReadonlyArray<readonly [offset: number, bytes: number]>;
  /** Padding elements that the DMA writes into the buffer as zeros beside the data. */
  readonly zeroFillElements: number;
}

/** A transfer of one contiguous block. */
export function blockTransfer(
  tensor: Tensor,
  region: Region,
  write: boolean,
  offset: number,
  bytes: number,
  elements: number,
  indexBytes = 0,
): Transfer {
  return {
    tensor,
    region,
    write,
    runs: [singleRun(offset, bytes)],
    elements,
    bytes,
    indexBytes,
    zeroFillElements: 0,
  };
}

/** A transfer of a box of feature maps, or of the partial sums of such a box. */
export function mapTransfer(
  tensor: Tensor,
  region: Region,
  write: boolean,
  layout: FeatureMapLayout,
  box: MapBox,
  map: Shape,
  elementBytes: number,
  zeroFillElements: number,
): Transfer {
  const elements = box.imageCount * box.channelCount * box.rowCount * box.columnCount;
  const runs = runsOfBox(layout, box, map, elementBytes);
  return { tensor, region, write, runs, elements, bytes: elements * elementBytes, box, zeroFillElements };
}

/** Bursts that the transfer's runs touch. */
export function burstsOf(transfer: Transfer, burstBytes: number): number {
  if (transfer.bytes === 0) return 0;
  if (transfer.pieces === undefined) return burstsOfRuns(transfer.runs, burstBytes);
  let bursts = 0;
  for (const [offset, bytes] of transfer.pieces) {
    if (bytes > 0)
      bursts += Math.floor((offset + bytes - 1) / burstBytes) - Math.floor(offset / burstBytes) + 1;
  }
  return bursts;
}

/** Of the bursts of a weight tile, which is one run, those that hold index alone. */
export function indexBurstsOf(transfer: Transfer, burstBytes: number): number {
  const { indexBytes = 0 } = transfer;
  if (indexBytes === 0) return 0;
  const valueBytes = transfer.bytes - indexBytes;
  const [{ offset }] = transfer.runs;
  return burstsOf(transfer, burstBytes) - burstsOfRuns([singleRun(offset, valueBytes)], burstBytes);
}

/** Visits every contiguous piece of a transfer, as it lies in its region. */
export function forEachPiece(transfer: Transfer, visit: (offset: number, bytes: number) => void): void {
  if (transfer.bytes === 0) return;
  if (transfer.pieces === undefined) {
    forEachRun(transfer.runs, visit);
    return;
  }
  for (const [offset, bytes] of transfer.pieces) if (bytes > 0) visit(offset, bytes);
}
