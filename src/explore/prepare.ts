import { storeWeights } from '../machine/layerDram.js';
import type { RunnableLayer } from '../machine/runNetwork.js';
import { buildModel } from '../model/buildModel.js';
import { describeModel } from '../model/describe.js';
import { cifar10Images, seededImages } from '../model/images.js';
import type { NetworkImages } from '../model/images.js';
import type { Model } from '../model/model.js';
import type { NetworkParameters } from '../model/parameters.js';
import { readParameters } from '../model/readParameters.js';
import { seededParameters } from '../model/seededParameters.js';
import type { VariantPlan } from './plan.js';
import type { Scenario } from './scenario.js';

/** A variant with its numbers. */
export interface PreparedVariant {
  readonly plan: VariantPlan;
  readonly model: Model;
  readonly parameters: NetworkParameters;
  readonly layers: readonly RunnableLayer[];
  readonly notes: readonly string[];
}

/** The images of a scenario, which all its variants see. */
export function loadImages({ network, settings }: Scenario): Promise<NetworkImages> {
  const { images } = settings;
  if ('file' in images)
    return cifar10Images(network, images.file, { first: images.first, count: images.count });
  return Promise.resolve(seededImages(network, images.count, images.seed));
}

/** Draws or reads a variant's weights, quantizes them, and lays them out in DRAM. */
export async function prepareVariant(
  scenario: Scenario,
  plan: VariantPlan,
  images: NetworkImages,
): Promise<PreparedVariant> {
  const { network, settings } = scenario;
  const calibrationImages = images.images.slice(0, settings.calibrationImages);
  const { supports } = plan;
  const parameters = await ('file' in settings.weights
    ? readParameters(settings.weights.file, network, supports)
    : seededParameters({ network, supports, seed: settings.weights.seed, calibrationImages }));
  const model = await buildModel({
    network,
    variant: plan.variant.name,
    supports,
    parameters,
    precision: settings.precision,
    calibrationImages,
  });
  const layers = plan.layers.map(({ estimate }, index): RunnableLayer => {
    const modelLayer = model.layers[index];
    return { modelLayer, estimate, stored: storeWeights(modelLayer, estimate.schedule) };
  });
  const isFloat = settings.precision.ifmap === 'float32';
  const notes = describeModel(parameters, images, isFloat ? 0 : calibrationImages.length);
  return { plan, model, parameters, layers, notes };
}
