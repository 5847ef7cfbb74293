import { buildModel, quantizeInput } from '../../src/model/buildModel.js';
import { seededImages } from '../../src/model/images.js';
import type { Model, ModelLayer, PrecisionSet } from '../../src/model/model.js';
import type { ElementArray } from '../../src/tensor/precision.js';
import { networkOf, smallNetwork } from '../model/networks.js';
import { seededParameters } from '../model/collectedParameters.js';

export const float32: PrecisionSet = { ifmap: 'float32', weight: 'float32', accumulator: 'float32' };

/** A model of one layer. */
export function modelOf(modelLayer: ModelLayer, precision: PrecisionSet): Model {
  const { layer } = modelLayer;
  const shape = 'geometry' in layer ? layer.geometry.input : layer.outputShape;
  return {
    network: networkOf('one', shape, [layer]),
    variant: 'test',
    precision,
    layers: [modelLayer],
    scales: new Map(),
  };
}

/** A layer of every kind on seeded weights, and an image in the model's precision. */
export async function smallModel(precision: PrecisionSet): Promise<{ model: Model; input: ElementArray }> {
  const network = smallNetwork();
  const { images } = seededImages(network, 2, 3);
  const supports = new Map<string, never>();
  const parameters = seededParameters({ network, supports, seed: 5, calibrationImages: images });
  const model = await buildModel({
    network,
    variant: 'dense',
    supports,
    parameters,
    precision,
    calibrationImages: images,
  });
  return { model, input: quantizeInput(model, images[0]) };
}
