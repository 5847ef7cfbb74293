import { z } from 'zod';
import { expectKind, parseDocument, readDocument } from '../document/document.js';
import type { YamlDocument, YamlPath } from '../document/document.js';
import { resolveReference } from '../document/library.js';
import { didYouMean } from '../document/suggest.js';
import { UserError } from '../document/userError.js';
import type { Location } from '../document/userError.js';
import { safeName, text } from '../document/words.js';
import { layerMappings } from './layerMapping.js';
import { mappingObjectives } from './objective.js';
import type { ObjectiveName } from './objective.js';
import type { LayerMappingSpec } from './scenario.js';

const layers = layerMappings.meta({ description: 'What is prescribed, by the name of the layer' });

/** The YAML kind `mapping`. */
export const mappingFileSchema = z.strictObject({
  kind: z.literal('mapping'),
  name: safeName('name'),
  description: z.string().default(''),
  madeFor: z
    .strictObject({
      network: text('name of a network').optional(),
      accelerator: text('name of an accelerator').optional(),
      variant: text('name of a variant').optional(),
      objective: z.enum(mappingObjectives).optional(),
    })
    .default({})
    .meta({ description: 'What the mappings were made for; a scenario of others is told so' }),
  layers: layers.default({}),
  cells: z
    .array(
      z.strictObject({
        variant: text('name of a variant').optional(),
        storage: text('storage format').optional(),
        dataflow: text('dataflow').optional(),
        layers,
      }),
    )
    .max(1000)
    .default([])
    .meta({
      description:
        'Mappings of some of the combinations of variant, storage and dataflow that a scenario compares: the first that fits and ' +
        'names the layer counts, and layers where none does',
    }),
});

/** What mappings were made for, as far as it is said. */
export interface MadeFor {
  readonly network?: string | undefined;
  readonly accelerator?: string | undefined;
  readonly variant?: string | undefined;
  readonly objective?: ObjectiveName | undefined;
}

/** What is prescribed for a layer, and where that stands. */
export interface PrescribedLayer {
  readonly spec: LayerMappingSpec;
  /** As messages name it, such as `mapping.conv1`. */
  readonly key: string;
  readonly place: Location;
}

/** Mappings of the cells that are as it says: of any variant, storage or dataflow that it does not name. */
export interface PrescribedSection {
  readonly variant?: string | undefined;
  /** As asked for: `auto` or the name of a format. */
  readonly storage?: string | undefined;
  readonly dataflow?: string | undefined;
  /** By layer name. */
  readonly layers: ReadonlyMap<string, PrescribedLayer>;
}

/** A file of kind `mapping`. */
export interface MappingFile {
  readonly file: string;
  readonly name: string;
  readonly madeFor: MadeFor;
  /** The first that fits a cell and has the layer counts. */
  readonly sections: readonly PrescribedSection[];
}

/**
 * Reads a file of kind `mapping`. Whether there are such layers, and whether the mappings fit them, is not checked.
 *
 * @throws UserError at the first fault of the file
 */
export async function readMappingFile(path: string): Promise<MappingFile> {
  const document = await readDocument(path);
  expectKind(document, 'mapping');
  const value = parseDocument(document, mappingFileSchema);
  return {
    file: document.file,
    name: value.name,
    madeFor: value.madeFor,
    sections: [
      ...value.cells.map(({ layers: ofCell, ...cell }, index) => ({
        ...cell,
        layers: placedLayers(document, ['cells', index, 'layers'], `cells[${index}].layers`, ofCell),
      })),
      { layers: placedLayers(document, ['layers'], 'layers', value.layers) },
    ],
  };
}

/** Mappings by layer, each with its place in a document. */
function placedLayers(
  document: YamlDocument,
  at: YamlPath,
  key: string,
  given: Readonly<Record<string, LayerMappingSpec>>,
): Map<string, PrescribedLayer> {
  return new Map(
    Object.entries(given).map(([layer, spec]) => [
      layer,
      { spec, key: `${key}.${layer}`, place: document.locate([...at, layer]) },
    ]),
  );
}

/**
 * The mapping file that a scenario names.
 *
 * @throws UserError without a location when there is none, and as `readMappingFile`
 */
export async function loadMappingFile(reference: string, fromFile: string): Promise<MappingFile> {
  let file: string;
  try {
    file = await resolveReference(reference, 'mapping', fromFile);
  } catch (error) {
    const meant = didYouMean(reference, ['auto']);
    if (error instanceof UserError && meant !== '') throw new UserError(`${error.message}; ${meant}`);
    throw error;
  }
  return readMappingFile(file);
}
