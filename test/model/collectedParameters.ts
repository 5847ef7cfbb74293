import { floatForward } from '../../src/model/floatForward.js';
import type { FloatOperands } from '../../src/model/floatForward.js';
import { convLayers, foldLayer } from '../../src/model/parameters.js';
import type { ConvParameters, NetworkParameters, PrunedFrom } from '../../src/model/parameters.js';
import type { ReadParameters } from '../../src/model/readParameters.js';
import { seededParameters as seededLayers } from '../../src/model/seededParameters.js';
import { isConv } from '../../src/network/layer.js';
import type { Network } from '../../src/network/network.js';
import type { Supports } from '../../src/sparsity/supports.js';

/** Parameters of layers that are known. */
export function parametersOf(
  layers: ReadonlyMap<string, ConvParameters>,
  rest: Partial<NetworkParameters> = {},
): ReadParameters {
  return {
    ...{ origin: 'file', description: '', droppedWeights: 0, unusedArrays: [], ...rest },
    imagesForStatistics: 0,
    layers,
    ofLayer: ({ name }) => layers.get(name)!,
  };
}

/** The seeded parameters of all layers at once. */
export function seededParameters(options: {
  readonly network: Network;
  readonly supports: ReadonlyMap<string, Supports>;
  readonly seed: number;
  readonly calibrationImages: readonly Float32Array[];
  readonly from?: PrunedFrom;
}): ReadParameters {
  const { network, calibrationImages } = options;
  const seeded = seededLayers(options);
  const images = calibrationImages.slice(0, seeded.imagesForStatistics);
  const maps = images.map((image) => new Map([['input', image]]));
  const layers = new Map<string, ConvParameters>();
  for (const layer of network.layers) {
    let operands: FloatOperands | undefined;
    if (isConv(layer)) {
      const { weights, ...rest } = seeded.ofLayer(layer, maps);
      const own = { weights: weights.slice(), ...rest };
      layers.set(layer.name, own);
      operands = foldLayer(layer, own);
    }
    for (const own of maps) own.set(layer.output, floatForward(layer, operands, own));
  }
  return parametersOf(layers, seeded);
}

/** What each layer computes with in float32 once its batch norm is folded, by layer name. */
export function foldParameters(
  network: Network,
  { layers }: ReadParameters,
): ReadonlyMap<string, FloatOperands> {
  return new Map(convLayers(network).map((layer) => [layer.name, foldLayer(layer, layers.get(layer.name)!)]));
}
