import type { NetworkImages } from '../model/images.js';
import type { NetworkParameters } from '../model/parameters.js';
import { readParameters, readWeights } from '../model/readParameters.js';
import { seededParameters, seededWeights } from '../model/seededParameters.js';
import type { SparseNetwork } from '../sparsity/sparsify.js';
import type { WeightsOf } from '../sparsity/weightsOf.js';
import type { Scenario } from './scenario.js';

/** Where a scenario's weights come from: drawn from a seed, or read from a file. */
export interface ParameterSource {
  /** Weights before any are left out; for schemes that choose by them. */
  weightsOf(): Promise<WeightsOf>;
  /** What a sparse network computes with. */
  parametersOf(sparse: SparseNetwork): Promise<NetworkParameters>;
}

/** The first images, as many as the scenario calibrates on. */
export function calibrationImages({ settings }: Scenario, images: NetworkImages): readonly Float32Array[] {
  return images.images.slice(0, settings.calibrationImages);
}

export function parameterSource(scenario: Scenario): ParameterSource {
  const { network, settings } = scenario;
  const { weights } = settings;
  const precision = settings.precision.weight;
  if ('file' in weights) {
    let known: Promise<WeightsOf> | undefined;
    return {
      weightsOf: () => (known ??= readWeights(weights.file, network, precision)),
      parametersOf: ({ network: own, supports, kept }) =>
        readParameters(weights.file, own, supports, { from: { network, kept }, precision }),
    };
  }
  return {
    weightsOf: () => Promise.resolve(seededWeights(network, weights.seed)),
    parametersOf: ({ supports, kept }) =>
      Promise.resolve(seededParameters({ from: { network, kept }, supports, seed: weights.seed })),
  };
}
