import type { Accelerator } from '../accelerator/accelerator.js';
import type { LayerCounts } from '../counts/layerCounts.js';
import { registerTensors } from '../dataflow/counters.js';
import type { RegisterTensor } from '../dataflow/counters.js';
import type { Schedule } from '../schedule/schedule.js';
import type { Region, Transfer } from '../schedule/transfer.js';
import { bytesOf } from '../tensor/precision.js';
import { tensors } from '../tensor/dataSpace.js';
import type { Tensor } from '../tensor/dataSpace.js';

/** What a layer does with one tensor at one level. Counts are in elements; an element of an index is a byte. */
export interface LevelAccess {
  /** `DRAM`, a buffer's name, or `registers`. */
  readonly level: string;
  readonly tensor: Tensor;
  /** Largest tile that is moved in or out, as it lies at the level, padding included; of the registers, entries of a PE. */
  readonly tileElements?: number;
  readonly tileBytes?: number;
  /** Tiles that come from the level outside, and tiles that go there. */
  readonly fills?: number;
  readonly drains?: number;
  readonly reads: number;
  readonly writes: number;
  /** Accesses from the inside for each element that is moved between the level and the one outside; absent where none is. */
  readonly reuse?: number;
}

/** Accesses by level, from DRAM inwards, and tensor; levels that a tensor does not touch are left out. */
export function levelAccesses(
  schedule: Schedule,
  counts: LayerCounts,
  accelerator: Accelerator,
): LevelAccess[] {
  const moved = movedTiles(schedule, accelerator);
  return [
    ...dramAccesses(moved),
    ...accelerator.buffers.flatMap(({ name }) => bufferAccesses(name, schedule, counts, moved)),
    ...registerAccesses(schedule, counts, moved),
  ];
}

/** What the DMA moves of a tensor between DRAM and a buffer. */
interface MovedTiles {
  /** Absent where it does not enter a buffer: the pattern table. */
  readonly buffer: string | undefined;
  readonly tensor: Tensor;
  tileElements: number;
  tileBytes: number;
  fills: number;
  drains: number;
  /** Of these, from DRAM and to DRAM. */
  readElements: number;
  writeElements: number;
  /** Padding that is written beside them. */
  zeroElements: number;
}

function movedTiles({ steps, problem }: Schedule, { buffers }: Accelerator): MovedTiles[] {
  const found = new Map<string, MovedTiles>();
  const bufferNames = new Map(buffers.flatMap(({ name, holds }) => holds.map((tensor) => [tensor, name])));
  const add = (transfer: Transfer, tensor: Tensor, elements: number, bytes: number): void => {
    const held = heldAs(transfer.region);
    const buffer = held && bufferNames.get(held);
    const key = `${buffer ?? ''} ${tensor}`;
    const moved = found.get(key) ?? {
      ...{ buffer, tensor, tileElements: 0, tileBytes: 0, fills: 0, drains: 0 },
      ...{ readElements: 0, writeElements: 0, zeroElements: 0 },
    };
    found.set(key, moved);
    const zeros = transfer.zeroFillElements;
    moved.tileElements = Math.max(moved.tileElements, elements + zeros);
    moved.tileBytes = Math.max(moved.tileBytes, bytes + zeros * bytesOf(problem.precision));
    moved.zeroElements += zeros;
    if (transfer.write) {
      moved.drains++;
      moved.writeElements += elements;
    } else {
      moved.fills++;
      moved.readElements += elements;
    }
  };
  const addTransfer = (transfer: Transfer): void => {
    const { indexBytes = 0 } = transfer;
    add(transfer, transfer.tensor, transfer.elements, transfer.bytes - indexBytes);
    if (indexBytes > 0) add(transfer, 'index', indexBytes, indexBytes);
  };
  for (const { transfersBefore, store } of steps) {
    for (const { transfer } of transfersBefore) addTransfer(transfer);
    if (store !== undefined) addTransfer(store.transfer);
  }
  return [...found.values()];
}

/** The tensor in whose buffer a region's tiles lie; a residual lies where the ofmap will. */
function heldAs(region: Region): Tensor | undefined {
  switch (region) {
    case 'input':
      return 'ifmap';
    case 'weights':
      return 'weight';
    case 'psum':
      return 'psum';
    case 'residual':
    case 'output':
      return 'ofmap';
    case 'table':
    case 'pointers':
      return undefined;
  }
}

function dramAccesses(moved: readonly MovedTiles[]): LevelAccess[] {
  return tensors.flatMap((tensor): LevelAccess[] => {
    const own = moved.filter((each) => each.tensor === tensor);
    const reads = own.reduce((sum, { readElements }) => sum + readElements, 0);
    const writes = own.reduce((sum, { writeElements }) => sum + writeElements, 0);
    return reads + writes === 0 ? [] : [{ level: 'DRAM', tensor, reads, writes }];
  });
}

function bufferAccesses(
  buffer: string,
  { problem, steps }: Schedule,
  counts: LayerCounts,
  moved: readonly MovedTiles[],
): LevelAccess[] {
  return tensors.flatMap((tensor): LevelAccess[] => {
    const { readElements: reads, writeElements: writes } = counts.buffers[buffer][tensor];
    if (reads + writes === 0) return [];
    const tiles = moved.find((each) => each.buffer === buffer && each.tensor === tensor);
    if (tiles === undefined) {
      if (tensor !== 'psum') return [{ level: buffer, tensor, reads, writes }];
      // Sums that never leave the chip: those of a tile of outputs.
      const { imageCount, filterCount, rowCount, columnCount } = steps[0].tile;
      const tileElements = imageCount * filterCount * rowCount * columnCount;
      const tileBytes = tileElements * bytesOf(problem.accumulator);
      return [{ level: buffer, tensor, tileElements, tileBytes, reads, writes }];
    }
    const { tileElements, tileBytes, fills, drains } = tiles;
    const elements = tiles.readElements + tiles.writeElements;
    const inside = reads + writes - elements - tiles.zeroElements;
    return [
      {
        ...{ level: buffer, tensor, tileElements, tileBytes, fills, drains, reads, writes },
        ...(elements > 0 && { reuse: inside / elements }),
      },
    ];
  });
}

function registerAccesses(
  { problem }: Schedule,
  counts: LayerCounts,
  moved: readonly MovedTiles[],
): LevelAccess[] {
  if (problem.kind === 'vector') return [];
  const insideBuffers = (tensor: Tensor): number =>
    Object.entries(counts.buffers).reduce((sum, [buffer, accesses]) => {
      const { readElements, writeElements } = accesses[tensor];
      const tiles = moved.find((each) => each.buffer === buffer && each.tensor === tensor);
      const byDma = tiles === undefined ? 0 : tiles.readElements + tiles.writeElements + tiles.zeroElements;
      return sum + readElements + writeElements - byDma;
    }, 0);
  // A residual is read by the post-processor, once for each output.
  const residuals = problem.residual ? insideBuffers('ofmap') : 0;
  const arriving: Readonly<Record<RegisterTensor, number>> = {
    ifmap: insideBuffers('ifmap') - residuals,
    weight: insideBuffers('weight'),
    psum: insideBuffers('psum') + insideBuffers('ofmap'),
  };
  const bytes = {
    ifmap: bytesOf(problem.precision),
    weight: bytesOf(problem.storage.descriptor.precision),
    psum: bytesOf(problem.accumulator),
  };
  return registerTensors.map((tensor) => {
    const { reads, writes } = counts.registers[tensor];
    const tileElements = counts.registerEntries[tensor];
    return {
      ...{ level: 'registers', tensor, tileElements, tileBytes: tileElements * bytes[tensor], reads, writes },
      ...(arriving[tensor] > 0 && { reuse: reads / arriving[tensor] }),
    };
  });
}
