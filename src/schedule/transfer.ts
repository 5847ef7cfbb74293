import type { Tensor } from '../tensor/dataSpace.js';

/** The areas of DRAM that one layer touches. Each starts on a burst boundary. */
export type Region = 'input' | 'residual' | 'weights' | 'table' | 'psum' | 'output';

/**
 * One DMA transfer: `outerCount` x `innerCount` runs of `runBytes` contiguous bytes, in a region of DRAM.
 * A tile of a feature map is a run per row and channel; runs that touch are merged.
 */
export interface Transfer {
  readonly tensor: Tensor;
  readonly region: Region;
  /** To DRAM if true, from DRAM if false. */
  readonly write: boolean;
  /** Bytes from the region's start to the first run. */
  readonly offset: number;
  readonly outerCount: number;
  readonly outerPitch: number;
  readonly innerCount: number;
  readonly innerPitch: number;
  readonly runBytes: number;
  readonly elements: number;
  readonly bytes: number;
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
): Transfer {
  return {
    tensor,
    region,
    write,
    offset,
    outerCount: 1,
    outerPitch: 0,
    innerCount: 1,
    innerPitch: 0,
    runBytes: bytes,
    elements,
    bytes,
    zeroFillElements: 0,
  };
}

/** A box of a feature map that lies in DRAM as (channels, height, width). */
export interface MapBox {
  readonly channelStart: number;
  readonly channelCount: number;
  readonly rowStart: number;
  readonly rowCount: number;
  readonly columnStart: number;
  readonly columnCount: number;
}

export function mapTransfer(
  tensor: Tensor,
  region: Region,
  write: boolean,
  box: MapBox,
  map: { readonly height: number; readonly width: number },
  elementBytes: number,
  zeroFillElements: number,
): Transfer {
  const { height, width } = map;
  const elements = box.channelCount * box.rowCount * box.columnCount;
  const offset = ((box.channelStart * height + box.rowStart) * width + box.columnStart) * elementBytes;
  const wholeRows = box.columnCount === width;
  const wholeMaps = wholeRows && box.rowCount === height;
  const rowBytes = box.columnCount * elementBytes;
  return {
    tensor,
    region,
    write,
    offset,
    outerCount: wholeMaps ? 1 : box.channelCount,
    outerPitch: height * width * elementBytes,
    innerCount: wholeRows ? 1 : box.rowCount,
    innerPitch: width * elementBytes,
    runBytes: wholeMaps ? elements * elementBytes : wholeRows ? box.rowCount * rowBytes : rowBytes,
    elements,
    bytes: elements * elementBytes,
    zeroFillElements,
  };
}

/** Bursts that the transfer's runs touch; a burst touched by two runs is moved twice. */
export function burstsOf(transfer: Transfer, burstBytes: number): number {
  if (transfer.bytes === 0) return 0;
  let bursts = 0;
  for (let outer = 0; outer < transfer.outerCount; outer++) {
    for (let inner = 0; inner < transfer.innerCount; inner++) {
      const start = transfer.offset + outer * transfer.outerPitch + inner * transfer.innerPitch;
      bursts += Math.floor((start + transfer.runBytes - 1) / burstBytes) - Math.floor(start / burstBytes) + 1;
    }
  }
  return bursts;
}
