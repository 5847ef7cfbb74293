import type { Accelerator } from '../accelerator/accelerator.js';
import { faultAt } from '../document/document.js';
import type { YamlDocument, YamlPath } from '../document/document.js';
import { UserError } from '../document/userError.js';
import type { Location } from '../document/userError.js';
import type { ScenarioFile } from '../scenario/scenario.js';
import { loadVariant } from '../sparsity/loadVariant.js';
import { needsGivenWeights } from '../sparsity/sparsify.js';
import type { SparsityVariant } from '../sparsity/variant.js';
import { formatNameFault } from '../storage/formats.js';
import type { ScenarioOverrides } from './overrides.js';

/** A variant stored in a format, on the accelerator in one dataflow: what one column of the result is about. */
export interface Cell {
  readonly variant: SparsityVariant;
  /** `auto` or the name of a format. */
  readonly storage: string;
  /** The scenario's, with the cell's dataflow. */
  readonly accelerator: Accelerator;
  /** Where the file asks for variant and storage. */
  readonly place?: Location;
}

/** A variant and its formats as they are asked for, and where. */
interface Request {
  readonly variant: string;
  /** Absent when the command line asks. */
  readonly variantAt?: YamlPath;
  readonly storage: ReadonlyArray<{ readonly name: string; readonly at?: YamlPath }>;
}

/**
 * Loads the variants that a scenario names, each once, and pairs them with their storage and with the dataflows: first
 * by variant, so that its weights are made once, last by dataflow.
 *
 * @param accelerators one for each dataflow
 * @throws UserError for an unknown variant or format, a pair that is named twice, or a variant that goes by the zeros of given
 *   weights beside seeded ones
 */
export async function loadCells(
  settings: ScenarioFile,
  document: YamlDocument,
  overrides: ScenarioOverrides,
  accelerators: readonly Accelerator[],
): Promise<Cell[]> {
  const byReference = new Map<string, SparsityVariant>();
  const cells: Cell[] = [];
  for (const { variant: reference, variantAt, storage } of requests(settings, overrides)) {
    const fault = (message: string, at: YamlPath | undefined): UserError =>
      at === undefined ? new UserError(message) : faultAt(document, at, message);
    const known = byReference.get(reference) ?? (await load(reference, document.file, variantAt, fault));
    const variant = cells.find((cell) => cell.variant.name === known.name)?.variant ?? known;
    byReference.set(reference, variant);
    if (needsGivenWeights(variant) && !('file' in settings.weights)) {
      throw fault(
        `expected weights of a file for ${variant.name}, whose taps are those that are not zero there, got seeded weights, ` +
          'which have no zeros; write weights: { file: layer.npy }, or take another variant',
        variantAt,
      );
    }
    for (const { name, at } of storage) {
      const wrong = formatNameFault(name);
      if (wrong !== undefined) throw fault(wrong, at);
      if (cells.some((cell) => cell.variant.name === variant.name && cell.storage === name)) {
        throw settings.compare === undefined || variantAt === undefined
          ? fault(`expected each variant once, got "${reference}", which is ${variant.name} again`, variantAt)
          : fault(
              `expected each pair of variant and storage once, got ${variant.name} stored as ${name} again`,
              at ?? variantAt,
            );
      }
      const place = at ?? variantAt;
      const located = place && { place: document.locate(place) };
      for (const accelerator of accelerators) cells.push({ variant, storage: name, accelerator, ...located });
    }
  }
  return cells;
}

async function load(
  reference: string,
  fromFile: string,
  at: YamlPath | undefined,
  fault: (message: string, at: YamlPath | undefined) => UserError,
): Promise<SparsityVariant> {
  try {
    return await loadVariant(reference, fromFile);
  } catch (error) {
    if (error instanceof UserError && error.location === undefined) throw fault(error.message, at);
    throw error;
  }
}

/** What the command line asks for comes before what the file says. */
function requests({ variants, compare, storage }: ScenarioFile, overrides: ScenarioOverrides): Request[] {
  const own = [{ name: storage, at: ['storage'] }];
  const asked = overrides.storage?.map((name) => ({ name }));
  if (overrides.variants !== undefined) {
    return overrides.variants.map((variant) => ({ variant, storage: asked ?? own }));
  }
  if (compare === undefined) {
    return (variants ?? []).map((variant, index) => ({
      variant,
      variantAt: ['variants', index],
      storage: asked ?? own,
    }));
  }
  const compared = compare.map((each, index): Request => ({
    variant: each.variant,
    variantAt: ['compare', index, 'variant'],
    storage: asked ?? each.storage?.map((name) => ({ name, at: ['compare', index, 'storage'] })) ?? own,
  }));
  if (asked === undefined) return compared;
  return compared.filter(
    ({ variant }, index) => compared.findIndex((other) => other.variant === variant) === index,
  );
}
