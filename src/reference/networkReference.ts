import type { Model, ModelLayer } from '../model/model.js';
import { inputsOf } from '../network/layer.js';
import type { MapName } from '../network/layer.js';
import type { ElementArray } from '../tensor/precision.js';
import type { ReferenceBackend } from './backend.js';
import { createKnownOutputs } from './knownOutputs.js';
import { createLayerReference } from './layerReference.js';
import type { LayerReference, Maps } from './layerReference.js';
import { scopedBackend } from './scopedBackend.js';

/** A model on TensorFlow.js. Layers are prepared when they are first asked for. */
export interface NetworkReference {
  readonly model: Model;
  layer(index: number): LayerReference;
  /** Every feature map from the image on, each layer on the reference's own inputs. */
  forward(input: ElementArray): Maps;
  /** Frees the tensors held for this model; the backend and other references on it stay as they are. */
  dispose(): void;
}

/**
 * @param batch images whose outputs are remembered: where a layer is checked on the very maps that the reference itself comes to, `forward` need
 *   not compute it again
 */
export function createReference(backend: ReferenceBackend, model: Model, batch = 1): NetworkReference {
  const own = scopedBackend(backend);
  const layers: Array<LayerReference | undefined> = model.layers.map(() => undefined);
  const remembering = (modelLayer: ModelLayer): LayerReference => {
    const { output, tolerance } = createLayerReference(own, modelLayer, model.precision);
    const known = createKnownOutputs(batch);
    const names = inputsOf(modelLayer.layer);
    return {
      tolerance,
      output: (maps) => {
        const inputs = names.flatMap((name) => maps.get(name) ?? []);
        return inputs.length < names.length ? output(maps) : known.of(inputs, () => output(maps));
      },
    };
  };
  const layer = (index: number): LayerReference => (layers[index] ??= remembering(model.layers[index]));
  return {
    model,
    layer,
    forward: (input) => {
      const maps = new Map<MapName, ElementArray>([['input', input]]);
      model.layers.forEach((each, index) => maps.set(each.layer.output, layer(index).output(maps)));
      return maps;
    },
    dispose: () => {
      own.dispose();
    },
  };
}
