import type { ModelLayer } from '../model/model.js';
import { inputsOf } from '../network/layer.js';
import type { Layer, MapName, PoolLayer } from '../network/layer.js';
import { tensors } from '../tensor/dataSpace.js';
import type { ElementArray } from '../tensor/precision.js';
import type { LayerEstimate } from './estimateLayer.js';
import type { Accelerator } from '../accelerator/accelerator.js';
import type { CompressedLayout } from '../schedule/compressedMap.js';
import type { KeptPlaces } from '../mapping/keptPlaces.js';
import { createStoredMap } from './compressedDram.js';
import type { StoredMap } from './compressedDram.js';
import type { ComputingExecution } from './execution.js';
import { executeLayer } from './executeLayer.js';
import type { StoredMaps, StoredWeights } from './layerDram.js';
import { networkAddresses } from './dram/addresses.js';
import type { DramObservers } from './dram/commands.js';
import { createDram } from './dram/createDram.js';
import type { MachineMemory } from './memory.js';
import { runTimeline } from './timeline.js';

/** A layer with all that it takes to run it. */
export interface RunnableLayer {
  readonly modelLayer: ModelLayer;
  readonly estimate: LayerEstimate;
  readonly stored: StoredWeights;
  /** The pooling that is fused into the layer, if the estimate is of both. */
  readonly pool?: ModelLayer | undefined;
  /** Where the layer's output lies if it is to lie compressed. */
  readonly outputLayout?: CompressedLayout | undefined;
  /** Where the maps lie that stay on chip. */
  readonly kept?: KeptPlaces | undefined;
}

/** A layer and the map that it made. */
interface FinishedMap {
  readonly layer: Layer;
  readonly output: ElementArray;
}

/** A layer that has just run. */
export interface FinishedLayer extends FinishedMap {
  /** The pooling that ran with it; the layer's own output has then been in no DRAM. */
  readonly pooled?: FinishedMap | undefined;
  /** The estimate, unless it depends on values: on the sizes of compressed maps, on activations that are gated or skipped. */
  readonly estimate: LayerEstimate;
}

/**
 * Runs layers one after the other for one batch, every feature map by way of DRAM but those that are pooled on the way or stay on chip.
 * Yields after each layer, when its output has joined `maps`.
 *
 * @param maps holds the network's inputs (images, channels, height, width) under the name `input`; feature maps are added as
 *   they are computed
 * @throws UserError when an accumulator overflows
 * @throws Error when the bytes that moved are not those that the timeline counted
 */
export function* runNetwork(
  layers: readonly RunnableLayer[],
  memory: MachineMemory,
  maps: Map<MapName, ElementArray>,
  accelerator: Accelerator,
  execution: ComputingExecution = 'tile',
  observers: DramObservers = {},
): Generator<FinishedLayer, void, void> {
  const compressed = new Map<MapName, StoredMap>();
  const dram = createDram(accelerator.dram, observers);
  const addresses = networkAddresses(
    layers.map(({ modelLayer, estimate, pool, outputLayout }) => ({
      layer: modelLayer.layer,
      schedule: estimate.schedule,
      pool: fusedLayer(pool),
      outputLayout,
    })),
    accelerator,
  );
  for (const [index, { modelLayer, estimate, stored, pool, outputLayout, kept }] of layers.entries()) {
    const { layer } = modelLayer;
    const pooling = fusedLayer(pool);
    const names = inputsOf(layer);
    const [input, residual] = names.map((name) => mapOf(maps, name));
    const inDram: StoredMaps = {
      input: compressed.get(names[0]),
      residual: compressed.get(names[1] ?? ''),
      output: outputLayout && createStoredMap(outputLayout),
    };
    const { output, unpooled, movedBytes, copiedBytes, schedule } = executeLayer(
      modelLayer,
      estimate.schedule,
      accelerator,
      stored,
      memory,
      input,
      residual,
      { maps: inDram, pool, execution, kept },
    );
    if (inDram.output !== undefined) compressed.set((pooling ?? layer).output, inDram.output);
    const isDense = Object.values(inDram).every((map) => map === undefined);
    const isAsPlanned = isDense && schedule === estimate.schedule && accelerator.dram.kind === 'flat';
    const timeline = isAsPlanned
      ? estimate.timeline
      : runTimeline(schedule, accelerator, { maps: inDram, dram, addresses: addresses[index] });
    for (const tensor of tensors) {
      const { readBytes, writeBytes } = timeline.dram[tensor];
      if (movedBytes[tensor] !== readBytes + writeBytes) {
        throw new Error(
          `layer ${layer.name}: ${movedBytes[tensor]} bytes of ${tensor} moved, ${readBytes + writeBytes} were counted`,
        );
      }
      if (copiedBytes[tensor] !== timeline.copiedBytes[tensor]) {
        throw new Error(
          `layer ${layer.name}: ${copiedBytes[tensor]} bytes of ${tensor} copied on chip, ${timeline.copiedBytes[tensor]} were counted`,
        );
      }
    }
    const own = unpooled ?? output;
    maps.set(layer.output, own);
    if (pooling !== undefined) maps.set(pooling.output, output);
    yield {
      layer,
      output: own,
      ...(pooling && { pooled: { layer: pooling, output } }),
      estimate: { schedule, timeline },
    };
  }
}

function fusedLayer(pool: ModelLayer | undefined): PoolLayer | undefined {
  if (pool === undefined) return undefined;
  const { layer } = pool;
  if (layer.kind !== 'max-pool' && layer.kind !== 'average-pool')
    throw new Error(`layer ${layer.name} is no pooling`);
  return layer;
}

function mapOf(maps: ReadonlyMap<MapName, ElementArray>, name: MapName): ElementArray {
  const map = maps.get(name);
  if (map === undefined) throw new Error(`feature map ${name} has not been computed`);
  return map;
}
