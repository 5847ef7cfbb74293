import type { Accelerator } from '../accelerator/accelerator.js';
import { loadAccelerator } from '../accelerator/loadAccelerator.js';
import { withDram } from '../accelerator/withDram.js';
import { faultAt } from '../document/document.js';
import type { YamlDocument, YamlPath } from '../document/document.js';
import { UserError } from '../document/userError.js';
import type { Location } from '../document/userError.js';
import type { EnergyTable } from '../energy/energyTable.js';
import { createEnergyModel } from '../energy/evaluate.js';
import { energyTableOf, loadEnergyTable } from '../energy/table.js';
import { fusionFault } from '../network/fusion.js';
import { loadNetwork } from '../network/loadNetwork.js';
import type { Network } from '../network/network.js';
import { batchFault } from './batches.js';
import { cellAccelerators } from './cellAccelerators.js';
import { loadCells } from './cells.js';
import { keptByHand } from './keptByHand.js';
import type { KeptByHand } from './keptByHand.js';
import type { Cell } from './cells.js';
import type { ScenarioOverrides } from './overrides.js';
import { loadMappings, unknownLayer } from './loadMappings.js';
import { activationFormatNameFault } from '../storage/activations/activationFormats.js';
import { layoutNameFault, planar } from '../storage/featureMapLayout.js';
import { precisionSetOf } from '../scenario/schema.js';
import { readScenarioFile } from '../scenario/scenario.js';
import type { MappingFile } from '../scenario/mappingFile.js';
import type { ScenarioFile, SearchSettings } from '../scenario/scenario.js';

/** A scenario with everything that it refers to. Plain data, ready for `simulate`. */
export interface Scenario {
  /** As written, overrides applied. */
  readonly settings: ScenarioFile;
  readonly file: string;
  readonly network: Network;
  /** As its file says, but for the DRAM where another one is asked for; the cells have those that are run. */
  readonly accelerator: Accelerator;
  readonly energyTable: EnergyTable;
  /** What is compared; each combination of variant, storage and dataflow once. */
  readonly cells: readonly Cell[];
  /** Names of the layers to report, in the network's order. */
  readonly layers: readonly string[];
  /** Where the file prescribes the mapping of a layer. */
  readonly mappingPlaces?: Readonly<Record<string, Location>> | undefined;
  /** That the settings' `mapping` names. */
  readonly mappingFile?: MappingFile | undefined;
  /** Maps that the file keeps on chip. */
  readonly kept?: readonly KeptByHand[];
}

/**
 * Reads a scenario and everything that it refers to.
 *
 * @param path of a YAML file of kind `scenario`
 * @throws UserError with file, line and column at the first fault in any of the files, an unknown variant, dataflow or layer,
 *   or hardware that the energy table does not cover
 */
export async function loadScenario(path: string, overrides: ScenarioOverrides = {}): Promise<Scenario> {
  const { document, value } = await readScenarioFile(path);
  const settings = withOverrides(value, overrides);
  const at = <T>(key: YamlPath, load: Promise<T>): Promise<T> => located(document, key, load);

  const network = await at(['network'], loadNetwork(settings.network, document.file));
  const own = await at(['accelerator'], loadAccelerator(settings.accelerator, document.file));
  const accelerator = overrides.dram === undefined ? own : await withDram(own, overrides.dram);
  const energyTable = await (settings.energy === undefined
    ? energyTableOf(accelerator)
    : at(['energy'], loadEnergyTable(settings.energy, document.file)));
  // Refuses what it cannot price before anything is run.
  createEnergyModel(accelerator, settings.precision, energyTable);

  const wrong = activationFormatNameFault(settings.activations);
  if (wrong !== undefined) throw faultAt(document, ['activations'], wrong);
  checkLayout(settings, overrides.layout === undefined ? document : undefined);
  const accelerators = cellAccelerators(accelerator, settings, document, overrides);
  const cells = await loadCells(settings, document, overrides, accelerators);
  const places = overrides.layers === undefined ? document : undefined;
  const layers = selectLayers(network, settings.layers, places);
  const mappings = await loadMappings(settings, document, network);
  checkFused(network, settings, document);
  checkDensities(network, settings, document);
  checkCount(settings, overrides.images === undefined ? document : undefined);
  const kept = keptByHand(settings, network, accelerator, document);
  const { file } = document;
  return { settings, file, network, accelerator, energyTable, cells, layers, ...mappings, kept };
}

function withOverrides(value: ScenarioFile, overrides: ScenarioOverrides): ScenarioFile {
  const { layers, seed, check, images, batch, precision, layout, execution, kernel, objective, search } =
    overrides;
  const seeded =
    seed === undefined
      ? value
      : {
          ...value,
          seed,
          weights: 'file' in value.weights ? value.weights : { seed },
          images: 'file' in value.images ? value.images : { ...value.images, seed },
        };
  return {
    ...seeded,
    ...(layers === undefined ? {} : { layers }),
    ...(precision === undefined ? {} : { precision: precisionSetOf(precision) }),
    ...(check === undefined ? {} : { check: { ...value.check, enabled: check } }),
    ...(images === undefined ? {} : { images }),
    ...(batch === undefined ? {} : { batch }),
    ...(layout === undefined ? {} : { layout }),
    ...(execution === undefined ? {} : { execution }),
    ...(kernel === undefined ? {} : { kernel }),
    ...(objective === undefined ? {} : { objective }),
    ...(search === undefined ? {} : { search: searchSettings(value.search, search) }),
  };
}

/** A space without a budget keeps the file's; a budget without a space is spent in the file's, or where far better mappings are. */
function searchSettings(own: ScenarioFile['search'], asked: Partial<SearchSettings>): SearchSettings {
  const { space = own?.space ?? 'aligned', ...budget } = asked;
  const isLimited = Object.values(budget).some((limit) => limit !== undefined);
  return { ...(isLimited ? budget : own), space };
}

/** A reference that leads nowhere is a fault of the line that it stands on. */
async function located<T>(document: YamlDocument, path: YamlPath, load: Promise<T>): Promise<T> {
  try {
    return await load;
  } catch (error) {
    if (error instanceof UserError && error.location === undefined)
      throw faultAt(document, path, error.message);
    throw error;
  }
}

function selectLayers(
  network: Network,
  wanted: readonly string[] | undefined,
  document: YamlDocument | undefined,
): string[] {
  const names = network.layers.map(({ name }) => name);
  wanted?.forEach((name, index) => {
    if (names.includes(name)) return;
    const message = unknownLayer(network, name);
    throw document === undefined ? new UserError(message) : faultAt(document, ['layers', index], message);
  });
  return wanted === undefined ? names : names.filter((name) => wanted.includes(name));
}

/** @param document unless the command line asks for the layout */
function checkLayout({ layout, activations }: ScenarioFile, document: YamlDocument | undefined): void {
  const wrong =
    layoutNameFault(layout) ??
    (layout === planar.name || activations === 'dense'
      ? undefined
      : `expected ${planar.name} beside activations ${activations}, whose units have a layout of their own, got ${layout}; ` +
        `leave the layout out, or write activations: dense`);
  if (wrong === undefined) return;
  throw document === undefined ? new UserError(wrong) : faultAt(document, ['layout'], wrong);
}

function checkDensities(network: Network, { activationDensity }: ScenarioFile, document: YamlDocument): void {
  if (activationDensity === undefined || typeof activationDensity === 'number') return;
  for (const name of Object.keys(activationDensity)) {
    if (name !== 'input' && !network.layers.some((layer) => layer.name === name))
      throw faultAt(document, ['activationDensity', name], unknownLayer(network, name));
  }
}

function checkFused(network: Network, { fuse, mapping }: ScenarioFile, document: YamlDocument): void {
  if (typeof fuse === 'string') return;
  fuse.forEach((name, index) => {
    const layer = network.layers.find((each) => each.name === name);
    const wrong = layer === undefined ? unknownLayer(network, name) : fusionFault(network, layer);
    if (wrong !== undefined) throw faultAt(document, ['fuse', index], wrong);
    if (typeof mapping === 'string' || !Object.hasOwn(mapping, name)) return;
    throw faultAt(
      document,
      ['mapping', name],
      `expected no mapping of ${name}, which is fused and has no tiles of its own; map the layer before it, or leave ${name} out ` +
        'of fuse',
    );
  });
}

/** Images of a file that are not counted are counted when they are read. */
function checkCount({ images: { count }, batch }: ScenarioFile, document: YamlDocument | undefined): void {
  if (count === undefined) return;
  const wrong = batchFault(count, batch);
  if (wrong === undefined) return;
  throw document === undefined ? new UserError(wrong) : faultAt(document, ['images', 'count'], wrong);
}
