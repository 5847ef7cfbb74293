import { pooledBox } from '../mapping/storedTile.js';
import { outputBox, patchUnder } from '../mapping/tiles.js';
import type { Patch, Tile } from '../mapping/tiles.js';
import type { ModelLayer } from '../model/model.js';
import type { Schedule, Step } from '../schedule/schedule.js';
import { mapTransfer } from '../schedule/transfer.js';
import { bytesView } from '../storage/elementBytes.js';
import { planar } from '../storage/featureMapLayout.js';
import { allocateElements, bytesOf } from '../tensor/precision.js';
import type { ElementArray } from '../tensor/precision.js';
import { elementsIn } from './buffers.js';
import type { BufferMemory } from './buffers.js';
import { createByteMover } from './dma.js';
import type { MachineMemory } from './memory.js';
import { createVectorUnit } from './vectorUnit.js';

/** What the post-processor does with finished tiles of a convolution before they leave. */
export interface FusedPooling {
  /** Pools the tile of a step whose pass has run. */
  run(step: Step): void;
  /** The convolution's own output, (images, channels, height, width), as its tiles came by; no DRAM holds it. */
  readonly unpooled: ElementArray;
}

/**
 * Undefined where nothing is fused.
 *
 * @param pool the model's layer of the pooling that is
 */
export function createFusedPooling(
  pool: ModelLayer | undefined,
  { problem }: Schedule,
  slots: BufferMemory,
  memory: MachineMemory,
): FusedPooling | undefined {
  if (problem.kind === 'vector' || problem.pool === undefined) return undefined;
  const fused = problem.pool;
  if (pool === undefined) throw new Error(`layer ${fused.name}, fused into ${problem.name}, is not given`);
  const { precision, images } = problem;
  const { output } = problem.window;
  const elementBytes = bytesOf(precision);
  const unpooled = allocateElements(precision, images * output.channels * output.height * output.width);
  const unpooledBytes = bytesView(unpooled);
  const pooled = slots.pooled.slots.map((bytes) => elementsIn(bytes, precision));

  const mover = createByteMover(memory);
  const runVectorTile = createVectorUnit(memory);
  let padded = memory.allocate(0);
  const run = ({ tile, slots: where, pooling }: Step): void => {
    if (!tile.lastChannels) return;
    const finished = slots.ofmap.slots[where.ofmap];
    const own = mapTransfer('ofmap', 'output', true, planar, outputBox(tile), output, elementBytes, 0);
    mover.store(own, finished, unpooledBytes);
    if (pooling === undefined) return;
    const outputs = { ...tile, ...rowsAndColumns(pooledBox(fused, tile)) };
    const patch = patchUnder(fused.window, outputs, tile.filterStart, tile.filterCount);
    const patchElements = tile.filterCount * patch.height * patch.width;
    const paddedBytes = tile.imageCount * patchElements * elementBytes;
    if (padded.length < paddedBytes) padded = memory.allocate(paddedBytes);
    const map = { channels: tile.filterCount, height: tile.rowCount, width: tile.columnCount };
    mover.loadPatch(withinTile(patch, tile), map, elementBytes, finished, padded);
    const elements = elementsIn(padded, precision);
    for (let image = 0; image < tile.imageCount; image++) {
      runVectorTile(
        pool,
        fused.window,
        outputs,
        patch,
        elements.subarray(image * patchElements),
        pooled[where.pooled].subarray(image * tile.filterCount * outputs.rowCount * outputs.columnCount),
      );
    }
  };
  return { run, unpooled };
}

type RowsAndColumns = Pick<Tile, 'rowStart' | 'rowCount' | 'columnStart' | 'columnCount'>;

function rowsAndColumns({ rowStart, rowCount, columnStart, columnCount }: RowsAndColumns): RowsAndColumns {
  return { rowStart, rowCount, columnStart, columnCount };
}

/** A patch of the convolution's output, counted from where the tile that holds it begins. */
function withinTile(patch: Patch, tile: Tile): Patch {
  const { box } = patch;
  return {
    ...patch,
    box: {
      ...box,
      imageStart: 0,
      channelStart: 0,
      rowStart: box.rowStart - tile.rowStart,
      columnStart: box.columnStart - tile.columnStart,
    },
  };
}
