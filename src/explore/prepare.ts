import { UserError } from '../document/userError.js';
import { buildModel } from '../model/buildModel.js';
import { describeModel } from '../model/describe.js';
import { cifar10Images, seededImages } from '../model/images.js';
import type { NetworkImages } from '../model/images.js';
import { npyImages } from '../model/npyImages.js';
import type { Model } from '../model/model.js';
import type { FloatOperands } from '../model/floatForward.js';
import { needsWeights, sparsify } from '../sparsity/sparsify.js';
import type { SparseNetwork } from '../sparsity/sparsify.js';
import type { SparsityVariant } from '../sparsity/variant.js';
import { batchFault } from './batches.js';
import { isNpyFile } from '../tensor/npyFile.js';
import { calibrationImages, parameterSource } from './parameterSource.js';
import type { Scenario } from './scenario.js';

/** A variant with its numbers. */
export interface PreparedVariant {
  readonly sparse: SparseNetwork;
  readonly model: Model;
  /** What its layers compute with in float32, by layer name; only where labels tell how right that is. */
  readonly operands?: ReadonlyMap<string, FloatOperands> | undefined;
  /** What the numbers were made of. */
  readonly notes: readonly string[];
}

/** Makes variants of a scenario's network as they are asked for. */
export interface VariantMaker {
  /** Which weights exist. Kept, since it is small. */
  sparse(variant: SparsityVariant): Promise<SparseNetwork>;
  /**
   * The weights themselves; only those of the variant asked for last are kept, since they are large.
   *
   * @param signal gives up what is being made, for all who wait for it
   */
  prepared(variant: SparsityVariant, signal?: AbortSignal): Promise<PreparedVariant>;
}

/**
 * The images of a scenario, which all its variants see.
 *
 * @throws UserError when they cannot be read, or are no multiple of the batch
 */
export async function loadImages({ network, settings, file }: Scenario): Promise<NetworkImages> {
  const { images, batch, precision } = settings;
  if (!('file' in images)) return seededImages(network, images.count ?? batch, images.seed);
  const read = isNpyFile(images.file)
    ? await npyImages(network, images.file, images, precision.ifmap)
    : await cifar10Images(network, images.file, images);
  const wrong = batchFault(read.images.length, batch);
  if (wrong !== undefined) throw new UserError(wrong, { file });
  return read;
}

export function createVariantMaker(scenario: Scenario, images: NetworkImages): VariantMaker {
  const { network, settings } = scenario;
  const source = parameterSource(scenario);
  const known = new Map<SparsityVariant, SparseNetwork>();
  let last: { readonly variant: SparsityVariant; readonly prepared: Promise<PreparedVariant> } | undefined;

  const sparse = async (variant: SparsityVariant): Promise<SparseNetwork> => {
    const before = known.get(variant);
    if (before !== undefined) return before;
    const weightsOf = needsWeights(variant) ? await source.weightsOf() : noWeights;
    const made = sparsify(network, variant, settings.seed, weightsOf);
    known.set(variant, made);
    return made;
  };

  const prepared = (variant: SparsityVariant, signal?: AbortSignal): Promise<PreparedVariant> => {
    if (last?.variant !== variant) last = { variant, prepared: prepare(variant, signal) };
    return last.prepared;
  };

  const prepare = async (variant: SparsityVariant, signal?: AbortSignal): Promise<PreparedVariant> => {
    const made = await sparse(variant);
    const parameters = await source.parametersOf(made);
    const calibration = calibrationImages(scenario, images);
    const operands = images.labels === undefined ? undefined : new Map<string, FloatOperands>();
    const model = await buildModel({
      network: made.network,
      variant: variant.name,
      supports: made.supports,
      parameters,
      precision: settings.precision,
      calibrationImages: calibration,
      inputScale: images.scale,
      signal,
      onOperands: ({ name }, own) => operands?.set(name, own),
    });
    const isFloat = settings.precision.ifmap === 'float32';
    const notes = [...made.notes, ...describeModel(parameters, images, isFloat ? 0 : calibration.length)];
    return { sparse: made, model, operands, notes };
  };

  return { sparse, prepared };
}

function noWeights(layer: string): never {
  throw new Error(`the weights of layer ${layer} were not to be needed`);
}
