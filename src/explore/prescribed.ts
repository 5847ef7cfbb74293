import type { PrescribedLayer } from '../scenario/mappingFile.js';
import type { Cell } from './cells.js';
import type { Scenario } from './scenario.js';

/** What is prescribed for a layer of a cell, if anything; in a mapping file the first section that fits the cell and has the layer. */
export function prescribedFor(
  { settings: { mapping }, mappingFile, mappingPlaces, file }: Scenario,
  { variant, storage, accelerator }: Pick<Cell, 'variant' | 'storage' | 'accelerator'>,
  layer: string,
): PrescribedLayer | undefined {
  if (typeof mapping !== 'string') {
    if (!Object.hasOwn(mapping, layer)) return undefined;
    return { spec: mapping[layer], key: `mapping.${layer}`, place: mappingPlaces?.[layer] ?? { file } };
  }
  if (mapping === 'auto') return undefined;
  const fits = (asked: string | undefined, own: string): boolean => asked === undefined || asked === own;
  return mappingFile?.sections
    .find(
      (section) =>
        section.layers.has(layer) &&
        fits(section.variant, variant.name) &&
        fits(section.storage, storage) &&
        fits(section.dataflow, accelerator.array.dataflow),
    )
    ?.layers.get(layer);
}
