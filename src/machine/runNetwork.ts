import type { ModelLayer } from '../model/model.js';
import { isConv } from '../network/layer.js';
import type { Layer, MapName } from '../network/layer.js';
import { tensors } from '../tensor/dataSpace.js';
import type { ElementArray } from '../tensor/precision.js';
import type { LayerEstimate } from './estimateLayer.js';
import { executeLayer } from './executeLayer.js';
import type { StoredWeights } from './layerDram.js';

/** A layer with all that it takes to run it. */
export interface RunnableLayer {
  readonly modelLayer: ModelLayer;
  readonly estimate: LayerEstimate;
  readonly stored: StoredWeights;
}

/** A layer that has just run. */
export interface FinishedLayer {
  readonly index: number;
  readonly layer: Layer;
  readonly output: ElementArray;
}

/**
 * Runs layers one after the other for one image, every feature map by way of DRAM. Yields after each layer, when its
 * output has joined `maps`.
 *
 * @param maps holds the network's input under the name `input`; feature maps are added as they are computed
 * @throws UserError when an accumulator overflows
 * @throws Error when the bytes that moved are not those that the timeline counted
 */
export function* runNetwork(
  layers: readonly RunnableLayer[],
  memory: ReadonlyMap<string, ArrayBuffer>,
  maps: Map<MapName, ElementArray>,
): Generator<FinishedLayer, void, void> {
  for (const [index, { modelLayer, estimate, stored }] of layers.entries()) {
    const { layer } = modelLayer;
    const [input, residual] = inputsOf(layer).map((name) => mapOf(maps, name));
    const { schedule, timeline } = estimate;
    const { output, movedBytes } = executeLayer(modelLayer, schedule, stored, memory, input, residual);
    for (const tensor of tensors) {
      const { readBytes, writeBytes } = timeline.dram[tensor];
      if (movedBytes[tensor] !== readBytes + writeBytes) {
        throw new Error(
          `layer ${layer.name}: ${movedBytes[tensor]} bytes of ${tensor} moved, ${readBytes + writeBytes} were counted`,
        );
      }
    }
    maps.set(layer.output, output);
    yield { index, layer, output };
  }
}

/** The maps that a layer reads: its ifmap, then what is added. */
function inputsOf(layer: Layer): MapName[] {
  if (layer.kind === 'add') return [...layer.inputs];
  return isConv(layer) && layer.residual !== undefined ? [layer.input, layer.residual] : [layer.input];
}

function mapOf(maps: ReadonlyMap<MapName, ElementArray>, name: MapName): ElementArray {
  const map = maps.get(name);
  if (map === undefined) throw new Error(`feature map ${name} has not been computed`);
  return map;
}
