import { faultAt } from '../document/document.js';
import type { YamlDocument } from '../document/document.js';
import { didYouMean } from '../document/suggest.js';
import { UserError } from '../document/userError.js';
import type { Location } from '../document/userError.js';
import type { Network } from '../network/network.js';
import { loadMappingFile } from '../scenario/mappingFile.js';
import type { MappingFile } from '../scenario/mappingFile.js';
import type { ScenarioFile } from '../scenario/scenario.js';

/** What a scenario says of mappings: the file that it names, or where it prescribes them itself. */
export interface GivenMappings {
  readonly mappingFile?: MappingFile;
  readonly mappingPlaces?: Readonly<Record<string, Location>>;
}

/**
 * The mapping file that a scenario names, or the places of what it prescribes itself.
 *
 * @throws UserError for a file that there is not or that is faulty, and for layers that the network does not have
 */
export async function loadMappings(
  { mapping }: ScenarioFile,
  document: YamlDocument,
  network: Network,
): Promise<GivenMappings> {
  if (mapping === 'auto') return {};
  if (typeof mapping === 'string') {
    const mappingFile = await loadFile(mapping, document);
    for (const { layers } of mappingFile.sections)
      for (const [name, { key, place }] of layers) checkLayer(network, name, key, place);
    return { mappingFile };
  }
  const mappingPlaces: Record<string, Location> = {};
  for (const name of Object.keys(mapping)) {
    mappingPlaces[name] = document.locate(['mapping', name]);
    checkLayer(network, name, `mapping.${name}`, mappingPlaces[name]);
  }
  return { mappingPlaces };
}

async function loadFile(reference: string, document: YamlDocument): Promise<MappingFile> {
  try {
    return await loadMappingFile(reference, document.file);
  } catch (error) {
    if (error instanceof UserError && error.location === undefined)
      throw faultAt(document, ['mapping'], error.message);
    throw error;
  }
}

function checkLayer(network: Network, name: string, key: string, place: Location): void {
  if (network.layers.some((layer) => layer.name === name)) return;
  throw new UserError(`${key}: ${unknownLayer(network, name)}`, place);
}

/** That a network has no layer of a name. */
export function unknownLayer(network: Network, name: string): string {
  const names = network.layers.map((layer) => layer.name);
  const hint = didYouMean(name, names);
  return (
    `expected a layer of ${network.name}, got "${name}"; ` +
    (hint === '' ? `its layers: psconv network show ${network.name}` : hint)
  );
}
