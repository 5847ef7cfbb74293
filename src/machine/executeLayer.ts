import type { Accelerator } from '../accelerator/accelerator.js';
import type { KeptPlaces } from '../mapping/keptPlaces.js';
import type { ModelLayer } from '../model/model.js';
import { withPasses } from '../schedule/schedule.js';
import type { Schedule, Step } from '../schedule/schedule.js';
import { storedMap } from '../mapping/storedTile.js';
import type { KeptRegion } from '../schedule/keptTransfer.js';
import { inputPatch } from '../mapping/tiles.js';
import type { Tensor } from '../tensor/dataSpace.js';
import type { ElementArray } from '../tensor/precision.js';
import { elementsIn, keptBytes, placeSlots } from './buffers.js';
import type { BufferMemory } from './buffers.js';
import { expandMap } from './compressedDram.js';
import { createConvolutionPass } from './convolutionPass.js';
import { createDmaEngine } from './dmaEngine.js';
import type { ComputingExecution, ObserveCycle } from './execution.js';
import { createFusedPooling } from './fusedPooling.js';
import type { MachineMemory } from './memory.js';
import { createLayerDram } from './layerDram.js';
import type { KeptBytes, LayerDram, StoredMaps, StoredWeights } from './layerDram.js';
import { mapsFromLayout } from './layoutDma.js';
import type { LayerPasses } from './layerPasses.js';
import { runSteps } from './runSteps.js';
import { createVectorUnit } from './vectorUnit.js';

/** What a layer computed, and the bytes that went by on the way. */
export interface LayerExecution {
  readonly output: ElementArray;
  /** Where a pooling is fused: what it looked at, the convolution's own output. */
  readonly unpooled?: ElementArray | undefined;
  /** Bytes that the DMA moved between DRAM and buffers, by tensor; both directions together. */
  readonly movedBytes: Readonly<Record<Tensor, number>>;
  /** Bytes that it copied between slots and maps that stay on chip. */
  readonly copiedBytes: Readonly<Record<Tensor, number>>;
  /** The schedule with what its passes turned out to cost: the one given unless that depends on the execution or on values. */
  readonly schedule: Schedule;
}

export interface ExecuteOptions {
  /** Maps that lie compressed in DRAM are read and written there, and not in `input` and `residual`. */
  readonly maps?: StoredMaps;
  /** The model's layer of the pooling that is fused, if one is. */
  readonly pool?: ModelLayer | undefined;
  readonly execution?: ComputingExecution;
  readonly observe?: ObserveCycle | undefined;
  /** Where the maps lie that the problem says stay on chip: they are read and written there. */
  readonly kept?: KeptPlaces | undefined;
}

/**
 * The executions `tile` and `register`: carries out a layer's schedule on real bytes. Every operand of the array has come from DRAM
 * through a slot of its buffer, and every result leaves the same way.
 *
 * @param memory of the accelerator; what earlier layers left in its buffers is overwritten
 * @param input the layer's ifmaps (images, channels, height, width); `residual` are the maps that are added, of the ofmaps' shape
 * @throws UserError when an accumulator overflows
 */
export function executeLayer(
  modelLayer: ModelLayer,
  schedule: Schedule,
  accelerator: Accelerator,
  stored: StoredWeights,
  memory: MachineMemory,
  input: ElementArray,
  residual?: ElementArray,
  { maps = {}, pool, execution = 'tile', observe, kept }: ExecuteOptions = {},
): LayerExecution {
  memory.beginLayer();
  const keptMaps = keptBytesOf(schedule, kept, memory);
  const dram = createLayerDram(schedule, memory, stored, input, residual, maps, keptMaps);
  const slots = placeSlots(schedule.footprint, memory.sram, kept?.slotsFrom);
  const movedBytes: Record<Tensor, number> = { ifmap: 0, weight: 0, index: 0, psum: 0, ofmap: 0 };
  const copiedBytes = { ...movedBytes };
  const dma = createDmaEngine(schedule, dram, slots, memory, movedBytes, copiedBytes);
  const passes =
    schedule.problem.kind === 'conv'
      ? createConvolutionPass(modelLayer, schedule, accelerator, slots, memory, dma, { execution, observe })
      : createVectorPass(modelLayer, schedule, slots, memory);
  const pooling = createFusedPooling(pool, schedule, slots, memory);
  const mayOverlap = memory.threads !== undefined;
  const measured = runSteps(schedule, dma, passes, pooling, mayOverlap);
  return {
    output: maps.output === undefined ? outputOf(schedule, dram) : expandMap(maps.output),
    ...(pooling && { unpooled: pooling.unpooled }),
    movedBytes,
    copiedBytes,
    schedule: withPasses(schedule, measured),
  };
}

function outputOf({ problem }: Schedule, dram: LayerDram): ElementArray {
  return mapsFromLayout(problem, storedMap(problem), dram.output());
}

/** @throws Error when a map is to stay in another buffer than the one in which it has its place */
function keptBytesOf(
  { problem }: Schedule,
  places: KeptPlaces | undefined,
  memory: MachineMemory,
): KeptBytes {
  const of = (region: KeptRegion): Uint8Array | undefined => {
    const place = places?.[region];
    if (place?.buffer !== problem.kept?.[region])
      throw new Error(`layer ${problem.name}: its ${region} has no place where it is kept`);
    return place && keptBytes(place, memory.sram);
  };
  return { input: of('input'), residual: of('residual'), output: of('output') };
}

function createVectorPass(
  modelLayer: ModelLayer,
  { problem }: Schedule,
  slots: BufferMemory,
  memory: MachineMemory,
): LayerPasses {
  const runVectorTile = createVectorUnit(memory);
  const ifmaps = slots.ifmap.slots.map((bytes) => elementsIn(bytes, problem.precision));
  const ofmaps = slots.ofmap.slots.map((bytes) => elementsIn(bytes, problem.precision));
  const begin = ({ tile, slots: where }: Step): undefined => {
    const patch = inputPatch(problem, tile);
    const patchElements = tile.filterCount * patch.height * patch.width;
    const outputs = tile.filterCount * tile.rowCount * tile.columnCount;
    for (let image = 0; image < tile.imageCount; image++) {
      const ifmap = ifmaps[where.ifmap].subarray(image * patchElements);
      const ofmap = ofmaps[where.ofmap].subarray(image * outputs);
      runVectorTile(modelLayer, problem.window, tile, patch, ifmap, ofmap);
    }
  };
  return { begin };
}
