import type { Layer } from '../network/layer.js';
import type { Model, ModelLayer } from './model.js';

/** The numbers of a layer of a model's network. */
export function modelLayerOf({ layers }: Model, { name }: Layer): ModelLayer {
  const found = layers.find(({ layer }) => layer.name === name);
  if (found === undefined) throw new Error(`the model has no layer ${name}`);
  return found;
}
