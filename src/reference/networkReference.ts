import type { Model } from '../model/model.js';
import type { MapName } from '../network/layer.js';
import type { ElementArray } from '../tensor/precision.js';
import type { ReferenceBackend } from './backend.js';
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

export function createReference(backend: ReferenceBackend, model: Model): NetworkReference {
  const own = scopedBackend(backend);
  const layers: Array<LayerReference | undefined> = model.layers.map(() => undefined);
  const layer = (index: number): LayerReference =>
    (layers[index] ??= createLayerReference(own, model.layers[index], model.precision));
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
